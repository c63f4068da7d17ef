"""What the arithmetic is told: one edition as a ``Framework``, one round as ``Measures``.

Field values are whole ten-thousandths, so their sums are exact; points are decimals, turned into floats once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Scale = Sequence[tuple[Decimal, Decimal]]

METHODS = ("material", "field", "survey", "figure", "opinion", "overall")
FULL = 10_000


@dataclass(frozen=True)
class Node:
    """An item, content or standard. Only standards have ``points`` and ``shares`` (per cent by method)."""

    code: str
    parent: str
    kind: str
    points: Decimal = Decimal(0)
    shares: Mapping[str, Decimal] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    effort_days: Decimal = Decimal(1)
    bonus: bool = False


@dataclass(frozen=True)
class SiteType:
    """A kind of site; ``weight`` None: it weighs as many as there are in the register."""

    code: str
    weight: Decimal | None = None


@dataclass(frozen=True)
class Check:
    """A check at its place (``position``) in the packed observations."""

    code: str
    position: int
    site_types: Sequence[str]
    standards: Sequence[str]
    effort_days: Decimal | None = None


@dataclass(frozen=True)
class Requirement:
    """One material, opinion or overall requirement of a standard."""

    code: str
    standard: str
    method: str = "material"
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class Rate:
    """A survey question or a figure: its rate is read through ``scale`` for each of its standards."""

    code: str
    standards: Sequence[str]
    scale: Scale


@dataclass(frozen=True)
class Framework:
    """One edition. ``nodes`` stand in tree order: parents first, each branch together.

    ``least_measured`` is the share of the points that must be measured before an interval may be told.
    """

    composition: str
    method_shares: Mapping[str, Decimal]
    grades: Mapping[str, Decimal]
    nodes: Sequence[Node]
    site_types: Sequence[SiteType]
    checks: Sequence[Check]
    requirements: Sequence[Requirement]
    questions: Sequence[Rate]
    figures: Sequence[Rate]
    bonus_cap: Decimal = Decimal(0)
    level: float = 0.9
    pass_line: float = 0.0
    least_measured: float = 0.6


@dataclass(frozen=True)
class Register:
    """The town's sites: type (index into ``Framework.site_types``) and owner (index) of each.

    ``absent`` are the types of which the office stated that the town has none; any other type without a site is unknown.
    """

    types: Ints
    owners: Ints
    owner_codes: Sequence[str]
    absent: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Entries:
    """Sums of counting observations per site (index into the register) and check position, sorted by both.

    ``count`` judged values with sum ``total`` (ten-thousandths), and ``skipped`` "not applicable" ones.
    """

    site: Ints
    position: Ints
    count: Ints
    total: Ints
    skipped: Ints


@dataclass(frozen=True)
class Deduction:
    """What an event of the negative list does: points off, or a bar ("suspend", "bar")."""

    code: str
    title: str
    effect: str
    points: Decimal


@dataclass(frozen=True)
class Measures:
    """Everything measured in one round. ``tallies`` are (positive, valid) by question, also by (question, owner)."""

    register: Register
    entries: Entries
    grades: Mapping[str, str] = field(default_factory=dict)
    tallies: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    local_tallies: Mapping[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    figures: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    locked: bool = False
    deductions: Sequence[Deduction] = ()
    leads: Mapping[str, str] = field(default_factory=dict)


def through(scale: Scale, rate: float) -> float:
    """Read a rate through a piecewise linear scale, flat outside its ends."""
    return float(np.interp(rate, [float(x) for x, _ in scale], [float(y) for _, y in scale]))


def no_entries() -> Entries:
    """A round in which nobody has looked at anything yet."""
    nothing = np.zeros(0, dtype=np.int64)
    return Entries(nothing, nothing, nothing, nothing, nothing)


def weigh(places: Ints, weights: Floats, count: int = 0) -> Floats:
    """Sum weights by place: ``np.bincount`` with its result told as floats."""
    return np.asarray(np.bincount(places, weights=weights, minlength=count), dtype=np.float64)
