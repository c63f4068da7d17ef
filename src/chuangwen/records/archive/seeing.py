"""Who may know of a document: one rule for lists (``sees``) and for one (``why_not_see``); a test compares them."""

from django.db.models import Q

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit.refusals import NotAllowed, NotFound, SignInFirst
from chuangwen.records.archive.models import Document
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.permissions import Permission


def sees(actor: Actor) -> Q:
    """The condition for lists: documents of units within reach, and those that the person brought."""
    if actor.person is None or not actor.may(Permission.SEE_ARCHIVE):
        return Q(pk__in=[])
    return actor.reach(Permission.SEE_ARCHIVE).condition("unit", person="person") | Q(person=actor.person_id)


def why_not_see(document: Document, actor: Actor) -> Refusal | None:
    """Why this person must not know of the document, or ``None``. The refusal does not tell that it exists."""
    if actor.person is None:
        return SignInFirst()
    if not actor.may(Permission.SEE_ARCHIVE):
        return NotAllowed(permission=Permission.SEE_ARCHIVE.title)
    reach = actor.reach(Permission.SEE_ARCHIVE)
    if document.person_id == actor.person_id or reach.covers(document.unit, person_id=document.person_id):
        return None
    return NotFound(what=say("资料"))


def sees_arrivals(actor: Actor) -> Q:
    """The condition for lists of arrivals: of units within reach, and what the person brought."""
    if actor.person is None or not (actor.may(Permission.SEE_ARCHIVE) or actor.may(Permission.ADD_DOCUMENTS)):
        return Q(pk__in=[])
    return actor.reach(Permission.SEE_ARCHIVE).condition("unit", person="person") | Q(person=actor.person_id)
