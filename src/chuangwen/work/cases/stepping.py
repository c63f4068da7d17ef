"""The engine: what a move does to a case. Works on the rows in memory; ``actions`` writes and notes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chuangwen.kernel.fields import Answers, FieldRow, Kind, Known, WrongAnswers, masked, read
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import Term, WorkCalendar, due
from chuangwen.records.township.models import Organisation, Person
from chuangwen.work.cases import clocks
from chuangwen.work.cases.definitions import CaseTypeRow, ClockRow, MoveRow
from chuangwen.work.cases.models import Case, Category, Phase, UnitKey
from chuangwen.work.cases.said import Said


class ProofMissing(Refusal):
    """A move that needs a photo or a file."""

    code = "proof_missing"
    sentence = later("“{move}”要附{what}至少 {count} 份，现在有 {have} 份。请拍照或选文件后再提交。")
    status = 422


class NoteMissing(Refusal):
    code = "note_missing"
    sentence = later("“{move}”要写明情况或理由。")
    status = 422


class TooLong(Refusal):
    code = "too_long"
    sentence = later("延期最多 {most}，不能延 {asked}。")
    status = 422


@dataclass(frozen=True)
class Lists:
    """The codes that fields may name, read once for a step."""

    units: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    grades: Sequence[str] = ()

    @property
    def known(self) -> Known:
        return Known(self.units, self.people, self.categories, self.grades)


def lists_for(type_: CaseTypeRow, move: MoveRow, said: Said, grades: Sequence[str] = ()) -> Lists:
    """Only what was named: no query for a move that names nothing. ``grades`` is the scale, where a grade is asked."""
    named: dict[Kind, set[str]] = {}
    for row in type_.fields_of(move):
        value = said.answers.get(row.id)
        codes = value if isinstance(value, list | tuple) else [value]
        named.setdefault(row.kind, set()).update(str(one).strip() for one in codes if one)
    units = named.get(Kind.UNIT, set()) | named.get(Kind.UNITS, set())
    people, categories = named.get(Kind.PERSON, set()), named.get(Kind.CATEGORY, set())
    table = type_.type.categories
    return Lists(
        {one.code: one for one in Organisation.objects.filter(code__in=units, closed=None)} if units else {},
        {one.username: one for one in Person.objects.filter(username__in=people, is_active=True)} if people else {},
        {one.code: one for one in Category.objects.filter(table=table, code__in=categories, retired=False)}
        if categories
        else {},
        grades,
    )


def check_said(type_: CaseTypeRow, move: MoveRow, said: Said, lists: Lists) -> Answers:
    """Read the answers and refuse what the move may not do without."""
    found = read(type_.fields_of(move), move.needs, said.answers, lists.known)
    if found.wrong:
        raise WrongAnswers(found.wrong)
    if len(said.photos) < move.photos:
        raise ProofMissing(move=move.title, what=say("照片"), count=move.photos, have=len(said.photos))
    if len(said.files) + len(said.photos) < move.files:
        raise ProofMissing(move=move.title, what=say("文件"), count=move.files, have=len(said.files))
    if move.note == "needed" and not said.text.strip():
        raise NoteMissing(move=move.title)
    return found


@dataclass
class Stride:
    """One step being made: everything that the effects need, and what they leave behind for the step's row."""

    case: Case
    type: CaseTypeRow
    move: MoveRow
    answers: dict[str, Any]
    lists: Lists
    at: datetime
    person: Person | None
    days: WorkCalendar
    in_time: bool | None = None
    due_at: datetime | None = None
    assisting: list[Organisation] | None = None
    remarks: list[str] = field(default_factory=list)


def carry(stride: Stride) -> None:
    """Let the move have its effect on the case."""
    case, move = stride.case, stride.move
    _keep_answers(stride)
    stride.due_at = case.due_at
    _name_units(stride)
    _EFFECTS.get(move.does, _nothing)(stride)
    _wind_clocks(stride)
    if not move.stays:
        case.state = move.to
    _settle(stride)
    if stride.person is not None:
        case.did = {**case.did, move.id: stride.person.pk, move.does: stride.person.pk}
    else:
        case.did = {key: value for key, value in case.did.items() if key != move.does} | {move.id: 0}
    case.version += 1


def _keep_answers(stride: Stride) -> None:
    private = {row.id for row in stride.type.fields if row.private}
    open_ = {key: value for key, value in stride.answers.items() if key not in private}
    hidden = {key: value for key, value in stride.answers.items() if key in private}
    stride.case.answers = {**stride.case.answers, **open_}
    stride.case.hidden = {**stride.case.hidden, **hidden}


