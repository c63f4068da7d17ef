"""Handing over: what one person holds goes on with another, nothing is left behind when somebody changes post (C7)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, later, say, written
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Person
from chuangwen.work.cases import telling, turning
from chuangwen.work.cases.actions import mark, thing
from chuangwen.work.cases.keeping import fresh, write
from chuangwen.work.cases.models import Case, Phase
from chuangwen.work.cases.policy import why_not_lead
from chuangwen.work.cases.queries import visible_to
from chuangwen.work.cases.types import type_of

HANDED_TO = lasting("移交给{person}")


class NotToThem(Refusal):
    """Somebody who cannot take it on."""

    code = "not_to_them"
    sentence = later("{case}由{unit}主办，不能移交给{person}。请选{unit}的在职人员；要换单位请用“退件”或“改派”。")
    status = 422


class AlreadyTheirs(Refusal):
    code = "already_theirs"
    sentence = later("{case}已经由{person}经办，不用移交。")


@transaction.atomic
def hand_over(case: Case, to: Person, *, by: Actor, at: datetime, why: str = "") -> Case:
    """Let another person of the lead unit go on with it: a step of its own, deadlines unchanged."""
    case = fresh(case.pk)
    if no := why_not_lead(case, by):
        raise no
    if case.phase == Phase.CLOSED or case.lead is None or not to.is_active or to.organisation_id != case.lead_id:
        raise NotToThem(case=case.number, unit=case.lead.name if case.lead else say("尚未确定的单位"), person=to.name)
    if case.holder_id == to.pk:
        raise AlreadyTheirs(case=case.number, person=to.name)
    before = case.holder.name if case.holder else ""
    case.holder = to
    type_ = type_of(case)
    turning.give_turn(case, type_, turning.company(case, type_.state(case.state).turn))
    case.version += 1
    write(case)
    mark(case, "hand_over", written(HANDED_TO, person=to.name), by=by, at=at, text=why.strip()[:1000])
    ledger.note(thing(case), later("移交经办人"), by=by, at=at, before={"holder": before}, after={"holder": to.name})
    telling.tell_handed(case, to, by=by, at=at)
    return case


def held_by(person: Person) -> list[Case]:
    """The cases that a person holds and that are not over: what must not be left behind."""
    rows = Case.objects.filter(holder=person).exclude(phase=Phase.CLOSED).select_related("type", "lead")
    return list(rows.order_by("due_at", "pk"))


def holders(actor: Actor) -> list[tuple[str, str, int]]:
    """Who holds open cases that this person sees: user name, name, how many."""
    rows = visible_to(actor).exclude(phase=Phase.CLOSED).exclude(holder=None).order_by()
    counted = rows.values_list("holder__username", "holder__name").annotate(Count("pk"))
    return [(username, name, count) for username, name, count in counted.order_by("holder__name")]


@transaction.atomic
def hand_over_all(one: Person, to: Person, *, by: Actor, at: datetime, why: str = "") -> int:
    """Everything that one person holds goes to another of the same unit, all or nothing; how many there were."""
    cases = held_by(one)
    for case in cases:
        hand_over(case, to, by=by, at=at, why=why)
    return len(cases)
