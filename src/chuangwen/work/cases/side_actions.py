"""What happens beside the flow: comments, merging, looks at a reporter, links, the calendar's change."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, later, say, written
from chuangwen.kit.refusals import NotAllowed
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.notices.actions import Told, tell
from chuangwen.records.township.actors import Actor, actor_for
from chuangwen.records.township.calendar_queries import work_calendar
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.models import Person
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases import clocks, rollup, stepping
from chuangwen.work.cases.actions import add_reporter, fresh, thing, write
from chuangwen.work.cases.attaching import must_work_on
from chuangwen.work.cases.models import Case, CaseLink, Comment, Phase, Reporter, Step
from chuangwen.work.cases.policy import knows_reporter, may_read, why_not_lead
from chuangwen.work.cases.said import Link, NewReporter
from chuangwen.work.cases.seeing import why_not_see
from chuangwen.work.cases.telling import link, thing_of, turn_people
from chuangwen.work.cases.types import type_of

MENTIONED = lasting("{by}在 {number} 里提到你。")
COMMENTED = lasting("{by}在 {number} 里留言。")
MERGED_INTO = lasting("并入 {number}")
TOOK_IN = lasting("{number} 并入本件")


class NothingSaid(Refusal):
    code = "nothing_said"
    sentence = later("留言是空的。请写下要说的话。")
    status = 422


class NotMergeable(Refusal):
    """Two cases that cannot be one."""

    code = "not_mergeable"
    sentence = later("{one}不能并入{other}：{why}。")


@transaction.atomic
def comment(case: Case, text: str, *, by: Actor, at: datetime) -> Comment:
    """Say something about a case; whoever is named with @ and may see it is told, and so is whose turn it is."""
    case = fresh(case.pk)
    must_work_on(case, by)
    if not text.strip() or by.person is None:
        raise NothingSaid
    made = Comment.objects.create(case=case, at=at, person=by.person, text=text.strip()[:2000])
    named = re.findall(r"@([0-9A-Za-z._\-\u4e00-\u9fff]{2,40})", text)
    people = Person.objects.filter(is_active=True)
    mentioned = [
        one
        for one in (people.filter(username__in=named) | people.filter(name__in=named)).distinct()
        if why_not_see(case, actor_for(one)) is None
    ]
    made.mentioned.set(mentioned)
    told = written(MENTIONED, by=by.name, number=case.number)
    tell(
        [one.pk for one in mentioned],
        Told("mentioned", told, link(case), thing_of(case), f"case:comment:{made.pk}"),
        by=by,
        at=at,
    )
    others = turn_people(case) - {one.pk for one in mentioned} - {by.person_id}
    told = written(COMMENTED, by=by.name, number=case.number)
    tell(sorted(others), Told("changed", told, link(case), thing_of(case), f"case:comment:{made.pk}"), by=by, at=at)
    ledger.note(thing(case), later("留言"), by=by, at=at, after={"comment": made.pk})
    return made


@transaction.atomic
def merge(one: Case, into: Case, *, by: Actor, at: datetime) -> Case:
    """Close a duplicate by pointing it at the case that goes on. Nothing is moved, so nothing can be lost.

    Its reporters, photos, comments and history stay on it and are shown with the other (``queries.family``).
    """
    first, second = sorted([one.pk, into.pk])
    rows = {first: fresh(first), second: fresh(second)}
    one, into = rows[one.pk], rows[into.pk]
    must(by, Permission.STEER_CASES, one.lead)
    for case in (one, into):
        if no := why_not_see(case, by):
            raise no
    if why := _why_not_merge(one, into):
        raise NotMergeable(one=one.number, other=into.number, why=why)
    old = rollup.counted(one)
    table = {name: dict(clock) for name, clock in one.clocks.items()}
    for name in table:
        clocks.stop(table, name, at)
    one.clocks, one.merged_into, one.phase, one.outcome, one.closed_at = table, into, Phase.CLOSED, "merged", at
    before = one.state
    stepping.set_turn(one, ())
    stepping.set_due(one)
    one.version += 1
    write(one)
    Case.objects.filter(merged_into=one).update(merged_into=into)
    told = written(MERGED_INTO, number=into.number)
    _mark(one, "merge", told, before, by=by, at=at)
    into.version += 1
    write(into)
    _mark(into, "merged", written(TOOK_IN, number=one.number), into.state, by=by, at=at)
    rollup.keep(old, rollup.counted(one), at, rollup.Towns())
    ledger.note(thing(one), later("合并重复事项"), by=by, at=at, after={"into": into.number})
    return into


def _why_not_merge(one: Case, into: Case) -> str:
    if one.pk == into.pk:
        return say("是同一件")
    if one.merged_into_id or into.merged_into_id:
        return say("其中一件已经合并过")
    if one.phase == Phase.CLOSED or into.phase == Phase.CLOSED:
        return say("其中一件已经办结")
    if one.guard != into.guard:
        return say("两件的保密范围不同")
    return ""


def _mark(case: Case, does: str, title: str, before: str, *, by: By, at: datetime) -> Step:
    return Step.objects.create(
        case=case,
        number=case.version,
        move=does,
        title=title,
        does=does,
        before=before,
        after=case.state,
        at=at,
        person=by.person if isinstance(by, Actor) else None,
        by=by.name,
        unit=by.organisation_name,
    )


@transaction.atomic
def also_report(case: Case, new: NewReporter, *, by: By, at: datetime) -> Reporter:
    """Somebody else has the same matter: one more reporter with a code of the own, no second case."""
    case = fresh(case.pk)
    reporter = add_reporter(case, new, at)
    ledger.note(thing(case), later("又一人反映"), by=by, at=at)
    return reporter


@transaction.atomic
def look_at_reporters(case: Case, *, by: Actor, at: datetime) -> list[Reporter]:
    """Show names and phones of the reporters to somebody who needs them; the look is noted."""
    if not knows_reporter(case, by):
        raise NotAllowed(permission=Permission.KNOW_REPORTERS.title)
    ledger.note(thing(case), later("查看反映人信息"), by=by, at=at)
    return list(Reporter.objects.filter(case__in=[case.pk, *case.merged.values_list("pk", flat=True)]))


@transaction.atomic
def look_at_hidden(case: Case, *, by: Actor, at: datetime) -> dict[str, object]:
    """Show the private answers that this person may read; the look is noted with the names of the fields."""
    if no := why_not_see(case, by):
        raise no
    readable = [row.id for row in type_of(case).fields if row.private and may_read(row.readers, case, by)]
    shown = {key: case.hidden[key] for key in readable if key in case.hidden}
    if not shown:
        raise NotAllowed(permission=say("查看受限内容"))
    ledger.note(thing(case), later("查看受限内容"), by=by, at=at, after={"fields": sorted(shown)})
    return shown


@transaction.atomic
def connect(case: Case, links: Sequence[Link], *, by: By, at: datetime) -> int:
    """Link a case with the standards, observations and campaigns that it guards; repeats are harmless."""
    case = fresh(case.pk)
    if isinstance(by, Actor) and (no := why_not_lead(case, by)):
        raise no
    count = 0
    for one in links:
        _, new = CaseLink.objects.get_or_create(
            case=case, kind=one.kind, key=one.key, defaults={"title": one.title[:300]}
        )
        count += new
    if count:
        ledger.note(
            thing(case), later("关联"), by=by, at=at, after={"links": [f"{one.kind}:{one.key}" for one in links]}
        )
    return count


@transaction.atomic
def say_satisfied(code: str, *, solved: bool, stars: int | None, said: str, by: By, at: datetime) -> Reporter:
    """What a resident says of the answer, by tracking code; counts for the figures."""
    reporter = Reporter.objects.select_related("case").select_for_update().get(code=code)
    reporter.solved, reporter.stars, reporter.said = solved, stars, said.strip()[:300]
    reporter.save(update_fields=["solved", "stars", "said"])
    case = fresh(reporter.case.merged_into_id or reporter.case_id)
    case.solved, case.stars = solved, stars
    case.version += 1
    write(case)
    ledger.note(thing(case), later("群众评价"), by=by, at=at, after={"solved": solved, "stars": stars})
    return reporter


@transaction.atomic
def recompute_estimates(*, by: By, at: datetime) -> int:
    """After a calendar has come in: compute the estimated deadlines of open cases anew. Returns how many moved."""
    must(by, Permission.MANAGE_SYSTEM)
    moved = 0
    days = work_calendar()
    for pk in list(Case.objects.filter(due_estimated=True).exclude(phase=Phase.CLOSED).values_list("pk", flat=True)):
        case = fresh(pk)
        old = rollup.counted(case)
        table = {name: dict(one) for name, one in case.clocks.items()}
        if not clocks.recompute(table, days):
            continue
        case.clocks = table
        stepping.set_due(case)
        case.version += 1
        write(case)
        _mark(case, "calendar", later("按新的工作日历重算时限"), case.state, by=by, at=at)
        rollup.keep(old, rollup.counted(case), at, rollup.Towns())
        ledger.note(thing(case), later("重算时限"), by=by, at=at, after={"due": case.due_at})
        moved += 1
    return moved
