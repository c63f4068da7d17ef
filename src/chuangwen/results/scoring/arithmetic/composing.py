"""Putting scores together: the main framework with its companion, and the years of a cycle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from chuangwen.results.scoring.arithmetic.scores import Line


@dataclass(frozen=True)
class Composed:
    """A score made of several: its line, and the bars that floors set."""

    line: Line
    bars: Sequence[Mapping[str, object]]


def weighted(lines: Sequence[Line], weights: Sequence[float]) -> Line:
    """Weighted mean; independent intervals are combined by the method of variance estimates recovery (MOVER)."""
    whole = sum(weights)
    shares = [weight / whole for weight in weights]
    known = [line.expected for line in lines]
    low, high, measured = (
        sum(share * getattr(line, key) for share, line in zip(shares, lines, strict=True))
        for key in ("low", "high", "measured")
    )
    if any(value is None for value in known):
        return Line(low, None, high, measured, (low, high), 100.0)
    expected = sum(share * (value or 0.0) for share, value in zip(shares, known, strict=True))
    pairs = list(zip(shares, lines, strict=True))
    down = sqrt(sum((share * ((line.expected or 0.0) - line.interval[0])) ** 2 for share, line in pairs))
    up = sqrt(sum((share * (line.interval[1] - (line.expected or 0.0))) ** 2 for share, line in pairs))
    return Line(low, expected, high, measured, (max(0.0, expected - down), min(100.0, expected + up)), 100.0)


def with_companion(main: Line, companion: Line, *, share: float, floor: float, code: str) -> Composed:
    """The year's score: ``1 - share`` of the main framework and ``share`` of the companion, which has a floor.

    The bar says how sure it is: "bar" when even the high score misses the floor, "at_risk" when the low one may.
    """
    line = weighted([main, companion], [1 - share, share])
    bars: list[Mapping[str, object]] = []
    if companion.high < floor:
        bars.append({"code": code, "effect": "bar", "floor": floor, "score": companion.expected})
    elif companion.expected is None or companion.interval[0] < floor:
        missed = companion.expected is not None and companion.interval[1] < floor
        effect = "below_floor" if missed else "at_risk"
        bars.append({"code": code, "effect": effect, "floor": floor, "score": companion.expected})
    return Composed(line, bars)


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
        ends = (max(0.0, line.interval[0] - penalties), max(0.0, line.interval[1] - penalties))
        low, high = max(0.0, line.low - penalties), max(0.0, line.high - penalties)
        expected = None if line.expected is None else max(0.0, line.expected - penalties)
        line = Line(low, expected, high, line.measured, ends, line.weight)
    return Cycle(line, years, [year for year in sorted(weights) if year not in scores])
