"""Pictures of pages, for looking through a document page by page without the program that made it."""

import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from chuangwen.kernel.refusal import Refusal
from chuangwen.records.archive import storage
from chuangwen.records.archive.models import DocumentFile, StoredFile
from chuangwen.records.archive.paging import PDF, Children, office_ending, refused
from chuangwen.records.archive.queries import derived_path, public_path
from chuangwen.records.township.gates import By

WIDE = 1240
AT_ONCE = 20


def waiting() -> QuerySet[StoredFile]:
    """Files of documents whose pages nobody has drawn yet, the newest first: somebody may be waiting for it."""
    used = DocumentFile.objects.filter(file=OuterRef("pk"))
    return StoredFile.objects.filter(Exists(used), previewed_at=None).order_by("-pk")


def count_waiting(_at: datetime) -> int:
    """How many files wait for their pictures."""
    return waiting().count()


def make_waiting(limit: int, *, by: By, at: datetime) -> int:
    """Draw the first pages of up to ``limit`` files; what cannot be drawn says why. Later pages are drawn when asked."""
    done = 0
    with Children() as children:
        while done < limit and (file := waiting().first()) is not None:
            pages, why = _drawn(file, children)
            _write_down(file, pages, why, at=at)
            done += 1
    return done


def _drawn(file: StoredFile, children: Children) -> tuple[int | None, str]:
    if file.is_photo:
        return 1, ""
    try:
        pdf = children.as_pdf(file)
        if pdf is None:
            return None, ""
        pages = int(refused(children.ask("page_pictures", {"path": str(pdf)}, name=file.name))["pages"])
        for page in range(1, min(pages, AT_ONCE) + 1):
            draw(file, page, pdf, children)
    except Refusal as no:
        return None, str(no)
    return pages, ""


@transaction.atomic
def _write_down(file: StoredFile, pages: int | None, why: str, *, at: datetime) -> None:
    row = StoredFile.objects.select_for_update().get(pk=file.pk)
    row.previewed_at, row.preview_why, row.pages = at, why[:200], pages or row.pages
    row.save(update_fields=["previewed_at", "preview_why", "pages"])


def draw(file: StoredFile, page: int, pdf: Path, children: Children) -> Path:
    """One page as a JPEG, 1240 pixels wide, kept by digest and page."""
    kept = derived_path(file, f"p{page}.jpg")
    if kept.is_file():
        return kept
    with tempfile.TemporaryDirectory(prefix="chuangwen-page-") as folder:
        into = Path(folder) / "page.jpg"
        question = {"path": str(pdf), "page": page, "width": WIDE, "into": str(into)}
        refused(children.ask("page_pictures", question, name=file.name))
        return storage.keep(settings.FILES, "public", f"{file.sha256}.p{page}.jpg", into.read_bytes())


def forget(file: StoredFile, why: str, *, at: datetime) -> None:
    """Take the pictures away, and what they were made from beside the original; none are drawn any more."""
    StoredFile.objects.filter(pk=file.pk).update(previewed_at=at, preview_why=why[:200])
    for page in range(1, (file.pages or 0) + 1):
        derived_path(file, f"p{page}.jpg").unlink(missing_ok=True)
    derived_path(file, "pdf").unlink(missing_ok=True)


def has_pictures(file: StoredFile) -> bool:
    """Whether there is something to look at, by what the row says: a photo, or a file with pages that could be drawn."""
    if file.is_photo:
        return True
    drawn = bool(file.previewed_at and file.pages and not file.preview_why)
    return drawn and (file.media_type == PDF or bool(office_ending(file)))


def kept_picture(file: StoredFile) -> Path | None:
    """The small copy of a photo, or the first page as far as it is drawn: nothing is made now, for lists of many."""
    if file.is_photo:
        return public_path(file, "thumb")
    kept = derived_path(file, "p1.jpg")
    return kept if kept.is_file() else None


def page_picture(file: StoredFile, page: int) -> Path | None:
    """The picture of a page for showing, drawn now when nobody has yet; None where there is none.

    Who may see the document is asked by the door that shows it.
    """
    if file.is_photo:
        photo = public_path(file, "page")
        return photo if page == 1 and photo.is_file() else None
    kept = derived_path(file, f"p{page}.jpg")
    if kept.is_file():
        return kept
    if page < 1 or page > (file.pages or 0) or file.preview_why:
        return None
    with Children() as children:
        try:
            pdf = children.as_pdf(file)
            return draw(file, page, pdf, children) if pdf else None
        except Refusal:
            return None
