"""Observations into a round: a visit, a re-check, a table. Rights, judging and the rules of a round stand here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import later, written
from chuangwen.kit.row_writes import put
from chuangwen.kit.rows import by_keys
from chuangwen.records.ledger.actions import Thing, note
from chuangwen.records.measures.models import Observation, ObservationPhoto, Round, Source
from chuangwen.records.measures.policy import RoundClosed
from chuangwen.records.measures.states import BATCH, repack, shift
from chuangwen.records.measures.visit_policy import NotAnswered, NothingSeen, PlanChanged, VisitRefused
from chuangwen.records.measures.visits import NOTHING_SAID, Answers, Found, Item, Visit
from chuangwen.records.measures.weighing import Plan, Verdict, Weighed, weigh_in
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission


@dataclass(frozen=True)
class TakenIn:
    """What came of it: rows written anew, there already, corrected, left out; the observation that each row stands for."""

    new: int
    known: int
    corrected: int
    left: int
    observations: Sequence[Observation] = ()
    corrections: Sequence[tuple[Observation, Observation]] = ()


@transaction.atomic
def record_visit(visit: Visit, answers: Answers = NOTHING_SAID, *, by: By, at: datetime) -> TakenIn:
    """Write one visit, or nothing of it: every item judged by the rule of its check.

    The same visit again changes nothing. The same reading with another content corrects the one that stands; a reading
    of that day by another person or at another time, and a day outside the round, want a declaration in ``answers``.
    """
    _must(by, [visit.site.organisation])
    _open_round(visit.round)
    if not visit.items:
        raise NothingSeen
    rows = [
        Found(
            visit.site,
            item,
            visit.seen_at,
            visit.seen_by or by.name,
            visit.inspector_id or _person(by),
            source=visit.source,
        )
        for item in visit.items
    ]
    plan = weigh_in(visit.round, rows, answers, by=by, at=at)
    _refuse_items(plan)
    _write(visit.round, plan, by=by)
    if plan.new or plan.corrections:
        before, after = _told(plan)
        verb = later("录入观测") if plan.new else later("改正观测")
        note(_thing(plan, visit.site.code, visit.site.name), verb, by=by, at=at, before=before, after=after)
    return _taken(plan)


@transaction.atomic
def recheck(
    old: Observation,
    item: Item,
    answers: Answers = NOTHING_SAID,
    *,
    seen_at: datetime,
    by: By,
    at: datetime,
) -> Observation:
    """A re-check replaces an earlier observation: both rows stay, only the new one counts."""
    _must(by, [old.site.organisation])
    _open_round(old.round)
    found = Found(old.site, item, seen_at, by.name, _person(by), recheck_of=old, source=Source.PAGE)
    plan = weigh_in(old.round, [found], answers, by=by, at=at)
    _refuse_items(plan)
    _write(old.round, plan, by=by)
    if plan.new:
        before, after = _told(plan)
        note(_thing(plan, "", ""), later("复查"), by=by, at=at, before=before, after=after)
    return _taken(plan).observations[0]


@transaction.atomic
def take_in(
    round_: Round,
    rows: Sequence[Found],
    answers: Answers = NOTHING_SAID,
    *,
    what: str,
    by: By,
    at: datetime,
) -> TakenIn:
    """Write the rows of a table, or none of them, by the plan that ``weigh_in`` makes of them.

    ``answers`` are what was declared of the plan's questions; where they carry the seal of a plan that was looked at,
    that plan is written or nothing.
    """
    _must(by, {one.site.organisation_id: one.site.organisation for one in rows}.values())
    _open_round(round_)
    plan = weigh_in(round_, rows, answers, by=by, at=at)
    _refuse_rows(plan, what)
    if answers.seal and answers.seal != plan.seal:
        raise PlanChanged
    _write(round_, plan, by=by)
    if plan.new or plan.corrections:
        counts = {"new": len(plan.new), "known": len(plan.same), "corrected": len(plan.corrections)}
        before, after = _told(plan, Verdict.CORRECTION)
        thing = Thing("round", round_.code, round_.title)
        note(thing, later("导入观测"), by=by, at=at, before=before, after={**counts, "from": what, **after})
    return _taken(plan)


def _must(by: By, organisations: Iterable[Organisation]) -> None:
    """The right to record at each of these units."""
    for organisation in organisations:
        must(by, Permission.RECORD_OBSERVATIONS, organisation, person_id=_person(by))


def _person(by: By) -> int | None:
    return getattr(by, "person_id", None) or None


def _open_round(round_: Round) -> None:
    """The round as it stands now, held until the end: two that write at once go one after the other."""
    held = by_keys(Round, [round_.pk], without=("frozen",), lock=True)
    if held[round_.pk].closed_at is not None:
        raise RoundClosed(round=round_.title)


def _refuse_items(plan: Plan) -> None:
    """Raise what stands against a visit: the one refusal, or all of them by check."""
    refusals = {one.found.check.code: one.refusal for one in plan.rows if one.refusal is not None}
    if len(refusals) == 1 and len(plan.rows) == 1:
        raise next(iter(refusals.values()))
    if refusals:
        raise VisitRefused(refusals)


def _refuse_rows(plan: Plan, what: str) -> None:
    """Raise what stands against a table: all its rows that cannot be, then those that nobody has answered for."""
    problems = Problems()
    for one in plan.wrong:
        sheet, row = one.found.place
        problems.add(file=sheet, row=row, what=str(one.refusal))
    problems.refuse(what)
    if plan.questions:
        raise NotAnswered(count=len(plan.questions))


def _write(round_: Round, plan: Plan, *, by: By) -> None:
    """All rows of a plan, with the sums of their sites."""
    fresh = [*plan.new, *plan.corrections]
    made = [one.made for one in fresh if one.made is not None]
    if not made:
        return
    gone = _supersede(fresh, by)
    put(made)
    for one in gone:
        one.old.replaced_by = one.made
    if gone:
        Observation.objects.bulk_update([one.old for one in gone], ["counts", "replaced_by"], batch_size=BATCH)
    photos = [
        ObservationPhoto(observation=one.made, file=file)
        for one in fresh
        for file in dict.fromkeys(one.found.item.photos)
    ]
    put(photos)
    _sum_up(round_, fresh, gone)


@dataclass(frozen=True)
class Superseded:
    """An old row, the one in its place, and whether the old one was in the sums until now."""

    old: Observation
    made: Observation
    counted: bool


def _supersede(fresh: Sequence[Weighed], by: By) -> list[Superseded]:
    """Each old row that stops counting, with the row in its place; a correction stands where its old row stood.

    Whose row it was has a say: who reaches own rows only, corrects own rows only.
    """
    gone: list[Superseded] = []
    for one in fresh:
        old, made = one.old, one.made
        if old is None or made is None:
            continue
        if one.verdict is Verdict.CORRECTION:
            must(by, Permission.RECORD_OBSERVATIONS, one.found.site.organisation, person_id=old.inspector_id)
            made.counts, made.replaced_by_id = old.counts, old.replaced_by_id
        gone.append(Superseded(old, made, old.counts and old.pk is not None))
        old.counts = False
    taken = [one.old.pk for one in gone if one.old.pk and one.old.mark and one.old.mark == one.made.mark]
    if taken:
        Observation.objects.filter(pk__in=taken).update(mark="")
    return gone


def _sum_up(round_: Round, fresh: Sequence[Weighed], gone: Sequence[Superseded]) -> None:
    """One site's sums are moved, many are summed anew; the digits are the same."""
    sites = {one.found.site.pk for one in fresh}
    if len(sites) > 1:
        repack(round_, sites)
        return
    more = [(one.made.check_item, +1, one.made.value) for one in fresh if one.made and one.made.counts]
    less = [(one.made.check_item, -1, one.old.value) for one in gone if one.counted]
    shift(round_, sites.pop(), more + less)


