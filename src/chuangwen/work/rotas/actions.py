"""What may happen to a rota's shifts: planned over a stretch, taken in from a table, changed, cancelled, held after all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation, Person
from chuangwen.work.rotas import queries, telling
from chuangwen.work.rotas.models import Rota, Shift
from chuangwen.work.rotas.policy import why_not_on, why_not_plan


class NobodyChosen(Refusal):
    code = "nobody_chosen"
    sentence = later("没有选人，“{rota}”排不出来。请至少选一位，按先后写上 1、2、3。")
    status = 422


class OwnStandIn(Refusal):
    code = "own_stand_in"
    sentence = later("{person}不能替补自己。请另选替补，或不写替补。")
    status = 422


class EndsBeforeStart(Refusal):
    code = "ends_before_start"
    sentence = later("结束时间（{end}）应晚于开始时间（{start}）。请改好再提交。")
    status = 422


class ShiftTaken(Refusal):
    """Another shift of this rota begins at that very time."""

    code = "shift_taken"
    sentence = later("{when}已经排了{person}，同一时间只能排一次。请另选时间，或去改那一次。")


class ShiftChanged(Refusal):
    """The second of two people."""

    code = "shift_changed"
    sentence = later("{when}这一次刚被别人改过。请看过最新的安排再改。")


class ShiftCancelled(Refusal):
    code = "shift_cancelled"
    sentence = later("{when}这一次已经取消（{why}）。要改的话请先恢复。")


class NotCancelled(Refusal):
    code = "not_cancelled"
    sentence = later("{when}这一次没有取消，不用恢复。")


class ReasonMissing(Refusal):
    code = "reason_missing"
    sentence = later("取消要写原因，值班人会看到。请写一句，例如“外出开会”。")
    status = 422


@dataclass(frozen=True)
class Slot:
    """What one shift is to be. Without a unit it is the person's own. ``moves``: the start of the shift that it corrects."""

    starts_at: datetime
    ends_at: datetime
    person: Person
    stand_in: Person | None = None
    place: str = ""
    note: str = ""
    unit: Organisation | None = None
    moves: datetime | None = None

    @property
    def stood_at(self) -> datetime:
        """Where the shift that it is about stands until now."""
        return self.moves or self.starts_at


@dataclass(frozen=True)
class TakenIn:
    """What came of a table: shifts newly made, shifts changed, and how many stood already."""

    made: Sequence[Shift]
    changed: int
    known: int


@transaction.atomic
def plan_shifts(rota: Rota, people: Sequence[Person], first: date, last: date, *, by: By, at: datetime) -> list[Shift]:
    """Make the shifts of a stretch by the rota's pattern, the people in order; what stands is left alone."""
    _must_plan(rota, by)
    if not people:
        raise NobodyChosen(rota=rota.title)
    plan = queries.propose(rota, people, first, last)
    slots = [Slot(one.starts_at, one.ends_at, one.person, place=rota.place) for one in plan.fresh]
    made = _put(rota, slots, by=by, at=at)
    if made:
        told = {"first": first, "last": last, "shifts": len(made), "people": [one.username for one in people]}
        ledger.note(Thing("rota", rota.code, rota.title), later("排班"), by=by, at=at, after=told)
    return made


@transaction.atomic
def take_in_shifts(rota: Rota, slots: Sequence[Slot], *, what: str, by: By, at: datetime) -> TakenIn:
    """Take in a table of shifts (``what`` names it): new ones are made, one that stands otherwise is corrected.

    The same shift again is harmless; a cancelled one is refused.
    """
    _must_plan(rota, by)
    standing = {one.starts_at: one for one in _standing(rota, [slot.stood_at for slot in slots])}
    changed = sum(_correct(standing[one.stood_at], one, by=by, at=at) for one in slots if one.stood_at in standing)
    made = _put(rota, [one for one in slots if one.stood_at not in standing], by=by, at=at)
    if made or changed:
        told = {"file": what, "shifts": len(made), "changed": changed}
        ledger.note(Thing("rota", rota.code, rota.title), later("照表排班"), by=by, at=at, after=told)
    return TakenIn(made, changed, len(slots) - len(made) - changed)


def _correct(shift: Shift, slot: Slot, *, by: By, at: datetime) -> bool:
    """Whether a shift that stands had to be changed."""
    unit = slot.unit or (shift.unit if shift.person_id == slot.person.pk else None)
    return change_shift(shift, replace(slot, unit=unit), by=by, at=at).version != shift.version


