"""Who may release documents and who reviews it; which documents never go out."""

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kit.refusals import NotAllowed, NotFound, OutOfReach, SignInFirst
from chuangwen.records.archive.models import Document
from chuangwen.records.archive.policy import Withdrawn, why_not_see, why_not_use
from chuangwen.records.releases.models import Release
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.permissions import Permission


class Internal(Refusal):
    """Internal matter stays inside."""

    code = "internal_document"
    sentence = later("“{title}”的密级是“内部”，不能公开。确实可以公开的，请先由形成单位解除“内部”，再提出。")


class SecretMark(Refusal):
    """A text that carries a mark of secrecy is not released, whatever the facts say."""

    code = "secret_mark"
    sentence = later("“{title}”里有密级标志“{mark}”（{where}），不能公开。请立即按保密规定处理。")


class SamePerson(Refusal):
    """Who proposes does not confirm."""

    code = "same_person_reviews"
    sentence = later("“{title}”是你自己提出的，要由另一个人审查。请交给有“审查政府信息公开”权限的同事。")


class NotReleasable(Refusal):
    """A step that this release does not take in its state."""

    code = "release_state"
    sentence = later("“{title}”现在是“{state}”，不能{what}。")


class Undecided(Refusal):
    """What the check found is decided first."""

    code = "release_undecided"
    sentence = later("“{title}”还有 {count} 处没有处理：{what}。请逐处选“隐去”或写明公开的理由。")
    status = 422


class AlreadyProposed(Refusal):
    code = "release_already"
    sentence = later("“{title}”已经提出公开（{state}）。请在那一条上改，或先撤下。")


def why_not_handle(document: Document, by: By, permission: Permission = Permission.RELEASE_DOCUMENTS) -> Refusal | None:
    """Why this person may not release this document, or - with the other permission - review its release."""
    if not isinstance(by, Actor):
        return None
    if by.person is None:
        return SignInFirst()
    if not by.may(permission):
        return NotAllowed(permission=permission.title)
    if why_not_see(document, by) is not None:
        return NotFound(what=say("资料"))
    if by.reach(permission).covers(document.unit, person_id=document.person_id):
        return None
    return OutOfReach(permission=permission.title, organisation=document.unit.name)


def why_not_public(document: Document) -> Refusal | None:
    """Why this document must not go out at all."""
    if document.confidentiality:
        return Internal(title=document.title)
    return Withdrawn(title=document.title) if document.withdrawn_at is not None else why_not_use(document)


def why_not_propose(document: Document, by: By) -> Refusal | None:
    """Why this person may not propose to release this document now."""
    return why_not_handle(document, by) or why_not_public(document)


def why_not_review(release: Release, by: By, *, two_people: bool) -> Refusal | None:
    """Why this person may not confirm or give back this release now."""
    if no := why_not_handle(release.document, by, Permission.REVIEW_RELEASES):
        return no
    if two_people and isinstance(by, Actor) and by.person_id == release.proposer_id:
        return SamePerson(title=release.title)
    return None
