"""Putting a whole submission into a round at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chuangwen.kernel.words import later
from chuangwen.records.ledger.actions import Thing, note
from chuangwen.records.measures.actions import require_open
from chuangwen.records.measures.models import FigureValue, Grade, Round, Tally
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.permissions import Permission

BATCH = 400


@dataclass(frozen=True)
class Submission:
    """Grades, tallies and figures of one round, ready to be written."""

    grades: Sequence[Grade]
    tallies: Sequence[Tally]
    figures: Sequence[FigureValue]


@transaction.atomic
def take_in_submission(round_: Round, rows: Submission, *, what: str, by: By, at: datetime) -> None:
    """Write a whole submission at once; what is there already is replaced."""
    for permission in (Permission.GRADE_MATERIAL, Permission.RECORD_SURVEY, Permission.RECORD_FIGURES):
        must(by, permission)
    require_open(round_)
    Grade.objects.bulk_create(
        rows.grades,
        update_conflicts=True,
        unique_fields=["round", "requirement"],
        update_fields=["grade", "note", "graded_by", "graded_at"],
        batch_size=BATCH,
    )
    Tally.objects.filter(round=round_, question__in={tally.question_id for tally in rows.tallies}).delete()
    Tally.objects.bulk_create(rows.tallies, batch_size=BATCH)
    FigureValue.objects.bulk_create(
        rows.figures,
        update_conflicts=True,
        unique_fields=["round", "figure"],
        update_fields=["numerator", "denominator", "source", "recorded_by", "recorded_at"],
    )
    after = {"grades": len(rows.grades), "tallies": len(rows.tallies), "figures": len(rows.figures), "from": what}
    note(Thing("round", round_.code, round_.title), later("导入申报结果"), by=by, at=at, after=after)
