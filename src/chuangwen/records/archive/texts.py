"""The text of pages, written together with its place in the search index."""

from collections.abc import Iterable

from django.db import transaction

from chuangwen.records.archive import search_index
from chuangwen.records.archive.models import PageText, StoredFile


@transaction.atomic
def set_page(file: StoredFile, page: int, text: str, *, by_machine: bool = False) -> PageText:
    """Write what stands on a page; what stood there before is replaced."""
    row = PageText.objects.filter(file=file, page=page).first()
    before = row.text if row else None
    if row is None:
        row = PageText(file=file, page=page)
    row.text, row.by_machine = text, by_machine
    row.save()
    if before != text:
        search_index.put_page(row, before)
    return row


@transaction.atomic
def add_pages(file: StoredFile, pages: Iterable[tuple[int, str]]) -> int:
    """Write many pages of a file that has none yet."""
    rows = PageText.objects.bulk_create(PageText(file=file, page=page, text=text) for page, text in pages)
    search_index.put_new_pages(rows)
    return len(rows)


@transaction.atomic
def forget_pages(file: StoredFile) -> None:
    """Take the text of a file out of the archive and of the search, e.g. before it is read anew or destroyed."""
    rows = list(PageText.objects.filter(file=file))
    search_index.drop_pages(rows)
    PageText.objects.filter(file=file).delete()
