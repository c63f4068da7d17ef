"""Lists leave as Excel in one shape; pasted and sent tables come in as plain rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from chuangwen.kernel.figures import Figure, sheet_rows
from chuangwen.kernel.problems import Problem
from chuangwen.kernel.sheet_writing import TableColumn, TableText, copy_with_problems, write_table
from chuangwen.kernel.sheets import Workbook
from chuangwen.kit.pages import EXCEL

Plain = str | int | float | Decimal | date | datetime | bool | None


def workbook(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    figures: Sequence[Figure] = (),
    notes: Sequence[str] = (),
) -> bytes:
    """One sheet with a title, ``notes`` below it, a frozen heading and the rows; a second one says what each figure is."""
    heads = [TableColumn(name) for name in columns]
    cells = ([_plain(cell) for cell in row] for row in rows)
    return write_table(heads, cells, TableText(title, title, notes), figures=sheet_rows(figures) if figures else ())


def _plain(value: object) -> Plain:
    """A cell that Excel knows; moments in the town's time, without a zone."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if value is None or isinstance(value, str | int | float | Decimal | date):
        return value
    return str(value)


def marked_workbook(book: Workbook, problems: Sequence[Problem]) -> HttpResponse:
    """The table as it came, with every problem written beside its row."""
    by_sheet: dict[str, list[Problem]] = {}
    for problem in problems:
        by_sheet.setdefault(problem.file, []).append(problem)
    return error_book(book, by_sheet)


def error_book(book: Workbook, problems: Mapping[str, Any]) -> HttpResponse:
    answer = HttpResponse(copy_with_problems(book, problems), content_type=EXCEL)
    answer["Content-Disposition"] = 'attachment; filename="problems.xlsx"'
    return answer
