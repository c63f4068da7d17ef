"""One score as a line: what is sure, what is likely, what is possible, how far chance may move it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

FULL_MARKS = 100.0
Span = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One score, in points of ``most`` (100 before bonus and deductions).

    ``mean`` is what is likely, ``None`` where nothing is known; pages read ``expected``, which is withheld where too little
    is measured. ``low`` and ``high`` count every unknown as 0 and as 1 and leave sampling out; ``weight`` is how much of the total of
    100 the line carries. ``down`` and ``up`` are how far chance may move the mean (with what is filled in
    from it) at the edition's level; ``sure_down`` and ``sure_up`` how far it may move the measured part alone.
    ``least`` is the measured share below which the edition allows no interval.
    """

    low: float
    mean: float | None
    high: float
    measured: float
    weight: float
    down: float = 0.0
    up: float = 0.0
    sure_down: float = 0.0
    sure_up: float = 0.0
    most: float = FULL_MARKS
    least: float = 0.0

    @property
    def is_measured_enough(self) -> bool:
        """Whether so much is measured that an expected score with an interval may be told."""
        return self.mean is not None and self.measured >= self.least - 1e-12

    @property
    def expected(self) -> float | None:
        """预计: an unknown counts as its nearest known kin; ``None`` where too little is measured to tell it."""
        return self.mean if self.is_measured_enough else None

    @property
    def interval(self) -> Span | None:
        """Where the true score lies with the edition's chance, by sampling alone; ``None`` where too little is measured."""
        return self.likely if self.is_measured_enough else None

    @property
    def likely(self) -> Span:
        """The interval of sampling whatever is measured; the whole span where nothing is expected."""
        if self.mean is None:
            return 0.0, self.most
        return max(0.0, self.mean - self.down), min(max(self.most, self.mean), self.mean + self.up)

    @property
    def reach(self) -> Span:
        """最低 and 最高: unknowns at 0 with the lower limit of sampling, unknowns at 1 with the upper one."""
        first, last = max(0.0, self.low - self.sure_down), min(max(self.most, self.high), self.high + self.sure_up)
        if self.mean is None:
            return first, last
        return min(first, self.likely[0]), max(last, self.likely[1])

    def as_dict(self) -> dict[str, object]:
        """The line as pages, commands and the API read it; ``interval`` is null where too little is measured."""
        return {
            "low": self.low,
            "expected": self.expected,
            "high": self.high,
            "measured": self.measured,
            "interval": list(self.interval) if self.interval else None,
            "reach": list(self.reach),
        }


def unknown_line(weight: float, *, measured: float = 0.0, least: float = 0.0) -> Line:
    """A line of which nothing is expected."""
    return Line(0.0, None, FULL_MARKS, measured, weight, least=least)


def shifted(line: Line, by: float) -> Line:
    """The line after bonus and deductions, never below 0."""
    if not by:
        return line

    def move(value: float) -> float:
        return max(0.0, value + by)

    mean = None if line.mean is None else move(line.mean)
    return replace(line, low=move(line.low), mean=mean, high=move(line.high), most=move(line.most))


def weighted(lines: Sequence[Line], weights: Sequence[float], *, least: float = 0.0) -> Line:
    """Weighted mean; independent intervals are combined by the method of variance estimates recovery (MOVER)."""
    whole = sum(weights)
    shares = [weight / whole for weight in weights]

    def pooled(name: str) -> float:
        return sum(share * float(getattr(line, name)) for share, line in zip(shares, lines, strict=True))

    def chance(name: str) -> float:
        return sqrt(sum((share * float(getattr(line, name))) ** 2 for share, line in zip(shares, lines, strict=True)))

    return Line(
        low=pooled("low"),
        mean=None if any(line.mean is None for line in lines) else pooled("mean"),
        high=pooled("high"),
        measured=pooled("measured"),
        weight=FULL_MARKS,
        down=chance("down"),
        up=chance("up"),
        sure_down=chance("sure_down"),
        sure_up=chance("sure_up"),
        most=pooled("most"),
        least=least,
    )
