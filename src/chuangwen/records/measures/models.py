"""What has been measured: rounds and their observations, grades, tallies, figures and negative-list events.

Field values are whole ten-thousandths (0..10000), so that sums are exact on every engine; null means "not applicable".
"""

from collections.abc import Callable
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chuangwen.kernel.judging import show_result
from chuangwen.kernel.words import lasting, say, written
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.standards.models import Check, Edition, Figure, Question, Requirement
from chuangwen.records.township.models import Organisation, Site


class RoundKind(models.TextChoices):
    """Who measures, and how much it counts."""

    SELF = "self", _("自查")
    MOCK = "mock", _("模拟测评")
    OFFICIAL = "official", _("正式测评")


class Source(models.TextChoices):
    """How a row came in."""

    PAGE = "page", _("页面填报")
    SHEET = "sheet", _("表格导入")
    API = "api", _("接口")
    DEMO = "demo", _("演示数据")


class Round(models.Model):
    """One evaluation (测评轮次): its edition, its period, and - once closed - its frozen result."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, choices=RoundKind.choices)
    year = models.PositiveSmallIntegerField()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="rounds")
    companion = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="companion_rounds")
    opens = models.DateField()
    closes = models.DateField()
    material_locked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, blank=True)
    frozen = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="round_days_in_order", condition=Q(opens__lte=F("closes"))),
            models.CheckConstraint(
                name="round_closed_by_whom_with_what",
                condition=Q(closed_at=None, closed_by="", digest="", frozen=None)
                | (Q(closed_at__isnull=False, frozen__isnull=False) & ~Q(closed_by="") & ~Q(digest="")),
            ),
        ]
        ordering: ClassVar = ["-opens", "-id"]

    def __str__(self) -> str:
        return self.title


FAULT = lasting("{site}：没有做到“{check}”")
LONGEST_CHECK = 60


class Observation(models.Model):
    """One check judged at one site in one visit. A re-check or a correction does not erase: the earlier row stops counting.

    What it is: round, site, check and day; what it says: ``result`` and ``quantity`` (次数/总数) as written, from which the
    rule of the check made ``value``. ``mark`` is the sender's own name for it, if any. ``photo`` is what a table says of one.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="observations")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="observations")
    check_item = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="observations")
    value = models.PositiveSmallIntegerField(null=True)
    result = models.CharField(max_length=40)
    quantity = models.CharField(max_length=40, blank=True, default="")
    passed = models.PositiveIntegerField(null=True)
    total = models.PositiveIntegerField(null=True)
    seen_at = models.DateTimeField()
    seen_by = models.CharField(max_length=60)
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="observations"
    )
    note = models.TextField(blank=True)
    photo = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=6, choices=Source.choices)
    counts = models.BooleanField(default=True)
    replaced_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="replaces")
    mark = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "mark"], condition=~Q(mark=""), name="observation_taken_in_once_by_its_mark"
            ),
            models.CheckConstraint(
                name="observation_value_in_ten_thousandths", condition=Q(value=None) | Q(value__lte=10000)
            ),
            models.CheckConstraint(
                name="observation_passed_within_total",
                condition=Q(passed=None) | Q(total=None) | Q(passed__lte=F("total")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["round", "check_item", "site"], name="observation_by_check"),
            models.Index(fields=["round", "-seen_at", "-id"], name="observation_newest"),
        ]
        ordering: ClassVar = ["-seen_at", "-id"]

    def __str__(self) -> str:
        return f"{self.site_id} x {self.check_item_id} = {self.value}"

    @property
    def counted(self) -> str:
        """次数/总数 as it was written; of older rows what their counts tell."""
        if self.quantity:
            return self.quantity
        if self.total is not None and self.passed is not None and "/" not in self.result:
            return f"{self.passed}/{self.total}"
        return self.result if self.result.strip().isdecimal() else ""

    def word(self, tell: Callable[[str], str] = say) -> str:
        """The result alone: 有, 无, 不适用 where the row holds 1, 0 or n/a."""
        return show_result(self.check_item.rule, self.result, self.quantity, tell)

    def in_words(self, tell: Callable[[str], str] = say) -> str:
        """The result with the counts beside it, where they add something. ``tell`` is ``written`` for what is kept."""
        word, counted = self.word(tell), self.counted
        return word if counted in {"", word, "0"} or "/" in word else f"{word} {counted}"

    def as_fault(self) -> str:
        """What was found short, for a notice: a check says how it should be, so that its words alone would praise."""
        check = self.check_item.text
        text = check if len(check) <= LONGEST_CHECK else f"{check[: LONGEST_CHECK - 1]}…"
        return written(FAULT, site=self.site.name, check=text)


