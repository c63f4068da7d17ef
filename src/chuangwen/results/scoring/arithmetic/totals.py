"""The total of a round by itself, in a handful of vector operations: for what-if, for one change, and for the full score.

The full score takes its total from here too, so a re-score after one change gives the same digits as a full one.
"""

from dataclasses import replace

import numpy as np

from chuangwen.results.scoring.arithmetic.chances import Chances, swing
from chuangwen.results.scoring.arithmetic.inputs import METHODS, Floats, Ints, weigh
from chuangwen.results.scoring.arithmetic.lines import Line, unknown_line
from chuangwen.results.scoring.arithmetic.parts import Plan
from chuangwen.results.scoring.arithmetic.scores import Prepared, Sums

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
    down, up = (amount / weight * 100 for amount in swing(chances, *weights_of(prepared.plan, own)))
    line = Line(
        low=got / weight * 100,
        mean=None,
        high=(got + open_) / weight * 100,
        measured=sure / weight,
        weight=weight,
        sure_down=down,
        sure_up=up,
        least=least,
    )
    if np.isnan(expected):
        return line
    if open_ > 0:
        moved = own * (1 + gain_of(prepared.plan, sums))
        down, up = (amount / weight * 100 for amount in swing(chances, *weights_of(prepared.plan, moved)))
    return replace(line, mean=expected / weight * 100, down=down, up=up)


def gain_of(plan: Plan, sums: Sums) -> Floats:
    """How much of unknown points is filled in from each known part, per point of its own."""
    own = np.divide(sums.unknown, sums.known, out=np.zeros_like(sums.known), where=sums.known > 0)
    gain = np.where(sums.level == 0, own, 0.0)
    for step, groups in enumerate(plan.above, start=1):
        group = groups[plan.pair_standard]
        open_ = weigh(group, np.where(sums.level == step, sums.unknown, 0.0))
        whole = weigh(group, sums.known)
        gain += np.divide(open_, whole, out=np.zeros_like(whole), where=whole > 0)[group]
    return gain[plan.pair]


def weights_of(plan: Plan, weight: Floats) -> tuple[Floats, Floats]:
    """What each cell and each question weighs when each part weighs so much."""
    field, survey = ((plan.method == METHODS.index(name)) & (plan.thing >= 0) for name in ("field", "survey"))
    cells = weigh(plan.cell[field], weight[field], len(plan.cell_check))
    return cells, weigh(plan.thing[survey], weight[survey], len(plan.framework.questions))
