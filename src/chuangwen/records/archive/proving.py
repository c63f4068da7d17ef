"""Proving that every stored file is still what it was: a look over all of them, in pieces, gone on with after a break."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from chuangwen.kernel.words import later
from chuangwen.records.archive.models import FileCheck, StoredFile
from chuangwen.records.archive.queries import state_of
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.gates import By

EVERY = timedelta(days=1)
MOST_TOLD = 10_000
_STEP = 20


def check_waiting(limit: int, *, by: By, at: datetime) -> int:
    """The daily look: goes on with the one under way or begins the next when it is due; how many files were looked at."""
    check = under_way() or (begin(at=at) if is_due(at) else None)
    return go_on(check, limit, by=by, at=at) if check else 0


def waiting(at: datetime) -> int:
    """How many files the look under way has still before it; all of them when one is due."""
    check = under_way()
    if check is None and not is_due(at):
        return 0
    return StoredFile.objects.filter(removed_at=None, pk__gt=check.reached if check else 0).count() or (
        1 if check else 0
    )


def is_due(at: datetime) -> bool:
    """Whether a day has passed since the last look began, and there is anything to look at."""
    last = FileCheck.objects.order_by("-begun_at").values_list("begun_at", flat=True).first()
    return (last is None or last + EVERY <= at) and StoredFile.objects.exists()


def under_way() -> FileCheck | None:
    """A look that has begun and not ended."""
    return FileCheck.objects.filter(ended_at=None).order_by("-begun_at").first()


def begin(*, at: datetime) -> FileCheck:
    return FileCheck.objects.create(begun_at=at)


def check_all(*, by: By, at: datetime) -> Iterator[int]:
    """Begin a look, or go on with the one that was broken off, and carry it to its end; gives how many files each step took."""
    check = under_way() or begin(at=at)
    while check.ended_at is None:
        yield go_on(check, _STEP, by=by, at=at)
        check.refresh_from_db()


def go_on(check: FileCheck, limit: int, *, by: By, at: datetime) -> int:
    """Look at the next files; when there are none the look has ended. Of two that do it at once one is counted."""
    files = list(StoredFile.objects.filter(removed_at=None, pk__gt=check.reached).order_by("pk")[:limit])
    found = [_told(file, state) for file in files if (state := state_of(file))]
    said: dict[str, Any] = {
        "files": F("files") + len(files),
        "bytes": F("bytes") + sum(file.size for file in files),
        "damaged": [*check.damaged, *found][:MOST_TOLD],
        "reached": files[-1].pk if files else check.reached,
    }
    if len(files) < limit:
        return _end(check, said, by=by, at=at) and len(files)
    FileCheck.objects.filter(pk=check.pk, reached=check.reached, ended_at=None).update(**said)
    return len(files)


@transaction.atomic
def _end(check: FileCheck, said: dict[str, Any], *, by: By, at: datetime) -> int:
    same = FileCheck.objects.filter(pk=check.pk, reached=check.reached, ended_at=None)
    if not same.update(**said, ended_at=at):
        return 0
    check.refresh_from_db()
    after = {"files": check.files, "damaged": [one["sha256"] for one in check.damaged[:50]]}
    ledger.note(Thing("file_check", str(check.pk), later("完整性核查")), later("核查原件"), by=by, at=at, after=after)
    return 1


def _told(file: StoredFile, state: str) -> dict[str, str]:
    return {"name": file.name, "sha256": file.sha256, "state": state}
