"""The total of a round by itself, in a handful of vector operations: for what-if, for one change, and for the full score.

The full score takes its total from here too, so a re-score after one change gives the same digits as a full one.
"""

from dataclasses import replace
from math import sqrt

import numpy as np

from chuangwen.results.scoring.arithmetic.inputs import METHODS, Floats, Ints, weigh
from chuangwen.results.scoring.arithmetic.lines import Line, unknown_line
from chuangwen.results.scoring.arithmetic.parts import Plan
from chuangwen.results.scoring.arithmetic.scores import Chances, Prepared, Sums

NOTHING: Ints = np.zeros(0, dtype=np.int64)


def total_line(prepared: Prepared, sums: Sums, chances: Chances, fixed: Ints = NOTHING) -> Line:
    """The total with bounds and interval; ``fixed`` parts are supposed to be certain and carry no chance."""
    got, sure, open_ = float(sums.score.sum()), float(sums.known.sum()), float(sums.unknown.sum())
    weight, least = sure + open_, prepared.plan.framework.least_measured
    if weight <= 0:
        return unknown_line(0.0, least=least)
    filled = sums.unknown * sums.fill
    expected = got + float(filled[sums.unknown > 0].sum())
    own = np.where(prepared.known, prepared.coef, 0.0)
    own[fixed] = 0.0
    sites, down, up = _variances(prepared, own, chances)
    line = Line(
        low=got / weight * 100,
        expected=None,
        high=(got + open_) / weight * 100,
        measured=sure / weight,
        weight=weight,
        sure_down=sqrt(sites + down) / weight * 100,
        sure_up=sqrt(sites + up) / weight * 100,
        least=least,
    )
    if np.isnan(expected):
        return line
    if open_ > 0:
        sites, down, up = _variances(prepared, own * (1 + _gain(prepared.plan, sums)), chances)
    expected, down, up = expected / weight * 100, sqrt(sites + down) / weight * 100, sqrt(sites + up) / weight * 100
    return replace(line, expected=expected, down=down, up=up)


def _gain(plan: Plan, sums: Sums) -> Floats:
    """How much of unknown points is filled in from each known part, per point of its own."""
    own = np.divide(sums.unknown, sums.known, out=np.zeros_like(sums.known), where=sums.known > 0)
    gain = np.where(sums.level == 0, own, 0.0)
    for step, groups in enumerate(plan.above, start=1):
        group = groups[plan.pair_standard]
        open_ = weigh(group, np.where(sums.level == step, sums.unknown, 0.0))
        whole = weigh(group, sums.known)
        gain += np.divide(open_, whole, out=np.zeros_like(whole), where=whole > 0)[group]
    return gain[plan.pair]


def _variances(prepared: Prepared, reach: Floats, chances: Chances) -> tuple[float, float, float]:
    plan, cells = prepared.plan, prepared.cells
    field = (plan.method == METHODS.index("field")) & (plan.thing >= 0)
    cell = weigh(plan.cell[field], reach[field], len(cells.seen))
    moved = weigh(cells.entry_site, cell[cells.entry_cell] * chances.deviation)
    strata = weigh(np.maximum(plan.cell_type, 0), cell * chances.pseudo)
    survey = (plan.method == METHODS.index("survey")) & (plan.thing >= 0)
    asked = weigh(plan.thing[survey], reach[survey], len(chances.down))
    sites = float(np.square(moved).sum() + np.square(strata).sum()) * chances.z * chances.z
    return sites, float(np.square(asked * chances.down).sum()), float(np.square(asked * chances.up).sum())
