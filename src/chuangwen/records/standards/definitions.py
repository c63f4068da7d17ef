"""The shape of a framework pack: one edition of one evaluation system (see docs/reference/pack-format.md)."""

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import Field

from chuangwen.kernel.chain import canonical
from chuangwen.kernel.packfiles import Row

Confidence = Literal["seen", "gk", "own", "guess", "inference", ""]
Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._-]{0,39}$")]
Positive = Annotated[Decimal, Field(gt=0)]
Amount = Annotated[Decimal, Field(ge=0)]
Share = Annotated[Decimal, Field(ge=0, le=100)]
MATERIALS = ("material", "opinion", "overall")
METHODS = ("material", "field", "survey", "figure", "opinion", "overall")


class Source(Row):
    """A source of the pack's facts."""

    title: str
    note: str = ""
    confidence: Confidence = ""


class Requires(Row):
    """Another pack that this one stands on."""

    id: str
    edition: str = ""


class Head(Row):
    """What ``pack.toml`` says of any pack."""

    id: Code
    edition: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,32}$")]
    title: Annotated[str, Field(min_length=1)]
    kind: Literal["framework", "township", "town"]
    standing: Literal["official", "derived", "example"]
    owner: str = ""
    notes: str = ""
    requires: tuple[Requires, ...] = ()
    sources: tuple[Source, ...] = ()


class Method(Row):
    """How standards are measured, and what it weighs in the total (composition ``by_method``)."""

    id: Literal["material", "field", "survey", "figure", "opinion", "overall"]
    title: str
    share: Share = Decimal(0)
    confidence: Confidence = ""


class Grade(Row):
    """A grade of the scale with its factor in [0, 1]."""

    grade: Annotated[str, Field(min_length=1, max_length=4)]
    factor: Annotated[Decimal, Field(ge=0, le=1)]
    meaning: str = ""
    confidence: Confidence = ""


class YearWeight(Row):
    """What a year of the cycle weighs."""

    position: Annotated[int, Field(ge=1)]
    weight: Positive
    confidence: Confidence = ""


class Companion(Row):
    """A second framework that counts beside this one, with its share (per cent) and floor."""

    framework: Code
    share: Share
    floor: Share
    confidence: Confidence = ""


class Bonus(Row):
    """How many bonus points count at most."""

    cap: Amount = Decimal(0)


class SampleSites(Row):
    """How many sites of one type a full evaluation looks at."""

    type: Code
    sites: Annotated[int, Field(ge=1)]


class SamplePlan(Row):
    """What a full evaluation looks at."""

    answers: Annotated[int, Field(ge=0)] = 0
    note: str = ""
    site: tuple[SampleSites, ...] = ()


class Member(Row):
    """One member of a grouping, e.g. one of the eight environments."""

    code: Code
    title: str
    short: str = ""
    group: str = ""


class Grouping(Row):
    """A way to look at the tree across its branches."""

    id: Code
    title: str
    member: tuple[Member, ...] = ()


class Framework(Row):
    """``framework.toml``.

    ``least_measured``: below this share (per cent) of the points measured no interval, chance or ranking is told.
    ``cycle_starts``: the year that the first of the ``year_weights`` belongs to.
    """

    code: Code
    title: str
    short_title: str = ""
    level: str = ""
    years: Annotated[tuple[int, ...], Field(min_length=1)]
    composition: Literal["by_method", "by_standard"]
    pass_line: Share = Decimal(0)
    confidence_level: Annotated[Decimal, Field(gt=0, lt=1)] = Decimal("0.9")
    least_measured: Share = Decimal(60)
    cycle_starts: int | None = None
    points_total: Positive | None = None
    methods: Annotated[tuple[Method, ...], Field(alias="method", min_length=1)]
    grades: Annotated[tuple[Grade, ...], Field(alias="grade", min_length=2)]
    year_weights: Annotated[tuple[YearWeight, ...], Field(alias="year_weight")] = ()
    companion: Companion | None = None
    bonus: Bonus = Bonus()
    sample_plan: SamplePlan = SamplePlan()
    groupings: Annotated[tuple[Grouping, ...], Field(alias="grouping")] = ()


class SiteType(Row):
    """A kind of place that is looked at; without a weight it weighs as many as there are in the register."""

    code: Code
    name: str
    weight: Positive | None = None
    usual: str = ""
    confidence: Confidence = ""
    note: str = ""


