"""Rotas as packs have declared them, and their shifts: who is on duty, from when to when."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chuangwen.kernel.dates import weekday_told
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.township.models import Organisation, Person
from chuangwen.work.rotas.pattern import span_text


class Rota(models.Model):
    """People taking turns at one thing (see ``definitions.RotaRow``). A retired one is planned no more."""

    code = models.CharField(_("编号"), max_length=40, primary_key=True)
    pack = models.CharField(_("内容包"), max_length=60)
    title = models.CharField(_("名称"), max_length=60)
    short = models.CharField(_("简称"), max_length=20)
    on_duty = models.CharField(_("值班人称呼"), max_length=20)
    purpose = models.TextField(_("用途"), blank=True)
    law = models.CharField(_("法规依据"), max_length=200, blank=True)
    source = models.CharField(_("来源"), max_length=300, blank=True)
    notice = models.CharField(_("群众须知"), max_length=300, blank=True)
    place = models.CharField(_("地点"), max_length=120, blank=True)
    start = models.TimeField(_("开始"))
    end = models.TimeField(_("结束"))
    days = models.JSONField(_("星期"), default=list)
    day_off = models.CharField(_("遇放假"), max_length=4, default="skip")
    least_a_month = models.PositiveSmallIntegerField(_("每月至少"), default=0)
    roles = models.JSONField(_("排谁"), default=list)
    planners = models.JSONField(_("谁来排"), default=list)
    public = models.BooleanField(_("向群众公布"), default=False)
    retired = models.BooleanField(_("不再使用"), default=False)
    order = models.PositiveSmallIntegerField(_("排序"), default=0)

    class Meta:
        verbose_name = _("轮值")
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(day_off__in=["skip", "move", "hold"]), name="rotas_rota_day_off"),
        ]

    def __str__(self) -> str:
        return self.title


class Shift(models.Model):
    """One turn. ``version`` is raised with every change; a cancelled shift keeps its row and says why."""

    rota = models.ForeignKey(Rota, models.PROTECT, related_name="shifts", verbose_name=_("轮值"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="shifts", verbose_name=_("值班人"))
    stand_in = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="shifts_stood_in", verbose_name=_("替补")
    )
    unit = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="shifts", verbose_name=_("单位")
    )
    place = models.CharField(_("地点"), max_length=120, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    cancelled_why = models.CharField(_("取消原因"), max_length=200, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    changed_at = models.DateTimeField(_("改动时间"))

    class Meta:
        verbose_name = _("班次")
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["rota", "starts_at"], name="rotas_one_shift_at_a_time"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="rotas_shift_forward"),
            models.CheckConstraint(
                condition=Q(stand_in=None) | ~Q(stand_in=F("person")), name="rotas_stand_in_is_another"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_why="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_why="")),
                name="rotas_cancelled_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="rotas_shift_by_day"),
            models.Index(fields=["person", "starts_at"], name="rotas_shift_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.person_id}"

    @property
    def day(self) -> datetime.date:
        """The day it stands under: the one it begins on."""
        return self.starts_at.astimezone(CHINA).date()

    @property
    def weekday(self) -> str:
        return weekday_told(self.day)

    @property
    def span(self) -> str:
        """From when to when: 08:30—11:30."""
        return span_text(self.starts_at, self.ends_at)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None
