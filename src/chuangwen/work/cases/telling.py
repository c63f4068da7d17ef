"""Whom to tell, and what: one notice for a person and a step, without names of residents."""

from datetime import datetime

from chuangwen.kernel.words import lasting, later, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.notices.actions import Told, take_back, tell
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Person
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.seeing import is_accused
from chuangwen.work.cases.turning import Company
from chuangwen.work.cases.types import type_of

YOUR_TURN = lasting("{number}“{title}”轮到你办：{state}，截止 {due}。")
DUE_SOON = lasting("{number} 快到期：截止 {due}。")
OVERDUE = lasting("{number} 已超期，{rung}。原截止 {due}。")
HANDED = lasting("{number}“{title}”由{by}移交给你。")
OTHERS_DID = lasting("{number}“{title}”：{by}做了“{move}”。")


def tell_turn(near: Company, type_: CaseTypeRow, move: MoveRow, *, by: By, at: datetime) -> None:
    """Tell those whose turn it is now, and those whom the move names; never the one who did it, nor who may not see it."""
    case, me = near.case, by.person_id if isinstance(by, Actor) else 0
    turn = near.turn - {me}
    others = near.called(move.tells) - turn - {me}
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


def take_back_from_accused(case: Case) -> None:
    """What people of the accused unit were told before it was named."""
    if case.accused is None:
        return
    people = Person.objects.filter(notices__thing_kind="case", notices__thing_key=case.number).select_related(
        "organisation"
    )
    take_back(thing_of(case), [one.pk for one in people.distinct() if is_accused(one.organisation, case.accused)])


def kind_of(move: MoveRow) -> str:
    """Why somebody is told: the case came back, or it is theirs now."""
    return "returned" if move.does in {"return", "rework", "object", "relapse"} else "assigned"


def thing_of(case: Case) -> tuple[str, str]:
    """What a notice is about."""
    return "case", case.number


def link(case: Case) -> str:
    """Where a case is looked at."""
    return f"/cases/{case.number}/"
