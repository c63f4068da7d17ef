"""Who may bring documents in and change them."""

from collections.abc import Iterable

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kit.refusals import NotAllowed, NotFound, OutOfReach, SignInFirst
from chuangwen.records.archive.models import Arrival, Document, Proposal
from chuangwen.records.archive.seeing import sees as sees
from chuangwen.records.archive.seeing import why_not_see as why_not_see
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission


class Withdrawn(Refusal):
    """A withdrawn document changes no more."""

    code = "document_withdrawn"
    sentence = later("“{title}”已作废，不能再改。请另立一份资料。")


class Filed(Refusal):
    """A filed document is an archive: its files and facts stand."""

    code = "document_filed"
    sentence = later("“{title}”已归档（{code}），不能再改。需要更正时请另立一份，并在备注里说明。")


class ClassifiedForbidden(Refusal):
    """A document that says of itself that it is classified must not be here."""

    code = "classified_forbidden"
    sentence = later("“{title}”标有“{mark}”。本系统不得存放涉密文件，请按保密规定处理，不要上传。")
    status = 422


def why_not_add(unit: Organisation, by: By) -> Refusal | None:
    """Why documents may not be brought in for this unit: one's own unit and those within reach are open.

    What one brings is one's own row, so a reach of "own rows" (an inspector who photographs any village) may bring for
    every unit.
    """
    return _why_not(unit, by.person_id if isinstance(by, Actor) else None, by)


def _why_not(unit: Organisation, brought_by: int | None, by: By) -> Refusal | None:
    """The rule for what this person (``brought_by``) brings or has brought for a unit."""
    if not isinstance(by, Actor):
        return None
    if by.person is None:
        return SignInFirst()
    if not by.may(Permission.ADD_DOCUMENTS):
        return NotAllowed(permission=Permission.ADD_DOCUMENTS.title)
    own = by.organisation is not None and by.organisation.pk == unit.pk
    if own or by.reach(Permission.ADD_DOCUMENTS).covers(unit, person_id=brought_by):
        return None
    return OutOfReach(permission=Permission.ADD_DOCUMENTS.title, organisation=unit.name)


def why_not_decide(arrival: Arrival, by: By) -> Refusal | None:
    """Why this person may not say what becomes of an arrival: who may add for its unit may, for own rows who brought it."""
    if arrival.unit is None:
        return NotFound(what=say("收件"))
    return _why_not(arrival.unit, arrival.person_id, by)


def why_not_tend(document: Document, by: By) -> Refusal | None:
    """Whose papers these are: who may add for its unit, or brought it and has a reach of own rows."""
    return _why_not(document.unit, document.person_id, by)


def why_not_link(document: Document, by: By) -> Refusal | None:
    """Why this person may not say what the document serves: as for every change, but what is filed may still serve."""
    if isinstance(by, Actor) and (no := why_not_see(document, by) or why_not_tend(document, by)):
        return no
    return Withdrawn(title=document.title) if document.withdrawn_at is not None else None


def why_not_change(document: Document, by: By) -> Refusal | None:
    """Why this person may not change the document now: sees it, may add for its unit, and it is still open."""
    if no := why_not_link(document, by):
        return no
    item = getattr(document, "item", None)
    return Filed(title=document.title, code=item.code) if item is not None else None


def secrecy_of(documents: Iterable[Document]) -> dict[int, str]:
    """Documents whose text carries a mark of secrecy that nobody has found to be none: key and mark, in one query."""
    rows = Proposal.objects.filter(field="classified", document__in=documents).exclude(taken=False)
    return dict(rows.values_list("document", "value"))


def why_not_read(document: Document, by: By) -> Refusal | None:
    """Why its pages, text and files are not shown: it is marked secret, and nobody has found that it is not.

    Until somebody has, those who may answer are shown it, since the mark has to be judged where it stands.
    """
    if isinstance(by, Actor) and (no := why_not_see(document, by)):
        return no
    rows = Proposal.objects.filter(field="classified", document=document).exclude(taken=False)
    marks = dict(rows.values_list("taken", "value"))
    if not marks or (True not in marks and why_not_change(document, by) is None):
        return None
    return ClassifiedForbidden(title=document.title, mark=next(iter(marks.values())))


def why_not_use(document: Document) -> Refusal | None:
    """Why the document must not be used for anything (standards, submission, release, filing), or ``None``."""
    mark = secrecy_of([document]).get(document.pk)
    return ClassifiedForbidden(title=document.title, mark=mark) if mark else None
