"""The demo's rotas: stretches planned, single shifts changed and cancelled, as the town's pack says, through the real actions."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from chuangwen.kernel.workdays import CHINA
from chuangwen.records.notices.actions import mark_read
from chuangwen.records.township.actors import Actor, actor_for
from chuangwen.records.township.models import Person
from chuangwen.work.rotas.actions import Slot, cancel_shift, change_shift, plan_shifts
from chuangwen.work.rotas.models import Shift
from chuangwen.work.rotas.queries import between, rota_or_refuse

Said = Mapping[str, Any]


def plan_rotas(settings: Said) -> int:
    """Plan every stretch; everybody has read of it. Returns how many shifts there are."""
    for one in settings.get("stretch", []):
        people = [_person(name) for name in one["people"]]
        rota = rota_or_refuse(one["rota"])
        plan_shifts(rota, people, one["first"], one["last"], by=_by(one), at=_at(one["on"]))
        for person in people:
            mark_read(person, at=_at(one["on"]))
    return Shift.objects.count()


def change_rotas(settings: Said) -> None:
    """Change and cancel single shifts, in the order of time."""
    for one in sorted([*settings.get("change", []), *settings.get("cancel", [])], key=lambda said: said["on"]):
        rows = between(Shift.objects.filter(rota=one["rota"]), one["day"], one["day"])
        shift = rows.select_related("rota", "person", "stand_in").get()
        if "why" in one:
            cancel_shift(shift, one["why"], by=_by(one), at=_at(one["on"]))
        else:
            change_shift(shift, _slot(shift, one), by=_by(one), at=_at(one["on"]))


def _slot(shift: Shift, one: Said) -> Slot:
    """The shift with what is said of it anew."""
    return Slot(
        shift.starts_at,
        shift.ends_at,
        _person(one["person"]) if "person" in one else shift.person,
        _person(one["stand_in"]) if "stand_in" in one else shift.stand_in,
        one.get("place", shift.place),
        one.get("note", shift.note),
    )


def _person(username: str) -> Person:
    return Person.objects.select_related("organisation").get(username=username)


def _by(one: Said) -> Actor:
    return actor_for(_person(one["by"]))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(16), CHINA)
