"""A village or unit by itself: pooled over its own sites and its own people's answers, with its own interval.

The whole town's coefficients are kept, so that a village is judged by what counts in the town; only the parts that the
village can show (site types it has, questions it was asked) make up its base of 100.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from chuangwen.results.scoring.arithmetic.inputs import METHODS, Floats, Ints, through, weigh
from chuangwen.results.scoring.arithmetic.lines import Line, unknown_line
from chuangwen.results.scoring.arithmetic.scores import Prepared, wilson, z_of


@dataclass(frozen=True)
class Place:
    """One owner of sites with its line, how many of its sites were seen, and how many it has."""

    owner: str
    line: Line
    seen_sites: int
    sites: int


def places(prepared: Prepared) -> list[Place]:
    """Every owner of sites in the register, in the register's order."""
    register = prepared.measures.register
    z = z_of(prepared.plan.framework.level)
    weight = _cell_weights(prepared)
    asked = _question_weights(prepared)
    counts = np.bincount(register.owners, minlength=len(register.owner_codes))
    visited = np.zeros(len(register.owner_codes), dtype=np.int64)
    sites_seen = np.unique(prepared.cells.entry_site)
    np.add.at(visited, register.owners[sites_seen], 1)
    return [
        Place(code, _place_line(prepared, owner, weight, asked, z), int(visited[owner]), int(counts[owner]))
        for owner, code in enumerate(register.owner_codes)
    ]


def _cell_weights(prepared: Prepared) -> Floats:
    plan = prepared.plan
    field = (plan.method == METHODS.index("field")) & (plan.thing >= 0)
    return weigh(plan.cell[field], prepared.coef[field], len(prepared.cells.seen))


def _question_weights(prepared: Prepared) -> Floats:
    plan = prepared.plan
    survey = (plan.method == METHODS.index("survey")) & (plan.thing >= 0)
    return weigh(plan.thing[survey], prepared.coef[survey], len(plan.framework.questions))


@dataclass(frozen=True)
class _Own:
    """What one owner shows: weight, mean, seen and registered by cell, and its entries."""

    weight: Floats
    mean: Floats
    seen: Ints
    registered: Ints
    entries: Ints


def _own(prepared: Prepared, owner: int, weight: Floats) -> _Own:
    cells, plan, register = prepared.cells, prepared.plan, prepared.measures.register
    mine = register.owners == owner
    kinds = np.bincount(register.types[mine], minlength=len(plan.framework.site_types))
    registered = kinds[np.maximum(plan.cell_type, 0)] if len(kinds) else np.zeros(len(weight), dtype=np.int64)
    entries = np.flatnonzero(mine[cells.entry_site])
    cell = cells.entry_cell[entries]
    seen = np.bincount(cell, minlength=len(weight))
    total = weigh(cell, cells.entry_value[entries], len(weight))
    mean = np.divide(total, seen, out=np.zeros(len(weight)), where=seen > 0)
    return _Own(np.where(registered > 0, weight, 0.0), mean, seen, registered, entries)


def _place_line(prepared: Prepared, owner: int, weight: Floats, asked: Floats, z: float) -> Line:
    own, least = _own(prepared, owner, weight), prepared.plan.framework.least_measured
    known = np.where(own.seen > 0, own.weight, 0.0)
    got, sure, whole = float(known @ own.mean), float(known.sum()), float(own.weight.sum())
    down = up = 0.0
    for index, question in enumerate(prepared.plan.framework.questions):
        counts = prepared.measures.local_tallies.get((question.code, owner))
        if not counts or counts[1] <= 0 or asked[index] <= 0:
            continue
        middle = through(question.scale, counts[0] / counts[1])
        ends = sorted(through(question.scale, end) for end in wilson(counts[0], counts[1], z))
        got, sure, whole = got + asked[index] * middle, sure + asked[index], whole + asked[index]
        down += (asked[index] * (middle - ends[0])) ** 2
        up += (asked[index] * (ends[1] - middle)) ** 2
    if sure <= 0:
        return unknown_line(whole, least=least)
    low, expected, high = got / whole * 100, got / sure * 100, (got + whole - sure) / whole * 100
    sites = _site_variance(prepared, own, known) * z * z
    a, b = sqrt(sites + down) * 100, sqrt(sites + up) * 100
    return Line(low, expected, high, sure / whole, whole, a / sure, b / sure, a / whole, b / whole, least=least)


def _site_variance(prepared: Prepared, own: _Own, known: Floats) -> float:
    cells, plan = prepared.cells, prepared.plan
    seen = np.maximum(own.seen, 1)
    finite = np.sqrt(np.clip(1 - own.seen / np.maximum(np.maximum(own.registered, own.seen), 1), 0.0, 1.0))
    reach = known / seen * finite
    cell = cells.entry_cell[own.entries]
    moved = reach[cell] * (cells.entry_value[own.entries] - own.mean[cell])
    sites = weigh(cells.entry_site[own.entries], moved)
    pseudo = weigh(np.maximum(plan.cell_type, 0), reach * np.sqrt(seen / (seen + 1.0)) * (own.mean - 0.5))
    return float(sites @ sites + pseudo @ pseudo)


def groups_apart(lines: Sequence[Line]) -> list[int]:
    """A band number for each line, 1 the best; lines that may overlap by a chain share a band (no ranking).

    A line reaches as far as chance and what is unmeasured may move it together; one of which too little is measured
    has no band (0).
    """
    order = sorted(
        (place for place, line in enumerate(lines) if line.is_measured_enough),
        key=lambda place: (-lines[place].reach[1], -lines[place].reach[0]),
    )
    bands = [0] * len(lines)
    band, floor = 0, float("inf")
    for place in order:
        a, b = lines[place].reach
        if b < floor:
            band, floor = band + 1, a
        else:
            floor = min(floor, a)
        bands[place] = band
    return bands
