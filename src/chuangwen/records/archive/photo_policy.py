"""Who may know of a question about a photo, and who may answer it: whoever sees, or may add to, the documents it is in."""

from collections.abc import Collection

from django.db.models import Q

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit.refusals import NotAllowed, NotFound, SignInFirst
from chuangwen.records.archive.models import Document, DocumentFile, Question, StoredFile
from chuangwen.records.archive.policy import sees, why_not_see, why_not_tend
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
    return _why_not_see(_documents(question.file), actor)


def _why_not_see(documents: list[Document], actor: Actor) -> Refusal | None:
    if actor.person is None:
        return SignInFirst()
    if not actor.may(Permission.SEE_ARCHIVE):
        return NotAllowed(permission=Permission.SEE_ARCHIVE.title)
    seen = any(why_not_see(one, actor) is None for one in documents)
    if seen or actor.reach(Permission.SEE_ARCHIVE).everything:
        return None
    return NotFound(what=say("照片疑点"))


def why_not_answer(question: Question, by: By) -> Refusal | None:
    """Why this person may not answer: those who keep the archive, or may add for a unit whose document holds the photo."""
    return _why_not_answer(_documents(question.file), by)


def _why_not_answer(documents: list[Document], by: By) -> Refusal | None:
    if not isinstance(by, Actor):
        return None
    if no := _why_not_see(documents, by):
        return no
    if by.may(Permission.KEEP_ARCHIVE):
        return None
    refusals = [why_not_tend(one, by) for one in documents]
    if not refusals:
        whole = by.reach(Permission.ADD_DOCUMENTS).everything
        return None if whole else NotAllowed(permission=Permission.ADD_DOCUMENTS.title)
    return None if None in refusals else refusals[0]


def answerable(questions: Collection[Question], actor: Actor) -> set[int]:
    """Which of these (keys) this person may answer: the same rule for many, in one query."""
    rows = DocumentFile.objects.filter(file__in={one.file_id for one in questions}).select_related("document__unit")
    standing: dict[int, list[Document]] = {}
    for row in rows:
        standing.setdefault(row.file_id, []).append(row.document)
    return {one.pk for one in questions if _why_not_answer(standing.get(one.file_id, []), actor) is None}
