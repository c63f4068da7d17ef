"""Taking away the bytes of files that a destruction list has given up; and letting a file live again that comes anew."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from chuangwen.kernel.words import later
from chuangwen.records.archive import storage
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.gates import By


def remove_waiting(limit: int, *, by: By, at: datetime) -> int:
    """The job: remove the bytes of up to so many files that were given up. Broken off, it goes on with what is left."""
    waiting = StoredFile.objects.filter(removed_at__isnull=False, gone_at=None).order_by("pk")[:limit]
    return sum(_remove(one, by=by, at=at) for one in waiting)


@transaction.atomic
def _remove(file: StoredFile, *, by: By, at: datetime) -> int:
    """One file; of two that do it at once, and of one that comes again meanwhile, the first counts."""
    taken = StoredFile.objects.filter(pk=file.pk, removed_at__isnull=False, gone_at=None).update(gone_at=at)
    if not taken:
        return 0
    paths = bytes_of(file)
    for path in paths:
        path.unlink(missing_ok=True)
    after = {"sha256": file.sha256, "bytes": file.size, "copies": len(paths)}
    ledger.note(Thing("file", file.sha256[:16], later("文件")), later("删除字节"), by=by, at=at, after=after)
    return 1


def bytes_of(file: StoredFile) -> list[Path]:
    """The original and every copy and preview made of it."""
    sealed = storage.place(settings.FILES, "sealed", file.sha256)
    public = storage.place(settings.FILES, "public", file.sha256)
    copies = sorted(public.parent.glob(f"{public.name}*")) if public.parent.is_dir() else []
    return [*([sealed] if sealed.is_file() else []), *copies]


def revive(digest: str) -> None:
    """The same bytes come again: the row lives again, before they are put away, so that no job takes them."""
    again = {"removed_at": None, "gone_at": None, "looked_at": None, "previewed_at": None, "preview_why": ""}
    again |= {"reading": "waiting", "reading_why": ""}
    StoredFile.objects.filter(sha256=digest, removed_at__isnull=False).update(**again)


def waiting(_at: datetime) -> int:
    """How many files wait for their bytes to be taken away."""
    return StoredFile.objects.filter(removed_at__isnull=False, gone_at=None).count()
