"""Who answers for what (责任分解): exactly one lead unit, any number of assisting units, one named person."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chuangwen.records.standards.models import Node, Requirement
from chuangwen.records.township.models import Organisation


class DutyKind(models.TextChoices):
    """What a duty is for."""

    STANDARD = "standard", _("测评标准")
    REQUIREMENT = "requirement", _("材料要求")
    TASK = "task", _("方案任务")


class Duty(models.Model):
    """One duty. A standard or requirement has at most one (its own key); a task points down at its duty."""

    kind = models.CharField(max_length=12, choices=DutyKind.choices)
    standard = models.OneToOneField(Node, on_delete=models.PROTECT, null=True, related_name="duty")
    requirement = models.OneToOneField(Requirement, on_delete=models.PROTECT, null=True, related_name="duty")
    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="led_duties")
    assisting = models.ManyToManyField(Organisation, related_name="assisted_duties")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="duties")
    due = models.DateField(null=True)
    assigned_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="duty_is_for_one_thing",
                condition=Q(kind="standard", standard__isnull=False, requirement=None)
                | Q(kind="requirement", standard=None, requirement__isnull=False)
                | Q(kind="task", standard=None, requirement=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.standard or self.requirement or self.pk} ← {self.lead}"
