"""Who may know of a rota, who plans it, who may be put on it: one question, one function, one refusal."""

from collections.abc import Collection, Iterable

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed
from chuangwen.records.township import policy
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Person, RoleDefinition
from chuangwen.records.township.permissions import Permission
from chuangwen.work.rotas.models import Rota


class NotYourRota(Refusal):
    """Another role plans it."""

    code = "not_your_rota"
    sentence = later("“{rota}”由{who}安排。如应由你安排，请联系创建办公室调整。")
    status = 403


class NotOnThisRota(Refusal):
    """Somebody who holds none of the rota's roles."""

    code = "not_on_this_rota"
    sentence = later("{person}不能排进“{rota}”：这里只排{who}。请换人，或先授予角色。")
    status = 422


def why_not_see(actor: Actor) -> Refusal | None:
    """Why this person may not look at rotas: whoever sees cases sees who is on duty."""
    return policy.why_not(actor, Permission.SEE_CASES)


def why_not_plan(rota: Rota, by: By) -> Refusal | None:
    """Why this person may not plan the rota: it takes the permission and one of the roles that the pack names."""
    if not isinstance(by, Actor):
        return None
    if no := policy.why_not(by, Permission.PLAN_ROTAS):
        return no
    return None if set(by.roles) & set(rota.planners) else NotYourRota(rota=rota.title, who=titles(rota.planners))


def planned_by(actor: Actor, rotas: Iterable[Rota]) -> list[Rota]:
    """Those of the rotas that this person plans: what the buttons ask."""
    return [one for one in rotas if actor.may(Permission.PLAN_ROTAS) and why_not_plan(one, actor) is None]


def why_not_on(rota: Rota, person: Person, candidates: Collection[int]) -> Refusal | None:
    """Why this person may not be put on the rota; ``candidates`` are the keys of those who may."""
    if person.pk in candidates:
        return None
    return NotOnThisRota(person=person.name, rota=rota.title, who=titles(rota.roles))


def titles(roles: Collection[str]) -> str:
    """What people read for roles."""
    known = dict(RoleDefinition.objects.filter(pk__in=roles).values_list("pk", "title"))
    return listed(known.get(one, one) for one in roles)
