"""The town: its organisations, sites, calendar and deadlines."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chuangwen.records.township.person_models import (
    Assignment,
    PasswordUsed,
    Person,
    RoleDefinition,
    Workgroup,
)
from chuangwen.records.township.place_models import AbsentSiteType, Organisation, OrganisationKind, Site

__all__ = [
    "AbsentSiteType",
    "Assignment",
    "Deadline",
    "Holiday",
    "InstalledPack",
    "OfficeSpan",
    "Organisation",
    "OrganisationKind",
    "PasswordUsed",
    "Person",
    "RetentionClass",
    "RetentionRule",
    "RoleDefinition",
    "Site",
    "Town",
    "Workgroup",
]


class Town(models.Model):
    """The one town that this installation serves. There is exactly one row, with the key 1."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    code = models.CharField(_("区划代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=60)
    full_name = models.CharField(_("全称"), max_length=120)
    city = models.CharField(_("所属市"), max_length=60, blank=True)
    province = models.CharField(_("所属省"), max_length=60, blank=True)
    office_name = models.CharField(_("创建办公室"), max_length=120)
    lon = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField(_("纬度"), max_digits=8, decimal_places=6, null=True, blank=True)
    demo = models.BooleanField(_("演示数据"), default=False)
    demo_today = models.DateField(_("演示的今天"), null=True, blank=True)
    demo_year = models.PositiveSmallIntegerField(_("演示年度"), null=True, blank=True)
    demo_seed = models.BigIntegerField(_("演示随机种子"), null=True, blank=True)

    class Meta:
        verbose_name = _("本镇")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="township_one_town_only"),
            models.CheckConstraint(
                condition=Q(demo=True) | Q(demo_today=None, demo_year=None, demo_seed=None),
                name="township_demo_day_only_in_demo",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Deadline(models.Model):
    """A day by which the town must have something done, e.g. the yearly submission."""

    code = models.CharField(_("编号"), max_length=40)
    title = models.CharField(_("事项"), max_length=200)
    date = models.DateField(_("截止日期"))
    year = models.PositiveSmallIntegerField(_("测评年度"))
    standing = models.CharField(_("依据"), max_length=20, default="derived")

    class Meta:
        verbose_name = _("时限")
        ordering = ["date", "code"]
        constraints = [models.UniqueConstraint(fields=["code", "year"], name="township_deadline_once_a_year")]

    def __str__(self) -> str:
        return f"{self.title} {self.date}"

    def days_left(self, today: datetime.date) -> int:
        """Calendar days from ``today``; negative when it has passed."""
        return (self.date - today).days


class Holiday(models.Model):
    """A day that breaks the week: a day off, or a weekend day worked (调休).

    A statutory day (推算的法定节假日) is what the law gives in a year whose notice is not out yet; it counts only as
    long as that year has no announced day.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("放假")
        MAKEUP = "makeup", _("调休上班")
        STATUTORY = "statutory", _("推算的法定节假日")

    date = models.DateField(_("日期"), primary_key=True)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    name = models.CharField(_("名称"), max_length=40)
    source = models.CharField(_("来源"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("节假日")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["holiday", "makeup", "statutory"]), name="township_holiday_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class OfficeSpan(models.Model):
    """One span of the office day."""

    start = models.TimeField(_("开始"), unique=True)
    end = models.TimeField(_("结束"))

    class Meta:
        verbose_name = _("办公时间")
        ordering = ["start"]
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="township_office_span_forward")]

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


class RetentionClass(models.Model):
    """How long a kind of record is kept; no years means for ever."""

    code = models.CharField(_("编号"), max_length=10, primary_key=True)
    title = models.CharField(_("保管期限"), max_length=40)
    years = models.PositiveSmallIntegerField(_("年数"), null=True, blank=True)

    class Meta:
        verbose_name = _("保管期限")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class RetentionRule(models.Model):
    """Which records fall into which retention class."""

    what = models.CharField(_("材料"), max_length=200, unique=True)
    retention = models.ForeignKey(RetentionClass, models.PROTECT, related_name="rules", verbose_name=_("保管期限"))
    confidence = models.CharField(_("可信度"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("归档范围")

    def __str__(self) -> str:
        return self.what


class InstalledPack(models.Model):
    """An edition of a township or town pack that has been installed; its content never changes."""

    pack = models.CharField(_("内容包"), max_length=60)
    edition = models.CharField(_("版次"), max_length=40)
    kind = models.CharField(_("类别"), max_length=20)
    title = models.CharField(_("名称"), max_length=200)
    standing = models.CharField(_("依据"), max_length=20)
    digest = models.CharField(_("内容指纹"), max_length=64)
    installed_at = models.DateTimeField(_("安装时间"))

    class Meta:
        verbose_name = _("已装内容包")
        constraints = [models.UniqueConstraint(fields=["pack", "edition"], name="township_pack_edition_once")]

    def __str__(self) -> str:
        return f"{self.pack} {self.edition}"
