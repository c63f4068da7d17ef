"""Closing a round, and keeping the score of a day."""

import json
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from chuangwen.kernel.chain import canonical
from chuangwen.kernel.words import later
from chuangwen.records.ledger.actions import Thing, note
from chuangwen.records.measures.models import Round, ScoreMark
from chuangwen.records.measures.policy import RoundStillOpen, why_not_record
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.permissions import Permission
from chuangwen.results.scoring.arithmetic.rows import score
from chuangwen.results.scoring.arithmetic.scores import prepare
from chuangwen.results.scoring.freezing import frozen_inputs, thawed_inputs
from chuangwen.results.scoring.gathering import measures_of, plan_of
from chuangwen.results.scoring.queries import RoundScore, as_data, score_round


@transaction.atomic
def close_round(round_: Round, *, by: By, at: datetime) -> Round:
    """Freeze a round: its inputs, its result and a digest of both. Nothing in it changes any more."""
    must(by, Permission.CLOSE_ROUNDS)
    locked = Round.objects.select_for_update(of=("self",)).select_related("edition", "companion").get(pk=round_.pk)
    if no := why_not_record(locked):
        raise no
    result = score_round(locked, at.date())
    frozen = {
        "inputs": {
            str(edition.pk): frozen_inputs(measures_of(locked, edition, at.date())) for edition in editions(locked)
        },
        "result": plain(as_data(result)),
    }
    locked.closed_at, locked.closed_by = at, by.name
    locked.frozen, locked.digest = frozen, digest_of(frozen)
    locked.save(update_fields=["closed_at", "closed_by", "frozen", "digest"])
    keep_mark(result, on=at.date())
    thing = Thing("round", locked.code, locked.title)
    note(
        thing, later("封存测评轮次"), by=by, at=at, after={"digest": locked.digest, "total": frozen["result"]["total"]}
    )
    return locked


def editions(round_: Round) -> list[Edition]:
    """The editions that a round is measured by."""
    return [edition for edition in (round_.edition, round_.companion) if edition is not None]


def digest_of(frozen: dict[str, Any]) -> str:
    """SHA-256 of frozen inputs and result."""
    return sha256(canonical(frozen).encode()).hexdigest()


def plain(data: dict[str, Any]) -> dict[str, Any]:
    """Data as JSON stores it: what is compared later is what was stored."""
    read: dict[str, Any] = json.loads(json.dumps(data, default=str))
    return read


def recompute(round_: Round) -> dict[str, Any]:
    """The main score of a closed round, computed anew from its frozen inputs, and whether all digits agree."""
    frozen = round_.frozen
    if frozen is None:
        raise RoundStillOpen(round=round_.title)
    measures = thawed_inputs(frozen["inputs"][str(round_.edition_id)])
    anew = plain({"main": score(prepare(plan_of(round_.edition), measures)).total.as_dict()})["main"]
    stored = {key: frozen["result"]["main"][key] for key in anew}
    return {"agrees": anew == stored and digest_of(frozen) == round_.digest, "stored": stored, "anew": anew}


def keep_mark(result: RoundScore, *, on: date) -> ScoreMark:
    """Keep the score of a day for the trend; a second mark of the same day replaces the first."""
    line = result.total
    made, _ = ScoreMark.objects.update_or_create(
        round=result.round,
        on=on,
        defaults={
            "low": line.low,
            "expected": line.expected,
            "high": line.high,
            "measured": line.measured,
            "interval_low": line.interval[0],
            "interval_high": line.interval[1],
        },
    )
    return made
