"""What may happen to a case: it is opened, and carried from step to step."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation
from chuangwen.work.cases import attaching, clocks, materials, rollup, stepping, telling
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.models import Case, CaseLink, CaseType, Category, Purpose, Reporter, Step
from chuangwen.work.cases.placing import area_of
from chuangwen.work.cases.policy import NotYourMove, not_open_now, why_not_lead, why_not_open, why_not_take
from chuangwen.work.cases.said import NewCase, NewReporter, Said
from chuangwen.work.cases.types import definition, in_force, type_of

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that an old eye takes for another
CODE_LENGTH = 10
FIELDS = [one.attname for one in Case._meta.concrete_fields if not one.primary_key]  # noqa: SLF001 - a public name


class TitleMissing(Refusal):
    code = "title_missing"
    sentence = later("请用一句话写明是什么事（不超过 120 个字）。")
    status = 422


class ChangedMeanwhile(Refusal):
    """Two people at once: the second is told what the first did."""

    code = "changed_meanwhile"
    sentence = later("{case}刚被{by}办了“{title}”，现在是“{state}”。你填的内容还在，请看过后再提交。")


@transaction.atomic
def open_case(new: NewCase, said: Said | None = None, *, by: By, at: datetime) -> Case:
    """Open a case: number it, take the opening's step, let its clocks run, tell whose turn it is."""
    said = said or Said()
    if found := _repeated(said.mark):
        return found
    row = in_force(new.kind)
    type_ = definition(row)
    move = _opening(type_, new.move, by)
    materials.require_link(type_, new.links)
    if not new.title.strip() or len(new.title) > 120:
        raise TitleMissing
    lists = stepping.lists_for(type_, move, said)
    answers = stepping.check_said(type_, move, said, lists)
    case = _new_row(row, new, by=by, at=at)
    if new.category:
        stepping.set_category(case, _category(type_, new.category))
    if case.lead is None and not answers.values.get("unit"):
        category = str(answers.values.get("category", case.category))
        case.lead = materials.bringer(move, by) or stepping.default_unit(type_, category)
    stride = _stride(case, (type_, move), answers.values, lists, by=by, at=at)
    stepping.carry(stride)
    case.version = 1
    case.save(force_insert=True)
    for link in new.links:
        CaseLink.objects.create(case=case, kind=link.kind, key=link.key, title=link.title[:300])
    if new.reporter is not None:
        add_reporter(case, new.reporter, at)
    _write_step(stride, said, "", by=by)
    materials.carry_out(stride, said, by=by, at=at)
    rollup.keep(rollup.NEW, rollup.counted(case), at, rollup.Towns())
    ledger.note(thing(case), move.title, by=by, at=at, after=_facts(case))
    telling.tell_turn(case, type_, move, by=by, at=at)
    return case


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


def _new_row(row: CaseType, new: NewCase, *, by: By, at: datetime) -> Case:
    type_ = definition(row)
    year = at.astimezone(CHINA).year
    CaseType.objects.select_for_update().only("pk").get(pk=row.pk)  # one number at a time, also on PostgreSQL
    last = Case.objects.filter(kind=row.code, year=year).aggregate(last=Max("serial"))["last"] or 0
    area = area_of(new.area or (new.site.organisation if new.site else None))
    return Case(
        type=row,
        kind=row.code,
        guard=type_.type.guard,
        number=f"{type_.type.letter}{year}-{last + 1:05d}",
        year=year,
        serial=last + 1,
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
        opener=by.person if isinstance(by, Actor) else None,
        parent=new.parent,
        opened_at=at,
    )


