"""What may happen to a case: it is opened, and carried from step to step."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.refusals import NotFound
from chuangwen.kit.row_writes import put
from chuangwen.kit.rows import by_keys
from chuangwen.records.archive import looking
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation
from chuangwen.work.cases import attaching, clocks, materials, naming, rollup, stepping, telling, turning
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.keeping import Overtaken, changed_meanwhile, fresh, write
from chuangwen.work.cases.models import Case, CaseLink, CaseType, Category, Phase, Purpose, Reporter, Step
from chuangwen.work.cases.placing import area_of
from chuangwen.work.cases.policy import NotYourMove, why_not_lead, why_not_open, why_not_take
from chuangwen.work.cases.said import NewCase, NewReporter, Said
from chuangwen.work.cases.seeing import why_not_see
from chuangwen.work.cases.stride import Lists, Stride, lists_for
from chuangwen.work.cases.types import definition, in_force, type_of

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that an old eye takes for another
CODE_LENGTH = 10


class TitleMissing(Refusal):
    code = "title_missing"
    sentence = later("请用一句话写明是什么事（不超过 120 个字）。")
    status = 422


@dataclass
class Ready:
    """A step thought through and not yet written: all that is read for it is read before the database is locked."""

    stride: Stride
    said: Said
    before: str = ""
    counted: rollup.Counted = rollup.NEW
    facts: dict[str, object] = field(default_factory=dict)
    near: turning.Company | None = None
    doubts: looking.Doubts = field(default_factory=dict)


def open_case(new: NewCase, said: Said | None = None, *, by: By, at: datetime) -> Case:
    """Open a case: number it, take the opening's step, let its clocks run, tell whose turn it is."""
    said = said or Said()
    if found := _repeated(said.mark):
        return found
    ready = _opened(new, said, by=by, at=at)
    case = ready.stride.case
    with transaction.atomic():
        by_keys(CaseType, [case.type_id], without=("content",), lock=True)  # one number at a time, also on PostgreSQL
        if found := _repeated(said.mark):
            return found
        _number(case)
        put([case])
        if ready.stride.assisting and ready.near is not None:
            case.assisting.set(ready.stride.assisting)
            ready.near.actors = turning.company(case, ready.stride.move.tells).actors
        _write_beside(case, new, at)
        _write_step(ready, by=by)
    return case


def _opened(new: NewCase, said: Said, *, by: By, at: datetime) -> Ready:
    row = in_force(new.kind)
    type_ = definition(row)
    move = _opening(type_, new.move, by)
    materials.require_link(type_, new.links)
    if not new.title.strip() or len(new.title) > 120:
        raise TitleMissing
    lists = lists_for(type_, move, said)
    answers = stepping.check_said(type_, move, said, lists)
    case = new_row(row, new, by=by, at=at)
    if new.category:
        naming.set_category(case, _category(type_, new.category))
    if case.lead is None and not answers.values.get("unit"):
        category = str(answers.values.get("category", case.category))
        known = materials.bringer(move, by) or materials.answering(type_, move, new.links)
        case.lead = known or naming.default_unit(type_, category)
    stride = _stride(case, (type_, move), answers.values, lists, by=by, at=at)
    stepping.carry(stride)
    case.version = 1
    return Ready(stride, said, near=_give_turn(stride))


def _write_beside(case: Case, new: NewCase, at: datetime) -> None:
    """What a new case comes from and guards, and who asked for it."""
    for link in new.links:
        CaseLink.objects.create(case=case, kind=link.kind, key=link.key, title=link.title[:300])
    if new.reporter is not None:
        add_reporter(case, new.reporter, at)


def _give_turn(stride: Stride) -> turning.Company:
    """Set whose turn it is after the step; the people near the case, for telling them."""
    case, words = stride.case, stride.type.state(stride.case.state).turn
    near = turning.company(case, {*words, *stride.move.tells})
    turning.give_turn(case, stride.type, near)
    return near


def _repeated(mark: str) -> Case | None:
    step = Step.objects.filter(mark=mark).select_related("case__type").first() if mark else None
    return step.case if step else None


def _opening(type_: CaseTypeRow, wanted: str, by: By) -> MoveRow:
    moves = [one for one in type_.openings if not wanted or one.id == wanted]
    refusals = [why_not_open(type_.type.guard, one, by) for one in moves]
    for move, no in zip(moves, refusals, strict=True):
        if no is None:
            return move
    raise next((no for no in refusals if no), NotFound(what=say("登记方式")))


def openings_for(type_: CaseTypeRow, by: By) -> list[MoveRow]:
    """The openings that this person may take: what the button asks."""
    return [one for one in type_.openings if why_not_open(type_.type.guard, one, by) is None]


