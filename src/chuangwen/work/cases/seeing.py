"""Who may know of a case: the same rule for lists (``sees``) and for one case (``why_not_see``); a test compares them."""

from django.db.models import Q, prefetch_related_objects

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit.refusals import NotAllowed, NotFound, SignInFirst
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases.models import Case


def shielded_from(actor: Actor) -> list[str]:
    """Codes of the units whose accusations this person must not see."""
    return shielding(actor.organisation) if actor.organisation is not None else []


def shielding(unit: Organisation) -> list[str]:
    """Codes of the units whose accusations are kept from this unit: its own and those above it, but for the town."""
    codes = [code for code in unit.path.split("/") if code]
    return codes[1:] or codes


def is_accused(unit: Organisation | None, accused: Organisation | None) -> bool:
    """Whether what is said of ``accused`` is kept from the people of ``unit``, who then cannot work on it either."""
    return unit is not None and accused is not None and accused.code in shielding(unit)


def sees(actor: Actor) -> Q:
    """The condition for ``visible_to``; ``why_not_see`` asks the same of one case."""
    if actor.person is None or not actor.may(Permission.SEE_CASES):
        return Q(pk__in=[])
    reach = actor.reach(Permission.SEE_CASES)
    near = _near(actor)
    wide = near | reach.condition("lead", person="opener") | reach.condition("area", person="opener")
    seen = Q(guard="") & wide
    seen |= Q(guard="restricted") & (wide if actor.may(Permission.KNOW_RESTRICTED) else near)
    if actor.may(Permission.GUARD_CASES):
        seen |= Q(guard="guarded")
    return seen & ~Q(accused__isnull=False, accused__code__in=shielded_from(actor))


def _near(actor: Actor) -> Q:
    me = actor.person_id
    near = Q(opener=me) | Q(holder=me) | Q(turn_person=me)
    if actor.organisation is not None:
        unit = actor.organisation.pk
        assisted = Case.assisting.through.objects.filter(organisation=unit).values("case")
        near |= Q(lead=unit) | Q(turn_unit=unit) | Q(pk__in=assisted)
    return near


def why_not_see(case: Case, actor: Actor) -> Refusal | None:
    """Why this person must not know of the case, or ``None``. The refusal does not tell that it exists."""
    if actor.person is None:
        return SignInFirst()
    if not actor.may(Permission.SEE_CASES):
        return NotAllowed(permission=Permission.SEE_CASES.title)
    hidden = NotFound(what=say("事项"))
    if is_accused(actor.organisation, case.accused):
        return hidden
    if case.guard == "guarded":
        return None if actor.may(Permission.GUARD_CASES) else hidden
    wide = case.guard != "restricted" or actor.may(Permission.KNOW_RESTRICTED)
    if wide and within_reach(case, actor, Permission.SEE_CASES):
        return None
    return None if is_near(case, actor) else hidden


def knows_kind(guard: str, actor: Actor) -> bool:
    """Whether this person may read how cases of such a kind go: what only a few may work on, only they read about."""
    return guard != "guarded" or actor.may(Permission.GUARD_CASES)


def is_near(case: Case, actor: Actor) -> bool:
    if actor.person_id in {case.opener_id, case.holder_id, case.turn_person_id}:
        return True
    unit = actor.organisation.pk if actor.organisation else 0
    return unit in {case.lead_id, case.turn_unit_id} or unit in assisting_ids(case)


def assisting_ids(case: Case) -> set[int]:
    """Keys of the assisting units, read once per case object."""
    if not case.pk:
        return set()
    prefetch_related_objects([case], "assisting")
    return {one.pk for one in case.assisting.all()}


def within_reach(case: Case, actor: Actor, permission: Permission) -> bool:
    reach = actor.reach(permission)
    return reach.covers(case.lead, person_id=case.opener_id) or reach.covers(case.area, person_id=case.opener_id)
