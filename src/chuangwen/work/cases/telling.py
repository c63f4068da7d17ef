"""Whom to tell, and what: one notice for a person and a step, without names of residents."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from chuangwen.kernel.words import lasting, later, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.notices.actions import Told, tell
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Person
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.types import type_of

YOUR_TURN = lasting("{number}“{title}”轮到你办：{state}，截止 {due}。")
DUE_SOON = lasting("{number} 快到期：截止 {due}。")
OVERDUE = lasting("{number} 已超期，{rung}。原截止 {due}。")
HANDED = lasting("{number}“{title}”由{by}移交给你。")
OTHERS_DID = lasting("{number}“{title}”：{by}做了“{move}”。")


def people_for(words: Iterable[str], case: Case) -> set[int]:
    """Keys of the people whom words of ``who`` stand for. Reads nothing for words that name a person directly."""
    found = {
        pk
        for word, pk in (("@opener", case.opener_id), ("@holder", case.holder_id))
        if word in words and pk is not None
    }
    wanted = Q(pk__in=[])
    if "@lead" in words and case.lead_id:
        wanted |= Q(organisation=case.lead_id)
    if "@assist" in words:
        wanted |= Q(organisation__cases_assisted=case.pk)
    roles = [word for word in words if not word.startswith("@")]
    if roles:
        wanted |= Q(assignments__role__in=roles, assignments__withdrawn_at=None)
    if wanted != Q(pk__in=[]):
        found |= set(Person.objects.filter(wanted, is_active=True).values_list("pk", flat=True))
    return found


def turn_words(case: Case) -> tuple[str, ...]:
    """Whose turn it is, as words: a named person alone, else the unit's people, else the role's."""
    if case.turn_person_id is not None:
        return ()
    return ("@lead",) if case.turn_unit_id is not None else tuple(filter(None, [case.turn_role]))


def turn_people(case: Case) -> set[int]:
    """Keys of the people whose turn it is."""
    if case.turn_person_id is not None:
        return {case.turn_person_id}
    return people_for(turn_words(case), case)


def tell_turn(case: Case, type_: CaseTypeRow, move: MoveRow, *, by: By, at: datetime) -> None:
    """Tell those whose turn it is now, and those whom the move names; never the one who did it."""
    me = by.person_id if isinstance(by, Actor) else 0
    turn = turn_people(case) - {me}
    others = people_for(move.tells, case) - turn - {me} if move.tells else set()
    if not turn and not others:
        return
    due = f"{case.due_at.astimezone(CHINA):%m-%d %H:%M}" if case.due_at else later("无时限")
    title = type_.type.short if case.guard else case.title
    mark = f"case:{case.number}:{case.version}"
    if turn:
        text = written(
            YOUR_TURN,
            number=case.number,
            title=title,
            state=type_.state(case.state).title,
            due=due,
        )
        tell(sorted(turn), Told(kind_of(move), text, link(case), thing_of(case), mark), by=by, at=at)
    if others:
        text = written(OTHERS_DID, number=case.number, title=title, by=by.name, move=move.title)
        tell(sorted(others), Told("changed", text, link(case), thing_of(case), mark), by=by, at=at)


def tell_handed(case: Case, to: Person, *, by: By, at: datetime) -> None:
    """Tell the one to whom a case was handed over."""
    title = type_of(case).type.short if case.guard else case.title
    text = written(HANDED, number=case.number, title=title, by=by.name)
    told = Told("assigned", text, link(case), thing_of(case), f"case:{case.number}:{case.version}")
    tell([to.pk], told, by=by, at=at)


def kind_of(move: MoveRow) -> str:
    """Why somebody is told: the case came back, or it is theirs now."""
    return "returned" if move.does in {"return", "rework", "object", "relapse"} else "assigned"


def thing_of(case: Case) -> tuple[str, str]:
    """What a notice is about."""
    return "case", case.number


def link(case: Case) -> str:
    """Where a case is looked at."""
    return f"/cases/{case.number}/"
