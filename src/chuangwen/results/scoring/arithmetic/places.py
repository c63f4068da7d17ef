"""A village or unit by itself: pooled over its own sites and its own people's answers, with its own interval.

The whole town's coefficients are kept, so that a village is judged by what counts in the town; only the parts that the
village can show (site types it has, questions it was asked) make up its base of 100.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chuangwen.results.scoring.arithmetic.chances import Pool, answers_of, field_chances, pool_of, swing
from chuangwen.results.scoring.arithmetic.inputs import Floats, through, weigh
from chuangwen.results.scoring.arithmetic.lines import Line, unknown_line
from chuangwen.results.scoring.arithmetic.scores import Cells, Prepared, z_of
from chuangwen.results.scoring.arithmetic.totals import weights_of


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
    pool = pool_of(prepared)
    cells, asked = weights_of(prepared.plan, prepared.coef)
    counts = np.bincount(register.owners, minlength=len(register.owner_codes))
    visited = np.zeros(len(register.owner_codes), dtype=np.int64)
    sites_seen = np.unique(prepared.cells.entry_site)
    np.add.at(visited, register.owners[sites_seen], 1)
    return [
        Place(code, _place_line(prepared, owner, (cells, asked), pool), int(visited[owner]), int(counts[owner]))
        for owner, code in enumerate(register.owner_codes)
    ]


def _own(prepared: Prepared, owner: int) -> Cells:
    """The cells of one owner's own sites."""
    cells, plan, register = prepared.cells, prepared.plan, prepared.measures.register
    mine, count = register.owners == owner, len(prepared.cells.seen)
    kinds = np.bincount(register.types[mine], minlength=len(plan.framework.site_types))
    registered = kinds[np.maximum(plan.cell_type, 0)] if len(kinds) else np.zeros(count, dtype=np.int64)
    entries = np.flatnonzero(mine[cells.entry_site])
    cell, value = cells.entry_cell[entries], cells.entry_value[entries]
    seen = np.bincount(cell, minlength=count)
    mean = np.divide(weigh(cell, value, count), seen, out=np.zeros(count), where=seen > 0)
    return Cells(seen, np.zeros_like(seen), mean, registered, cell, value, cells.entry_site[entries])


def _own_tallies(prepared: Prepared, owner: int) -> dict[str, tuple[int, int]]:
    """What one owner's own people answered."""
    told = prepared.measures.local_tallies
    codes = [one.code for one in prepared.plan.framework.questions]
    return {code: told[code, owner] for code in codes if (code, owner) in told and told[code, owner][1] > 0}


def _place_line(prepared: Prepared, owner: int, weights: tuple[Floats, Floats], pool: Pool) -> Line:
    framework, cells, tallies = prepared.plan.framework, _own(prepared, owner), _own_tallies(prepared, owner)
    weight = np.where(cells.registered > 0, weights[0], 0.0)
    known = np.where(cells.seen > 0, weight, 0.0)
    asked = np.where([one.code in tallies for one in framework.questions], weights[1], 0.0)
    reached = [
        through(one.scale, tallies[one.code][0] / tallies[one.code][1]) if one.code in tallies else 0.0
        for one in framework.questions
    ]
    got = float(known @ cells.mean) + float(asked @ np.array(reached, dtype=np.float64))
    sure, whole = float(known.sum() + asked.sum()), float(weight.sum() + asked.sum())
    if sure <= 0:
        return unknown_line(whole, least=framework.least_measured)
    answers = answers_of(framework.questions, tallies, z_of(framework.level))
    a, b = (amount * 100 for amount in swing(field_chances(prepared, cells, pool, answers), known, asked))
    low, expected, high = got / whole * 100, got / sure * 100, (got + whole - sure) / whole * 100
    least = framework.least_measured
    return Line(low, expected, high, sure / whole, whole, a / sure, b / sure, a / whole, b / whole, least=least)


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
