"""The score over time: each round's marks at their true days, with the round's name and the interval of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chuangwen.kernel.words import say
from chuangwen.kit.charts import Chart, Series
from chuangwen.records.measures.models import ScoreMark
from chuangwen.results.scoring.arithmetic.lines import Span
from chuangwen.results.scoring.queries import RoundScore


@dataclass(frozen=True)
class Point:
    """One mark: of which round, on which day; no expected score or interval where too little was measured."""

    on: date
    title: str
    expected: float | None
    interval: Span | None


def points_of(result: RoundScore) -> list[Point]:
    """The marks up to the round looked at. Its score of today is added only while it is open: a closed one has its own."""
    least = result.total.least
    marks = ScoreMark.objects.filter(on__lte=result.on).select_related("round").defer("round__frozen")
    points = [
        _point(mark, least)
        for mark in marks.order_by("on", "pk")
        if mark.round_id != result.round.pk or mark.on < result.on or result.round.closed_at
    ]
    if result.round.closed_at is None:
        line = result.total
        expected = line.expected if line.is_measured_enough else None
        points.append(Point(result.on, result.round.title, expected, line.interval))
    return points


def _point(mark: ScoreMark, least: float) -> Point:
    enough = mark.expected is not None and mark.measured >= least
    interval = (mark.interval_low, mark.interval_high) if enough else None
    return Point(mark.on, mark.round.title, mark.expected if enough else None, interval)


def trend(result: RoundScore) -> Chart | None:
    """The chart of the marks; nothing to draw before the second."""
    points = points_of(result)
    if sum(one.expected is not None for one in points) < 2:
        return None
    return Chart(
        title=say("得分走势"),
        labels=[f"{one.on:%Y-%m-%d} {one.title}" for one in points],
        days=[one.on.isoformat() for one in points],
        series=[Series(say("预计"), _column(points, None), _column(points, 0), _column(points, 1))],
        unit=say("分"),
        mark=result.pass_line or None,
        mark_label=say("达标线"),
        least=40,
        most=100,
    )


def _column(points: Sequence[Point], end: int | None) -> list[float | None]:
    if end is None:
        return [None if one.expected is None else round(one.expected, 1) for one in points]
    return [None if one.interval is None else round(one.interval[end], 1) for one in points]
