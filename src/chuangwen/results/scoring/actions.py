"""Closing a round."""

from datetime import datetime
from typing import Any

from django.db import transaction

from chuangwen.kernel.dates import day_of
from chuangwen.kernel.words import later
from chuangwen.records.ledger.actions import Thing, note
from chuangwen.records.measures.models import Round
from chuangwen.records.measures.policy import why_not_record
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.permissions import Permission
from chuangwen.results.scoring.freezing import ARITHMETIC, digest_of, frozen_inputs, plain, sealed_lines
from chuangwen.results.scoring.marks import keep_mark
from chuangwen.results.scoring.queries import editions, score_round
from chuangwen.results.scoring.score_data import as_data


@transaction.atomic
def close_round(round_: Round, *, by: By, at: datetime) -> Round:
    """Freeze a round: its inputs, its result and a digest of both. Nothing in it changes any more."""
    must(by, Permission.CLOSE_ROUNDS)
    locked = Round.objects.select_for_update(of=("self",)).select_related("edition", "companion").get(pk=round_.pk)
    if no := why_not_record(locked):
        raise no
    result = score_round(locked, day_of(at))
    scored = zip(editions(locked), result.town.systems, strict=True)
    frozen: dict[str, Any] = {
        "arithmetic": ARITHMETIC,
        "inputs": {str(edition.pk): frozen_inputs(one.scored.prepared.measures) for edition, one in scored},
        "lines": plain(sealed_lines(result.town)),
        "result": plain(as_data(result)),
    }
    locked.closed_at, locked.closed_by = at, by.name
    locked.frozen, locked.digest = frozen, digest_of(frozen)
    locked.save(update_fields=["closed_at", "closed_by", "frozen", "digest"])
    keep_mark(result, on=day_of(at))
    thing = Thing("round", locked.code, locked.title)
    note(
        thing, later("封存测评轮次"), by=by, at=at, after={"digest": locked.digest, "total": frozen["result"]["total"]}
    )
    return locked
