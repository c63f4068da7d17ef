"""What the machine does by itself: one row for each kind of work, none for a single piece of it.

What waits is seen from the rows that wait, never from a message that could be lost; so killing a worker loses nothing.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One kind of work: who is at it now, until when that holds, and how the last runs went. Times are the machine's.

    ``failures`` counts runs without success since ``failing_since``; until ``not_before`` nobody tries again.
    """

    name = models.CharField(_("编号"), max_length=40, primary_key=True)
    title = models.CharField(_("名称"), max_length=80)
    claimed_by = models.CharField(_("正在做的进程"), max_length=120, blank=True)
    claimed_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    lease_until = models.DateTimeField(_("占用到"), null=True, blank=True)
    last_at = models.DateTimeField(_("上次做完"), null=True, blank=True)
    last_done = models.PositiveIntegerField(_("上次做了"), default=0)
    done = models.BigIntegerField(_("一共做了"), default=0)
    failures = models.PositiveIntegerField(_("连续失败"), default=0)
    failing_since = models.DateTimeField(_("从何时起失败"), null=True, blank=True)
    last_error = models.CharField(_("上次错误"), max_length=300, blank=True)
    not_before = models.DateTimeField(_("不早于"), null=True, blank=True)

    class Meta:
        verbose_name = _("后台任务")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(claimed_by="", lease_until=None) | (~Q(claimed_by="") & Q(lease_until__isnull=False)),
                name="jobs_claimed_until",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since=None) | Q(failures__gt=0, failing_since__isnull=False),
                name="jobs_failing_since",
            ),
        ]

    def __str__(self) -> str:
        return self.name