def shown(type_: CaseTypeRow, answers: dict[str, Any]) -> dict[str, Any]:
    """Answers as the history keeps them: private ones masked."""
    rows: dict[str, FieldRow] = {row.id: row for row in type_.fields}
    return {key: masked(rows[key], value) if rows[key].private else value for key, value in answers.items()}


def _name_units(stride: Stride) -> None:
    case, answers, lists = stride.case, stride.answers, stride.lists
    if code := answers.get("category"):
        set_category(case, lists.categories[code])
    if code := answers.get("unit"):
        if case.lead_id != lists.units[code].pk:
            case.holder = None
        case.lead = lists.units[code]
    elif stride.move.does in {"dispatch", "file"} and case.lead is None:
        case.lead = default_unit(stride.type, case.category)
    if code := answers.get("person"):
        case.holder = lists.people[code]
    if "assist" in answers:
        stride.assisting = [lists.units[one] for one in answers["assist"] if lists.units[one].pk != case.lead_id]
    if stride.type.type.conceals and (code := answers.get(stride.type.type.conceals)) and code in lists.units:
        case.accused = lists.units[code]


def set_category(case: Case, category: Category) -> None:
    """The category brings its campaign and its urgency."""
    case.category = category.code
    case.campaign = category.campaign
    case.urgent = case.urgent or category.urgent


def default_unit(type_: CaseTypeRow, category: str) -> Organisation | None:
    """The unit that this town has set for the category, for its upper category, or for the type."""
    rows = {one.code: one for one in Category.objects.filter(table=type_.type.categories)} if category else {}
    found = rows.get(category)
    keys = [found.unit_key if found else "", rows[found.parent].unit_key if found and found.parent in rows else ""]
    wanted = [key for key in (*keys, type_.type.unit) if key]
    units = {one.key: one.organisation for one in UnitKey.objects.filter(key__in=wanted).select_related("organisation")}
    return next((units[key] for key in wanted if key in units), None)


def _nothing(stride: Stride) -> None:
    """A move that only changes the state."""


def _file(stride: Stride) -> None:
    stride.case.filed_at = stride.case.filed_at or stride.at


def _dispatch(stride: Stride) -> None:
    stride.case.filed_at = stride.case.filed_at or stride.at
    stride.case.dispatched_at = stride.case.dispatched_at or stride.at


def _return(stride: Stride) -> None:
    stride.case.returns += 1
    stride.case.holder = None


def _contact(stride: Stride) -> None:
    case = stride.case
    if case.contacted_at is None:
        case.contacted_at = stride.at


def _take_on(stride: Stride) -> None:
    """Signing for a case answers it: 响应 is signing and getting in touch in time."""
    if stride.case.holder_id is None:
        stride.case.holder = stride.person
    _contact(stride)


def _mend(stride: Stride) -> None:
    case = stride.case
    case.mends += 1
    case.handled_at = stride.at


def _rework(stride: Stride) -> None:
    case = stride.case
    case.reworks += 1
    case.handled_at, case.handled_in_time = None, None


def _pause(stride: Stride) -> None:
    stride.case.paused_at = stride.at


def _resume(stride: Stride) -> None:
    stride.case.paused_at = None


def _grant(stride: Stride) -> None:
    case, asked = stride.case, stride.case.answers.get("extension")
    running = clocks.nearest(case.clocks)
    if not asked or not running.name:
        return
    most = stride.type.clock(running.name).extension
    if most and longer(str(asked), most):
        raise TooLong(most=most, asked=asked)
    clocks.extend(case.clocks, running.name, Term.parse(str(asked)), stride.days)
    case.extended = True


def longer(asked: str, most: str) -> bool:
    """Whether a term is longer than the most that may be granted; terms of different measures compare by rough hours."""
    hours = {"工作时": 1, "紧急工作时": 1, "工作日": 6.5, "日": 6.5}
    one, other = Term.parse(asked), Term.parse(most)
    if one.measure is other.measure:
        return one.amount > other.amount
    return float(one.amount) * hours[one.measure.value] > float(other.amount) * hours[other.measure.value]


def _reply(stride: Stride) -> None:
    stride.case.replied_at = stride.at
    stride.case.handled_at = stride.case.handled_at or stride.at


def _call_back(stride: Stride) -> None:
    case, answers = stride.case, stride.answers
    case.solved = answers.get("solved", case.solved)
    case.stars = answers.get("stars", case.stars)


def _object(stride: Stride) -> None:
    stride.case.objections += 1
    stride.case.handled_in_time = None


def _revisit(stride: Stride) -> None:
    stride.case.revisit_on = None


def _relapse(stride: Stride) -> None:
    case = stride.case
    case.relapses += 1
    case.revisit_on, case.handled_at, case.handled_in_time = None, None, None


