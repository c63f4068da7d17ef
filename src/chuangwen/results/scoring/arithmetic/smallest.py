"""The smallest set of losses whose mending holds every floor and reaches the pass line, found greedily.

What bars the town comes first: per system under its floor the losses that win most of it, then over all systems those
that win most of the town's total. It stops at the first set with which the expected score holds; ``None`` where work
alone cannot bring it there.
"""

from collections.abc import Mapping, Sequence

from chuangwen.results.scoring.arithmetic.losses import Loss
from chuangwen.results.scoring.arithmetic.town import Town
from chuangwen.results.scoring.arithmetic.whatif import TownWhatIf

Changes = Mapping[str, Mapping[int, float]]


def changes_of(chosen: Sequence[Loss]) -> dict[str, dict[int, float]]:
    """What mending these losses supposes: every part of them at full marks."""
    changes: dict[str, dict[int, float]] = {}
    for loss in chosen:
        changes.setdefault(loss.system, {}).update({part.part: 1.0 for part in loss.parts})
    return changes


def smallest_set(ready: TownWhatIf, found: Sequence[Loss]) -> list[Loss] | None:
    """The losses to mend first; empty when the town stands already."""
    work = [one for one in found if one.needs == "work" and one.regain > 1e-9]
    chosen: list[Loss] = []
    town = ready.suppose({})
    for system in ready.town.systems:
        mine = sorted((one for one in work if one.system == system.code), key=lambda one: (-one.own, one.key))
        while town.under_floor(system.code):
            if not mine:
                return None
            chosen.append(mine.pop(0))
            town = ready.suppose(changes_of(chosen))
    rest = sorted((one for one in work if one not in chosen), key=lambda one: (-one.regain, one.key))
    while _below(town):
        if not rest:
            return None
        chosen.append(rest.pop(0))
        town = ready.suppose(changes_of(chosen))
    return chosen


def _below(town: Town) -> bool:
    return town.line.expected is not None and town.line.expected < town.pass_line
