"""Appointments as iCalendar (RFC 5545): in China's time, with UIDs that stay, a cancelled one marked as cancelled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event, Timezone

from chuangwen.kernel.workdays import CHINA


@dataclass(frozen=True)
class Appointment:
    """One entry. ``stamp`` is when it was last changed, ``version`` how often; ``warn`` is how long before it rings."""

    uid: str
    starts: datetime
    ends: datetime
    title: str
    stamp: datetime
    about: str = ""
    place: str = ""
    url: str = ""
    version: int | None = None
    cancelled: bool = False
    warn: timedelta | None = None


def calendar_of(name: str, appointments: Iterable[Appointment]) -> bytes:
    """A calendar that programs subscribe to."""
    calendar = Calendar()
    calendar.add("prodid", "-//Chuangwen//Inbox//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    calendar.add_component(Timezone.from_tzinfo(CHINA, first_date=date(2020, 1, 1), last_date=date(2035, 1, 1)))
    for one in appointments:
        calendar.add_component(_event(one))
    return bytes(calendar.to_ical())


def _event(one: Appointment) -> Event:
    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", one.stamp)
    event.add("dtstart", one.starts.astimezone(CHINA))
    event.add("dtend", one.ends.astimezone(CHINA))
    event.add("summary", one.title)
    for key, text in (("description", one.about), ("location", one.place), ("url", one.url)):
        if text:
            event.add(key, text)
    if one.version is not None:
        event.add("sequence", one.version)
        event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    if one.warn is not None and not one.cancelled:
        event.add_component(_alarm(one.title, one.warn))
    return event


def _alarm(title: str, warn: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -warn)
    return alarm
