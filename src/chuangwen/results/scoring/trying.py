"""What something is worth, and what a change would make of the score, before anything is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import transaction

from chuangwen.records.measures.models import Round
from chuangwen.results.scoring.arithmetic.inputs import METHODS
from chuangwen.results.scoring.arithmetic.lines import Line
from chuangwen.results.scoring.arithmetic.losses import thing_of
from chuangwen.results.scoring.queries import RoundScore, score_round

DEDUCTS = "deduct"


@dataclass(frozen=True)
class Trial:
    """The town's score as it stands and as it would stand; ``bars``: what would newly suspend or bar the town."""

    before: Line
    after: Line
    bars: Sequence[str] = ()

    @property
    def moves(self) -> bool:
        return (self.before.low, self.before.mean, self.before.high) != (
            self.after.low,
            self.after.mean,
            self.after.high,
        )


def tried(round_: Round, on: date, change: Callable[[], object]) -> Trial:
    """Make a change by its own action, with its rights and its checks, look at the score, and take it back whole."""
    before = score_round(round_, on)
    with transaction.atomic():
        change()
        after = score_round(round_, on)
        transaction.set_rollback(True)
    known = _barring(before)
    return Trial(before.total, after.total, [title for title in _barring(after) if title not in known])


def _barring(result: RoundScore) -> list[str]:
    """What suspends or bars the town, whatever its score."""
    found = [event for one in result.town.systems for event in one.scored.bars if event["effect"] != DEDUCTS]
    return [str(event["title"]) for event in found]


def worth_of_things(result: RoundScore, method: str) -> dict[tuple[int, str], float]:
    """What each question, figure or requirement is worth in points of the town's total, by edition and code."""
    found: dict[tuple[int, str], float] = {}
    for system in result.town.systems:
        edition = result.edition_of(system.code)
        plan, coef = system.scored.prepared.plan, system.scored.prepared.coef
        for part in np.flatnonzero(plan.method == METHODS.index(method)):
            if thing := thing_of(system.scored, int(part)):
                points = float(coef[part]) * system.share
                found[edition.pk, thing] = found.get((edition.pk, thing), 0.0) + points
    return found
