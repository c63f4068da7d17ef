"""Shifts as appointments of a calendar program."""

from datetime import timedelta

from chuangwen.kernel.appointments import Appointment
from chuangwen.kernel.words import say
from chuangwen.work.rotas.models import Shift

WARN = timedelta(hours=12)


def own_entry(shift: Shift, person_id: int, site: str) -> Appointment:
    """A shift in the calendar of somebody who is on it."""
    title = shift.rota.title if shift.person_id == person_id else say("替补：{rota}", rota=shift.rota.title)
    return _entry(shift, title, f"{site}rotas/?tab=mine", warn=WARN)


def public_entry(shift: Shift, site: str) -> Appointment:
    """A shift as residents may know of it: the name and post of the person of the day, no phone, no reason, no note."""
    who = f"{shift.person.name} {shift.person.post}".strip()
    return _entry(shift, f"{shift.rota.title}：{who}", f"{site}p/reception/")


def _entry(shift: Shift, title: str, url: str, warn: timedelta | None = None) -> Appointment:
    return Appointment(
        uid=f"{shift.rota_id}-{shift.pk}@chuangwen",
        starts=shift.starts_at,
        ends=shift.ends_at,
        title=say("（取消）{title}", title=title) if shift.is_cancelled else title,
        stamp=shift.changed_at,
        place=shift.place,
        url=url,
        version=shift.version,
        cancelled=shift.is_cancelled,
        warn=warn,
    )
