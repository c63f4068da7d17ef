"""Signing, returning, locking and reopening a submission."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.refusals import NotFound
from chuangwen.records.duties.models import Duty
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.measures.grading_actions import lock_material
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.results.submission.actions import EntryChanged, ReasonMissing, entry_thing, fresh, thing
from chuangwen.results.submission.gathering import board_of
from chuangwen.results.submission.matrix import Line, matrix_of
from chuangwen.results.submission.models import Entry, Submission
from chuangwen.results.submission.policy import NotLocked, why_locked, why_not_return, why_not_sign


class NotYetWhole(Refusal):
    """A signature asks for a standard that lacks nothing, or for a reason."""

    code = "not_yet_whole"
    sentence = later("“{code} {title}”还缺：{what}。补齐后再签批；确实没有的，写明理由再签。")


class NothingToSign(Refusal):
    code = "nothing_to_sign"
    sentence = later("没有选中要签批的标准。请先勾选。")
    status = 422


@transaction.atomic
def sign(
    submission: Submission, looked_at: Mapping[int, int | None], why: str = "", *, by: By, at: datetime
) -> list[Entry]:
    """A leader signs standards, all or none. ``looked_at``: the version that was looked at, by key of the entry.

    What still lacks something is signed only with a reason.
    """
    if not looked_at:
        raise NothingToSign
    board = board_of(submission, Q(pk__in=looked_at))
    lines = {one.standing.entry.pk: one for one in matrix_of(board, at.astimezone(CHINA).date()).lines}
    return [_sign(fresh(pk), lines[pk], version, why.strip()[:300], by=by, at=at) for pk, version in looked_at.items()]


def _sign(entry: Entry, line: Line, version: int | None, why: str, *, by: By, at: datetime) -> Entry:
    if no := why_not_sign(entry, by):
        raise no
    if version is not None and version != entry.version:
        raise EntryChanged(code=entry.node.code, title=entry.node.title, by=entry.changed_by)
    lacks = lacks_of(line)
    if lacks and not why:
        raise NotYetWhole(code=entry.node.code, title=entry.node.title, what=listed(lacks))
    entry.signed_at, entry.signed_why = at, why
    entry.signer = by.person if isinstance(by, Actor) else None
    entry.reopened_at, entry.reopened_why = None, ""
    entry.save()
    after = {"version": entry.version, "lacks": len(lacks), "weak": len(line.open_findings), "why": why}
    ledger.note(entry_thing(entry), later("签批"), by=by, at=at, after=after)
    return entry


def lacks_of(line: Line) -> list[str]:
    """What a standard lacks for a signature without a reason: missing materials, an explanation not filled in."""
    told = [one.need.requirement.title for one in line.missing]
    blanks = any(one.code == "blank" for one in line.open_findings)
    return [*told, say("情况说明没有填完")] if blanks else told


@transaction.atomic
def return_entry(entry: Entry, why: str, *, by: By, at: datetime) -> Entry:
    """Take a signature back, with a reason, so that the standard can be changed."""
    entry = fresh(entry.pk)
    if no := why_not_return(entry, by):
        raise no
    if not why.strip():
        raise ReasonMissing(what=say("为什么退回"))
    _unsign(entry)
    ledger.note(entry_thing(entry), later("退回修改"), by=by, at=at, after={"why": why.strip()[:300]})
    return entry


def _unsign(entry: Entry) -> None:
    entry.signed_at, entry.signer, entry.signed_why = None, None, ""
    entry.version += 1
    entry.save()


@transaction.atomic
def lock(submission: Submission, *, by: By, at: datetime) -> Submission:
    """Lock the submission and the grades of its round: what is missing now counts 0, nothing changes any more."""
    must(by, Permission.COMPOSE_SUBMISSION)
    submission = _fresh_submission(submission)
    if no := why_locked(submission):
        raise no
    if submission.round.closed_at is None and submission.round.material_locked_at is None:
        lock_material(submission.round, by=by, at=at)
    shut(submission, by=by, at=at)
    ledger.note(thing(submission), later("锁定申报"), by=by, at=at, after={"locked": at})
    return submission


def shut(submission: Submission, *, by: By, at: datetime) -> None:
    """Set the lock; called inside the action that locks or seals."""
    submission.locked_at, submission.locked_by = at, by.name
    submission.save(update_fields=["locked_at", "locked_by"])
    submission.entries.exclude(reopened_at=None).update(reopened_at=None, reopened_why="")


def _fresh_submission(submission: Submission) -> Submission:
    Submission.objects.select_for_update().only("pk").get(pk=submission.pk)
    return Submission.objects.select_related("round").defer("round__frozen").get(pk=submission.pk)


@transaction.atomic
def reopen_standard(entry: Entry, why: str, *, by: By, at: datetime) -> Entry:
    """Open one standard of a locked submission again, with a reason."""
    entry = fresh(entry.pk)
    _reopen(entry.submission, [entry], why, by=by, at=at)
    ledger.note(entry_thing(entry), later("重开一条标准"), by=by, at=at, after={"why": why.strip()[:300]})
    return entry


@transaction.atomic
def reopen_unit(submission: Submission, unit: Organisation, why: str, *, by: By, at: datetime) -> list[Entry]:
    """Open the standards that one unit leads, and no others, again, with a reason."""
    submission = _fresh_submission(submission)
    led = Duty.objects.filter(lead=unit).exclude(standard=None).values("standard")
    rows = submission.entries.filter(node__in=led).select_related("node", "submission").select_for_update(of=("self",))
    entries = list(rows)
    if not entries:
        raise NotFound(what=say("“{unit}”牵头的标准", unit=unit.name))
    _reopen(submission, entries, why, by=by, at=at)
    after = {"unit": unit.code, "standards": [one.node.code for one in entries], "why": why.strip()[:300]}
    ledger.note(thing(submission), later("重开一个单位"), by=by, at=at, after=after)
    return entries


def _reopen(submission: Submission, entries: Sequence[Entry], why: str, *, by: By, at: datetime) -> None:
    must(by, Permission.SIGN_SUBMISSION)
    if submission.locked_at is None:
        raise NotLocked(year=submission.year)
    if not why.strip():
        raise ReasonMissing(what=say("为什么重开"))
    for one in entries:
        one.reopened_at, one.reopened_why = at, why.strip()[:300]
        _unsign(one)