class ObservationPhoto(models.Model):
    """A photo taken at a visit: a file that the town keeps, shown under what it proves."""

    observation = models.ForeignKey(Observation, on_delete=models.CASCADE, related_name="photos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["observation", "file"], name="one_photo_once_per_observation")
        ]
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.observation_id}/{self.file_id}"


class SiteState(models.Model):
    """The counting observations of one site in one round, packed: little-endian int32 triples
    (check position, count, sum of values), written in the same transaction as the rows it sums."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="site_states")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="states")
    packed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "site"], name="one_state_per_round_and_site")]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.site_id}"


class Grade(models.Model):
    """A reviewer's grade of one requirement in one round.

    ``proof`` is what it was given on: the key of each document with the stamp of its version (``archive.serving``).
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="grades")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="grades")
    grade = models.CharField(max_length=4)
    note = models.TextField(blank=True)
    graded_by = models.CharField(max_length=60)
    graded_at = models.DateTimeField()
    proof = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "requirement"], name="one_grade_per_requirement")
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id} {self.grade}"


class Tally(models.Model):
    """Answers to one question: how many were valid, how many positive; of a village or of the whole town (null)."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="tallies")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="tallies")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="tallies")
    valid = models.PositiveIntegerField()
    positive = models.PositiveIntegerField()
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "question", "organisation"],
                condition=Q(organisation__isnull=False),
                name="one_tally_per_question_and_village",
            ),
            models.UniqueConstraint(
                fields=["round", "question"], condition=Q(organisation=None), name="one_tally_per_question_of_the_town"
            ),
            models.CheckConstraint(name="tally_positive_within_valid", condition=Q(positive__lte=F("valid"))),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.positive}/{self.valid}"


class FigureValue(models.Model):
    """A figure of one round with both its counts."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="figure_values")
    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, related_name="values")
    numerator = models.DecimalField(max_digits=16, decimal_places=4)
    denominator = models.DecimalField(max_digits=16, decimal_places=4)
    source = models.CharField(max_length=200, blank=True)
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "figure"], name="one_value_per_figure"),
            models.CheckConstraint(name="figure_has_its_two_counts", condition=Q(denominator__gt=0, numerator__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.figure_id} {self.numerator}/{self.denominator}"


class Event(models.Model):
    """A dated event of the negative list (负面清单). One that was withdrawn stays as a row and counts no more.

    ``reason`` says why it was last corrected or withdrawn.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="events")
    code = models.CharField(max_length=40)
    happened_on = models.DateField()
    text = models.TextField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="events")
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=60, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-happened_on", "-id"]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.code}"


class ScoreMark(models.Model):
    """The score of a round on one day, kept for the trend."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="marks")
    on = models.DateField()
    low = models.FloatField()
    expected = models.FloatField(null=True)
    high = models.FloatField()
    measured = models.FloatField()
    interval_low = models.FloatField()
    interval_high = models.FloatField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "on"], name="one_mark_per_round_and_day")]
        ordering: ClassVar = ["on"]

    def __str__(self) -> str:
        return f"{self.round_id} {self.on}"
