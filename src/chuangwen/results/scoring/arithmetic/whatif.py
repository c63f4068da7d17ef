"""What if: the total, its bounds and its interval after a set of hypothetical changes, at once.

Made once per scored round; each question afterwards is a handful of vector operations. A part that is supposed to have
a value is taken as known and carries no chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from chuangwen.results.scoring.arithmetic.rows import chance_of_passing, shifted
from chuangwen.results.scoring.arithmetic.scores import Chances, Line, Scored, chances_of, sums_of
from chuangwen.results.scoring.arithmetic.totals import total_line


@dataclass(frozen=True)
class WhatIf:
    """A scored round made ready for questions."""

    scored: Scored
    chances: Chances

    def total(self, changes: Mapping[int, float]) -> Line:
        """The total with these parts (by index) at these values."""
        prepared = self.scored.prepared
        value, known = prepared.value.copy(), prepared.known.copy()
        fixed = np.fromiter(changes, dtype=np.int64, count=len(changes))
        value[fixed] = np.fromiter(changes.values(), dtype=np.float64, count=len(changes))
        known[fixed] = True
        supposed = replace(prepared, value=value, known=known)
        line = total_line(supposed, sums_of(supposed), self.chances, fixed)
        return shifted(line, self.scored.bonus - self.scored.deducted)

    def passing(self, line: Line) -> float | None:
        """The chance of passing with such a total."""
        return chance_of_passing(line, self.scored.prepared.plan.framework.pass_line, self.chances.z)


def make_ready(scored: Scored) -> WhatIf:
    """Prepare a scored round for what-if questions."""
    return WhatIf(scored, chances_of(scored.prepared))
