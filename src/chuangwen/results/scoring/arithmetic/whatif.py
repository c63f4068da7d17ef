"""What if: the total, its bounds and its interval after a set of hypothetical changes, at once.

Made once per scored round; each question afterwards is a handful of vector operations. A part that is supposed to have
a value is taken as known and carries no chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from chuangwen.results.scoring.arithmetic.inputs import METHODS, Floats, Ints, through, weigh
from chuangwen.results.scoring.arithmetic.rows import chance_of_passing
from chuangwen.results.scoring.arithmetic.scores import Line, Scored, Sums, sums_of, wilson, z_of


@dataclass(frozen=True)
class WhatIf:
    """A scored round made ready for questions."""

    scored: Scored
    deviation: Floats
    pseudo: Floats
    down: Floats
    up: Floats
    z: float

    def total(self, changes: Mapping[int, float]) -> Line:
        """The total with these parts (by index) at these values."""
        prepared = self.scored.prepared
        value, known = prepared.value.copy(), prepared.known.copy()
        fixed = np.fromiter(changes, dtype=np.int64, count=len(changes))
        value[fixed] = np.fromiter(changes.values(), dtype=np.float64, count=len(changes))
        known[fixed] = True
        supposed = replace(prepared, value=value, known=known)
        sums = sums_of(supposed)
        line = self._line(supposed.known, sums, fixed)
        shift = self.scored.bonus - self.scored.deducted
        if not shift or line.expected is None:
            return line
        ends = (max(0.0, line.interval[0] + shift), max(0.0, line.interval[1] + shift))
        low, expected, high = (max(0.0, one + shift) for one in (line.low, line.expected, line.high))
        return Line(low, expected, high, line.measured, ends, line.weight)

    def passing(self, line: Line) -> float | None:
        """The chance of passing with such a total."""
        return chance_of_passing(line, self.scored.prepared.plan.framework.pass_line, self.z)

    def _line(self, known: NDArray[np.bool_], sums: Sums, fixed: Ints) -> Line:
        got, sure, open_ = float(sums.score.sum()), float(sums.known.sum()), float(sums.unknown.sum())
        weight = sure + open_
        filled = sums.unknown * sums.fill
        expected = got + float(filled[sums.unknown > 0].sum())
        if weight <= 0 or np.isnan(expected):
            return Line(0.0, None, 100.0, 0.0, (0.0, 100.0), weight)
        reach = self._reach(known, sums)
        reach[fixed] = 0.0
        low, high = got / weight * 100, (got + open_) / weight * 100
        sites, down, up = self._variances(reach)
        a = max(0.0, (expected - sqrt(sites + down)) / weight * 100)
        b = min(100.0, (expected + sqrt(sites + up)) / weight * 100)
        return Line(low, expected / weight * 100, high, sure / weight, (a, b), weight)

    def _reach(self, known: NDArray[np.bool_], sums: Sums) -> Floats:
        """How far the expected total moves with each known part: its own weight, and what is filled from it."""
        plan = self.scored.prepared.plan
        gain = np.where(
            sums.level == 0,
            np.divide(sums.unknown, sums.known, out=np.zeros_like(sums.known), where=sums.known > 0),
            0.0,
        )
        for step, groups in enumerate(plan.above, start=1):
            group = groups[plan.pair_standard]
            open_ = weigh(group, np.where(sums.level == step, sums.unknown, 0.0))
            whole = weigh(group, sums.known)
            gain += np.divide(open_, whole, out=np.zeros_like(whole), where=whole > 0)[group]
        coef: Floats = self.scored.prepared.coef
        return np.where(known, coef * (1 + gain[plan.pair]), 0.0)

    def _variances(self, reach: Floats) -> tuple[float, float, float]:
        plan, cells = self.scored.prepared.plan, self.scored.prepared.cells
        field = (plan.method == METHODS.index("field")) & (plan.thing >= 0)
        cell = weigh(plan.cell[field], reach[field], len(cells.seen))
        moved = weigh(cells.entry_site, cell[cells.entry_cell] * self.deviation)
        strata = weigh(np.maximum(plan.cell_type, 0), cell * self.pseudo)
        survey = (plan.method == METHODS.index("survey")) & (plan.thing >= 0)
        asked = weigh(plan.thing[survey], reach[survey], len(self.down))
        sites = float(moved @ moved + strata @ strata) * self.z * self.z
        return sites, float(np.square(asked * self.down).sum()), float(np.square(asked * self.up).sum())


def make_ready(scored: Scored) -> WhatIf:
    """Prepare a scored round for what-if questions."""
    prepared = scored.prepared
    plan, cells = prepared.plan, prepared.cells
    z = z_of(plan.framework.level)
    seen = np.maximum(cells.seen, 1)
    finite = np.sqrt(np.clip(1 - cells.seen / np.maximum(cells.registered, 1), 0.0, 1.0))
    deviation = (cells.entry_value - cells.mean[cells.entry_cell]) / seen[cells.entry_cell] * finite[cells.entry_cell]
    pseudo = np.where(cells.seen > 0, np.sqrt(seen / (seen + 1.0)) * (cells.mean - 0.5) / seen * finite, 0.0)
    down, up = np.zeros(len(plan.framework.questions)), np.zeros(len(plan.framework.questions))
    for index, question in enumerate(plan.framework.questions):
        counts = prepared.measures.tallies.get(question.code)
        if counts and counts[1] > 0:
            ends = sorted(through(question.scale, end) for end in wilson(counts[0], counts[1], z))
            middle = through(question.scale, counts[0] / counts[1])
            down[index], up[index] = max(0.0, middle - ends[0]), max(0.0, ends[1] - middle)
    return WhatIf(scored, deviation, pseudo, down, up, z)
