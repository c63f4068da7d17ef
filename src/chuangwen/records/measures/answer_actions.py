"""Answers and figures as a clerk puts them in: many at a time, all or none, and taken out again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from chuangwen.kernel.words import later
from chuangwen.records.ledger.actions import Thing, note
from chuangwen.records.measures.actions import may_tally, require_open, set_figure, tally
from chuangwen.records.measures.models import FigureValue, Round, Tally
from chuangwen.records.measures.queries import figure_values_of, tallies_of
from chuangwen.records.standards.models import Figure, Question
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission


@dataclass(frozen=True)
class Answers:
    """The answers of one village (``None``: of the whole town) to one question; no counts take out what stands."""

    question: Question
    village: Organisation | None
    counts: tuple[int, int] | None


@dataclass(frozen=True)
class Counted:
    """A figure with its two counts and where they come from; no counts take out what stands."""

    figure: Figure
    counts: tuple[Decimal, Decimal] | None
    source: str = ""


@dataclass(frozen=True)
class Written:
    """What came of it: put in anew, put right, taken out; all others stood there already."""

    new: int = 0
    corrected: int = 0
    removed: int = 0
    same: int = 0


@transaction.atomic
def tally_many(round_: Round, said: Sequence[Answers], *, by: By, at: datetime) -> Written:
    """Write answers that differ from what stands. What is taken out goes first, so that a village may follow the town."""
    require_open(round_)
    stands = tallies_of(round_)
    done = {"new": 0, "corrected": 0, "removed": 0, "same": 0}
    for one in sorted(said, key=lambda one: one.counts is not None):
        old = stands.get((one.question.pk, one.village.pk if one.village else None))
        if one.counts is None:
            if old:
                remove_tally(old, by=by, at=at)
            done["removed" if old else "same"] += 1
        elif old and (old.positive, old.valid) == one.counts:
            done["same"] += 1
        else:
            tally(round_, one.question, one.counts, village=one.village, by=by, at=at)
            done["corrected" if old else "new"] += 1
    return Written(**done)


@transaction.atomic
def set_figures(round_: Round, said: Sequence[Counted], *, by: By, at: datetime) -> Written:
    """Write figures that differ from what stands."""
    require_open(round_)
    stands = figure_values_of(round_)
    done = {"new": 0, "corrected": 0, "removed": 0, "same": 0}
    for one in said:
        old = stands.get(one.figure.pk)
        if one.counts is None:
            if old:
                remove_figure(old, by=by, at=at)
            done["removed" if old else "same"] += 1
        elif old and (old.numerator, old.denominator, old.source) == (*one.counts, one.source):
            done["same"] += 1
        else:
            set_figure(round_, one.figure, one.counts, source=one.source, by=by, at=at)
            done["corrected" if old else "new"] += 1
    return Written(**done)


@transaction.atomic
def remove_tally(old: Tally, *, by: By, at: datetime) -> None:
    """Take out answers that were put at the wrong place; the ledger keeps them."""
    may_tally(old.organisation, by=by)
    require_open(old.round)
    village = old.organisation.code if old.organisation else ""
    thing = Thing("tally", f"{old.round.code}/{old.question.code}/{village}", old.question.text[:80])
    note(thing, later("清空问卷结果"), by=by, at=at, before={"positive": old.positive, "valid": old.valid})
    old.delete()


@transaction.atomic
def remove_figure(old: FigureValue, *, by: By, at: datetime) -> None:
    """Take a figure out: it is unknown again, or what the town's own cases give."""
    must(by, Permission.RECORD_FIGURES)
    require_open(old.round)
    before = {"numerator": old.numerator, "denominator": old.denominator, "source": old.source}
    thing = Thing("figure", f"{old.round.code}/{old.figure.code}", old.figure.title)
    note(thing, later("清空统计数据"), by=by, at=at, before=before)
    old.delete()
