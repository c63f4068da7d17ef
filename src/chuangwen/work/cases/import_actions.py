"""Many cases at once from a table: all or nothing, corrections told and kept in the history, one note for the file."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from chuangwen.kernel.fields import FieldRow
from chuangwen.kernel.words import lasting, later, say, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.rows import by_keys
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.notices.actions import Told as Notice
from chuangwen.records.notices.actions import tell
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.work.cases import rollup
from chuangwen.work.cases.actions import new_reporter
from chuangwen.work.cases.case_rows import (
    SHEET,
    CaseBatch,
    Change,
    Correction,
    Plan,
    RowReporter,
    RowsAskedAbout,
    TakenIn,
)
from chuangwen.work.cases.models import Case, CaseType, Reporter, Step
from chuangwen.work.cases.row_desk import Desk, check_rows, desk_for
from chuangwen.work.cases.row_differences import masked_text
from chuangwen.work.cases.row_finished import CORRECT, COURSE, KEPT, set_course
from chuangwen.work.cases.row_matching import Matcher
from chuangwen.work.cases.row_opening import (
    AT_ONCE,
    Opened,
    Told,
    give_turns,
    number_rows,
    open_rows,
    told_of,
    write_rows,
)
from chuangwen.work.cases.said import NewReporter
from chuangwen.work.cases.telling import YOUR_TURN, link

CORRECTED_FIELDS = (
    *("title", "text", "address", "answers", "hidden", "version"),
    *("opened_at", "closed_at", "state", "outcome", "stars", "source"),
)
NAMED = 50
"""So many numbers stand in the note of a file; the others are found by the cases' own history."""
MANY_TURNS = lasting("{by}从表格登记了 {n} 件{kind}，轮到你办；最近截止 {due}。")
MANY_OTHERS = lasting("{by}从表格登记了 {n} 件{kind}。")
CORRECTED = lasting("按新表改正")
OLD_TO_NEW = lasting("{title}：{old} → {new}")
NOTHING = lasting("（空）")


def plan_rows(batch: CaseBatch, *, by: By, at: datetime) -> Plan:
    """What taking these rows in would do. Nothing is written."""
    return _planned(batch, by=by, at=at, lock=False)[1]


@transaction.atomic
def take_in_rows(batch: CaseBatch, *, by: By, at: datetime) -> TakenIn:
    """Open what is new, correct what was written differently, leave what is known: all of the file, or nothing.

    Raises ``Rejected`` with all that is wrong and ``RowsAskedAbout`` with what only a person can say.
    """
    desk, plan, made = _planned(batch, by=by, at=at, lock=True)
    plan.problems.refuse(batch.file or say("这张表"))
    if plan.open_questions:
        raise RowsAskedAbout(plan.open_questions)
    near = give_turns(desk, made)
    number_rows(made)
    write_rows(desk, made, batch.file)
    _write_corrections(desk, plan.corrections)
    _tell(desk, told_of(desk, made, near), _mark(batch, made, plan.corrections))
    taken = TakenIn(
        new=len(made),
        finished=plan.finished,
        corrected=len(plan.corrections),
        known=len(plan.known),
        numbers=tuple(one.case.number for one in made),
        remarks=tuple(plan.remarks),
    )
    _note(desk, batch, taken, plan.corrections)
    return taken


def _planned(batch: CaseBatch, *, by: By, at: datetime, lock: bool) -> tuple[Desk, Plan, list[Opened]]:
    """The plan, and the new cases in memory; ``lock``: inside the transaction that writes them."""
    desk = desk_for(batch.kind, batch.move, batch.rows, by=by, at=at)
    if lock:  # one number at a time, and nobody else takes the same number in meanwhile
        by_keys(CaseType, [desk.type_row.pk], without=("content",), lock=True)
    plan = Plan(problems=check_rows(desk, batch.rows))
    wrong = {(one.file, one.row) for one in plan.problems}
    Matcher(desk, batch, plan, lock).sort([one for one in batch.rows if one.at not in wrong])
    made = open_rows(desk, plan, from_today=batch.answers.get("start") == "today")
    return desk, plan, made


@dataclass
class _Written:
    """What corrections change, gathered so that it is written together."""

    cases: dict[int, Case] = field(default_factory=dict)
    reporters: dict[int, Reporter] = field(default_factory=dict)
    added: list[Reporter] = field(default_factory=list)


def _write_corrections(desk: Desk, corrections: Sequence[Correction]) -> None:
    """New values, and in every case's history what they were before."""
    if not corrections:
        return
    done, steps, before = _Written(), list[Step](), dict[int, rollup.Counted]()
    for one in corrections:
        case = done.cases.setdefault(one.case.pk, one.case)
        before.setdefault(case.pk, rollup.counted(case))
        stood, case.version = case.state, case.version + 1
        for name, value in one.values.items():
            _set(desk, case, name, value, done)
        steps.append(_correcting_step(desk, one, case, stood))
    Case.objects.bulk_update(done.cases.values(), CORRECTED_FIELDS, batch_size=AT_ONCE)
    rollup.keep_many((before[case.pk], rollup.counted(case), desk.at) for case in done.cases.values())
    Reporter.objects.bulk_update(done.reporters.values(), ["name", "phone"], batch_size=AT_ONCE)
    Reporter.objects.bulk_create(done.added, batch_size=AT_ONCE)
    Step.objects.bulk_create(steps, batch_size=AT_ONCE)


