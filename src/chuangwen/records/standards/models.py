"""What the town is measured by: editions of evaluation systems and everything they name.

An edition is immutable once installed (测评体系的一个版本). ``content`` holds the whole checked pack, from which the
arithmetic is built; the rows beside it exist so that duties, observations and evidence can point at them.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Standing(models.TextChoices):
    """Where the words of an edition come from; shown beside every figure made with it."""

    OFFICIAL = "official", _("官方文本")
    DERIVED = "derived", _("据公开资料整理")
    EXAMPLE = "example", _("示例")


class NodeKind(models.TextChoices):
    """The three levels of the tree; only standards carry points."""

    ITEM = "item", _("测评项目")
    CONTENT = "content", _("测评内容")
    STANDARD = "standard", _("测评标准")


class Edition(models.Model):
    """One edition of one evaluation system, as installed from a pack."""

    pack = models.CharField(max_length=64)
    edition = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    short_title = models.CharField(max_length=60)
    standing = models.CharField(max_length=10, choices=Standing.choices)
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    installed_at = models.DateTimeField()
    installed_by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pack", "edition"], name="edition_installed_once"),
            models.CheckConstraint(name="edition_years_in_order", condition=Q(first_year__lte=models.F("last_year"))),
        ]
        ordering: ClassVar = ["pack", "installed_at", "id"]

    def __str__(self) -> str:
        return f"{self.title} {self.edition}"


class Node(models.Model):
    """An item, content or standard of an edition, in the order of the document."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="nodes")
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=NodeKind.choices)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    points = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    bonus = models.BooleanField(default=False)
    methods = models.JSONField(default=dict)
    tags = models.JSONField(default=dict)
    effort_days = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    confidence = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "code"], name="node_code_once_per_edition"),
            models.CheckConstraint(
                name="only_standards_carry_points",
                condition=Q(kind="standard", points__gt=0) | (~Q(kind="standard") & Q(points=None)),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["edition", "position"], name="node_in_order")]
        ordering: ClassVar = ["edition", "position"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Requirement(models.Model):
    """One thing to hand in for a standard (材料要求), graded by a reviewer."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="requirements")
    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="requirements")
    code = models.CharField(max_length=50)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    count = models.CharField(max_length=40, blank=True)
    period = models.CharField(max_length=80, blank=True)
    method = models.CharField(max_length=10)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "code"], name="requirement_code_once_per_edition")
        ]
        ordering: ClassVar = ["edition", "position"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Check(models.Model):
    """One thing judged at one kind of site (考察内容)."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="checks")
    code = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    text = models.TextField()
    site_types = models.JSONField(default=list)
    standards = models.JSONField(default=list)
    rule = models.CharField(max_length=24)
    params = models.CharField(max_length=120, blank=True)
    reading = models.CharField(max_length=120, blank=True)
    exemption = models.TextField(blank=True)
    effort_days = models.DecimalField(max_digits=8, decimal_places=2, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "code"], name="check_code_once_per_edition"),
            models.UniqueConstraint(fields=["edition", "position"], name="check_position_once_per_edition"),
        ]
        ordering: ClassVar = ["edition", "position"]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Question(models.Model):
    """One question of the survey (问卷题目)."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="questions")
    code = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    text = models.TextField()
    standards = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "code"], name="question_code_once_per_edition")
        ]
        ordering: ClassVar = ["edition", "position"]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Figure(models.Model):
    """One statistical figure of an edition (统计数据): a numerator over a denominator."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="figures")
    code = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    unit = models.CharField(max_length=20, blank=True)
    numerator = models.CharField(max_length=200)
    denominator = models.CharField(max_length=200)
    standards = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "code"], name="figure_code_once_per_edition")
        ]
        ordering: ClassVar = ["edition", "position"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
