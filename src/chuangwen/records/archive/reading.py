"""Reading what documents hold: the text of each file page by page, in a child process; scans by recognition."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.archive import proposing, texts
from chuangwen.records.archive.actions import thing
from chuangwen.records.archive.models import DocumentFile, Reading, StoredFile
from chuangwen.records.archive.paging import Children, original
from chuangwen.records.archive.recognising import recognise_waiting, why_not_recognise
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.township.gates import By

__all__ = ["read_again", "read_waiting", "recognise_waiting", "why_not_recognise"]
NO_TEXT = {"unknown_document", "empty_document", "not_a_text"}


@dataclass(frozen=True)
class Outcome:
    """How the reading of a file went: its texts by page (None: a picture), how many pages it has, and why not more."""

    reading: Reading
    texts: list[str | None] = field(default_factory=list)
    total: int | None = None
    why: str = ""


def waiting() -> QuerySet[StoredFile]:
    """Files of documents that nobody has read yet, the newest first: somebody may be waiting for it."""
    used = DocumentFile.objects.filter(file=OuterRef("pk"))
    return StoredFile.objects.filter(Exists(used), reading=Reading.WAITING).order_by("-pk")


def count_waiting(_at: datetime) -> int:
    """How many files wait to be read."""
    return waiting().count()


def read_waiting(limit: int, *, by: By, at: datetime) -> int:
    """Read up to ``limit`` files, always the newest first, also of those that come meanwhile.

    A file that cannot be read says why; the others are read all the same.
    """
    done = 0
    with Children() as children:
        while done < limit and (file := waiting().first()) is not None:
            _write_down(file, outcome_of(file, children), by=by, at=at)
            done += 1
    return done


def outcome_of(file: StoredFile, children: Children) -> Outcome:
    """Read one file; never raises for what is in it."""
    if file.is_photo:
        return Outcome(Reading.NOTHING if is_scene(file) else Reading.SCANNED, total=1)
    try:
        answer = _asked(file, children)
    except Refusal as no:
        return Outcome(Reading.FAILED, why=str(no))
    if "refused" in answer:
        missing = answer["refused"] in NO_TEXT
        return Outcome(Reading.NOTHING if missing else Reading.FAILED, why="" if missing else answer["why"])
    pages: list[str | None] = answer["texts"]
    if None in pages:
        return Outcome(Reading.SCANNED, pages, answer["total"], answer["cut"])
    held = any(pages)
    return Outcome(Reading.READ if held else Reading.NOTHING, pages if held else [], answer["total"], answer["cut"])


def _asked(file: StoredFile, children: Children) -> dict[str, Any]:
    question = {"path": str(original(file)), "limits": {"pages": settings.READ_PAGES}}
    answer = children.ask("reading_apart", question, name=file.name)
    if answer.get("refused") == "needs_office" and (pdf := children.as_pdf(file)):
        answer = children.ask("reading_apart", {**question, "path": str(pdf)}, name=file.name)
    return answer


def is_scene(file: StoredFile) -> bool:
    """A photo of a place or an event, as its documents' kinds say: there is nothing to read in it."""
    return DocumentFile.objects.filter(file=file, document__kind__is_photo=True).exists()


@transaction.atomic
def _write_down(file: StoredFile, outcome: Outcome, *, by: By, at: datetime) -> None:
    row = StoredFile.objects.select_for_update().get(pk=file.pk)
    if row.reading != Reading.WAITING:
        return
    row.reading, row.reading_why = outcome.reading, outcome.why[:200]
    row.pages = outcome.total or row.pages
    row.save(update_fields=["reading", "reading_why", "pages"])
    texts.add_pages(row, [(page, text) for page, text in enumerate(outcome.texts, start=1) if text is not None])
    after = {"reading": str(outcome.reading), "pages": row.pages, "why": row.reading_why}
    ledger.note(thing(row), later("读出文字"), by=by, at=at, after=after)
    if outcome.texts:
        proposing.propose_for_file(row)


@transaction.atomic
def read_again(file: StoredFile, *, by: By, at: datetime) -> StoredFile:
    """Let a file be read anew: one that failed (LibreOffice has come since), or a photo that shows a document."""
    row = StoredFile.objects.select_for_update().get(pk=file.pk)
    texts.forget_pages(row)
    row.reading, row.reading_why = Reading.SCANNED if row.is_photo else Reading.WAITING, ""
    row.save(update_fields=["reading", "reading_why"])
    ledger.note(thing(row), later("重新识别"), by=by, at=at)
    return row
