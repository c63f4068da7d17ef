"""One round scored: every part's value, every node's low, expected, high, measured share and interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from chuangwen.results.scoring.arithmetic.inputs import FULL, METHODS, Entries, Floats, Ints, Measures, through, weigh
from chuangwen.results.scoring.arithmetic.lines import Line
from chuangwen.results.scoring.arithmetic.parts import Plan, alive_parts, coefficients, registered_sites, standing_of

FIELD = METHODS.index("field")


@dataclass(frozen=True)
class Cells:
    """Every (check, site type): sites seen, sites that said "not applicable", mean value, sites in the register."""

    seen: Ints
    skipped: Ints
    mean: Floats
    registered: Ints
    entry_cell: Ints
    entry_value: Floats
    entry_site: Ints


@dataclass(frozen=True)
class Prepared:
    """A round made ready: values and coefficients of all parts. What-if and re-scores start here."""

    plan: Plan
    measures: Measures
    cells: Cells
    alive: NDArray[np.bool_]
    coef: Floats
    value: Floats
    known: NDArray[np.bool_]


@dataclass(frozen=True)
class Scored:
    """A round scored. ``rows`` by (kind, code): total, node, method, site_type, lead, or the id of a grouping."""

    prepared: Prepared
    total: Line
    rows: Mapping[tuple[str, str], Line]
    fill: Floats
    bonus: float
    deducted: float
    bars: Sequence[Mapping[str, object]]
    dropped: Sequence[tuple[str, str]]


def prepare(plan: Plan, measures: Measures) -> Prepared:
    """Values and coefficients of every part in this round."""
    registered = registered_sites(plan.framework, measures.register)
    cells = _cells(plan, measures, registered)
    alive = alive_parts(plan, cells.seen, cells.skipped)
    coef = coefficients(plan, alive, standing_of(plan.framework, measures.register))
    value = _values(plan, measures, cells)
    known = ~np.isnan(value)
    return Prepared(plan, measures, cells, alive, coef, np.where(known, value, 0.0), known)


def with_entries(prepared: Prepared, entries: Entries) -> Prepared:
    """The same round after its observations changed: only the field cells are made anew."""
    plan, measures = prepared.plan, replace(prepared.measures, entries=entries)
    registered = registered_sites(plan.framework, measures.register)
    cells = _cells(plan, measures, registered)
    alive = alive_parts(plan, cells.seen, cells.skipped)
    coef = (
        prepared.coef
        if np.array_equal(alive, prepared.alive)
        else coefficients(plan, alive, standing_of(plan.framework, measures.register))
    )
    field_ = (plan.method == FIELD) & (plan.thing >= 0)
    known = np.where(field_, cells.seen[plan.cell] > 0, prepared.known)
    value = np.where(field_, np.where(known, cells.mean[plan.cell], 0.0), prepared.value)
    return Prepared(plan, measures, cells, alive, coef, value, known)


def _cells(plan: Plan, measures: Measures, registered: Ints) -> Cells:
    entries, types = measures.entries, measures.register.types
    place = {check.position: index for index, check in enumerate(plan.framework.checks)}
    most = int(entries.position.max(initial=-1)) + 1
    lookup = np.full(most + 1, -1, dtype=np.int64)
    for position, index in place.items():
        if position < most:
            lookup[position] = index
    keys = plan.cell_check * 1_000 + plan.cell_type
    wanted = lookup[entries.position] * 1_000 + types[entries.site] if len(entries.site) else entries.site
    found = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    fits = (keys[found] == wanted) & (wanted >= 0) if len(keys) else np.zeros(0, dtype=bool)
    cell, site, count = found[fits], entries.site[fits], entries.count[fits]
    judged = count > 0
    value = entries.total[fits][judged] / (count[judged] * float(FULL))
    seen = np.bincount(cell[judged], minlength=len(keys))
    total = weigh(cell[judged], value, len(keys))
    skipped = np.bincount(cell[entries.skipped[fits] > 0], minlength=len(keys))
    mean = np.divide(total, seen, out=np.zeros(len(keys)), where=seen > 0)
    kinds = registered[np.maximum(plan.cell_type, 0)] if len(registered) else np.zeros(len(keys), dtype=np.int64)
    return Cells(seen, skipped, mean, np.maximum(kinds, seen), cell[judged], value, site[judged])


def _values(plan: Plan, measures: Measures, cells: Cells) -> Floats:
    value = np.full(plan.size, np.nan)
    field_ = (plan.method == FIELD) & (plan.thing >= 0)
    if field_.any():
        seen = cells.seen[plan.cell] > 0
        value = np.where(field_ & seen, cells.mean[plan.cell], value)
    framework = plan.framework
    for index in np.flatnonzero(~field_ & (plan.thing >= 0)):
        part = plan.parts[index]
        name = METHODS[part.method]
        if name == "survey":
            value[index] = _rate(
                framework.questions[part.thing].scale, measures.tallies, framework.questions[part.thing].code
            )
        elif name == "figure":
            value[index] = _rate(
                framework.figures[part.thing].scale, measures.figures, framework.figures[part.thing].code
            )
        else:
            value[index] = _grade(plan, measures, framework.requirements[part.thing].code)
    return value


def _rate(scale: Sequence[tuple[object, object]], counts: Mapping[str, tuple[object, object]], code: str) -> float:
    if code not in counts:
        return float("nan")
    part, whole = (float(str(one)) for one in counts[code])
    return through(scale, part / whole) if whole > 0 else float("nan")  # type: ignore[arg-type]


def _grade(plan: Plan, measures: Measures, code: str) -> float:
    grade = measures.grades.get(code)
    if grade is None:
        return 0.0 if measures.locked else float("nan")
    return float(plan.framework.grades[grade])


@dataclass(frozen=True)
class Sums:
    """Per (standard, method): known weight and points, unknown weight, and the fill of its unknown parts."""

    known: Floats
    score: Floats
    unknown: Floats
    fill: Floats
    level: Ints


def sums_of(prepared: Prepared) -> Sums:
    """Sums per (standard, method); an unknown part counts as the mean of its nearest known ancestor."""
    plan, count = prepared.plan, len(prepared.plan.pair_standard)
    weight = np.where(prepared.known, prepared.coef, 0.0)
    known = weigh(plan.pair, weight, count)
    score = weigh(plan.pair, weight * prepared.value, count)
    unknown = weigh(plan.pair, prepared.coef - weight, count)
    fill = np.divide(score, known, out=np.full(count, np.nan), where=known > 0)
    level = np.where(known > 0, 0, -1)
    for step, groups in enumerate(plan.above, start=1):
        group = groups[plan.pair_standard]
        whole, got = weigh(group, known), weigh(group, score)
        mean = np.divide(got, whole, out=np.full(len(whole), np.nan), where=whole > 0)
        take = (level < 0) & (whole[group] > 0)
        fill, level = np.where(take, mean[group], fill), np.where(take, step, level)
    return Sums(known, score, unknown, fill, level)


def z_of(level: float) -> float:
    """The normal quantile of a two-sided interval with this chance."""
    return NormalDist().inv_cdf(0.5 + level / 2)
