"""What somebody is to a case, and what somebody has done in it: the same rule for one case and for lists; a test compares them."""

from collections.abc import Collection

from django.db.models import Q

from chuangwen.records.township.actors import Actor
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases.models import Case, Step
from chuangwen.work.cases.seeing import assisting_ids, within_reach


def stands_for(word: str, case: Case, actor: Actor) -> bool:
    """Whether the person is what the word says, for this case."""
    unit = actor.organisation.pk if actor.organisation else 0
    if word == "@lead":
        return unit != 0 and unit == case.lead_id
    if word == "@assist":
        return unit in assisting_ids(case)
    if word == "@opener":
        return actor.person_id == case.opener_id
    if word == "@holder":
        return actor.person_id == case.holder_id
    if word.startswith("@") or word not in actor.roles:
        return False
    placeless = case.lead_id is None and case.area_id is None
    return placeless or case.guard == "guarded" or within_reach(case, actor, Permission.WORK_CASES)


def standing_for(words: Collection[str], actor: Actor) -> Q:
    """The same question for lists: the cases in which any of the words stands for the person."""
    unit = actor.organisation.pk if actor.organisation else 0
    related = {"@lead": Q(lead=unit), "@opener": Q(opener=actor.person_id), "@holder": Q(holder=actor.person_id)}
    found = Q(pk__in=[])
    for word, condition in related.items():
        found |= condition if word in words else Q(pk__in=[])
    if "@assist" in words:
        found |= Q(pk__in=Case.assisting.through.objects.filter(organisation=unit).values("case"))
    if set(actor.roles) & set(words):
        reach = actor.reach(Permission.WORK_CASES)
        found |= reach.condition("lead", person="opener") | reach.condition("area", person="opener")
        found |= Q(lead=None, area=None) | Q(guard="guarded")
    return found


def doers(case: Case, did: str) -> set[int]:
    """Keys of all who ever took this move, or did this thing, in the case or in one merged into it."""
    found = case.did.get(did, [])
    return set(found) if isinstance(found, list) else {found}  # cases from before a list was kept hold the last one


def not_apart(words: Collection[str], actor: Actor) -> Q:
    """Cases in which the person has done none of these things, nor in one merged into it: ``doers`` for lists."""
    own = Step.objects.filter(Q(does__in=words) | Q(move__in=words), person=actor.person_id)
    merged = own.filter(case__merged_into__isnull=False)
    return ~Q(pk__in=own.values("case")) & ~Q(pk__in=merged.values("case__merged_into"))
