"""A small set of losses whose mending holds every floor and reaches the pass line, found greedily.

What bars the town comes first: while a system is under its floor the loss that wins most of it, then over all systems the
one that wins most of the town's total. Since what is mended changes what is filled in elsewhere, all is looked at again
after each. It stops at the first set with which the expected scores hold; ``None`` where work alone cannot bring it there.
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
    left = [one for one in found if one.needs == "work" and one.regain > 1e-9]
    chosen: list[Loss] = []
    town = ready.suppose({})
    if town.vetoes:
        return None
    while wanting := _wanting(town):
        best = _best(left, wanting)
        if best is None:
            return None
        left.remove(best)
        chosen.append(best)
        town = ready.suppose(changes_of(chosen))
    return chosen


WHOLE = "*"


def _wanting(town: Town) -> str | None:
    """What is still to be reached: a system's floor by its code, the pass line of the whole, or nothing."""
    under = next((one.code for one in town.systems if town.under_floor(one.code)), None)
    if under is not None:
        return under
    return WHOLE if town.line.expected is not None and town.line.expected < town.pass_line else None


def _best(left: Sequence[Loss], wanting: str) -> Loss | None:
    """What wins most of what is wanted; ties by name."""
    mine = [one for one in left if wanting in {WHOLE, one.system}]
    return min(mine, key=lambda one: (-(one.regain if wanting == WHOLE else one.own), one.key), default=None)