def add_reporter(case: Case, new: NewReporter, at: datetime) -> Reporter:
    """Somebody who asks for it gets a tracking code. Called inside the action that opens or merges."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    return Reporter.objects.create(
        case=case,
        code=code,
        name=new.name[:60],
        phone=new.phone[:20],
        confidential=new.confidential,
        channel=new.channel,
        at=at,
    )


@transaction.atomic
def take(case: Case, move_id: str, said: Said | None = None, *, by: By, at: datetime) -> Case:
    """Carry a case one step on, and write down who did it.

    Raises what ``why_not_take`` says, ``ChangedMeanwhile`` when somebody was faster, and what is wrong with the
    answers; then nothing has changed.
    """
    said = said or Said()
    if found := _repeated(said.mark):
        return found
    case = fresh(case.pk)
    type_ = type_of(case)
    move = type_.move(move_id)
    if move is None:
        raise NotFound(what=say("动作“{move}”", move=move_id[:40]))
    if said.version is not None and said.version != case.version:
        raise changed_meanwhile(case)
    if no := why_not_take(case, move, by):
        raise no
    lists = stepping.lists_for(type_, move, said, materials.grades_for(case, type_, move))
    answers = stepping.check_said(type_, move, said, lists)
    old, before = rollup.counted(case), case.state
    stride = _stride(case, (type_, move), answers.values, lists, by=by, at=at)
    facts = _facts(case)
    stepping.carry(stride)
    write(case)
    if stride.assisting is not None:
        case.assisting.set(stride.assisting)
    _write_step(stride, said, before, by=by)
    materials.carry_out(stride, said, by=by, at=at)
    rollup.keep(old, rollup.counted(case), at, rollup.Towns())
    ledger.note(
        thing(case),
        move.title,
        by=by,
        at=at,
        **dict(zip(("before", "after"), ledger.changes(facts, _facts(case)), strict=True)),
    )
    telling.tell_turn(case, type_, move, by=by, at=at)
    return case


BESIDE = ("type", "lead", "area", "accused")
UNUSED = [
    *(f"type__{name}" for name in ("content", "title", "pack", "order", "installed_at")),
    *(f"{side}__{name}" for side in BESIDE[1:] for name in ("aliases", "opened", "closed", "region_code")),
]


def fresh(pk: int) -> Case:
    """The case as it is now, locked until the transaction ends, with all that policy and engine ask for."""
    rows = Case.objects.select_related(*BESIDE).defer(*UNUSED)
    return (
        rows.select_for_update(of=("self",)).get(pk=pk)
        if connection.features.has_select_for_update_of
        else rows.get(pk=pk)
    )


def write(case: Case) -> None:
    """Write the case if nobody was faster; the version has been raised already."""
    values = {name: getattr(case, name) for name in FIELDS}
    if not Case.objects.filter(pk=case.pk, version=case.version - 1).update(**values):
        raise changed_meanwhile(Case.objects.select_related("type").get(pk=case.pk))


def changed_meanwhile(case: Case) -> Refusal:
    """What the first of two people did."""
    last = case.steps.order_by("-number").first()
    state = type_of(case).state(case.state).title
    if last is None:
        return not_open_now(case, type_of(case).openings[0])
    return ChangedMeanwhile(case=case.number, by=last.by, title=last.title, state=state)


def _stride(
    case: Case,
    asked: tuple[CaseTypeRow, MoveRow],
    answers: dict[str, Any],
    lists: stepping.Lists,
    *,
    by: By,
    at: datetime,
) -> stepping.Stride:
    person = by.person if isinstance(by, Actor) else None
    return stepping.Stride(case, *asked, answers, lists, at, person, clocks.calendar())


def _write_step(stride: stepping.Stride, said: Said, before: str, *, by: By) -> Step:
    case, move = stride.case, stride.move
    purpose = attaching.purpose_of(move)
    stride.remarks += attaching.remarks(case, said.photos) if purpose == Purpose.AFTER else []
    step = Step.objects.create(
        case=case,
        number=case.version,
        move=move.id,
        title=move.title,
        does=move.does,
        before=before,
        after=case.state,
        at=stride.at,
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
    attaching.hang(case, step, said.photos, purpose, by=by, at=stride.at)
    attaching.hang(case, step, said.files, Purpose.OTHER, by=by, at=stride.at)
    return step


def thing(case: Case) -> Thing:
    """What the ledger calls it; the title of what few may see stays out."""
    return Thing("case", case.number, "" if case.guard else case.title)


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
    case.assisting.set([one for one in units if one.pk != case.lead_id])
    ledger.note(
        thing(case), later("确定协办单位"), by=by, at=at, after={"assisting": sorted(one.code for one in units)}
    )