def _taken(plan: Plan) -> TakenIn:
    counts = Counter(one.verdict for one in plan.rows)
    stand = [
        one.old if one.verdict is Verdict.SAME else one.made for one in plan.rows if one.verdict is not Verdict.LEFT
    ]
    changed = [(one.old, one.made) for one in plan.corrections]
    return TakenIn(
        counts[Verdict.NEW],
        counts[Verdict.SAME],
        counts[Verdict.CORRECTION],
        counts[Verdict.LEFT],
        [one for one in stand if one is not None],
        [(old, made) for old, made in changed if old is not None and made is not None],
    )


def _thing(plan: Plan, site: str, name: str) -> Thing:
    """What the ledger calls it: the observation, or the site where several were made."""
    first = (plan.new or plan.corrections)[0]
    if site and len(plan.rows) > 1:
        return Thing("site", site, name)
    return Thing("observation", str(first.made and first.made.pk), f"{first.found.site.name} {first.found.check.code}")


def _told(plan: Plan, only: Verdict | None = None) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Old and new, by site and check, for the ledger: the result in words and the value."""
    before, after = {}, {}
    for one in plan.rows:
        if one.verdict not in ({only} if only else {Verdict.NEW, Verdict.CORRECTION}) or one.made is None:
            continue
        key = f"{one.found.site.code} {one.found.check.code}"
        after[key] = _line(one.made)
        if one.old is not None:
            before[key] = _line(one.old)
    return before, after


def _line(one: Observation) -> str:
    return f"{one.in_words(written)} ({'-' if one.value is None else one.value})"