def _category(type_: CaseTypeRow, code: str) -> Category:
    found = Category.objects.filter(table=type_.type.categories, code=code, retired=False).first()
    if found is None:
        raise NotFound(what=say("类别“{code}”", code=code[:40]))
    return found


def new_row(row: CaseType, new: NewCase, *, by: By, at: datetime) -> Case:
    """The case as it is said, in memory: without number, state and clocks."""
    type_ = definition(row)
    area = area_of(new.area or (new.site.organisation if new.site else None))
    return Case(
        type=row,
        kind=row.code,
        guard=type_.type.guard,
        year=at.astimezone(CHINA).year,
        title=new.title.strip(),
        text=new.text.strip()[:4000],
        state="",
        urgent=new.urgent,
        source=new.source,
        outer_number=new.outer_number,
        lead=new.lead,
        area=area,
        site=new.site,
        address=new.address[:200],
        lon=new.place.lon if new.place else (new.site.lon if new.site else None),
        lat=new.place.lat if new.place else (new.site.lat if new.site else None),
        raw_place=dict(new.place.raw) if new.place else {},
        accused=new.accused,
        opener=by.person if isinstance(by, Actor) else None,
        parent=new.parent,
        opened_at=at,
    )


def _number(case: Case) -> None:
    last = Case.objects.filter(kind=case.kind, year=case.year).aggregate(last=Max("serial"))["last"] or 0
    case.serial = last + 1
    case.number = f"{type_of(case).type.letter}{case.year}-{case.serial:05d}"


def add_reporter(case: Case, new: NewReporter, at: datetime) -> Reporter:
    """Somebody who asks for it gets a tracking code. Called inside the action that opens or merges."""
    row = new_reporter(case, new, at)
    row.save(force_insert=True)
    return row


def new_reporter(case: Case, new: NewReporter, at: datetime) -> Reporter:
    """The row in memory, with its tracking code."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    return Reporter(
        case=case,
        code=code,
        name=new.name[:60],
        phone=new.phone[:20],
        confidential=new.confidential,
        channel=new.channel,
        at=at,
    )


def take(case: Case, move_id: str, said: Said | None = None, *, by: By, at: datetime) -> Case:
    """Carry a case one step on, and write down who did it.

    Raises what ``why_not_take`` says, ``ChangedMeanwhile`` when somebody was faster, and what is wrong with the
    answers; then nothing has changed. All is read and checked before the database is locked; when somebody has moved
    the case meanwhile, it is done once more under the lock.
    """
    said = said or Said()
    try:
        return _take(case.pk, move_id, said, by=by, at=at)
    except Overtaken:
        with transaction.atomic():
            return _take(case.pk, move_id, said, by=by, at=at)


def _take(pk: int, move_id: str, said: Said, *, by: By, at: datetime) -> Case:
    case = fresh(pk)
    if found := _repeated(said.mark):  # the second time asked once nobody else can write to the case
        return found
    accused = case.accused_id
    ready = _taken(case, move_id, said, by=by, at=at)
    with transaction.atomic():
        if ready.stride.assisting is not None:
            case.assisting.set(ready.stride.assisting)
            ready.near = _give_turn(ready.stride)
        write(case)
        _write_step(ready, by=by)
        if case.accused_id != accused:
            telling.take_back_from_accused(case)
    return case


def _taken(case: Case, move_id: str, said: Said, *, by: By, at: datetime) -> Ready:
    type_, move = type_of(case), _asked_move(case, move_id, said, by)
    lists = lists_for(type_, move, said, materials.grades_for(case, type_, move))
    answers = stepping.check_said(type_, move, said, lists, case)
    stride = _stride(case, (type_, move), answers.values, lists, by=by, at=at)
    ready = Ready(stride, said, case.state, rollup.counted(case), _facts(case))
    stepping.carry(stride)
    if attaching.purpose_of(move) == Purpose.AFTER:
        told, ready.doubts = attaching.remarks(case, said.photos)
        stride.remarks += told
    if stride.assisting is None:
        ready.near = _give_turn(stride)
    return ready


def _asked_move(case: Case, move_id: str, said: Said, by: By) -> MoveRow:
    """The move, if this person may take it now on what was looked at."""
    move = type_of(case).move(move_id)
    if isinstance(by, Actor) and (no := why_not_see(case, by)):
        raise no
    if move is None:
        raise NotFound(what=say("动作“{move}”", move=move_id[:40]))
    if said.version is not None and said.version != case.version:
        raise changed_meanwhile(case)
    if no := why_not_take(case, move, by):
        raise no
    return move


def _stride(
    case: Case,
    asked: tuple[CaseTypeRow, MoveRow],
    answers: dict[str, Any],
    lists: Lists,
    *,
    by: By,
    at: datetime,
) -> Stride:
    person = by.person if isinstance(by, Actor) else None
    return Stride(case, *asked, answers, lists, at, person, clocks.calendar())


def _write_step(ready: Ready, *, by: By) -> None:
    """The step's row with its files, the roll-up, the note and the notices: what every step leaves behind."""
    stride, said = ready.stride, ready.said
    case, move, at = stride.case, stride.move, stride.at
    step = Step(
        case=case,
        number=case.version,
        move=move.id,
        title=move.title,
        does=move.does,
        before=ready.before,
        after=case.state,
        at=at,
        person=stride.person,
        by=by.name,
        unit=by.organisation_name,
        text=said.text.strip()[:4000],
        answers=stepping.shown(stride.type, stride.answers),
        remarks=stride.remarks,
        in_time=stride.in_time,
        due_at=stride.due_at,
        mark=said.mark or None,
    )
    put([step])
    for photo, doubts in ready.doubts.items():
        looking.ask(photo, doubts, by=by, at=at)
    attaching.hang(case, step, said.photos, attaching.purpose_of(move), by=by, at=at)
    attaching.hang(case, step, said.files, Purpose.OTHER, by=by, at=at)
    materials.carry_out(stride, said, by=by, at=at)
    rollup.keep(ready.counted, rollup.counted(case), at)
    before, after = ledger.changes(ready.facts, _facts(case))
    ledger.note(thing(case), move.title, by=by, at=at, before=before, after=after)
    if case.phase == Phase.CLOSED and ready.before and ready.counted.phase != Phase.CLOSED:
        telling.withdraw_settled(case)
    if ready.near is not None:
        telling.tell_turn(ready.near, stride.type, move, by=by, at=at)


