"""A person's deadlines as iCalendar (RFC 5545), in the town's time zone, with stable UIDs."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone

from chuangwen.kernel.words import say
from chuangwen.records.township.actors import Actor
from chuangwen.work.cases import queries
from chuangwen.work.cases.types import type_of

CHINA = ZoneInfo("Asia/Shanghai")
MOST = 1000


def feed_of(actor: Actor, site: str, at: datetime) -> bytes:
    """Everything that this person owes and that has a deadline; titles of what few may see stay out."""
    calendar = Calendar()
    calendar.add("prodid", "-//Chuangwen//Inbox//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", say("要办的事（{name}）", name=actor.name))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    calendar.add_component(Timezone.from_tzinfo(CHINA, first_date=date(2020, 1, 1), last_date=date(2035, 1, 1)))
    for case in queries.in_rows(queries.my_work(actor).filter(due_at__isnull=False))[:MOST]:
        due = case.due_at or at
        title = type_of(case).type.short if case.guard else case.title
        event = Event()
        event.add("uid", f"{case.number}@chuangwen")
        event.add("dtstamp", at)
        event.add("dtstart", due.astimezone(CHINA) - timedelta(minutes=30))
        event.add("dtend", due.astimezone(CHINA))
        event.add("summary", say("到期：{title}", title=title))
        event.add("description", f"{case.number} {type_of(case).state(case.state).title}")
        event.add("url", f"{site}cases/{case.number}/")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(hours=-4))
        event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
