"""Whom to tell of a shift, and what: those on it, never the one who did it, nothing of what is over."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.notices.actions import Told, tell
from chuangwen.records.township.gates import By
from chuangwen.work.rotas.models import Shift

FEW = 4
PUT = later("{when}的{rota}由你值班{place}。")
STANDS_IN = later("{when}的{rota}由你替补{person}{place}。")
OFF = later("{was}的{rota}改由{person}值班，你不用去了。")
STAYS = later("{rota}有变，现在是：{when}，{person}{place}。")


def when(shift: Shift) -> str:
    """10 月 19 日（周二）08:30—11:30."""
    local = shift.starts_at.astimezone(CHINA)
    return say(
        "{month} 月 {day} 日（{weekday}）{span}",
        month=local.month,
        day=local.day,
        weekday=shift.weekday,
        span=shift.span,
    )


def tell_put(shifts: Sequence[Shift], *, by: By, at: datetime) -> None:
    """Each person once, however many turns."""
    ahead = [one for one in shifts if one.ends_at > at]
    for person, title in dict.fromkeys((one.person_id, one.rota.title) for one in ahead):
        own = [one for one in ahead if one.person_id == person and one.rota.title == title]
        text = _put_text(own, title)
        tell([person], Told("assigned", text, _link(own[0]), _thing(own[0]), _mark(own[0])), by=by, at=at)
    for one in ahead:
        if one.stand_in_id:
            tell([one.stand_in_id], _told("assigned", say(STANDS_IN, **_facts(one)), one), by=by, at=at)


def _put_text(own: Sequence[Shift], title: str) -> str:
    if len(own) == 1:
        return say(PUT, **_facts(own[0]))
    days = "、".join(when(one) for one in own[:FEW])
    more = say("等") if len(own) > FEW else ""
    return say("{rota}排了你 {n} 次：{days}{more}。", rota=title, n=len(own), days=days, more=more)


def tell_changed(shift: Shift, before: Iterable[int | None], was: str, *, by: By, at: datetime) -> None:
    """Those newly on it, those no longer on it, those who stay. ``before`` are the keys of those on it, ``was`` its time."""
    if shift.ends_at <= at:
        return
    now, old = {shift.person_id, shift.stand_in_id}, set(before)
    facts = _facts(shift, was=was)
    for kind, people, sentence in (
        ("assigned", {shift.person_id} - old, PUT),
        ("assigned", {shift.stand_in_id} - old, STANDS_IN),
        ("changed", old - now, OFF),
        ("changed", old & now, STAYS),
    ):
        tell(_keys(people), _told(kind, say(sentence, **facts), shift), by=by, at=at)


def _facts(shift: Shift, **more: str) -> dict[str, str]:
    place = say("，{place}", place=shift.place) if shift.place else ""
    return {"when": when(shift), "rota": shift.rota.title, "person": shift.person.name, "place": place, **more}


def tell_cancelled(shift: Shift, *, by: By, at: datetime) -> None:
    """It is not held."""
    text = say("{when}的{rota}取消：{why}。", **_facts(shift, why=shift.cancelled_why))
    _tell_both(shift, text, by=by, at=at)


def tell_restored(shift: Shift, *, by: By, at: datetime) -> None:
    """It is held after all."""
    text = say("{when}的{rota}恢复，仍由{person}值班{place}。", **_facts(shift))
    _tell_both(shift, text, by=by, at=at)


def _tell_both(shift: Shift, text: str, *, by: By, at: datetime) -> None:
    if shift.ends_at > at:
        tell(_keys({shift.person_id, shift.stand_in_id}), _told("changed", text, shift), by=by, at=at)


def _keys(people: Iterable[int | None]) -> list[int]:
    return sorted(one for one in people if one)


def _told(kind: str, text: str, shift: Shift) -> Told:
    return Told(kind, text, _link(shift), _thing(shift), _mark(shift))


def _thing(shift: Shift) -> tuple[str, str]:
    return "shift", str(shift.pk)


def _mark(shift: Shift) -> str:
    return f"shift:{shift.pk}:{shift.version}"


def _link(shift: Shift) -> str:
    """Where one's own turns are looked at."""
    return "/rotas/?tab=mine"
