"""Cases that rows open, made in memory and written together: as many statements for a thousand rows as for one."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, say, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.township.actors import Actor
from chuangwen.work.cases import clocks, naming, rollup, stepping, turning
from chuangwen.work.cases.actions import new_reporter, new_row
from chuangwen.work.cases.case_rows import SHEET, CaseRow, Plan
from chuangwen.work.cases.definitions import StateRow
from chuangwen.work.cases.models import OLD_LEDGER, Case, Phase, Reporter, Step
from chuangwen.work.cases.row_desk import Desk
from chuangwen.work.cases.said import NewCase, NewReporter
from chuangwen.work.cases.stride import Stride

AT_ONCE = 200
TAKEN_IN = "taken_in"
"""The step that closes a matter which a table brought as finished; its ``answers`` keep where that table had it from."""
FROM_A_TABLE = lasting("{day} 从表格“{file}”第 {row} 行登记")
FINISHED_BEFORE = lasting("{day} 从表格“{file}”第 {row} 行补录，办结前的环节不详")
CLOSED_BEFORE = lasting("补录办结")
SO_FAR = lasting("表中的办理结果：{result}")


@dataclass
class Opened:
    """One case in memory: what its steps and counts will be."""

    row: CaseRow
    mark: str
    case: Case
    stride: Stride
    counts: list[tuple[rollup.Counted, rollup.Counted, datetime]] = field(default_factory=list)
    state: str = ""

    @property
    def assisting(self) -> tuple[int, ...]:
        return tuple(sorted(one.pk for one in self.stride.assisting or ()))

    @property
    def company(self) -> tuple[object, ...]:
        """What decides whose turn it is; cases that agree in it have the same people near them."""
        case = self.case
        return case.lead_id, case.area_id, case.accused_id, case.holder_id, case.state, self.assisting


def open_rows(desk: Desk, plan: Plan, *, from_today: bool) -> list[Opened]:
    """Every fresh row as a case in memory; a row that cannot be opened is a problem of the plan."""
    found = []
    for row, mark in plan.fresh:
        try:
            found.append(_open(desk, row, mark, from_today=from_today))
        except Refusal as no:  # a file's problems are told all at once
            plan.problems.add(file=row.sheet, row=row.row, what=str(no))
    return found


def _open(desk: Desk, row: CaseRow, mark: str, *, from_today: bool) -> Opened:
    at = row.opened or desk.at
    case = new_row(desk.type_row, _new_case(desk, row), by=desk.by, at=at)
    if row.category:
        naming.set_category(case, desk.lists.categories[row.category])
    answers = dict(desk.answers[row.at])
    if case.lead is None and not answers.get("unit") and not row.finished:
        case.lead = desk.lead_of(str(answers.get("category", case.category)))
    person = desk.by.person if isinstance(desk.by, Actor) else None
    quiet = desk.move.model_copy(update={"starts": ()})
    stride = Stride(case, desk.type, quiet, answers, desk.lists, at, person, desk.days)
    stepping.carry(stride)
    case.version = 1
    made = Opened(row, mark, case, stride, state=case.state)
    if row.closed is None:
        _start_clocks(desk, stride, desk.at if from_today else at)
    made.counts.append((rollup.NEW, rollup.counted(case), at))
    if row.closed is not None:
        before = rollup.counted(case)
        _finish(desk, case, row, row.closed)
        made.counts.append((before, rollup.counted(case), row.closed))
    return made


def _new_case(desk: Desk, row: CaseRow) -> NewCase:
    return NewCase(
        kind=desk.type_row.code,
        title=row.title,
        text=row.text,
        move=desk.move.id,
        category=row.category,
        source=OLD_LEDGER if row.finished else row.source or SHEET,
        outer_number=row.outer.strip(),
        lead=desk.units.get(row.lead),
        area=desk.units.get(row.area),
        site=desk.sites.get(row.site),
        address=row.address.strip(),
    )


def _start_clocks(desk: Desk, stride: Stride, at: datetime) -> None:
    """The opening's clocks, from the day that was said."""
    case, table = stride.case, {name: dict(one) for name, one in stride.case.clocks.items()}
    for name in desk.move.starts:
        clock = desk.type.clock(name)
        clocks.start(table, clock, stepping.term_for(stride, clock), at, desk.days)
    case.clocks = table
    stepping.set_due(case, desk.type)


def closing_state(desk: Desk, result: str) -> StateRow | None:
    """The state of a matter that is over: the one its result names (不予受理：…), else a good end after which nobody acts."""
    ends = [one for one in desk.type.states if one.kind == "closed"]
    said = result.strip()
    named = [one for one in ends if one.title == said] or [
        one for one in ends if one.outcome != "done" and one.title in said
    ]
    done = [one for one in ends if one.outcome == "done"]
    return next(iter([*named, *[one for one in done if not one.turn], *done, *ends]), None)


def _finish(desk: Desk, case: Case, row: CaseRow, at: datetime) -> None:
    """Close it on its day. Whether in time, nobody knows; no clock ran, nobody is asked to look back."""
    end = closing_state(desk, row.result)
    if end is None:
        raise stepping.NoteMissing(move=say("办结"))
    case.state, case.phase, case.outcome, case.closed_at = end.id, Phase.CLOSED, end.outcome, at
    case.stars, case.revisit_on, case.version = row.stars, None, 2


