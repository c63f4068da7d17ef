"""The town's score: the evaluation systems that count together, the floors of some, and the years of a cycle.

Everything that a page, a paper or a message says of the town's score, its losses or what a change would bring comes
from one ``Town``: in points of the town's total, over all systems.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chuangwen.results.scoring.arithmetic.lines import FULL_MARKS, Line, weighted
from chuangwen.results.scoring.arithmetic.passing import chance_of_all
from chuangwen.results.scoring.arithmetic.scores import Scored, z_of

BARS, BELOW, UNSAFE = "bar", "below_floor", "at_risk"


@dataclass(frozen=True)
class System:
    """One evaluation system (体系) of a round: what it weighs in the town's total (0 to 1), its floor if it has one.

    ``line`` stands in place of the score's own total where a closed round keeps it.
    """

    code: str
    scored: Scored
    share: float = 1.0
    floor: float | None = None
    line: Line | None = None

    @property
    def total(self) -> Line:
        """The system's own score, in points of its own 100."""
        return self.line or self.scored.total


@dataclass(frozen=True)
class FloorBar:
    """A floor that is missed or not surely held.

    ``effect``: "bar" even the highest score misses it, "below_floor" the expected one does, "at_risk" chance or what
    is unmeasured may. ``missing`` points of the system are wanted for the expected score to hold it, none known where
    too little is measured for one; ``most`` is the highest that the system can reach.
    """

    code: str
    effect: str
    floor: float
    score: float | None
    most: float = FULL_MARKS

    @property
    def missing(self) -> float | None:
        return None if self.score is None else max(0.0, self.floor - self.score)

    def as_dict(self) -> dict[str, object]:
        return {"code": self.code, "effect": self.effect, "floor": self.floor, "score": self.score}


@dataclass(frozen=True)
class Town:
    """The town's score of a round. ``systems`` the main one first; ``passing`` the chance to reach line and floors."""

    systems: Sequence[System]
    line: Line
    bars: Sequence[FloorBar]
    passing: float | None

    @property
    def main(self) -> System:
        return self.systems[0]

    @property
    def pass_line(self) -> float:
        return self.main.scored.prepared.plan.framework.pass_line

    @property
    def level(self) -> float:
        return self.main.scored.prepared.plan.framework.level

    @property
    def is_alone(self) -> bool:
        """The score is that of one system: no companion counts."""
        return len(self.systems) == 1

    @property
    def vetoes(self) -> list[str]:
        """Events of the negative list that bar or suspend the town, whatever its score."""
        return [str(event["title"]) for one in self.systems for event in one.scored.bars if event["effect"] != "deduct"]

    def under_floor(self, code: str) -> bool:
        """Whether this system's floor is missed as far as one can tell: what bars the town comes first."""
        return any(bar.code == code and bar.effect != UNSAFE for bar in self.bars)


def compose(systems: Sequence[System], *, line: Line | None = None) -> Town:
    """Put the systems of a round together; ``line`` is the total that a closed round keeps."""
    least = systems[0].scored.prepared.plan.framework.least_measured
    total = line or total_of_systems([one.total for one in systems], [one.share for one in systems], least)
    bars = [bar for one in systems if one.floor is not None and (bar := floor_bar(one.code, one.total, one.floor))]
    return Town(systems, total, bars, _passing(systems, total, bars))


def total_of_systems(lines: Sequence[Line], shares: Sequence[float], least: float) -> Line:
    """The town's line. A system of which nothing is known is expected as the others are: they are its nearest kin."""
    known = [(line, share) for line, share in zip(lines, shares, strict=True) if line.mean is not None]
    if not known or len(lines) == 1:
        return replace(weighted(lines, shares, least=least), weight=FULL_MARKS) if len(lines) > 1 else lines[0]
    kin = weighted([line for line, _ in known], [share for _, share in known])
    filled = [
        line if line.mean is not None else replace(line, mean=kin.mean, down=kin.down, up=kin.up) for line in lines
    ]
    return weighted(filled, shares, least=least)


def floor_bar(code: str, line: Line, floor: float) -> FloorBar | None:
    """What a floor says of a system's line; ``None`` when it is surely held."""
    effect = ""
    if line.reach[1] < floor:
        effect = BARS
    elif line.interval is None or line.expected is None:
        effect = UNSAFE
    elif line.expected < floor:
        effect = BELOW
    elif line.interval[0] < floor:
        effect = UNSAFE
    return FloorBar(code, effect, floor, line.expected, line.reach[1]) if effect else None


def _passing(systems: Sequence[System], total: Line, bars: Sequence[FloorBar]) -> float | None:
    """The chance that the total reaches the pass line and every floor is held; ``None`` where too little is measured."""
    framework = systems[0].scored.prepared.plan.framework
    if framework.pass_line <= 0 or total.interval is None:
        return None
    if any(one.total.mean is None or (one.floor and one.total.interval is None) for one in systems):
        return None
    if Town(systems, total, bars, None).vetoes or any(bar.effect == BARS for bar in bars):
        return 0.0
    floors = [0.0 if one.floor is None else one.floor for one in systems]
    return chance_of_all(
        [one.total for one in systems],
        [one.share for one in systems],
        floors,
        framework.pass_line,
        z_of(framework.level),
    )


@dataclass(frozen=True)
class Cycle:
    """The score of a cycle so far: the weighted mean of the years that have a score, weights renormalised."""

    line: Line
    years: Sequence[int]
    missing: Sequence[int]


def cycle(scores: Mapping[int, Line], weights: Mapping[int, float], penalties: float = 0.0) -> Cycle | None:
    """The cycle's score from its years; ``None`` before the first. Years without a score are named, not counted."""
    years = [year for year in sorted(weights) if year in scores]
    if not years:
        return None
    line = weighted([scores[year] for year in years], [weights[year] for year in years])
    if penalties:
        down = {name: max(0.0, getattr(line, name) - penalties) for name in ("low", "high", "most")}
        mean = None if line.mean is None else max(0.0, line.mean - penalties)
        line = replace(line, mean=mean, **down)
    return Cycle(line, years, [year for year in sorted(weights) if year not in scores])
