"""Who may take a move of a case: one question, one function. Who may know of it stands in ``seeing``."""

from django.db.models import Q

from chuangwen.kernel.figures import TOWN
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say
from chuangwen.kit.refusals import NotAllowed, SignInFirst
from chuangwen.records.ledger.actions import MACHINE, Hand
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import RoleDefinition
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases.conditions import why_not_of_kind_before
from chuangwen.work.cases.definitions import MoveRow
from chuangwen.work.cases.models import Case, Phase, Reporter
from chuangwen.work.cases.relations import doers, stands_for
from chuangwen.work.cases.seeing import is_near, why_not_see
from chuangwen.work.cases.types import type_of

RESIDENT = Hand(username="resident", name=later("群众"))
"""Somebody without an account: a resident on the phone page or through Open311."""

RELATION_TITLES = {
    "@lead": later("主办单位"),
    "@assist": later("协办单位"),
    "@opener": later("登记人"),
    "@holder": later("经办人"),
    "@resident": later("反映人"),
    "@machine": later("系统"),
}


class NotOpenNow(Refusal):
    """The case is elsewhere by now."""

    code = "not_open_now"
    sentence = later("{case}现在是“{state}”，不能“{move}”。{last}请刷新后再看下一步。")


class NotYourMove(Refusal):
    """Somebody else's move."""

    code = "not_your_move"
    sentence = later("“{move}”由{who}办理。如应由你办，请联系创建办公室调整。")
    status = 403


class SelfVerified(Refusal):
    """Whoever mended it may not accept it."""

    code = "self_verified"
    sentence = later("{case}由你处置，“{move}”须由他人来做。")
    status = 403


class OwnMaterial(Refusal):
    """The unit that handed a material in may not grade it."""

    code = "own_material"
    sentence = later("{case}的材料由{unit}报送，“{move}”须由别的单位来做。")
    status = 403


class TakenBefore(Refusal):
    code = "only_once"
    sentence = later("“{move}”只能办一次，{case}已经办过。")


class Merged(Refusal):
    code = "merged"
    sentence = later("{case}已并入 {into}，请到那里办理。")


def why_not_take(case: Case, move: MoveRow, by: By) -> Refusal | None:
    """Why this person may not take the move now, or ``None``. Buttons hide by it, the action raises it."""
    if isinstance(by, Actor) and (no := why_not_see(case, by)):
        return no
    if case.merged_into_id is not None:
        return Merged(case=case.number, into=case.merged_into.number if case.merged_into else "")
    if case.state not in move.sources:
        return not_open_now(case, move)
    if move.once and move.id in case.did:
        return TakenBefore(move=move.title, case=case.number)
    if move.when and (no := why_not_of_kind_before(type_of(case), move, case.answers)):
        return no
    if isinstance(by, Hand):
        return None if by == MACHINE or "@resident" in move.who else not_your_move(move)
    return _why_not_by(case, move, by)


def _why_not_by(case: Case, move: MoveRow, by: Actor) -> Refusal | None:
    if not by.may(Permission.WORK_CASES):
        return NotAllowed(permission=Permission.WORK_CASES.title)
    if not any(stands_for(word, case, by) for word in move.who):
        return not_your_move(move)
    if any(by.person_id in doers(case, one) for one in move.apart_from):
        return SelfVerified(case=case.number, move=move.title)
    if move.does == "grade" and case.lead is not None and by.organisation == case.lead:
        return OwnMaterial(case=case.number, unit=case.lead.name, move=move.title)
    return None


def not_open_now(case: Case, move: MoveRow) -> NotOpenNow:
    """What has happened meanwhile, told to the second of two people."""
    last = case.steps.order_by("-number").first()
    told = say("{by}刚才做了“{title}”。", by=last.by, title=last.title) if last else ""
    state = type_of(case).state(case.state).title
    return NotOpenNow(case=case.number, state=state, move=move.title, last=told)


def not_your_move(move: MoveRow) -> NotYourMove:
    return NotYourMove(move=move.title, who=listed(word_titles(move.who)))


def names_of_words() -> dict[str, str]:
    """What people read for every word of ``who``: the town's roles and the relations to a case."""
    roles = dict(RoleDefinition.objects.values_list("pk", "title"))
    return roles | {word: say(title) for word, title in RELATION_TITLES.items()}


def word_titles(words: tuple[str, ...]) -> list[str]:
    """What people read for words of ``who``."""
    roles = dict(RoleDefinition.objects.filter(pk__in=words).values_list("pk", "title"))
    return [say(RELATION_TITLES[one]) if one in RELATION_TITLES else roles.get(one, one) for one in words]


def why_not_open(kind_guard: str, move: MoveRow, by: By) -> Refusal | None:
    """Why this person may not open a case of this kind by this move."""
    if isinstance(by, Hand):
        return None if by == MACHINE or "@resident" in move.who else not_your_move(move)
    if no := _why_not_signed(by, Permission.WORK_CASES):
        return no
    if kind_guard == "guarded" and not by.may(Permission.GUARD_CASES):
        return NotAllowed(permission=Permission.GUARD_CASES.title)
    roles = set(by.roles)
    open_to = "@opener" in move.who or bool(roles & set(move.who)) or (bool({"@lead", "@assist"} & set(move.who)))
    return None if open_to else not_your_move(move)


def _why_not_signed(by: Actor, permission: Permission) -> Refusal | None:
    if by.person is None:
        return SignInFirst()
    return None if by.may(permission) else NotAllowed(permission=permission.title)


def why_not_lead(case: Case, actor: Actor) -> Refusal | None:
    """Why this person may not name assisting units and links of the case, or ``None``: those at work on it and the office."""
    if no := why_not_see(case, actor) or _why_not_signed(actor, Permission.WORK_CASES):
        return no
    if case.merged_into_id is not None:
        return Merged(case=case.number, into=case.merged_into.number if case.merged_into else "")
    if is_near(case, actor) or actor.may(Permission.STEER_CASES):
        return None
    return NotAllowed(permission=Permission.STEER_CASES.title)


def may_count_all(actor: Actor) -> bool:
    """Whether this person may see counts of the whole town: whoever may know of every case that the roll-up counts."""
    return actor.reach(Permission.SEE_CASES).everything and actor.may(Permission.KNOW_RESTRICTED)


def scope_of(actor: Actor) -> str:
    """Whose figures this person sees: the town's, or those of the cases that this person may know of.

    Accusations against the own unit are left out of its people's figures without a word: another scope would tell of them.
    """
    return TOWN if may_count_all(actor) else f"seen:{actor.username}"


def knows_reporter(case: Case, actor: Actor) -> bool:
    """Whether this person needs the reporter's name and phone: works on the case, holds the right, is not the accused."""
    if why_not_see(case, actor) or not actor.may(Permission.KNOW_REPORTERS):
        return False
    everything = actor.reach(Permission.KNOW_REPORTERS).everything
    family = Reporter.objects.filter(Q(case=case) | Q(case__merged_into=case))
    confidential = family.filter(confidential=True).exists()
    return everything or (not confidential and case.phase != Phase.CLOSED and is_near(case, actor))


def may_read(readers: tuple[str, ...], case: Case, actor: Actor) -> bool:
    """Whether a private field is this person's to read; without named readers: those who work on the case."""
    if why_not_see(case, actor):
        return False
    if not readers:
        return is_near(case, actor) or actor.may(Permission.KNOW_RESTRICTED)
    return any(stands_for(word, case, actor) for word in readers)