def _set(desk: Desk, case: Case, name: str, value: object, done: _Written) -> None:
    kind, _sep, key = name.partition(":")
    if isinstance(value, RowReporter):
        new = NewReporter(value.name, value.phone, channel=SHEET)
        done.added.append(new_reporter(case, new, desk.at))
    elif name in COURSE:
        set_course(desk, case, name, value)
    elif kind == "answer":
        row = _field(desk, key)
        side = "hidden" if row is not None and row.private else "answers"
        setattr(case, side, {**getattr(case, side), key: value})
    elif kind in {"name", "phone"}:
        there = next(one for one in case.reporters.all() if one.pk == int(key))
        setattr(done.reporters.setdefault(there.pk, there), kind, value)
    else:
        setattr(case, name, value)


def _field(desk: Desk, key: str) -> FieldRow | None:
    return next((one for one in desk.fields if one.id == key), None)


def _correcting_step(desk: Desk, one: Correction, case: Case, stood: str) -> Step:
    return Step(
        case=case,
        number=case.version,
        move=CORRECT,
        title=written(CORRECTED),
        does=CORRECT,
        before=stood,
        after=case.state,
        at=desk.at,
        person=desk.by.person if isinstance(desk.by, Actor) else None,
        by=desk.by.name,
        unit=desk.by.organisation_name,
        answers={name: one.values[name] for name in KEPT if name in one.values},
        text="\n".join(_old_to_new(each) for each in one.changes),
        mark=one.mark,
    )


def _old_to_new(one: Change) -> str:
    """A line of the history; what is private is masked for good."""
    old, new = (masked_text(one, text) or written(NOTHING) for text in (one.old, one.new))
    return written(OLD_TO_NEW, title=one.title, old=old, new=new)


def _mark(batch: CaseBatch, made: Sequence[Opened], corrections: Sequence[Correction]) -> str:
    """A name of this taking in, for the notices."""
    first = made[0].case.number if made else corrections[0].case.number if corrections else ""
    return f"cases:{batch.kind}:{first}:{len(made)}"


def _tell(desk: Desk, told: Told, mark: str) -> None:
    """One notice for a person, however many rows there are."""
    kind, many = desk.type.type.title, desk.type_row.code
    for (count, due, number), people in _alike(told).items():
        if number:
            case = told.first[people[0]]
            title = desk.type.type.short if case.guard else case.title
            state = desk.type.state(case.state).title
            text = written(YOUR_TURN, number=number, title=title, state=state, due=due)
            notice = Notice("assigned", text, link(case), ("case", number), f"case:{number}:1")
        else:
            text = written(MANY_TURNS, by=desk.by.name, n=count, kind=kind, due=due)
            notice = Notice("assigned", text, f"/cases/?tab=mine&kind={many}", ("cases", many), mark)
        tell(people, notice, by=desk.by, at=desk.at)
    others = defaultdict[int, list[int]](list)
    for person, count in told.others.items():
        others[count].append(person)
    for count, people in others.items():
        text = written(MANY_OTHERS, by=desk.by.name, n=count, kind=kind)
        tell(people, Notice("changed", text, f"/cases/?kind={many}", ("cases", many), mark), by=desk.by, at=desk.at)


def _alike(told: Told) -> dict[tuple[int, str, str], list[int]]:
    """People who are told the very same."""
    found = defaultdict[tuple[int, str, str], list[int]](list)
    for person, count in told.turn.items():
        due = f"{told.due[person].astimezone(CHINA):%m-%d %H:%M}" if person in told.due else later("无时限")
        found[count, due, told.first[person].number if count == 1 else ""].append(person)
    return found


def _note(desk: Desk, batch: CaseBatch, taken: TakenIn, corrections: Sequence[Correction]) -> None:
    """One note for the file: how many, which numbers, which fields were corrected. No personal data."""
    if not taken.new and not taken.corrected:
        return
    after = {
        "new": taken.new,
        "finished": taken.finished,
        "corrected": taken.corrected,
        "known": taken.known,
        "answers": dict(batch.answers),
        "numbers": list(taken.numbers[:NAMED]),
        "corrections": {one.case.number: sorted({each.title for each in one.changes}) for one in corrections[:NAMED]},
    }
    thing = Thing("cases", batch.kind, batch.file)
    ledger.note(thing, later("从表格登记事项"), by=desk.by, at=desk.at, after=after)
