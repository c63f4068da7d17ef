"""What happens beside the flow: comments, looks at a reporter, links, satisfaction."""

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
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Person
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases.actions import add_reporter, mark, thing
from chuangwen.work.cases.attaching import must_work_on
from chuangwen.work.cases.keeping import fresh, write
from chuangwen.work.cases.models import Case, CaseLink, Comment, Phase, Reporter
from chuangwen.work.cases.policy import knows_reporter, may_read, why_not_lead
from chuangwen.work.cases.said import Link, NewReporter
from chuangwen.work.cases.seeing import why_not_see
from chuangwen.work.cases.telling import link, thing_of
from chuangwen.work.cases.turning import turn_people
from chuangwen.work.cases.types import type_of

MENTIONED = lasting("{by}在 {number} 里提到你。")
COMMENTED = lasting("{by}在 {number} 里留言。")


class NothingSaid(Refusal):
    code = "nothing_said"
    sentence = later("留言是空的。请写下要说的话。")
    status = 422


class NotAnsweredYet(Refusal):
    code = "not_answered_yet"
    sentence = later("{case}还没有答复，暂时不能评价。请在收到答复以后再来。")


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
    """What a resident says of the answer, by tracking code; counts for the figures. Before an answer there is nothing to say."""
    reporter = Reporter.objects.select_related("case").select_for_update().get(code=code)
    case = fresh(reporter.case.merged_into_id or reporter.case_id)
    if case.replied_at is None and case.phase != Phase.CLOSED:
        raise NotAnsweredYet(case=case.number)
    reporter.solved, reporter.stars, reporter.said = solved, stars, said.strip()[:300]
    reporter.save(update_fields=["solved", "stars", "said"])
    case.solved, case.stars = solved, stars
    case.version += 1
    write(case)
    mark(case, "satisfied", later("群众评价"), by=by, at=at)
    ledger.note(thing(case), later("群众评价"), by=by, at=at, after={"solved": solved, "stars": stars})
    return reporter
