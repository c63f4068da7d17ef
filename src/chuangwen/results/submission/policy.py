"""Who may compose, sign and return; what is open to change now. One question, one function, one refusal."""

from chuangwen.kernel.dates import day_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.kit.refusals import NotAllowed, SignInFirst
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.permissions import Permission
from chuangwen.results.submission.models import Entry, Submission


class Locked(Refusal):
    """After the lock only what was reopened changes."""

    code = "submission_locked"
    sentence = later("{year} 年申报已于 {day} 锁定，不能再改。确需改动的，请分管领导写明理由退回这一条或这个单位。")


class Signed(Refusal):
    """What was signed does not change under the signature."""

    code = "entry_signed"
    sentence = later("“{code} {title}”已由{signer}签批，不能再改。要改请签批人先退回。")


class NotSigned(Refusal):
    code = "entry_not_signed"
    sentence = later("“{code} {title}”还没有签批，不用退回，可以直接改。")


class OwnWork(Refusal):
    """Whoever composed may not sign."""

    code = "own_work"
    sentence = later("“{code} {title}”由你参与编制，须由另一位领导签批。")
    status = 403


class NotLocked(Refusal):
    code = "not_locked"
    sentence = later("{year} 年申报没有锁定，不用退回，可以直接改。")


def why_not_compose(entry: Entry, by: By) -> Refusal | None:
    """Why this person may not change the entry now, or ``None``."""
    if isinstance(by, Actor) and (no := _why_not(by, Permission.COMPOSE_SUBMISSION)):
        return no
    if entry.signed_at is not None:
        return Signed(**_told(entry), signer=entry.signer.name if entry.signer else "")
    return why_not_open(entry)


def why_not_open(entry: Entry) -> Refusal | None:
    """Why nothing may be changed in the entry, whoever asks."""
    if entry.submission.locked_at is None or entry.reopened_at is not None:
        return None
    return why_locked(entry.submission)


def why_locked(submission: Submission) -> Refusal | None:
    """Why the submission as a whole takes no change."""
    if submission.locked_at is None:
        return None
    return Locked(year=submission.year, day=day_of(submission.locked_at))


def why_not_sign(entry: Entry, by: By) -> Refusal | None:
    """Why this person may not sign the entry, or ``None``. A signature is a person's, never a machine's."""
    if not isinstance(by, Actor):
        return SignInFirst()
    if no := _why_not(by, Permission.SIGN_SUBMISSION):
        return no
    if by.person_id in entry.composers:
        return OwnWork(**_told(entry))
    if entry.signed_at is not None:
        return Signed(**_told(entry), signer=entry.signer.name if entry.signer else "")
    return why_not_open(entry)


def why_not_return(entry: Entry, by: By) -> Refusal | None:
    """Why this person may not take the signature back, or ``None``."""
    if isinstance(by, Actor) and (no := _why_not(by, Permission.SIGN_SUBMISSION)):
        return no
    if entry.signed_at is None:
        return NotSigned(**_told(entry))
    return why_not_open(entry)


def _why_not(actor: Actor, permission: Permission) -> Refusal | None:
    if actor.person is None:
        return SignInFirst()
    return None if actor.may(permission) else NotAllowed(permission=permission.title)


def _told(entry: Entry) -> dict[str, object]:
    return {"code": entry.node.code, "title": entry.node.title}
