"""The roll-up: what happened in an area on a day and how it stands there, kept in the same transaction as the step."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chuangwen.records.township.models import Organisation


class AreaDay(models.Model):
    """Counts of one area (a town or a village, everything below included) on one day.

    ``reported`` … ``returned`` count cases by the day on which it happened; ``due`` counts the cases still open whose
    deadline lies on that day; ``open`` and ``waiting`` are changes of the present state on that day. Guarded cases are
    not counted.
    """

    area = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", db_index=False, verbose_name=_("区域")
    )  # the constraint's own index leads with it
    day = models.DateField(_("日期"))
    reported = models.IntegerField(_("上报"), default=0)
    filed = models.IntegerField(_("立案"), default=0)
    dispatched = models.IntegerField(_("派遣"), default=0)
    handled = models.IntegerField(_("处置"), default=0)
    handled_in_time = models.IntegerField(_("按期处置"), default=0)
    closed = models.IntegerField(_("结案"), default=0)
    closed_in_time = models.IntegerField(_("按期结案"), default=0)
    reworked = models.IntegerField(_("返工"), default=0)
    returned = models.IntegerField(_("退件"), default=0)
    due = models.IntegerField(_("到期未结"), default=0)
    open = models.IntegerField(_("在办增减"), default=0)
    waiting = models.IntegerField(_("缓办增减"), default=0)

    class Meta:
        verbose_name = _("区域日统计")
        constraints = [models.UniqueConstraint(fields=["area", "day"], name="cases_area_day_once")]

    def __str__(self) -> str:
        return f"{self.area_id} {self.day}"


class AreaNow(models.Model):
    """The present state of one area, which is the sum over all its days: so nobody adds up years to know today.

    How it stood on an earlier day is this less what the later days have changed.
    """

    area = models.OneToOneField(
        Organisation, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("区域")
    )
    due = models.IntegerField(_("有时限的未结"), default=0)
    open = models.IntegerField(_("在办"), default=0)
    waiting = models.IntegerField(_("缓办"), default=0)

    class Meta:
        verbose_name = _("区域现状")

    def __str__(self) -> str:
        return str(self.area_id)