@transaction.atomic
def change_shift(shift: Shift, to: Slot, *, version: int | None = None, by: By, at: datetime) -> Shift:
    """Another person, stand-in, time, place or note. ``version`` is the one that the person looked at."""
    shift = _fresh(shift, version, by=by)
    if shift.is_cancelled:
        raise ShiftCancelled(when=telling.when(shift), why=shift.cancelled_why)
    was, before, people = telling.time_of(shift), _facts(shift), (shift.person_id, shift.stand_in_id)
    _check(shift.rota, to, {*_candidates(shift.rota), *filter(None, people)})
    taken = Shift.objects.filter(rota=shift.rota_id, starts_at=to.starts_at).exclude(pk=shift.pk)
    if other := taken.select_related("person").first():
        raise ShiftTaken(when=telling.when(other), person=other.person.name)
    _write(shift, to)
    old, new = ledger.changes(before, _facts(shift))
    if not new and not old:
        return shift
    _save(shift, at)
    ledger.note(_thing(shift), later("改班"), by=by, at=at, before=old, after=new)
    telling.tell_changed(shift, people, was, by=by, at=at)
    return shift


@transaction.atomic
def cancel_shift(shift: Shift, why: str, *, by: By, at: datetime) -> Shift:
    """It is not held, for a reason; its row stays."""
    shift = _fresh(shift, None, by=by)
    if not why.strip():
        raise ReasonMissing
    if shift.is_cancelled:
        raise ShiftCancelled(when=telling.when(shift), why=shift.cancelled_why)
    shift.cancelled_at, shift.cancelled_why = at, why.strip()[:200]
    _save(shift, at)
    ledger.note(_thing(shift), later("取消班次"), by=by, at=at, after={"why": shift.cancelled_why})
    telling.tell_cancelled(shift, by=by, at=at)
    return shift


@transaction.atomic
def restore_shift(shift: Shift, *, by: By, at: datetime) -> Shift:
    """It is held after all, by the same people at the same time."""
    shift = _fresh(shift, None, by=by)
    if not shift.is_cancelled:
        raise NotCancelled(when=telling.when(shift))
    before = {"why": shift.cancelled_why}
    shift.cancelled_at, shift.cancelled_why = None, ""
    _save(shift, at)
    ledger.note(_thing(shift), later("恢复班次"), by=by, at=at, before=before)
    telling.tell_restored(shift, by=by, at=at)
    return shift


def _must_plan(rota: Rota, by: By) -> None:
    """Raise why not; hold the rota, so that two plans at once make no shift twice."""
    if no := why_not_plan(rota, by):
        raise no
    Rota.objects.select_for_update().get(pk=rota.pk)


def _fresh(shift: Shift, version: int | None, *, by: By) -> Shift:
    """The shift as it is now, if this person plans its rota."""
    if no := why_not_plan(shift.rota, by):
        raise no
    found = Shift.objects.select_for_update(of=("self",)).select_related("rota", "person", "stand_in").get(pk=shift.pk)
    if version is not None and version != found.version:
        raise ShiftChanged(when=telling.when(found))
    return found


def _candidates(rota: Rota) -> set[int]:
    return set(queries.candidates(rota).values_list("pk", flat=True))


def _standing(rota: Rota, starts: Sequence[datetime]) -> list[Shift]:
    return list(Shift.objects.filter(rota=rota, starts_at__in=starts).select_related("person"))


def _check(rota: Rota, slot: Slot, candidates: Collection[int]) -> None:
    for person in filter(None, (slot.person, slot.stand_in)):
        if no := why_not_on(rota, person, candidates):
            raise no
    if slot.stand_in is not None and slot.stand_in.pk == slot.person.pk:
        raise OwnStandIn(person=slot.person.name)
    if slot.ends_at <= slot.starts_at:
        raise EndsBeforeStart(start=_clock(slot.starts_at), end=_clock(slot.ends_at))


def _clock(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%m-%d %H:%M}"


def _put(rota: Rota, slots: Sequence[Slot], *, by: By, at: datetime) -> list[Shift]:
    """Write shifts and tell those on them."""
    candidates, made = _candidates(rota), []
    for slot in slots:
        _check(rota, slot, candidates)
        shift = Shift(rota=rota, changed_at=at)
        _write(shift, slot)
        made.append(shift)
    Shift.objects.bulk_create(made)
    telling.tell_put(made, by=by, at=at)
    return made


def _write(shift: Shift, slot: Slot) -> None:
    shift.starts_at, shift.ends_at = slot.starts_at, slot.ends_at
    shift.person, shift.stand_in = slot.person, slot.stand_in
    shift.place, shift.note = slot.place.strip()[:120], slot.note.strip()[:200]
    shift.unit = slot.unit or slot.person.organisation


def _save(shift: Shift, at: datetime) -> None:
    shift.version += 1
    shift.changed_at = at
    shift.save()


def _facts(shift: Shift) -> dict[str, object]:
    """What a note says of a shift."""
    return {
        "starts": shift.starts_at,
        "ends": shift.ends_at,
        "person": shift.person.username,
        "stand_in": shift.stand_in.username if shift.stand_in else "",
        "unit": shift.unit_id or "",
        "place": shift.place,
        "note": shift.note,
    }


def _thing(shift: Shift) -> Thing:
    return Thing("shift", str(shift.pk), f"{shift.rota.title} {shift.day}")
