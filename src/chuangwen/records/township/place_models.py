"""Where things are: organisations as a tree with stored paths, and the sites that are looked at."""

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

a_code = RegexValidator(r"^[0-9A-Za-z\u4e00-\u9fff._-]+\Z", _("编号只能用字母、数字、汉字、点、横线和下划线。"))


class OrganisationKind(models.Model):
    """A kind of organisation (town, office, station, village …), declared by the township pack."""

    code = models.CharField(_("编号"), max_length=40, primary_key=True)
    title = models.CharField(_("名称"), max_length=60)
    level = models.PositiveSmallIntegerField(_("层级"), default=0)
    parents = models.JSONField(_("可隶属于"), default=list, blank=True)

    class Meta:
        verbose_name = _("单位类别")
        ordering = ["level", "code"]

    def __str__(self) -> str:
        return self.title


class Organisation(models.Model):
    """A unit of the town. ``path`` holds the codes from the top down, e.g. ``/town/office/``.

    A unit that closes keeps its row: old duties, sites and notes go on naming it.
    """

    code = models.CharField(_("编号"), max_length=40, validators=[a_code])
    name = models.CharField(_("名称"), max_length=120)
    short = models.CharField(_("简称"), max_length=40)
    kind = models.ForeignKey(OrganisationKind, models.PROTECT, related_name="organisations", verbose_name=_("类别"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级单位")
    )
    path = models.CharField(_("路径"), max_length=400, unique=True)
    order = models.PositiveIntegerField(_("排序"), default=0)
    region_code = models.CharField(_("区划代码"), max_length=20, blank=True)
    aliases = models.JSONField(_("别名"), default=list, blank=True)
    opened = models.DateField(_("设立日期"), null=True, blank=True)
    closed = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("单位")
        ordering = ["order", "code"]
        indexes = [models.Index(fields=["kind", "order"], name="township_org_kind")]
        constraints = [
            models.UniqueConstraint(Lower("code"), name="township_org_code_once"),
            models.UniqueConstraint(
                fields=["region_code"], condition=~Q(region_code=""), name="township_org_region_code_once"
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(code__contains="/"), name="township_org_code_fits_path"),
            models.CheckConstraint(condition=Q(path__startswith="/") & Q(path__endswith="/"), name="township_org_path"),
            models.CheckConstraint(
                condition=Q(opened=None) | Q(closed=None) | Q(closed__gte=F("opened")),
                name="township_org_closes_after_opening",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="township_org_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    def path_below(self, parent: "Organisation | None") -> str:
        """The path that this unit has under ``parent`` (none: at the top)."""
        return f"{parent.path if parent else '/'}{self.code}/"

    def is_open(self, on: date) -> bool:
        """Whether the unit stands on that day."""
        return (self.opened is None or self.opened <= on) and (self.closed is None or self.closed > on)


class Site(models.Model):
    """A place that an inspector goes to: a street, a market, a hall. Its unit answers for it."""

    code = models.CharField(_("编号"), max_length=40, validators=[a_code])
    name = models.CharField(_("名称"), max_length=120)
    type_code = models.CharField(_("点位类型"), max_length=20, db_index=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="sites", verbose_name=_("责任单位"))
    address = models.CharField(_("地址"), max_length=200, blank=True)
    length = models.DecimalField(_("长度（米）"), max_digits=9, decimal_places=1, null=True, blank=True)
    count = models.PositiveIntegerField(_("数量"), null=True, blank=True)
    lon = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField(_("纬度"), max_digits=8, decimal_places=6, null=True, blank=True)
    opened = models.DateField(_("启用日期"), null=True, blank=True)
    closed = models.DateField(_("停用日期"), null=True, blank=True)
    remark = models.CharField(_("备注"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("点位")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(Lower("code"), name="township_site_code_once"),
            models.UniqueConstraint(
                fields=["organisation", "type_code", "name"],
                condition=Q(closed=None),
                name="township_site_name_once_in_its_unit",
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(type_code=""), name="township_site_has_code_and_type"),
            models.CheckConstraint(condition=Q(length=None) | Q(length__gt=0), name="township_site_length"),
            models.CheckConstraint(
                condition=Q(lon=None, lat=None)
                | Q(lon__isnull=False, lat__isnull=False, lon__range=(-180, 180), lat__range=(-90, 90)),
                name="township_site_stands_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(opened=None) | Q(closed=None) | Q(closed__gte=F("opened")),
                name="township_site_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open(self, on: date) -> bool:
        """Whether the site counts on that day."""
        return (self.opened is None or self.opened <= on) and (self.closed is None or self.closed > on)


class AbsentSiteType(models.Model):
    """The office's statement that the town has no site of a type ("本镇没有这一类"), from a day on until withdrawn."""

    type_code = models.CharField(_("点位类型"), max_length=20)
    reason = models.CharField(_("理由"), max_length=200)
    stated_on = models.DateField(_("声明日期"))
    stated_by = models.CharField(_("声明人"), max_length=100)
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)
    withdrawn_by = models.CharField(_("撤回人"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("没有的点位类型")
        ordering = ["type_code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["type_code"], condition=Q(withdrawn_on=None), name="township_absent_type_once"
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(type_code=""), name="township_absent_type_has_reason"),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("stated_on")), name="township_absent_type_days"
            ),
        ]

    def __str__(self) -> str:
        return self.type_code