class NodeRow(Row):
    """An item, content or standard."""

    code: Code
    parent: str = ""
    kind: Literal["item", "content", "standard"]
    title: Annotated[str, Field(min_length=1, max_length=300)]
    text: str = ""
    points: Positive | None = None
    methods: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    effort_days: Amount | None = None
    bonus: bool = False
    confidence: Confidence = ""

    def shares(self) -> dict[str, Decimal]:
        """Share (per cent) by method."""
        found = (part.partition(":") for part in self.methods)
        return {method.strip(): Decimal(share.strip() or "100") for method, _, share in found}

    def groups(self) -> dict[str, list[str]]:
        """Members by grouping."""
        groups: dict[str, list[str]] = {}
        for part in self.tags:
            grouping, _, member = part.partition(":")
            groups.setdefault(grouping.strip(), []).append(member.strip())
        return groups


class RequirementRow(Row):
    """One thing to hand in."""

    code: Annotated[str, Field(min_length=1, max_length=50)]
    standard: str
    kind: str = ""
    title: Annotated[str, Field(min_length=1, max_length=300)]
    text: str = ""
    count: str = ""
    period: str = ""
    weight: Positive = Decimal(1)
    method: Literal["material", "opinion", "overall"] = "material"
    confidence: Confidence = ""


class CheckRow(Row):
    """One thing judged at sites of certain types."""

    code: Code
    text: Annotated[str, Field(min_length=1)]
    site_types: Annotated[tuple[str, ...], Field(min_length=1)]
    standards: Annotated[tuple[str, ...], Field(min_length=1)]
    rule: str
    params: str = ""
    reading: str = ""
    exemption: str = ""
    watch: str = ""
    effort_days: Amount | None = None
    tags: tuple[str, ...] = ()
    confidence: Confidence = ""


class QuestionRow(Row):
    """One question of the survey."""

    code: Code
    text: Annotated[str, Field(min_length=1)]
    options: str = ""
    positive: str = ""
    standards: Annotated[tuple[str, ...], Field(min_length=1)]
    scale: str = "0:0|1:1"
    rate: str = ""
    persons: str = ""
    confidence: Confidence = ""


class FigureRow(Row):
    """A numerator over a denominator. ``cases`` (figure:kind) lets the town's own cases give both, e.g. on_time_rate:appeal."""

    code: Code
    title: Annotated[str, Field(min_length=1)]
    unit: str = ""
    numerator: Annotated[str, Field(min_length=1)]
    denominator: Annotated[str, Field(min_length=1)]
    standards: Annotated[tuple[str, ...], Field(min_length=1)]
    scale: str = "0:0|1:1"
    source: str = ""
    confidence: Confidence = ""
    cases: str = Field(default="", pattern=r"^([a-z_]+:[a-z_]+)?$")


class NegativeRow(Row):
    """A kind of event that deducts, suspends or bars."""

    code: Code
    title: str
    text: str = ""
    window_months: Annotated[int, Field(ge=1)] = 12
    effect: Literal["deduct", "suspend", "bar"]
    points: Amount = Decimal(0)
    confidence: Confidence = ""


class CrosswalkRow(Row):
    """Where a code of an older edition went."""

    from_framework: Code
    from_code: str
    to_code: str
    note: str = ""


class FrameworkPack(Row):
    """One whole edition, checked."""

    pack: Head
    framework: Framework
    site_types: tuple[SiteType, ...] = ()
    standards: tuple[NodeRow, ...] = ()
    requirements: tuple[RequirementRow, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    questions: tuple[QuestionRow, ...] = ()
    figures: tuple[FigureRow, ...] = ()
    negative: tuple[NegativeRow, ...] = ()
    crosswalk: tuple[CrosswalkRow, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, as an installed edition keeps it; ``from_data`` gives the same pack back."""
        return self.model_dump(mode="json")

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "FrameworkPack":
        """A pack as an installed edition keeps it."""
        return cls.model_validate(data)

    def digest(self) -> str:
        """SHA-256 of the content: the same content gives the same digest on every machine."""
        return sha256(canonical(self.as_data()).encode()).hexdigest()

    def leaves(self) -> list[NodeRow]:
        """The standards, in tree order."""
        return [node for node in self.standards if node.kind == "standard"]


def scale_points(text: str) -> list[tuple[Decimal, Decimal]]:
    """``"0.70:0|0.90:1"`` as [(0.70, 0), (0.90, 1)]. Raises ``ValueError`` when it is not such a text."""
    points = []
    for part in text.split("|"):
        rate, colon, value = part.partition(":")
        if not colon:
            raise ValueError(text)
        try:
            points.append((Decimal(rate.strip()), Decimal(value.strip())))
        except ArithmeticError as wrong:
            raise ValueError(text) from wrong
    return points
