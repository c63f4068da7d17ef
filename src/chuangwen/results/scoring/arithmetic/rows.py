"""Any part of the tree as one line: nodes, methods, groupings, lead units; and the whole round."""

from collections.abc import Iterator
from decimal import Decimal
from math import sqrt
from statistics import NormalDist

import numpy as np

from chuangwen.results.scoring.arithmetic.inputs import METHODS, Floats, Ints, weigh
from chuangwen.results.scoring.arithmetic.parts import Plan
from chuangwen.results.scoring.arithmetic.scores import (
    Line,
    Prepared,
    Scored,
    Spread,
    Sums,
    chances_of,
    spread_of,
    sums_of,
    z_of,
)
from chuangwen.results.scoring.arithmetic.totals import total_line

Key = tuple[str, str]


def score(prepared: Prepared) -> Scored:
    """Score a prepared round."""
    plan = prepared.plan
    z = z_of(plan.framework.level)
    sums = sums_of(prepared)
    chances = chances_of(prepared)
    spread = spread_of(prepared, sums, chances)
    rows = {key: line_of(sums, spread, pairs, z) for key, pairs in _members(plan, prepared)}
    bonus, deducted = bonus_of(prepared), deducted_of(prepared)
    total = shifted(total_line(prepared, sums, chances), bonus - deducted)
    bars = [
        {"code": one.code, "title": one.title, "effect": one.effect, "points": float(one.points)}
        for one in prepared.measures.deductions
    ]
    return Scored(
        prepared=prepared,
        total=total,
        rows={("total", ""): total, **rows},
        fill=sums.fill[plan.pair],
        bonus=bonus,
        deducted=deducted,
        bars=bars,
        dropped=list(_dropped(prepared)),
        passing=chance_of_passing(total, plan.framework.pass_line, z),
    )


def total_of(prepared: Prepared, answers: tuple[Floats, Floats] | None = None) -> Line:
    """The total after bonus and deductions: all that a re-score after one change has to make."""
    line = total_line(prepared, sums_of(prepared), chances_of(prepared, answers))
    return shifted(line, bonus_of(prepared) - deducted_of(prepared))


def line_of(sums: Sums, spread: Spread, pairs: Ints, z: float) -> Line:
    """The line of a set of (standard, method) pairs."""
    known, unknown, got = (float(one[pairs].sum()) for one in (sums.known, sums.unknown, sums.score))
    weight = known + unknown
    if weight <= 0:
        return Line(0.0, None, 100.0, 0.0, (0.0, 100.0), 0.0)
    low, high = got / weight * 100, (got + unknown) / weight * 100
    filled = sums.unknown[pairs] * sums.fill[pairs]
    expected = float(sums.score[pairs].sum() + filled[sums.unknown[pairs] > 0].sum()) / weight * 100
    if np.isnan(expected):
        return Line(low, None, high, known / weight, (0.0, 100.0), weight)
    sites = float(np.square(spread.sites[pairs].sum(axis=0)).sum()) * z * z
    down = float(np.square(spread.down[pairs].sum(axis=0)).sum())
    up = float(np.square(spread.up[pairs].sum(axis=0)).sum())
    a = max(0.0, expected - sqrt(sites + down) / weight * 100)
    b = min(100.0, expected + sqrt(sites + up) / weight * 100)
    return Line(low, expected, high, known / weight, (a, b), weight)


def shifted(line: Line, by: float) -> Line:
    """The total after bonus and deductions, never below 0."""
    if not by:
        return line

    def move(value: float) -> float:
        return max(0.0, value + by)

    expected = None if line.expected is None else move(line.expected)
    ends = (move(line.interval[0]), move(line.interval[1]))
    return Line(move(line.low), expected, move(line.high), line.measured, ends, line.weight)


def _members(plan: Plan, prepared: Prepared) -> Iterator[tuple[Key, Ints]]:
    """(key, pairs) of every row that is shown."""
    standards = [plan.standards[index] for index in plan.pair_standard]
    yield from _tree(plan)
    groups: dict[Key, list[int]] = {}
    for place, node in enumerate(standards):
        if node.bonus:
            continue
        groups.setdefault(("method", METHODS[plan.pair_method[place]]), []).append(place)
        groups.setdefault(("pair", f"{node.code}|{METHODS[plan.pair_method[place]]}"), []).append(place)
        for grouping, members in node.groups.items():
            for member in members:
                groups.setdefault((grouping, member), []).append(place)
        if lead := prepared.measures.leads.get(node.code):
            groups.setdefault(("lead", lead), []).append(place)
    for key, places in groups.items():
        yield key, np.array(places)


def _tree(plan: Plan) -> Iterator[tuple[Key, Ints]]:
    parents = {node.code: node.parent for node in plan.framework.nodes}
    below: dict[str, list[int]] = {node.code: [] for node in plan.framework.nodes}
    for place, index in enumerate(plan.pair_standard):
        code = plan.standards[index].code
        while code:
            below[code].append(place)
            code = parents.get(code, "")
    for code, places in below.items():
        yield ("node", code), np.array(places, dtype=np.int64)


def bonus_of(prepared: Prepared) -> float:
    """Bonus standards add what is known of them, up to the cap (points of the total)."""
    plan, cap = prepared.plan, float(prepared.plan.framework.bonus_cap)
    if not cap:
        return 0.0
    got = 0.0
    for index, node in enumerate(plan.standards):
        mine = (plan.standard == index) & prepared.known
        if node.bonus and mine.any():
            got += float(node.points) * float(prepared.value[mine].mean())
    return min(cap, got)


def deducted_of(prepared: Prepared) -> float:
    """Points that events of the negative list take off."""
    points = (one.points for one in prepared.measures.deductions if one.effect == "deduct")
    return float(sum(points, Decimal(0)))


def _dropped(prepared: Prepared) -> Iterator[tuple[str, str]]:
    """Standards that left the base, and why: told, never silent."""
    plan = prepared.plan
    weight = weigh(plan.standard, prepared.coef, len(plan.standards))
    for index, node in enumerate(plan.standards):
        if not node.bonus and weight[index] <= 0:
            yield node.code, "not_applicable"


def chance_of_passing(total: Line, line: float, z: float) -> float | None:
    """Chance that the true score reaches the pass line, by the normal curve of the interval; ``None`` if unknown."""
    if total.expected is None or line <= 0:
        return None
    half = (total.interval[1] - total.interval[0]) / 2 / z
    if half <= 0:
        return 1.0 if total.expected >= line else 0.0
    return 1 - NormalDist(total.expected, half).cdf(line)


def part_expected(scored: Scored) -> Floats:
    """Every part's value, unknown ones filled."""
    prepared = scored.prepared
    return np.where(prepared.known, prepared.value, scored.fill)
