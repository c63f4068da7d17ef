"""What a standard is worth in the town's total, and why: a standard of 1.00 point may be worth 2.71."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chuangwen.results.scoring.arithmetic.inputs import METHODS, weigh
from chuangwen.results.scoring.arithmetic.town import System
from chuangwen.results.scoring.working import method_title


@dataclass(frozen=True)
class Worth:
    """One method of a standard: its share of the system (per cent), the points of all standards so measured, and

    what of it falls to this standard: in points of the system's 100, and of the town's total.
    """

    method: str
    share: float
    points: float
    base: float
    own: float
    town: float


def worth_of(system: System, standard: str) -> Sequence[Worth]:
    """The worth of a standard by method, in the order of methods; empty when nothing of it counts."""
    prepared = system.scored.prepared
    plan = prepared.plan
    index = next((place for place, node in enumerate(plan.standards) if node.code == standard), None)
    if index is None:
        return []
    by_pair = weigh(plan.pair, prepared.coef, len(plan.pair_standard))
    found = []
    for pair in np.flatnonzero((plan.pair_standard == index) & (by_pair > 0)):
        method = int(plan.pair_method[pair])
        alike = (plan.pair_method == method) & (by_pair > 0)
        own = float(by_pair[pair])
        found.append(
            Worth(
                method=method_title(METHODS[method]),
                share=float(by_pair[alike].sum()),
                points=float(plan.points[index]),
                base=float(plan.points[plan.pair_standard[alike]].sum()),
                own=own,
                town=own * system.share,
            )
        )
    return found