_EFFECTS: dict[str, Callable[[Stride], None]] = {
    "file": _file,
    "dispatch": _dispatch,
    "return": _return,
    "take_on": _take_on,
    "contact": _contact,
    "mend": _mend,
    "rework": _rework,
    "pause": _pause,
    "resume": _resume,
    "grant_extension": _grant,
    "reply": _reply,
    "call_back": _call_back,
    "object": _object,
    "revisit": _revisit,
    "relapse": _relapse,
    "hand_in": _mend,
}


def _wind_clocks(stride: Stride) -> None:
    case, move, at = stride.case, stride.move, stride.at
    table: dict[str, Any] = {name: dict(one) for name, one in case.clocks.items()}
    ran = set()
    for name in move.stops:
        in_time = clocks.stop(table, name, at)
        if in_time is not None:
            ran.add(name)
            stride.in_time = in_time if stride.in_time is None else stride.in_time and in_time
    for name in move.pauses:
        clocks.pause(table, name, at, stride.days)
    for name in move.resumes:
        clocks.resume(table, name, at, stride.days)
    for name in move.starts:
        row = stride.type.clock(name)
        clocks.start(table, row, term_for(stride, row), at, stride.days)
    case.clocks = table
    _mark_in_time(stride)


def _mark_in_time(stride: Stride) -> None:
    """What the figures count: first contact, handling and closing within their time."""
    case, does = stride.case, stride.move.does
    case.late = case.late or stride.in_time is False
    if does in {"contact", "take_on", "reply"} and case.contacted_in_time is None and case.contacted_at:
        case.contacted_in_time = stride.in_time is not False
    if does in {"mend", "reply", "hand_in"}:
        late = case.handle_due_at is not None and case.handle_due_at < stride.at
        case.handled_in_time = stride.in_time if stride.in_time is not None else not late


def term_for(stride: Stride, row: ClockRow) -> Term:
    """How long a clock runs for this case: the field's, else the category's, else the type's own term."""
    case = stride.case
    if row.by_field and case.answers.get(row.by_field):
        return Term.parse(str(case.answers[row.by_field]))
    if row.by_category and case.category:
        found = stride.lists.categories.get(case.category)
        category = found or Category.objects.filter(table=stride.type.type.categories, code=case.category).first()
        if category is not None and category.term:
            return Term.parse(category.term)
    return Term.parse(row.urgent if case.urgent and row.urgent else row.term)


def _settle(stride: Stride) -> None:
    """Phase, turn and deadline that follow from the new state."""
    case, state = stride.case, stride.type.state(stride.case.state)
    was_closed = case.phase == Phase.CLOSED
    case.phase = Phase(state.kind)
    case.outcome = state.outcome
    if case.phase == Phase.CLOSED:
        _close(stride, was_closed=was_closed)
    elif was_closed:
        case.closed_at, case.closed_in_time = None, None
    set_turn(case, state.turn)
    set_due(case)


def _close(stride: Stride, *, was_closed: bool) -> None:
    case = stride.case
    table: dict[str, Any] = {name: dict(one) for name, one in case.clocks.items()}
    late = [name for name in table if clocks.stop(table, name, stride.at) is False]
    case.clocks = table
    case.late = case.late or bool(late)
    if was_closed:
        return
    case.closed_at = stride.at
    case.closed_in_time = not late and case.handled_in_time is not False
    case.paused_at = None
    if case.outcome == "done" and stride.type.type.revisit:
        case.revisit_on = due(Term.parse(stride.type.type.revisit), stride.at, stride.days).at.date()


def set_turn(case: Case, words: tuple[str, ...]) -> None:
    """Whose turn it is, as columns that work lists filter by: the first word that names somebody decides."""
    case.turn_unit, case.turn_person, case.turn_role = None, None, ""
    for word in words:
        if word == "@lead" and case.lead is not None:
            case.turn_unit, case.turn_person_id = case.lead, case.holder_id
        elif word == "@holder" and case.holder_id is not None:
            case.turn_person_id, case.turn_unit = case.holder_id, case.lead
        elif word == "@opener" and case.opener_id is not None:
            case.turn_person_id = case.opener_id
        elif not word.startswith("@"):
            case.turn_role = word
        else:
            continue
        return


def set_due(case: Case) -> None:
    """The nearest running deadline, as columns."""
    found = clocks.nearest(case.clocks)
    if found.due_at != case.due_at:
        case.warned, case.rung = False, 0
    case.due_at, case.warn_at, case.due_estimated = found.due_at, found.warn_at, found.estimated
    handling = [one for one in case.clocks.values() if not one.get("stopped") and "left" not in one]
    if handling:
        case.handle_due_at = max(datetime.fromisoformat(one["due"]) for one in handling)
