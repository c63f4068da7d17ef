"""The negative list (负面清单): events written down, corrected, withdrawn. The score counts what stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from chuangwen.kernel.dates import day_of
from chuangwen.kernel.words import later
from chuangwen.records.ledger.actions import Thing, changes, note
from chuangwen.records.measures.answer_actions import Written
from chuangwen.records.measures.models import Event
from chuangwen.records.measures.policy import why_not_change_event, why_not_event
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.gates import By, must, must_everywhere
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission


@dataclass(frozen=True)
class NewEvent:
    """A dated event of the negative list: its code in the edition, what happened, when, where."""

    code: str
    text: str
    on: date
    where: Organisation | None = None


@transaction.atomic
def record_event(edition: Edition, new: NewEvent, *, by: By, at: datetime) -> Event:
    """Write down an event of the negative list. The same sent again gives the first one back."""
    _may(new.where, by=by)
    if no := why_not_event(edition, new.code, new.on, new.text, day_of(at)):
        raise no
    same = {"edition": edition, "code": new.code, "happened_on": new.on, "text": new.text, "organisation": new.where}
    if known := Event.objects.filter(**same, withdrawn_at=None).first():
        return known
    made = Event.objects.create(**same, recorded_by=by.name, recorded_at=at)
    note(_thing(made), later("登记负面清单事件"), by=by, at=at, after=_facts(made))
    return made


@transaction.atomic
def correct_event(event: Event, new: NewEvent, *, reason: str, by: By, at: datetime) -> Event:
    """Put right what was written down of an event; the ledger keeps both and the reason."""
    event = _locked(event)
    for place in (event.organisation, new.where):
        _may(place, by=by)
    no = why_not_change_event(event, reason) or why_not_event(event.edition, new.code, new.on, new.text, day_of(at))
    if no:
        raise no
    before = _facts(event)
    event.code, event.happened_on, event.text, event.organisation = new.code, new.on, new.text, new.where
    old, now = changes(before, _facts(event))
    if not now:
        return event
    event.reason = reason
    event.save(update_fields=["code", "happened_on", "text", "organisation", "reason"])
    note(_thing(event), later("更正负面清单事件"), by=by, at=at, before=old, after={**now, "reason": reason})
    return event


@transaction.atomic
def withdraw_event(event: Event, *, reason: str, by: By, at: datetime) -> Event:
    """Strike out an event that was written down in error: the row stays, the score counts it no more."""
    event = _locked(event)
    _may(event.organisation, by=by)
    if no := why_not_change_event(event, reason):
        raise no
    event.withdrawn_by, event.withdrawn_at, event.reason = by.name, at, reason
    event.save(update_fields=["withdrawn_by", "withdrawn_at", "reason"])
    note(_thing(event), later("撤销负面清单事件"), by=by, at=at, before=_facts(event), after={"reason": reason})
    return event


@transaction.atomic
def take_in_events(
    edition: Edition, said: Sequence[tuple[Event | None, NewEvent]], *, reason: str, by: By, at: datetime
) -> Written:
    """Write the events of a table: new ones, and corrections of those that stand, all or none."""
    new = 0
    for old, one in said:
        if old is None:
            record_event(edition, one, by=by, at=at)
            new += 1
        else:
            correct_event(old, one, reason=reason, by=by, at=at)
    return Written(new=new, corrected=len(said) - new)


def _may(place: Organisation | None, *, by: By) -> None:
    """Over this unit; what happened to no one unit is the whole town's."""
    if place is None:
        must_everywhere(by, Permission.RECORD_EVENTS)
    else:
        must(by, Permission.RECORD_EVENTS, place)


def _locked(event: Event) -> Event:
    rows = Event.objects.select_for_update(of=("self",)).select_related("edition", "organisation")
    return rows.get(pk=event.pk)


def _thing(event: Event) -> Thing:
    titles = {one["code"]: one["title"] for one in event.edition.content["negative"]}
    return Thing("event", str(event.pk), titles[event.code])


def _facts(event: Event) -> dict[str, object]:
    where = event.organisation.code if event.organisation else ""
    return {"code": event.code, "on": event.happened_on, "text": event.text, "where": where}
