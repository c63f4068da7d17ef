"""Putting measurements into a round, one at a time."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed
from chuangwen.records.ledger.actions import Thing, changes, note
from chuangwen.records.measures import packing
from chuangwen.records.measures.models import (
    FigureValue,
    Grade,
    Observation,
    Round,
    RoundKind,
    SiteState,
    Source,
    Tally,
)
from chuangwen.records.measures.policy import (
    NotOfThisRound,
    RoundClosed,
    why_not_figure,
    why_not_grade,
    why_not_record,
    why_not_tally,
)
from chuangwen.records.standards.models import Check, Edition, Figure, Question, Requirement
from chuangwen.records.township.gates import By, must, must_everywhere
from chuangwen.records.township.models import Organisation, Site
from chuangwen.records.township.permissions import Permission


class CheckNotHere(Refusal):
    """A check belongs to certain site types of the round's editions."""

    code = "check_not_here"
    sentence = later("考察内容“{check}”不在点位“{site}”（{type}）的考察范围内。请核对点位类型。")


class UnknownGrade(Refusal):
    """Grades come from the edition's scale."""

    code = "unknown_grade"
    sentence = later("没有“{grade}”这一档。可用的档：{grades}。")


def fingerprint_of(mark: str) -> str:
    """The stored form of a sender's own name for an observation."""
    return hashlib.sha256(mark.encode()).hexdigest()[:40]


@dataclass(frozen=True)
class Reading:
    """What was found at a site, already judged: ``value`` in ten-thousandths, or None for "not applicable"."""

    value: int | None
    result: str
    seen_at: datetime
    seen_by: str
    passed: int | None = None
    total: int | None = None
    note: str = ""
    photo: str = ""
    source: str = Source.PAGE
    mark: str = ""

    def fingerprint(self, site: str, check: str) -> str:
        """What makes this reading the same as one already taken in, however often it is sent."""
        own = self.mark or "|".join([site, check, self.seen_at.isoformat(), self.seen_by])
        return fingerprint_of(own)


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


@transaction.atomic
def record(round_: Round, site: Site, check: Check, reading: Reading, *, by: By, at: datetime) -> Observation:
    """Record one observation. Sending it again changes nothing and gives the first one back.

    A later reading of the same check at the same site in the same visit's place (a re-check) stands beside the
    earlier ones: both count, unless ``recheck`` says that the new one replaces them.
    """
    must(by, Permission.RECORD_OBSERVATIONS, site.organisation, person_id=_person(by))
    _require_check(round_, site, check)
    mark = reading.fingerprint(site.code, check.code)
    if known := _known_or_open(round_, mark):
        return known
    made = Observation.objects.create(round=round_, mark=mark, **_fields(site, check, reading, by=by, at=at))
    _shift(round_, site, check, +1, reading.value)
    after = {"site": site.code, "check": check.code, "result": reading.result, "value": reading.value}
    note(Thing("observation", str(made.pk), f"{site.name} {check.code}"), later("录入观测"), by=by, at=at, after=after)
    return made


@transaction.atomic
def recheck(old: Observation, reading: Reading, *, by: By, at: datetime) -> Observation:
    """A re-check replaces an earlier observation: both rows stay, only the new one counts."""
    must(by, Permission.RECORD_OBSERVATIONS, old.site.organisation, person_id=_person(by))
    require_open(old.round)
    mark = reading.fingerprint(old.site.code, old.check_item.code)
    made, fresh = Observation.objects.get_or_create(
        round=old.round, mark=mark, defaults=_fields(old.site, old.check_item, reading, by=by, at=at)
    )
    if not fresh:
        return made
    _shift(old.round, old.site, old.check_item, +1, reading.value)
    if old.counts:
        _shift(old.round, old.site, old.check_item, -1, old.value)
    Observation.objects.filter(pk=old.pk).update(counts=False, replaced_by=made)
    thing = Thing("observation", str(made.pk), f"{old.site.name} {old.check_item.code}")
    before = {"result": old.result, "value": old.value}
    note(thing, later("复查"), by=by, at=at, before=before, after={"result": reading.result, "value": reading.value})
    return made


def _fields(site: Site, check: Check, reading: Reading, *, by: By, at: datetime) -> dict[str, Any]:
    return {
        "site": site,
        "check_item": check,
        "value": reading.value,
        "result": reading.result,
        "passed": reading.passed,
        "total": reading.total,
        "seen_at": reading.seen_at,
        "seen_by": reading.seen_by or by.name,
        "inspector_id": _person(by),
        "note": reading.note,
        "photo": reading.photo,
        "source": reading.source,
        "recorded_at": at,
    }


