"""Whom to tell, and what: one notice for a person and a step, without names of residents."""

from datetime import datetime

from chuangwen.kernel.words import lasting, later, listed, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.notices.actions import Told, take_back, tell, withdraw
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Person
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.lateness import who_is_late
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.policy import word_titles
from chuangwen.work.cases.seeing import is_accused
from chuangwen.work.cases.turning import Company
from chuangwen.work.cases.types import type_of

YOUR_TURN = lasting("{number}“{title}”轮到你办：{state}，截止 {due}。")
DUE_SOON = lasting("{number}“{title}”快到期：{state}，截止 {due}。")
OVERDUE = lasting("{number}“{title}”已超期：{state}，轮到{whose}。原截止 {due}。")
CLIMBED = lasting("{number}“{title}”已超期，{rung}：{state}，轮到{whose}。原截止 {due}。")
ORDERED = lasting("{number}“{title}”已超期，{rung} {order} 已发给{whose}：{state}。原截止 {due}。")
HANDED = lasting("{number}“{title}”由{by}移交给你。")
OTHERS_DID = lasting("{number}“{title}”：{by}做了“{move}”。")

SETTLED = ("turn", "assigned", "returned", "warning", "overdue", "escalated")
"""Kinds of notices that ask for something; once the case is over they ask for nothing any more."""


def tell_turn(near: Company, type_: CaseTypeRow, move: MoveRow, *, by: By, at: datetime) -> None:
    """Tell those whose turn it is now, and those whom the move names; never the one who did it, nor who may not see it."""
    case, me = near.case, by.person_id if isinstance(by, Actor) else 0
    turn = near.turn - {me}
    others = near.called(move.tells) - turn - {me}
    if not turn and not others:
        return
    due = f"{case.due_at.astimezone(CHINA):%m-%d %H:%M}" if case.due_at else later("无时限")
    title = called(case)
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
    text = written(HANDED, number=case.number, title=called(case), by=by.name)
    told = Told("assigned", text, link(case), thing_of(case), f"case:{case.number}:{case.version}")
    tell([to.pk], told, by=by, at=at)


def called(case: Case) -> str:
    """The matter and where it is, as a notice may name it: of what few may see no more than its kind."""
    if case.guard or case.accused_id:
        return type_of(case).type.short
    where = case.site.name if case.site else case.area.short if case.area else case.address
    return written("{title}（{where}）", title=case.title, where=where[:40]) if where else case.title


def whose(case: Case) -> str:
    """Whose step is awaited, in words."""
    late = who_is_late(case)
    if late.unit is not None:
        return f"{late.unit.short} {late.person.name}" if late.person is not None else late.unit.short
    return listed(word_titles((late.role,))) if late.role else later("尚无人承办")


def withdraw_settled(case: Case) -> None:
    """What was told of a turn or a deadline that is no more; of an order that was recalled also what named it."""
    withdraw(thing_of(case), SETTLED)
    if case.outcome == "withdrawn" and case.parent is not None:
        withdraw(thing_of(case.parent), SETTLED, naming=case.number)


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
