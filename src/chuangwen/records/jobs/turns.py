"""Whose turn a job is: of many workers one has it, a dead one loses it, a failing one waits longer each time.

These are the traces of the machine's own work, not changes of the town's records: no ledger note is written for them.
"""

import os
import secrets
import socket
from datetime import datetime, timedelta

from chuangwen.kernel.words import lasting
from chuangwen.records.jobs.models import Job

LEASE = timedelta(seconds=60)
MINUTE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
BROKEN_OFF = lasting("上次没有做完就中断了")


def name_of_worker() -> str:
    """A name that no other worker has: machine, process, and a word by chance."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}:{secrets.token_hex(3)}"


def claim(name: str, title: str, who: str, *, at: datetime, anyway: bool = False) -> bool:
    """Take a job for one run. ``anyway`` does not wait for the end of a pause after failures.

    A claim ends by ``settle`` or ``release``, or by itself when it is not renewed, or when its process on this machine is
    gone; such a run counts as a failure, so that work which kills its worker does not do so for ever without a pause.
    """
    row, _new = Job.objects.get_or_create(name=name, defaults={"title": title})
    if row.claimed_by and row.lease_until and row.lease_until > at and not _is_gone(row.claimed_by):
        return False
    if row.claimed_by and not _give_up(row, at=at):
        return False
    row.refresh_from_db()
    if row.claimed_by or (row.not_before and row.not_before > at and not anyway):
        return False
    free = Job.objects.filter(pk=name, claimed_by="")
    return bool(free.update(claimed_by=who, claimed_at=at, lease_until=at + LEASE, title=title))


def renew(name: str, who: str, *, at: datetime) -> bool:
    """Say that one is still at it; False where somebody else has taken over."""
    return bool(Job.objects.filter(pk=name, claimed_by=who).update(lease_until=at + LEASE))


def release(name: str, who: str) -> None:
    """Give a job back without having done anything: the worker was asked to stop."""
    Job.objects.filter(pk=name, claimed_by=who).update(claimed_by="", claimed_at=None, lease_until=None)


def settle(name: str, who: str, *, done: int, error: str = "", at: datetime) -> Job:
    """Write down how a run went, unless somebody else has taken over; returns the row as it is now."""
    row = Job.objects.get(pk=name)
    said: dict[str, object] = {"claimed_by": "", "claimed_at": None, "lease_until": None, "last_at": at}
    if error:
        said |= _failed(row, error, at=at)
    else:
        said |= {"failures": 0, "failing_since": None, "last_error": "", "not_before": None}
        said |= {"last_done": done, "done": row.done + done}
    Job.objects.filter(pk=name, claimed_by=who).update(**said)
    row.refresh_from_db()
    return row


def _give_up(row: Job, *, at: datetime) -> bool:
    """Take a job from a worker that is dead; of several that see it one does."""
    said = {"claimed_by": "", "claimed_at": None, "lease_until": None, **_failed(row, BROKEN_OFF, at=at)}
    if not row.failures:  # a first break may be a power cut: go on at once
        said["not_before"] = None
    same = Job.objects.filter(pk=row.pk, claimed_by=row.claimed_by, lease_until=row.lease_until)
    return bool(same.update(**said))


def _failed(row: Job, error: str, *, at: datetime) -> dict[str, object]:
    failures = row.failures + 1
    pause = min(MINUTE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    return {
        "failures": failures,
        "failing_since": row.failing_since or at,
        "last_error": error[:300],
        "not_before": at + pause,
    }


def _is_gone(who: str) -> bool:
    """Whether the process of a worker on this very machine is gone (asked of Unix only)."""
    host, _, rest = who.rpartition(":")[0].rpartition(":")
    if os.name == "nt" or host != socket.gethostname()[:80] or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
