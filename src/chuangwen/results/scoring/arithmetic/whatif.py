"""What if: the town's total, its bounds and its interval after a set of hypothetical changes, at once.

Made once per scored round; each question afterwards is a handful of vector operations. A part that is supposed to have
a value is taken as known and carries no chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chuangwen.results.scoring.arithmetic.chances import Chances, chances_of
from chuangwen.results.scoring.arithmetic.lines import Line, shifted
from chuangwen.results.scoring.arithmetic.scores import Scored, sums_of
from chuangwen.results.scoring.arithmetic.totals import total_line
from chuangwen.results.scoring.arithmetic.town import Town, compose


@dataclass(frozen=True)
class WhatIf:
    """One scored system made ready for questions."""

    scored: Scored
    chances: Chances

    def total(self, changes: Mapping[int, float]) -> Line:
        """The system's total with these parts (by index) at these values."""
        prepared = self.scored.prepared
        value, known = prepared.value.copy(), prepared.known.copy()
        fixed = np.fromiter(changes, dtype=np.int64, count=len(changes))
        value[fixed] = np.fromiter(changes.values(), dtype=np.float64, count=len(changes))
        known[fixed] = True
        supposed = replace(prepared, value=value, known=known)
        line = total_line(supposed, sums_of(supposed), self.chances, fixed)
        return shifted(line, self.scored.bonus - self.scored.deducted)


def make_ready(scored: Scored) -> WhatIf:
    """Prepare one scored system for what-if questions."""
    return WhatIf(scored, chances_of(scored.prepared))


@dataclass(frozen=True)
class TownWhatIf:
    """The town made ready for questions: every system of it."""

    town: Town
    ready: Sequence[WhatIf]

    def suppose(self, changes: Mapping[str, Mapping[int, float]]) -> Town:
        """The town with these parts of these systems (by code) at these values."""
        systems = [
            replace(system, line=ready.total(changes[system.code])) if changes.get(system.code) else system
            for system, ready in zip(self.town.systems, self.ready, strict=True)
        ]
        return compose(systems)


def make_town_ready(town: Town) -> TownWhatIf:
    """Prepare the town for what-if questions."""
    return TownWhatIf(town, [make_ready(one.scored) for one in town.systems])
