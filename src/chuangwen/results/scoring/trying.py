"""What something is worth, and what a change would make of the score, before anything is written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import transaction

from chuangwen.records.measures.models import Round
from chuangwen.results.scoring.arithmetic.inputs import METHODS
from chuangwen.results.scoring.arithmetic.losses import thing_of
from chuangwen.results.scoring.arithmetic.scores import Line, Scored
from chuangwen.results.scoring.gathering import pack_of
from chuangwen.results.scoring.queries import RoundScore, score_round


@dataclass(frozen=True)
class Trial:
    """The town's score as it stands, and as it would stand."""

    before: Line
    after: Line

    @property
    def moves(self) -> bool:
        return (self.before.low, self.before.expected, self.before.high) != (
            self.after.low,
            self.after.expected,
            self.after.high,
        )


def tried(round_: Round, on: date, change: Callable[[], object]) -> Trial:
    """Make a change by its own action, with its rights and its checks, look at the score, and take it back whole."""
    before = score_round(round_, on).total
    with transaction.atomic():
        change()
        after = score_round(round_, on).total
        transaction.set_rollback(True)
    return Trial(before, after)


def worth_of(result: RoundScore, method: str) -> dict[tuple[int, str], float]:
    """What each question, figure or requirement is worth in points of the town's total, by edition and code."""
    share = float(link.share) / 100 if (link := pack_of(result.round.edition).framework.companion) else 0.0
    if result.companion is None or result.round.companion_id is None:
        return _worth(result.main, method, result.round.edition_id, 1.0)
    main = _worth(result.main, method, result.round.edition_id, 1.0 - share)
    return main | _worth(result.companion, method, result.round.companion_id, share)


def _worth(scored: Scored, method: str, edition: int, share: float) -> dict[tuple[int, str], float]:
    plan, coef = scored.prepared.plan, scored.prepared.coef
    whole = float(coef.sum())
    found: dict[tuple[int, str], float] = {}
    for part in np.flatnonzero(plan.method == METHODS.index(method)):
        if thing := thing_of(scored, int(part)):
            points = float(coef[part]) / whole * 100 * share if whole > 0 else 0.0
            found[edition, thing] = found.get((edition, thing), 0.0) + points
    return found
