"""What a person must do and where a person is on duty, as one calendar that phones subscribe to."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from chuangwen.kernel.appointments import Appointment, calendar_of
from chuangwen.kernel.words import say
from chuangwen.records.township.actors import Actor
from chuangwen.work.cases import queries
from chuangwen.work.cases.types import type_of
from chuangwen.work.rotas import queries as rota_queries
from chuangwen.work.rotas.entries import own_entry
from chuangwen.work.rotas.models import Shift

MOST = 1000
BEFORE_DUE = timedelta(minutes=30)
WARN = timedelta(hours=4)
KEPT = timedelta(days=60)
"""How long a shift that is over stays in the calendar."""


def feed_of(actor: Actor, site: str, at: datetime) -> bytes:
    """Everything that this person owes and that has a deadline, and the own shifts; titles of what few may see stay out."""
    name = say("要办的事（{name}）", name=actor.name)
    return calendar_of(name, [*_deadlines(actor, site, at), *_shifts(actor, site, at)])


def _deadlines(actor: Actor, site: str, at: datetime) -> Iterator[Appointment]:
    for case in queries.in_rows(queries.my_work(actor).filter(due_at__isnull=False))[:MOST]:
        due = case.due_at or at
        title = type_of(case).type.short if case.guard else case.title
        yield Appointment(
            uid=f"{case.number}@chuangwen",
            starts=due - BEFORE_DUE,
            ends=due,
            title=say("到期：{title}", title=title),
            stamp=at,
            about=f"{case.number} {type_of(case).state(case.state).title}",
            url=f"{site}cases/{case.number}/",
            warn=WARN,
        )


def _shifts(actor: Actor, site: str, at: datetime) -> Iterator[Appointment]:
    rows = rota_queries.of_person(Shift.objects.select_related("rota"), actor.person_id)
    for one in rows.filter(ends_at__gt=at - KEPT).order_by("starts_at")[:MOST]:
        yield own_entry(one, actor.person_id, site)