def _person(by: By) -> int | None:
    return getattr(by, "person_id", None) or None


def _known_or_open(round_: Round, mark: str) -> Observation | None:
    """The observation that has this mark already, if any; else the round must be open now. One query on the usual way."""
    same = Observation.objects.filter(round=OuterRef("pk"), mark=mark).values("pk")[:1]
    rows = Round.objects.select_for_update(of=("self",)).filter(pk=round_.pk)
    closed, known = rows.annotate(known=Subquery(same)).values_list("closed_at", "known").get()
    if closed is not None:
        raise RoundClosed(round=round_.title)
    return Observation.objects.get(pk=known) if known else None


def require_open(round_: Round) -> None:
    """The round as it stands now, not as the page showed it."""
    if Round.objects.filter(pk=round_.pk, closed_at__isnull=False).exists():
        raise RoundClosed(round=round_.title)
    if no := why_not_record(round_):
        raise no


def _as_it_stands(round_: Round) -> Round:
    """The round with its locks of this moment, not of when the page was opened."""
    return Round.objects.select_for_update(of=("self",)).defer("frozen").get(pk=round_.pk)


def _require_check(round_: Round, site: Site, check: Check) -> None:
    if check.edition_id not in {round_.edition_id, round_.companion_id}:
        raise NotOfThisRound(thing=check.text, round=round_.title)
    if site.type_code not in check.site_types:
        raise CheckNotHere(check=check.text, site=site.name, type=site.type_code)


def _shift(round_: Round, site: Site, check: Check, sign: int, value: int | None) -> None:
    """Move the packed sums of the site with the row, in the same transaction."""
    state = SiteState.objects.select_for_update().filter(round=round_, site=site).first()
    sums = packing.unpack(bytes(state.packed)) if state else {}
    place = state_position(round_, check)
    sums[place] = sums.get(place, packing.Sum()).moved(sign, value)
    if state is None:
        SiteState.objects.create(round=round_, site=site, packed=packing.pack(sums))
    else:
        SiteState.objects.filter(pk=state.pk).update(packed=packing.pack(sums))


COMPANION_OFFSET = 1_000_000


def state_position(round_: Round, check: Check) -> int:
    """Where a check stands in packed states: its position; the companion edition's checks follow far behind."""
    return check.position + (COMPANION_OFFSET if check.edition_id == round_.companion_id else 0)


@transaction.atomic
def grade(round_: Round, requirement: Requirement, grade_: str, *, by: By, at: datetime, remark: str = "") -> Grade:
    """A reviewer's grade of one requirement; a later grade replaces it, the ledger keeps both."""
    must(by, Permission.GRADE_MATERIAL)
    if no := why_not_grade(_as_it_stands(round_)):
        raise no
    edition = requirement.edition
    if edition.pk not in {round_.edition_id, round_.companion_id}:
        raise NotOfThisRound(thing=requirement.title, round=round_.title)
    scale = [one["grade"] for one in edition.content["framework"]["grades"]]
    if grade_ not in scale:
        raise UnknownGrade(grade=grade_, grades=listed(scale))
    old = Grade.objects.filter(round=round_, requirement=requirement).first()
    before = {"grade": old.grade, "note": old.note} if old else {}
    made, _ = Grade.objects.update_or_create(
        round=round_,
        requirement=requirement,
        defaults={"grade": grade_, "note": remark, "graded_by": by.name, "graded_at": at},
    )
    thing = Thing("grade", f"{round_.code}/{requirement.code}", requirement.title)
    old_told, new_told = changes(before, {"grade": grade_, "note": remark})
    note(thing, later("评定材料"), by=by, at=at, before=old_told, after=new_told)
    return made


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


@transaction.atomic
def lock_material(round_: Round, *, by: By, at: datetime) -> None:
    """Lock the material submission: from now on a missing material counts 0."""
    must(by, Permission.RUN_ROUNDS)
    if no := why_not_grade(_as_it_stands(round_)):
        raise no
    round_.material_locked_at = at
    round_.save(update_fields=["material_locked_at"])
    note(Thing("round", round_.code, round_.title), later("锁定材料申报"), by=by, at=at, after={"locked": at})