def mark(case: Case, does: str, title: str, *, by: By, at: datetime, text: str = "") -> Step:
    """A step beside the moves: it changes no state and stands in the history under the case's new version."""
    return Step.objects.create(
        case=case,
        number=case.version,
        move=does,
        title=title,
        does=does,
        before=case.state,
        after=case.state,
        at=at,
        person=by.person if isinstance(by, Actor) else None,
        by=by.name,
        unit=by.organisation_name,
        text=text,
    )


def thing(case: Case) -> Thing:
    """What the ledger calls it; the title of what few may see, or what may turn out to accuse somebody, stays out."""
    kept = case.guard or case.accused_id or type_of(case).type.conceals
    return Thing("case", case.number, "" if kept else case.title)


def _facts(case: Case) -> dict[str, object]:
    """What a note says of a case: no answers, since those may be personal."""
    return {
        "state": case.state,
        "lead": case.lead.code if case.lead else "",
        "holder": case.holder_id or "",
        "due": case.due_at.astimezone(CHINA).isoformat() if case.due_at else "",
        "category": case.category,
    }


def take_many(cases: Sequence[Case], move_id: str, said: Said, *, by: By, at: datetime) -> dict[str, str]:
    """A bulk move, each case in its own transaction; what was refused, by number (empty: all went)."""
    refused: dict[str, str] = {}
    for case in cases:
        move = type_of(case).move(move_id)
        try:
            if move is None or not move.bulk:
                raise NotYourMove(move=move.title if move else move_id, who=say("逐件"))
            take(case, move_id, said, by=by, at=at)
        except Refusal as no:
            refused[case.number] = str(no)
    return refused


@transaction.atomic
def attach(case: Case, files: Sequence[StoredFile], *, by: Actor, at: datetime) -> None:
    """Hang files on a case beside its steps."""
    case = fresh(case.pk)
    attaching.must_work_on(case, by)
    attaching.hang(case, None, files, Purpose.OTHER, by=by, at=at)
    ledger.note(thing(case), later("补充附件"), by=by, at=at, after={"files": [one.sha256 for one in files]})


@transaction.atomic
def assist(case: Case, units: Sequence[Organisation], *, by: Actor, at: datetime) -> None:
    """Name the assisting units anew, without a step of the flow."""
    case = fresh(case.pk)
    if no := why_not_lead(case, by):
        raise no
    naming.refuse_accused(case, units)
    case.assisting.set([one for one in units if one.pk != case.lead_id])
    case.version += 1  # so that a step thought through meanwhile is thought through again
    write(case)
    mark(case, "assist", later("确定协办单位"), by=by, at=at, text="、".join(one.short for one in units))
    ledger.note(
        thing(case), later("确定协办单位"), by=by, at=at, after={"assisting": sorted(one.code for one in units)}
    )
