"""Lanes: which of the arrows that run round others lies nearer, so that as few as can be cross."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from chuangwen.kernel.flowchart.rows import Trunk

CLEAR = 8.0  # what two arrows that share a lane keep between them
TRIED = 6  # up to so many trunks every order is tried


@dataclass
class Lane:
    """The upright part of a trunk: the heights at which it meets the way down, and the states beside it."""

    trunk: Trunk
    near: list[float] = field(default_factory=list)
    far: list[float] = field(default_factory=list)

    @property
    def low(self) -> float:
        return min(self.near + self.far)

    @property
    def high(self) -> float:
        return max(self.near + self.far)

    def meets(self, other: "Lane") -> bool:
        return self.low < other.high + CLEAR and other.low < self.high + CLEAR


def tracks(lanes: Sequence[Lane]) -> dict[Trunk, int]:
    """The track of each lane, 0 next to the way down: the order with the fewest crossings, then the fewest tracks."""
    usual = sorted(lanes, key=lambda one: (one.high - one.low, one.low))
    orders: Iterable[Sequence[Lane]] = permutations(usual) if len(usual) <= TRIED else [usual]
    packed = (_packed(order) for order in orders)
    return min(packed, key=lambda one: (_crossings(lanes, one), max(one.values(), default=0)), default={})


def _packed(order: Sequence[Lane]) -> dict[Trunk, int]:
    """Each lane into the nearest track where it meets no other."""
    taken: list[list[Lane]] = []
    found: dict[Trunk, int] = {}
    for lane in order:
        free = next((at for at, others in enumerate(taken) if not any(lane.meets(one) for one in others)), len(taken))
        if free == len(taken):
            taken.append([])
        taken[free].append(lane)
        found[lane.trunk] = free
    return found


def _crossings(lanes: Sequence[Lane], found: Mapping[Trunk, int]) -> int:
    """How often a level part of one lane crosses the upright part of another."""
    count = 0
    for lane in lanes:
        for other in lanes:
            step = found[other.trunk] - found[lane.trunk]
            level = lane.near if step < 0 else lane.far if step > 0 else []
            count += sum(other.low < y < other.high for y in level)
    return count
