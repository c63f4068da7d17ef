"""Any part of the tree as one line: nodes, methods, groupings, lead units; and the whole round."""

from collections.abc import Iterator
from decimal import Decimal
from math import isnan

import numpy as np

from chuangwen.results.scoring.arithmetic.chances import Answers, Chances, chances_of, swings
from chuangwen.results.scoring.arithmetic.inputs import METHODS, Floats, Ints, weigh
from chuangwen.results.scoring.arithmetic.lines import Line, shifted, unknown_line
from chuangwen.results.scoring.arithmetic.parts import Plan
from chuangwen.results.scoring.arithmetic.scores import Prepared, Scored, Sums, sums_of
from chuangwen.results.scoring.arithmetic.totals import total_line

Key = tuple[str, str]


def score(prepared: Prepared) -> Scored:
    """Score a prepared round."""
    plan = prepared.plan
    sums = sums_of(prepared)
    chances = chances_of(prepared)
    rows = _lines(prepared, sums, chances)
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


def total_of(prepared: Prepared, answers: Answers | None = None) -> Line:
    """The total after bonus and deductions: all that a re-score after one change has to make."""
    line = total_line(prepared, sums_of(prepared), chances_of(prepared, answers))
    return shifted(line, bonus_of(prepared) - deducted_of(prepared))


def _lines(prepared: Prepared, sums: Sums, chances: Chances) -> dict[Key, Line]:
    """Every row's line; all rows go through the estimator together."""
    members = list(_members(prepared.plan, prepared))
    if not members:
        return {}
    sets = {pairs.tobytes(): pairs for _, pairs in members}  # many rows hold the same pairs: each set is asked once
    sure = _weights(prepared)
    both = zip([with_fill(prepared.plan, sums, one) for one in sure], sure, strict=True)
    stacked = (np.array([one[pairs].sum(axis=0) for one in two for pairs in sets.values()]) for two in both)
    down, up = (moved.reshape(2, len(sets)) for moved in swings(chances, *stacked))
    least = prepared.plan.framework.least_measured
    lines = {
        name: _line(sums, pairs, least, float(down[0, row]), float(up[0, row]), float(down[1, row]), float(up[1, row]))
        for row, (name, pairs) in enumerate(sets.items())
    }
    return {key: lines[pairs.tobytes()] for key, pairs in members}


def _weights(prepared: Prepared) -> tuple[Floats, Floats]:
    """(pairs x cells) and (pairs x questions): what each weighs in each (standard, method), where it is known."""
    plan, pairs = prepared.plan, len(prepared.plan.pair_standard)
    found = []
    for name, place, count in (
        ("field", plan.cell, len(plan.cell_check)),
        ("survey", plan.thing, len(plan.framework.questions)),
    ):
        live = (plan.method == METHODS.index(name)) & (plan.thing >= 0) & prepared.known
        flat = weigh(plan.pair[live] * count + place[live], prepared.coef[live], pairs * count)
        found.append(flat.reshape(pairs, count))
    return found[0], found[1]


def with_fill(plan: Plan, sums: Sums, raw: Floats) -> Floats:
    """Unknown parts follow the mean they are filled with, so they carry its chance too."""
    moved = raw.copy()
    own = (sums.level == 0) & (sums.unknown > 0)
    moved[own] += raw[own] * (sums.unknown[own] / sums.known[own])[:, None]
    for step, groups in enumerate(plan.above, start=1):
        filled = np.flatnonzero((sums.level == step) & (sums.unknown > 0))
        if not len(filled):
            continue
        group = groups[plan.pair_standard]
        whole = weigh(group, sums.known)
        for one in sorted(set(group[filled].tolist())):
            together = raw[group == one].sum(axis=0) / whole[one]
            mine = filled[group[filled] == one]
            moved[mine] += sums.unknown[mine][:, None] * together
    return moved


def _line(sums: Sums, pairs: Ints, least: float, *chance: float) -> Line:
    """The line of a set of (standard, method) pairs. ``chance``: its points down and up, then those of its known part."""
    known, unknown, got = (float(one[pairs].sum()) for one in (sums.known, sums.unknown, sums.score))
    weight = known + unknown
    if weight <= 0:
        return unknown_line(0.0, least=least)
    filled = sums.unknown[pairs] * sums.fill[pairs]
    expected = (got + float(filled[sums.unknown[pairs] > 0].sum())) / weight * 100
    down, up, sure_down, sure_up = (amount / weight * 100 for amount in chance)
    low, high, measured = got / weight * 100, (got + unknown) / weight * 100, known / weight
    if isnan(expected):
        return Line(low, None, high, measured, weight, sure_down=sure_down, sure_up=sure_up, least=least)
    return Line(low, expected, high, measured, weight, down, up, sure_down, sure_up, least=least)


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
