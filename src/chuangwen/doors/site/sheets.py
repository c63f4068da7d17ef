"""Lists leave as Excel in one shape; pasted and sent tables come in as plain rows."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from chuangwen.kernel.cells import text_of
from chuangwen.kernel.sheet_writing import TableColumn, TableText, write_table
from chuangwen.kernel.sheets import read_table

Plain = str | int | float | Decimal | date | datetime | bool | None


def workbook(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """One sheet with a title, a frozen heading and the rows."""
    heads = [TableColumn(name) for name in columns]
    return write_table(heads, ([_plain(cell) for cell in row] for row in rows), TableText(title, title))


def _plain(value: object) -> Plain:
    """A cell that Excel knows; moments in the town's time, without a zone."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if value is None or isinstance(value, str | int | float | Decimal | date):
        return value
    return str(value)


def text_rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """The first shown sheet as texts with its true row numbers; empty rows are left out."""
    book = read_table(data, name=name)
    for sheet in book.shown[:1]:
        for number, cells in sheet.numbered(0):
            texts = [text_of(cell) for cell in cells]
            if any(texts):
                yield number, texts