@dataclass
class Told:
    """Whom to tell how much: people by what they have to do now, and the earliest deadline among it."""

    turn: Counter[int] = field(default_factory=Counter)
    others: Counter[int] = field(default_factory=Counter)
    due: dict[int, datetime] = field(default_factory=dict)
    first: dict[int, Case] = field(default_factory=dict)


def give_turns(desk: Desk, made: Sequence[Opened]) -> dict[tuple[object, ...], turning.Company]:
    """Whose turn it is in every open case, asked once for all that have the same people near them."""
    found: dict[tuple[object, ...], turning.Company] = {}
    for one in made:
        case, key = one.case, one.company
        if case.phase == Phase.CLOSED:
            turning.clear_turn(case)
            continue
        if key not in found:
            words = desk.type.state(case.state).turn
            found[key] = turning.company(case, {*words, *desk.move.tells})
            turning.give_turn(case, desk.type, found[key])
            continue
        like = found[key].case
        case.turn_unit, case.turn_person, case.turn_role = like.turn_unit, like.turn_person, like.turn_role
    return found


def number_rows(made: Sequence[Opened]) -> None:
    """Numbers in the order of the rows, by the year of the opening. Called under the lock of the type."""
    if not made:
        return
    kind = made[0].case.kind
    years = sorted({one.case.year for one in made})
    rows = Case.objects.filter(kind=kind, year__in=years).order_by().values_list("year").annotate(last=Max("serial"))
    last: dict[int, int] = dict(rows)
    for one in made:
        case = one.case
        last[case.year] = case.serial = last.get(case.year, 0) + 1
        case.number = f"{one.stride.type.type.letter}{case.year}-{case.serial:05d}"


def write_rows(desk: Desk, made: Sequence[Opened], file: str) -> None:
    """Cases, assisting units, reporters, steps and counts, each in a few statements."""
    Case.objects.bulk_create([one.case for one in made], batch_size=AT_ONCE)
    through = Case.assisting.through
    pairs = [(one.case.pk, unit) for one in made for unit in one.assisting]
    through.objects.bulk_create([through(case_id=case, organisation_id=unit) for case, unit in pairs], batch_size=AT_ONCE)  # fmt: skip
    reporters = [_reporter(one, who.name, who.phone) for one in made for who in one.row.reporters]
    Reporter.objects.bulk_create(reporters, batch_size=AT_ONCE)
    Step.objects.bulk_create([step for one in made for step in _steps(desk, one, file)], batch_size=AT_ONCE)
    rollup.keep_many(count for one in made for count in one.counts)


def _reporter(one: Opened, name: str, phone: str) -> Reporter:
    return new_reporter(one.case, NewReporter(name.strip(), phone.strip(), channel=SHEET), one.case.opened_at)


def _steps(desk: Desk, one: Opened, file: str) -> Iterator[Step]:
    row, case, move = one.row, one.case, desk.move
    told = FINISHED_BEFORE if row.finished else FROM_A_TABLE
    remark = written(told, day=desk.at.astimezone(CHINA).date().isoformat(), file=file, row=row.row)
    text = row.text.strip() or row.title.strip()
    if row.result and not row.finished:
        text = f"{text}\n{written(SO_FAR, result=row.result.strip())}"
    who = {"person": one.stride.person, "by": desk.by.name, "unit": desk.by.organisation_name}
    common: Mapping[str, Any] = {"case": case, **who}
    yield Step(
        **common,
        number=1,
        move=move.id,
        title=move.title,
        does=move.does,
        before="",
        after=one.state,
        at=case.opened_at,
        text=text,
        answers=stepping.shown(desk.type, one.stride.answers),
        remarks=[*one.stride.remarks, remark],
        mark=one.mark,
    )
    if row.closed is not None:
        yield Step(
            **common,
            number=2,
            move=TAKEN_IN,
            title=written(CLOSED_BEFORE),
            does="close",
            before=one.state,
            after=case.state,
            at=row.closed,
            text=row.result.strip(),
            answers={"source": row.source} if row.source else {},
            remarks=[remark],
        )


def told_of(desk: Desk, made: Sequence[Opened], near: Mapping[tuple[object, ...], turning.Company]) -> Told:
    """Who has how much to do now, and who is to know of it; nobody is told of what was finished before."""
    found, me = Told(), desk.by.person_id if isinstance(desk.by, Actor) else 0
    called = defaultdict[tuple[object, ...], set[int]](set)
    for key, company in near.items():
        if key[-1] and desk.move.tells:
            company.actors = turning.company(company.case, desk.move.tells).actors
        called[key] = company.called(desk.move.tells) - company.turn - {me}
    for one in made:
        key, case = one.company, one.case
        if key not in near or case.phase == Phase.CLOSED:
            continue
        found.others.update(called[key])
        for person in near[key].turn - {me}:
            found.turn[person] += 1
            found.first.setdefault(person, case)
            if case.due_at is not None:
                found.due[person] = min(case.due_at, found.due.get(person, case.due_at))
    return found
