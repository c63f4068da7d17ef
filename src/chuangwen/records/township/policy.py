"""Who may: one question, one function, one refusal."""

from collections.abc import Iterable

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kit.refusals import NotAllowed, OutOfReach, SignInFirst
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Organisation, RoleDefinition
from chuangwen.records.township.permissions import Permission


class RolesExclude(Refusal):
    """Two roles that one person must not hold at the same time."""

    code = "roles_exclude"
    sentence = later("{person}已是“{held}”，不能同时是“{wanted}”：这两个角色互相排斥。请先收回前一个角色，或另派他人。")


class NotOneself(Refusal):
    """Rights over oneself are somebody else's to give."""

    code = "not_oneself"
    sentence = later("不能给自己授权或收回自己的角色。请由另一位管理员办理。")
    status = 403


def why_not(
    actor: Actor, permission: str, organisation: Organisation | None = None, *, person_id: int | None = None
) -> Refusal | None:
    """Why the actor may not do this, or ``None`` when it may be done.

    Without an organisation the question is whether the permission is held at all (to open a page); with one, whether
    it reaches there. ``person_id`` names the maker of the row, for those who reach their own rows only.
    """
    wanted = Permission(permission)
    if actor.person is None:
        return SignInFirst()
    if not actor.may(wanted):
        return NotAllowed(permission=wanted.title)
    if organisation is None and person_id is None:
        return None
    if actor.reach(wanted).covers(organisation, person_id=person_id):
        return None
    return OutOfReach(permission=wanted.title, organisation=organisation.name if organisation else "")


def require(
    actor: Actor, permission: str, organisation: Organisation | None = None, *, person_id: int | None = None
) -> None:
    """Raise the refusal of ``why_not``, if there is one."""
    if no := why_not(actor, permission, organisation, person_id=person_id):
        raise no


def why_not_everywhere(actor: Actor, permission: str) -> Refusal | None:
    """Why the actor may not do this for the whole town."""
    if no := why_not(actor, permission):
        return no
    if actor.reach(permission).everything:
        return None
    return OutOfReach(permission=Permission(permission).title, organisation=say("全镇"))


def why_not_together(person: str, wanted: RoleDefinition, held: Iterable[RoleDefinition]) -> Refusal | None:
    """Why a person who holds these roles may not get one more.

    An administrative role stands alone: it excludes the other administrative roles and every business role.
    A pack may declare further pairs (``excludes``), in either direction.
    """
    for one in held:
        if one.code == wanted.code:
            continue
        apart = one.administrative or wanted.administrative
        if apart or one.code in wanted.excludes or wanted.code in one.excludes:
            return RolesExclude(person=person, held=one.title, wanted=wanted.title)
    return None
