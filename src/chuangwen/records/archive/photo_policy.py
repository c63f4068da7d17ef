"""Who may know of a question about a photo, and who may answer it: whoever sees, or may add to, the documents it is in."""

from django.db.models import Q

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit.refusals import NotAllowed, NotFound, SignInFirst
from chuangwen.records.archive.models import Document, Question, StoredFile
from chuangwen.records.archive.policy import sees, why_not_add, why_not_see
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.permissions import Permission


def sees_questions(actor: Actor) -> Q:
    """The condition for lists. Questions about photos that stand in no document are for those who see everything."""
    if actor.person is None or not actor.may(Permission.SEE_ARCHIVE):
        return Q(pk__in=[])
    if actor.reach(Permission.SEE_ARCHIVE).everything:
        return ~Q(pk__in=[])
    return Q(file__in=StoredFile.objects.filter(uses__document__in=Document.objects.filter(sees(actor))))


def _documents(file: StoredFile) -> list[Document]:
    return list(Document.objects.filter(files__file=file).select_related("unit").distinct())


def why_not_see_question(question: Question, actor: Actor) -> Refusal | None:
    """Why this person must not know of the question, or ``None``."""
    if actor.person is None:
        return SignInFirst()
    if not actor.may(Permission.SEE_ARCHIVE):
        return NotAllowed(permission=Permission.SEE_ARCHIVE.title)
    seen = any(why_not_see(one, actor) is None for one in _documents(question.file))
    if seen or actor.reach(Permission.SEE_ARCHIVE).everything:
        return None
    return NotFound(what=say("照片疑点"))


def why_not_answer(question: Question, by: By) -> Refusal | None:
    """Why this person may not answer: those who keep the archive, or may add for a unit whose document holds the photo."""
    if not isinstance(by, Actor):
        return None
    if no := why_not_see_question(question, by):
        return no
    if by.may(Permission.KEEP_ARCHIVE):
        return None
    units = {one.unit_id: one.unit for one in _documents(question.file)}
    refusals = [why_not_add(one, by) for one in units.values()]
    if not refusals:
        whole = by.reach(Permission.ADD_DOCUMENTS).everything
        return None if whole else NotAllowed(permission=Permission.ADD_DOCUMENTS.title)
    return None if None in refusals else refusals[0]
