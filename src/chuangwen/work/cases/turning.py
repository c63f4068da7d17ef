"""Whose turn it is: of the words of a state the first that somebody can follow now, as columns that work lists filter by."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from chuangwen.kit.rows import rows_where
from chuangwen.records.township.actors import OF_THE_ACCOUNT, Actor, actors_by_key
from chuangwen.records.township.models import Assignment, Person
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.policy import why_not_take
from chuangwen.work.cases.relations import stands_for
from chuangwen.work.cases.seeing import assisting_ids, why_not_see


@dataclass
class Company:
    """The people for whom some words of ``who`` stand and who may know of the case, read once. ``turn``: who is asked now."""

    case: Case
    actors: list[Actor] = field(default_factory=list)
    turn: set[int] = field(default_factory=set)

    def called(self, words: Iterable[str]) -> set[int]:
        """Keys of those who are to be told by these words: a role means all who hold it and may see the case."""
        named = set(words)
        return {
            one.person_id
            for one in self.actors
            if named & set(one.roles) or any(stands_for(word, self.case, one) for word in named)
        }


def company(case: Case, words: Collection[str]) -> Company:
    """Who stands near the case by these words, in as many queries however many they are."""
    named = {"@opener": case.opener_id, "@holder": case.holder_id}
    keys = {pk for word, pk in named.items() if word in words}
    units = {case.lead_id} if "@lead" in words else set()
    units |= assisting_ids(case) if "@assist" in words else set()
    people = rows_where(Person, "organisation", units, without=OF_THE_ACCOUNT)
    roles = [word for word in words if not word.startswith("@")]
    keys |= {one.person_id for one in rows_where(Assignment, "role", roles, also={"withdrawn_at": None})}
    return Company(case, [one for one in actors_by_key(keys, people) if why_not_see(case, one) is None])


def give_turn(case: Case, type_: CaseTypeRow, near: Company) -> None:
    """Set whose turn it is: the first word of the state that stands for somebody who can take a move now.

    When nobody of these can (all of the office are kept from an accusation of the office, say), it is whoever may take
    a move at all; when nobody is there, the first word that names anybody stays written, so that the gap is seen.
    """
    words = type_.state(case.state).turn
    clear_turn(case)
    if words and not any(_asked(word, type_, near) for word in words):
        others = tuple(dict.fromkeys(word for move in _open_moves(case, type_) for word in move.who))
        beyond = company(case, others)
        if any(_asked(word, type_, beyond) for word in others):
            near.actors, near.turn = [*near.actors, *beyond.actors], beyond.turn
        else:
            any(_write(case, word, set()) for word in words)
    if case.turn_person_id and case.turn_unit_id is None:
        case.turn_role = next((word for word in words if not word.startswith("@")), "")


def _asked(word: str, type_: CaseTypeRow, near: Company) -> bool:
    """Ask those for whom the word stands and who can take a move now, if there are any."""
    case, moves = near.case, _open_moves(near.case, type_)
    able = {
        one.person_id
        for one in near.actors
        if stands_for(word, case, one) and any(why_not_take(case, move, one) is None for move in moves)
    }
    if not able or not _write(case, word, able):
        return False
    near.turn = {case.turn_person_id} if case.turn_person_id else able
    return True


def _open_moves(case: Case, type_: CaseTypeRow) -> list[MoveRow]:
    return [one for one in type_.moves if case.state in one.sources]


def clear_turn(case: Case) -> None:
    """Nobody's turn."""
    case.turn_unit, case.turn_person, case.turn_role = None, None, ""


def _write(case: Case, word: str, able: set[int]) -> bool:
    """Write the word as columns; whether it names anybody at all."""
    clear_turn(case)
    if word == "@lead" and case.lead is not None:
        case.turn_unit = case.lead
        case.turn_person_id = case.holder_id if case.holder_id in able else None
    elif word == "@holder" and case.holder_id is not None:
        case.turn_unit, case.turn_person_id = case.lead, case.holder_id
    elif word == "@opener" and case.opener_id is not None:
        case.turn_person_id = case.opener_id
    elif not word.startswith("@"):
        case.turn_role = word
    else:
        return False
    return True


def turn_people(case: Case) -> set[int]:
    """Keys of the people whose turn it is by now; when the account of the one who was named is closed, who comes after."""
    near = company(case, {"@lead", "@holder", "@opener", case.turn_role} - {""})
    able = {one.person_id for one in near.actors}
    if case.turn_person_id in able:
        return {case.turn_person_id} & able
    word = "@lead" if case.turn_unit_id is not None else case.turn_role
    return {one.person_id for one in near.actors if word and stands_for(word, case, one)}
