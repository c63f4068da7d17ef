"""Any part of the tree as one line: nodes, methods, groupings, lead units; and the whole round."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from math import sqrt

import numpy as np

from chuangwen.results.scoring.arithmetic.inputs import METHODS, Floats, Ints, weigh
from chuangwen.results.scoring.arithmetic.lines import Line, shifted, unknown_line
from chuangwen.results.scoring.arithmetic.parts import Plan
from chuangwen.results.scoring.arithmetic.scores import (
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
    z, least = z_of(plan.framework.level), plan.framework.least_measured
    sums = sums_of(prepared)
    chances = chances_of(prepared)
    spread = spread_of(prepared, sums, chances)
    rows = {key: line_of(sums, spread, pairs, z, least) for key, pairs in _members(plan, prepared)}
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
    )


def total_of(prepared: Prepared, answers: tuple[Floats, Floats] | None = None) -> Line:
    """The total after bonus and deductions: all that a re-score after one change has to make."""
    line = total_line(prepared, sums_of(prepared), chances_of(prepared, answers))
    return shifted(line, bonus_of(prepared) - deducted_of(prepared))


def line_of(sums: Sums, spread: Spread, pairs: Ints, z: float, least: float) -> Line:
    """The line of a set of (standard, method) pairs."""
    known, unknown, got = (float(one[pairs].sum()) for one in (sums.known, sums.unknown, sums.score))
    weight = known + unknown
    if weight <= 0:
        return unknown_line(0.0, least=least)
    filled = sums.unknown[pairs] * sums.fill[pairs]
    expected = float(sums.score[pairs].sum() + filled[sums.unknown[pairs] > 0].sum()) / weight * 100
    down, up, sure_down, sure_up = (amount / weight * 100 for amount in _chances_of(spread, pairs, z))
    line = Line(got / weight * 100, expected, (got + unknown) / weight * 100, known / weight, weight, least=least)
    if np.isnan(expected):
        return replace(line, expected=None, sure_down=sure_down, sure_up=sure_up)
    return replace(line, down=down, up=up, sure_down=sure_down, sure_up=sure_up)


def _chances_of(spread: Spread, pairs: Ints, z: float) -> Iterator[float]:
    """(down, up) of the expected points of these pairs, then of their measured part alone."""
    for one in (spread, spread.sure):
        if one is not None:
            sites = float(np.square(one.sites[pairs].sum(axis=0)).sum()) * z * z
            yield sqrt(sites + float(np.square(one.down[pairs].sum(axis=0)).sum()))
            yield sqrt(sites + float(np.square(one.up[pairs].sum(axis=0)).sum()))


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
    """Standards that left the base, and why: the office stated that there is no such place, or none applied."""
    plan = prepared.plan
    weight = weigh(plan.standard, prepared.coef, len(plan.standards))
    absent = np.isin(plan.site_type, list(prepared.measures.register.absent))
    for index, node in enumerate(plan.standards):
        if not node.bonus and weight[index] <= 0:
            yield node.code, "absent" if absent[plan.standard == index].any() else "not_applicable"


def part_expected(scored: Scored) -> Floats:
    """Every part's value, unknown ones filled."""
    prepared = scored.prepared
    return np.where(prepared.known, prepared.value, scored.fill)
