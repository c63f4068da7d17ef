"""Putting measurements into a round, one at a time."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from chuangwen.kernel.words import later
from chuangwen.records.ledger.actions import Thing, note
from chuangwen.records.measures.models import (
    FigureValue,
    Round,
    RoundKind,
    Tally,
)
from chuangwen.records.measures.policy import (
    RoundClosed,
    why_not_figure,
    why_not_record,
    why_not_tally,
)
from chuangwen.records.standards.models import Edition, Figure, Question
from chuangwen.records.township.gates import By, must, must_everywhere
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission


@dataclass(frozen=True)
class NewRound:
    """What opening a round needs."""

    code: str
    title: str
    kind: RoundKind
    year: int
    opens: date
    closes: date


@transaction.atomic
def open_round(new: NewRound, edition: Edition, companion: Edition | None = None, *, by: By, at: datetime) -> Round:
    """Open an evaluation under an edition (and the companion edition that counts beside it)."""
    must(by, Permission.RUN_ROUNDS)
    made = Round.objects.create(
        code=new.code,
        title=new.title,
        kind=new.kind,
        year=new.year,
        edition=edition,
        companion=companion,
        opens=new.opens,
        closes=new.closes,
    )
    after = {"title": new.title, "kind": new.kind, "edition": str(edition), "companion": str(companion or "")}
    note(Thing("round", made.code, made.title), later("开设测评轮次"), by=by, at=at, after=after)
    return made


def require_open(round_: Round) -> None:
    """The round as it stands now, not as the page showed it."""
    if Round.objects.filter(pk=round_.pk, closed_at__isnull=False).exists():
        raise RoundClosed(round=round_.title)
    if no := why_not_record(round_):
        raise no


@transaction.atomic
def tally(
    round_: Round, question: Question, counts: tuple[int, int], *, village: Organisation | None, by: By, at: datetime
) -> Tally:
    """Answers to one question, (positive, valid), of one village or of the whole town (``None``)."""
    may_tally(village, by=by)
    require_open(round_)
    old = Tally.objects.filter(round=round_, question=question, organisation=village).first()
    if old and (old.positive, old.valid) == counts:
        return old
    if no := why_not_tally(round_, question, counts, village):
        raise no
    positive, valid = counts
    before = {"positive": old.positive, "valid": old.valid} if old else {}
    made, _ = Tally.objects.update_or_create(
        round=round_,
        question=question,
        organisation=village,
        defaults={"valid": valid, "positive": positive, "recorded_by": by.name, "recorded_at": at},
    )
    thing = Thing("tally", f"{round_.code}/{question.code}/{village.code if village else ''}", question.text[:80])
    note(thing, later("录入问卷结果"), by=by, at=at, before=before, after={"positive": positive, "valid": valid})
    return made


@transaction.atomic
def set_figure(
    round_: Round, figure: Figure, counts: tuple[Decimal, Decimal], *, source: str, by: By, at: datetime
) -> FigureValue:
    """A figure with both its counts, (numerator, denominator), and where they come from."""
    must(by, Permission.RECORD_FIGURES)
    require_open(round_)
    if no := why_not_figure(round_, figure, counts, source):
        raise no
    numerator, denominator = counts
    old = FigureValue.objects.filter(round=round_, figure=figure).first()
    if old and (old.numerator, old.denominator, old.source) == (numerator, denominator, source):
        return old
    before = {"numerator": old.numerator, "denominator": old.denominator, "source": old.source} if old else {}
    after = {"numerator": numerator, "denominator": denominator, "source": source}
    made, _ = FigureValue.objects.update_or_create(
        round=round_, figure=figure, defaults={**after, "recorded_by": by.name, "recorded_at": at}
    )
    thing = Thing("figure", f"{round_.code}/{figure.code}", figure.title)
    note(thing, later("录入统计数据"), by=by, at=at, before=before, after=after)
    return made


def may_tally(village: Organisation | None, *, by: By) -> None:
    """Raise unless answers of this village, or of the whole town, may be put in by this hand."""
    if village is None:
        must_everywhere(by, Permission.RECORD_SURVEY)
    else:
        must(by, Permission.RECORD_SURVEY, village)
