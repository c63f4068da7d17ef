"""Moves for things of one kind only: a step of a common hazard is none of a major one."""

from collections.abc import Mapping

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.models import Case


class NotOfThisKind(Refusal):
    """The thing is of another kind than the move is for."""

    code = "not_of_this_kind"
    sentence = later("“{move}”只用于{wanted}的事项，这件{has}。请选与它相符的办法；填错的请先改正。")
    status = 422


def why_not_of_kind(type_: CaseTypeRow, move: MoveRow, answers: Mapping[str, object]) -> Refusal | None:
    """Why the move is not for a thing with these answers, or ``None``."""
    wrong = [name for name, values in move.when.items() if answers.get(name) not in values]
    if not wrong:
        return None
    has = listed(_has(type_, name, answers.get(name)) for name in wrong)
    return NotOfThisKind(move=move.title, wanted=told(type_, move), has=has)


def why_not_of_kind_before(type_: CaseTypeRow, move: MoveRow, answers: Mapping[str, object]) -> Refusal | None:
    """The same before anything is said: what the move itself asks may still be answered so that it fits."""
    asked = {*move.fields, *move.needs}
    rest = {name: values for name, values in move.when.items() if name not in asked}
    return why_not_of_kind(type_, move.model_copy(update={"when": rest}), answers) if rest else None


def needs_of(move: MoveRow, case: Case | None) -> tuple[str, ...]:
    """The fields that must be filled in here: the move's own, and those that an earlier step of the case asks for."""
    did = case.did if case is not None else {}
    later = (one for earlier, names in move.needs_after.items() if earlier in did for one in names)
    return tuple(dict.fromkeys((*move.needs, *later)))


def told(type_: CaseTypeRow, move: MoveRow) -> str:
    """For what a move is, in words; empty when for everything."""
    return listed(
        say("“{field}”为{values}", field=_title(type_, name), values=listed(values))
        for name, values in move.when.items()
    )


def _has(type_: CaseTypeRow, name: str, value: object) -> str:
    title = _title(type_, name)
    return say("“{field}”是{value}", field=title, value=value) if value else say("还没有填“{field}”", field=title)


def _title(type_: CaseTypeRow, name: str) -> str:
    row = type_.field(name)
    return row.title if row else name
