"""The town's plan (实施方案): the document as it was issued, and the phases, tasks and targets read from it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from chuangwen.records.duties.models import Duty


class PlanDocument(models.Model):
    """One plan document with its exact text; the newest one that is current is the town's plan."""

    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=100, blank=True)
    issued = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    reading = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)
    current = models.BooleanField(default=True)
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["current"], condition=Q(current=True), name="one_current_plan")
        ]
        ordering: ClassVar = ["-imported_at"]

    def __str__(self) -> str:
        return self.title


class Phase(models.Model):
    """A phase of the plan with its years."""

    plan = models.ForeignKey(PlanDocument, on_delete=models.CASCADE, related_name="phases")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    first_year = models.PositiveSmallIntegerField(null=True)
    last_year = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="phase_years_go_together",
                condition=Q(first_year=None, last_year=None) | Q(first_year__lte=F("last_year")),
            )
        ]
        ordering: ClassVar = ["plan", "position"]

    def __str__(self) -> str:
        return self.name


class Task(models.Model):
    """One work of the plan: where it stands in the text, in which phase, and - once assigned - its duty."""

    plan = models.ForeignKey(PlanDocument, on_delete=models.CASCADE, related_name="tasks")
    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, null=True, related_name="tasks")
    position = models.PositiveIntegerField()
    node = models.CharField(max_length=40)
    area = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=40, blank=True)
    title = models.TextField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    duty = models.OneToOneField(Duty, on_delete=models.SET_NULL, null=True, related_name="task")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "node"], name="one_task_per_node"),
            models.CheckConstraint(name="task_text_in_order", condition=Q(start__lte=F("end"))),
        ]
        ordering: ClassVar = ["plan", "position"]

    def __str__(self) -> str:
        return self.title


class Target(models.Model):
    """A quantified target: from low to high of a unit, for the kinds it applies to, in a year."""

    plan = models.ForeignKey(PlanDocument, on_delete=models.CASCADE, related_name="targets")
    position = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField(null=True)
    low = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    high = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    unit = models.CharField(max_length=40, blank=True)
    kinds = models.JSONField(default=list)
    text = models.TextField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["plan", "position"]

    def __str__(self) -> str:
        return self.text
