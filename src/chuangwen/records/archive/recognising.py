"""Recognising scans and photos of documents, page by page: what is done stays done, however often it is broken off."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from chuangwen.kernel.apart import Apart
from chuangwen.kernel.recognising import NoRecognition, RecognitionOff, is_installed
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.archive import proposing, texts
from chuangwen.records.archive.actions import thing
from chuangwen.records.archive.models import DocumentFile, PageText, Reading, StoredFile
from chuangwen.records.archive.paging import Children
from chuangwen.records.archive.queries import public_path
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.township.gates import By

SECONDS, MEGABYTES = 300, 6000
HEADS = 2  # after so many pages a paper has said its number, its title and whether it is secret


class Page(NamedTuple):
    """One page to recognise: where its picture is; page 0 for a picture that is a file of its own."""

    file: StoredFile
    page: int
    path: Path


class Told(NamedTuple):
    """What was recognised on a page, or why nothing."""

    page: Page
    text: str
    why: str


def why_not_recognise() -> Refusal | None:
    """Why nothing is recognised on this machine, with the cure, or ``None``."""
    if not is_installed():
        return NoRecognition()
    return None if settings.OCR_WORKERS else RecognitionOff()


def scanned() -> QuerySet[StoredFile]:
    """Files with pictures of pages that wait for recognition, the newest first."""
    used = DocumentFile.objects.filter(file=OuterRef("pk"))
    return StoredFile.objects.filter(Exists(used), reading=Reading.SCANNED).order_by("-pk")


def count_waiting(_at: datetime) -> int:
    """How many files wait to be recognised; none where nothing can recognise them."""
    return 0 if why_not_recognise() else scanned().count()


def progress_of(file: StoredFile) -> tuple[int, int]:
    """How many pages are done, of how many."""
    return PageText.objects.filter(file=file).count(), file.pages or 1


def recognise_waiting(limit: int, *, by: By, at: datetime) -> int:
    """Recognise up to ``limit`` pages, each kept as soon as it is read. Without the extra nothing is done."""
    if why_not_recognise():
        return 0
    done = 0
    with Children() as children:
        for file in scanned():
            pages = _missing(file, children, by=by, at=at)[: limit - done]
            for told in _recognised(pages):
                _keep(told)
                done += 1
            _finish(file, by=by, at=at)
            if done >= limit:
                break
    return done


def _missing(file: StoredFile, children: Children, *, by: By, at: datetime) -> list[Page]:
    have = set(PageText.objects.filter(file=file).values_list("page", flat=True))
    if file.is_photo:
        return [] if 1 in have else [Page(file, 0, public_path(file, "page"))]
    try:
        path = children.as_pdf(file)
    except Refusal as no:
        _give_up(file, str(no), by=by, at=at)
        return []
    last = min(file.pages or 1, settings.READ_PAGES)
    return [Page(file, page, path) for page in range(1, last + 1) if path and page not in have]


def _recognised(pages: list[Page]) -> Iterator[Told]:
    """Pages in the order in which they come out of the workers; each worker is a child process of its own."""
    count = min(settings.OCR_WORKERS, len(pages))
    if not count:
        return
    free: SimpleQueue[Apart] = SimpleQueue()
    workers = [Apart("chuangwen.kernel.recognising_apart", seconds=SECONDS, megabytes=MEGABYTES) for _ in range(count)]
    for worker in workers:
        free.put(worker)

    def read(page: Page) -> Told:
        worker = free.get()
        try:
            question = {"path": str(page.path), "page": page.page, "name": page.file.name}
            answer = worker.ask(question, name=page.file.name)
            return Told(page, answer.get("text", ""), answer.get("why", ""))
        except Refusal as no:
            return Told(page, "", str(no))
        finally:
            free.put(worker)

    try:
        with ThreadPoolExecutor(count) as pool:
            yield from pool.map(read, pages)
    finally:
        for worker in workers:
            worker.close()


@transaction.atomic
def _keep(told: Told) -> None:
    file = StoredFile.objects.select_for_update().get(pk=told.page.file.pk)
    texts.set_page(file, max(1, told.page.page), told.text, by_machine=True)
    if told.why:
        file.reading_why = told.why[:200]
        file.save(update_fields=["reading_why"])
    if told.page.page <= HEADS:
        proposing.propose_for_file(file)


@transaction.atomic
def _finish(file: StoredFile, *, by: By, at: datetime) -> None:
    row = StoredFile.objects.select_for_update().get(pk=file.pk)
    done, total = progress_of(row)
    if row.reading != Reading.SCANNED or done < min(total, settings.READ_PAGES):
        return
    held = PageText.objects.filter(file=row).exclude(text="").exists()
    row.reading = Reading.READ if held else Reading.NOTHING
    row.save(update_fields=["reading"])
    proposing.propose_for_file(row)
    after = {"reading": row.reading, "pages": done}
    ledger.note(thing(row), later("识别文字"), by=by, at=at, after=after)


@transaction.atomic
def _give_up(file: StoredFile, why: str, *, by: By, at: datetime) -> None:
    row = StoredFile.objects.select_for_update().get(pk=file.pk)
    row.reading, row.reading_why = Reading.FAILED, why[:200]
    row.save(update_fields=["reading", "reading_why"])
    ledger.note(thing(row), later("识别文字"), by=by, at=at, after={"why": why[:200]})
