"""The engine: what a move does to a case. Works on the rows in memory; ``actions`` writes and notes."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from chuangwen.kernel.dates import stamp_of
from chuangwen.kernel.fields import Answers, FieldRow, WrongAnswers, masked, read
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say
from chuangwen.kernel.workdays import Term, due
from chuangwen.records.township.models import Assignment
from chuangwen.work.cases import clocks
from chuangwen.work.cases.conditions import needs_of, why_not_of_kind
from chuangwen.work.cases.definitions import CaseTypeRow, ClockRow, MoveRow
from chuangwen.work.cases.models import Case, Category, Phase
from chuangwen.work.cases.naming import name_units
from chuangwen.work.cases.policy import word_titles
from chuangwen.work.cases.relations import doers
from chuangwen.work.cases.said import Said
from chuangwen.work.cases.stride import Lists, Stride


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
    sentence = later("延期最多 {most}，不能延 {asked}。请改短后再提交。")
    status = 422


class NothingToExtend(Refusal):
    """No deadline of the case runs that may be put off."""

    code = "nothing_to_extend"
    sentence = later("{case}现在没有可以延期的时限，不能“{move}”。请按原时限办理。")


class AskedTooLate(Refusal):
    """An extension is asked for before the deadline, not after."""

    code = "asked_too_late"
    sentence = later("{case}的“{clock}”已在 {due} 到期，延期要在到期前申请。请尽快办完，并写明超期原因。")


def check_said(type_: CaseTypeRow, move: MoveRow, said: Said, lists: Lists, case: Case | None = None) -> Answers:
    """Read the answers and refuse what the move may not do without."""
    found = read(type_.fields_of(move), needs_of(move, case), said.answers, lists.known)
    if found.wrong:
        raise WrongAnswers(found.wrong)
    if wrong := _of_another_role(type_, move, found):
        raise WrongAnswers(wrong)
    if len(said.photos) < move.photos:
        raise ProofMissing(move=move.title, what=say("照片"), count=move.photos, have=len(said.photos))
    if len(said.files) + len(said.photos) < move.files:
        raise ProofMissing(move=move.title, what=say("文件"), count=move.files, have=len(said.files))
    if move.note == "needed" and not said.text.strip():
        raise NoteMissing(move=move.title)
    return found


def _of_another_role(type_: CaseTypeRow, move: MoveRow, found: Answers) -> dict[str, str]:
    """People who were named for what only holders of a role may be, by field."""
    wrong = {}
    for row in type_.fields_of(move):
        if not row.roles or row.id not in found.values:
            continue
        holding = Assignment.objects.filter(role__in=row.roles, withdrawn_at=None)
        if not holding.filter(person__username=found.values[row.id]).exists():
            titles = listed(word_titles(row.roles))
            wrong[row.id] = say("“{title}”要从{roles}里选", title=row.title, roles=titles)
    return wrong


def carry(stride: Stride) -> None:
    """Let the move have its effect on the case, if it is for a thing of this kind."""
    case, move = stride.case, stride.move
    _keep_answers(stride)
    if no := why_not_of_kind(stride.type, move, case.answers):
        raise no
    stride.due_at = case.due_at
    name_units(stride)
    _EFFECTS.get(move.does, _nothing)(stride)
    _wind_clocks(stride)
    if not move.stays:
        case.state = move.to
    _settle(stride)
    me = {stride.person.pk} if stride.person is not None else set()
    case.did = {**case.did, **{one: sorted(doers(case, one) | me) for one in (move.id, move.does)}}
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
    case, person = stride.case, stride.person
    if case.holder_id is None and person is not None and case.lead_id in {None, person.organisation_id}:
        case.holder = person
    _contact(stride)


def _mend(stride: Stride) -> None:
    case = stride.case
    case.mends += 1
    case.handled_at = stride.at


def _rework(stride: Stride) -> None:
    case = stride.case
    case.reworks += 1
    case.handled_at, case.handled_in_time = None, None


def _ask_extension(stride: Stride) -> None:
    """Whoever asks is told at once what cannot be granted; asking is open until the deadline."""
    name, _ = _extension(stride)
    due_at = datetime.fromisoformat(stride.case.clocks[name]["due"])
    if due_at < stride.at:
        clock = stride.type.clock(name).title
        raise AskedTooLate(case=stride.case.number, clock=clock, due=stamp_of(due_at))


def _grant(stride: Stride) -> None:
    case = stride.case
    if "ask_extension" not in case.did:
        _ask_extension(stride)
    name, asked = _extension(stride)
    table = {key: dict(one) for key, one in case.clocks.items()}
    clocks.extend(table, name, asked, stride.days)
    case.clocks, case.extended = table, True


def _extension(stride: Stride) -> tuple[str, Term]:
    """The clock that is to be put off, the nearest of those that may be, and by how much; refused beyond its most."""
    case, asked = stride.case, str(stride.case.answers.get("extension", ""))
    may = {one.id: one.extension for one in stride.type.clocks if one.extension}
    name = clocks.nearest({key: one for key, one in case.clocks.items() if key in may}).name
    if not name or not asked:
        raise NothingToExtend(case=case.number, move=stride.move.title)
    old = datetime.fromisoformat(case.clocks[name]["due"])
    ends = [due(Term.parse(one), old, stride.days).at for one in (asked, may[name])]
    if ends[0] > ends[1]:
        raise TooLong(most=may[name], asked=asked)
    return name, Term.parse(asked)


def _reply(stride: Stride) -> None:
    stride.case.replied_at = stride.at
    stride.case.handled_at = stride.case.handled_at or stride.at


def _call_back(stride: Stride) -> None:
    case, answers = stride.case, stride.answers
    case.solved = answers.get("solved", case.solved)
    case.stars = answers.get("stars", case.stars)


def _object(stride: Stride) -> None:
    case = stride.case
    case.objections += 1
    case.handled_at, case.handled_in_time = None, None


def _revisit(stride: Stride) -> None:
    stride.case.revisit_on = None


def _relapse(stride: Stride) -> None:
    case = stride.case
    case.relapses += 1
    case.handled_at, case.handled_in_time = None, None


_EFFECTS: dict[str, Callable[[Stride], None]] = {
    "file": _file,
    "dispatch": _dispatch,
    "return": _return,
    "take_on": _take_on,
    "contact": _contact,
    "mend": _mend,
    "rework": _rework,
    "ask_extension": _ask_extension,
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
    if not move.stays:
        for name in [one for one in table if "@" in one]:  # brought along by a duplicate for the step that was awaited
            clocks.stop(table, name, at)
    for name in move.stops:
        in_time = clocks.stop(table, name, at)
        if in_time is not None:
            stride.in_time = in_time if stride.in_time is None else stride.in_time and in_time
    for name in move.pauses:
        clocks.pause(table, name, at, stride.days)
    for name in move.resumes:
        clocks.resume(table, name, at, stride.days)
    for name in move.starts:
        row = stride.type.clock(name)
        clocks.start(table, row, term_for(stride, row), at, stride.days, _day_for(stride, row))
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


def _day_for(stride: Stride, row: ClockRow) -> date | None:
    """The day that somebody set as the end: it binds, though not a second time once it has passed (rework, relapse)."""
    said = stride.case.answers.get(row.by_date) if row.by_date else None
    if not said:
        return None
    day = date.fromisoformat(str(said))
    again = bool(stride.case.clocks.get(row.id, {}).get("start"))
    return None if again and stride.days.closing(day) < stride.at else day


def _settle(stride: Stride) -> None:
    """Phase and deadline that follow from the new state. Whatever rested runs on when the case rests no more."""
    case, state = stride.case, stride.type.state(stride.case.state)
    before, case.phase = case.phase, Phase(state.kind)
    case.outcome = state.outcome
    if case.phase == Phase.CLOSED:
        _close(stride, was_closed=before == Phase.CLOSED)
    elif before == Phase.CLOSED:
        case.closed_at, case.closed_in_time, case.revisit_on = None, None, None
    elif before == Phase.WAITING and case.phase == Phase.OPEN:
        table = {name: dict(one) for name, one in case.clocks.items()}
        for name in table:
            clocks.resume(table, name, stride.at, stride.days)
        case.clocks = table
    case.paused_at = (case.paused_at or stride.at) if case.phase == Phase.WAITING else None
    set_due(case, stride.type)


def _close(stride: Stride, *, was_closed: bool) -> None:
    case = stride.case
    table: dict[str, Any] = {name: dict(one) for name, one in case.clocks.items()}
    late = [name for name in table if clocks.stop(table, name, stride.at) is False]
    case.clocks = table
    case.late = case.late or bool(late)
    if was_closed:
        return
    case.closed_at = stride.at
    case.closed_in_time = not late and stride.in_time is not False and case.handled_in_time is not False
    if case.outcome == "done" and stride.type.type.revisit:
        case.revisit_on = due(Term.parse(stride.type.type.revisit), stride.at, stride.days).at.date()


def set_due(case: Case, type_: CaseTypeRow) -> None:
    """The nearest running deadline, and the one for handling, as columns."""
    found = clocks.nearest(case.clocks)
    if found.due_at != case.due_at:
        case.warned, case.rung = False, 0
    case.due_at, case.warn_at, case.due_estimated = found.due_at, found.warn_at, found.estimated
    names = handling_clocks(type_)
    handling = [one for name, one in case.clocks.items() if name in names and clocks.runs(one)]
    if handling:
        case.handle_due_at = max(datetime.fromisoformat(one["due"]) for one in handling)


def handling_clocks(type_: CaseTypeRow) -> set[str]:
    """The deadlines for the handling itself: those that mending or replying stops, else those that the dispatch starts."""
    ended = {name for move in type_.moves if move.does in {"mend", "reply"} for name in move.stops}
    return ended or {name for move in type_.moves if move.does == "dispatch" for name in move.starts}
