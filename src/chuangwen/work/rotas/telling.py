"""Whom to tell of a shift, and what: those on it, never the one who did it, nothing of what is over."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from chuangwen.kernel.dates import WEEKDAY_NAMES, day_told
from chuangwen.kernel.words import lasting, say, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.notices.actions import Told, tell
from chuangwen.records.township.gates import By
from chuangwen.work.rotas.models import Shift

FEW = 8
LINK = "/rotas/?tab=mine"
"""Where one's own turns are looked at."""
PUT = lasting("{month} 月 {day} 日（{weekday}）{span}的{rota}由你值班，地点：{place}。")
PUT_OFTEN = lasting("{rota}排了你 {n} 次：{days}。")
STANDS_IN = lasting("{month} 月 {day} 日（{weekday}）{span}的{rota}由你替补{person}，地点：{place}。")
OFF = lasting("{month} 月 {day} 日（{weekday}）{span}的{rota}改由{person}值班，你不用去了。")
STAYS = lasting("{rota}有变，现在是 {month} 月 {day} 日（{weekday}）{span}，{person}，地点：{place}。")
CANCELLED = lasting("{month} 月 {day} 日（{weekday}）{span}的{rota}取消：{why}。")
RESTORED = lasting("{month} 月 {day} 日（{weekday}）{span}的{rota}恢复，仍由{person}值班，地点：{place}。")


def when(shift: Shift) -> str:
    """10 月 19 日（周二）08:30—11:30, for refusals."""
    return say("{day}（{weekday}）{span}", day=day_told(shift.day), weekday=shift.weekday, span=shift.span)


def time_of(shift: Shift) -> dict[str, object]:
    """When it is, as a notice writes it down."""
    starts, ends = shift.starts_at.astimezone(CHINA), shift.ends_at.astimezone(CHINA)
    weekday = WEEKDAY_NAMES[starts.weekday()]
    return {"month": starts.month, "day": starts.day, "weekday": weekday, "span": f"{starts:%H:%M}—{ends:%H:%M}"}


def _facts(shift: Shift) -> dict[str, object]:
    people = {"rota": shift.rota.title, "person": shift.person.name, "place": shift.place or "—"}
    return {**time_of(shift), **people, "why": shift.cancelled_why}


def tell_put(shifts: Sequence[Shift], *, by: By, at: datetime) -> None:
    """Each person once, however many turns."""
    ahead = [one for one in shifts if one.ends_at > at]
    for person in dict.fromkeys(one.person_id for one in ahead):
        own = [one for one in ahead if one.person_id == person]
        tell([person], _told("assigned", _put_text(own), own[0]), by=by, at=at)
    for one in ahead:
        if one.stand_in_id:
            tell([one.stand_in_id], _told("assigned", written(STANDS_IN, **_facts(one)), one), by=by, at=at)


def _put_text(own: Sequence[Shift]) -> str:
    """The one turn, or how many and the first days."""
    if len(own) == 1:
        return written(PUT, **_facts(own[0]))
    days = "、".join(f"{one.day:%m-%d}" for one in own[:FEW])
    more = "……" if len(own) > FEW else ""
    return written(PUT_OFTEN, rota=own[0].rota.title, n=len(own), days=days + more)


def tell_changed(shift: Shift, before: Iterable[int | None], was: dict[str, object], *, by: By, at: datetime) -> None:
    """Those newly on it, those no longer on it, those who stay. ``before`` are the keys of those on it, ``was`` its time."""
    if shift.ends_at <= at:
        return
    now, old = {shift.person_id, shift.stand_in_id}, set(before)
    facts = _facts(shift)
    for kind, people, text in (
        ("assigned", {shift.person_id} - old, written(PUT, **facts)),
        ("assigned", {shift.stand_in_id} - old, written(STANDS_IN, **facts)),
        ("changed", old - now, written(OFF, **{**facts, **was})),
        ("changed", old & now, written(STAYS, **facts)),
    ):
        tell(_keys(people), _told(kind, text, shift), by=by, at=at)


def tell_cancelled(shift: Shift, *, by: By, at: datetime) -> None:
    """It is not held."""
    _tell_both(shift, CANCELLED, by=by, at=at)


def tell_restored(shift: Shift, *, by: By, at: datetime) -> None:
    """It is held after all."""
    _tell_both(shift, RESTORED, by=by, at=at)


def _tell_both(shift: Shift, sentence: str, *, by: By, at: datetime) -> None:
    if shift.ends_at > at:
        told = _told("changed", written(sentence, **_facts(shift)), shift)
        tell(_keys({shift.person_id, shift.stand_in_id}), told, by=by, at=at)


def _keys(people: Iterable[int | None]) -> list[int]:
    return sorted(one for one in people if one)


def _told(kind: str, text: str, shift: Shift) -> Told:
    return Told(kind, text, LINK, ("shift", str(shift.pk)), f"shift:{shift.pk}:{shift.version}")
