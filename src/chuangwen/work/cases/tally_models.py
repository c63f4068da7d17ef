"""The roll-up: what happened in an area on a day, kept in the same transaction as the step that changed it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chuangwen.records.township.models import Organisation


class AreaDay(models.Model):
    """Counts of one area (a town or a village, everything below included) on one day.

    ``reported`` … ``closed_in_time`` count cases by the day on which it happened; ``due`` counts the cases still open
    whose deadline lies on that day (so that the overdue of today are the sum of the days before); ``open`` and
    ``waiting`` are changes of the present state on that day, so that their running sum is the present state.
    Guarded cases are not counted.
    """

    area = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name=_("区域"))
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
