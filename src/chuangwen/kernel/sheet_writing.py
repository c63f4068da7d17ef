"""Workbooks written for people: tables ready to print, and a person's own table handed back with what is wrong."""

import datetime
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from chuangwen.kernel.cells import Cell
from chuangwen.kernel.dates import stamp_of
from chuangwen.kernel.figures import SHEET
from chuangwen.kernel.legible import legible
from chuangwen.kernel.problems import Problem
from chuangwen.kernel.sheets import Sheet, Workbook
from chuangwen.kernel.words import say

Value = Cell | Decimal | None
"""What may stand in a written cell."""

_SHEET_SIGNS = re.compile(r"[\[\]:*?/\\]")
_LARGEST = 10**15
_LONGEST_CELL = 32_000
_PAPER = {"A3": 8, "A4": 9}
_FONT = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}


@dataclass(frozen=True)
class TableColumn:
    """One column to be written: its heading, its width in characters, whether long texts wrap."""

    title: str
    width: float = 14
    wrap: bool = False


@dataclass(frozen=True)
class Paper:
    """How a table is printed."""

    size: Literal["A3", "A4"] = "A4"
    landscape: bool = True


@dataclass(frozen=True)
class Merge:
    """Rows of one column shown as one cell; rows are counted from 0 in the rows handed in."""

    column: int
    first: int
    last: int


@dataclass(frozen=True)
class TableText:
    """What stands around a table: the sheet's name, the title above it, the notes below the title.

    ``made`` is the moment written into the file; without it the machine's own, so that two files differ.
    """

    sheet: str
    title: str = ""
    notes: Sequence[str] = ()
    made: datetime.datetime | None = None


def write_table(
    columns: Sequence[TableColumn],
    rows: Iterable[Sequence[Value]],
    text: TableText,
    *,
    paper: Paper | None = None,
    merges: Sequence[Merge] = (),
    figures: Sequence[Sequence[str]] = (),
) -> bytes:
    """An xlsx with one table: head frozen and repeated on every page, filters, page numbers, one page wide.

    Without ``merges`` the rows are streamed, so that any number of rows needs little memory. Texts stay texts,
    whatever sign they begin with. ``figures`` (a heading and rows) say on a second sheet what the numbers mean.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _options(streamed=not merges)) as book:
        if text.made is not None:
            book.set_properties({"created": text.made})
        sheet = book.add_worksheet(sheet_name(text.sheet))
        head = _write_head(book, sheet, columns, text)
        last = _write_rows(book, sheet, columns, rows, head)
        if not merges and last > head:
            sheet.autofilter(head, 0, last, len(columns) - 1)
        _merge(book, sheet, merges, head)
        _set_up_printing(sheet, paper or Paper(), head, text.title or text.sheet)
        if figures:
            beside = book.add_worksheet(sheet_name(say(SHEET), [sheet.name]))
            for place, cells in enumerate(figures):
                for column, cell in enumerate(cells):
                    write_value(beside, place, column, cell)
    return out.getvalue()


def copy_with_problems(book: Workbook, problems: Mapping[str, Iterable[Problem]]) -> bytes:
    """The person's own sheets (values and merged cells kept) with a column at the right that says what is wrong.

    ``problems`` are by sheet name. A problem of the whole sheet (row 0) stands in the first row. Sheets without
    problems come along unchanged; hidden sheets stay hidden.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _options(streamed=False)) as written:
        used: set[str] = set()
        for sheet in book.sheets:
            name = sheet_name(sheet.name, used)
            used.add(name.lower())
            page = written.add_worksheet(name)
            _copy_sheet(written, page, sheet, list(problems.get(sheet.name, ())))
            if sheet.hidden and any(not other.hidden for other in book.sheets):
                page.hide()
        _show_first(written, book, problems)
    return out.getvalue()


def sheet_name(wanted: str, used: Iterable[str] = ()) -> str:
    """A name that Excel takes: at most 31 characters, no forbidden sign, not used yet (``used`` in lower case)."""
    plain = _SHEET_SIGNS.sub(" ", legible(wanted)).strip().strip("'")
    plain = _cut(plain, 31) or "Sheet"
    plain = "Sheet" if plain.lower() == "history" else plain
    taken = set(used)
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{_cut(plain, 26)}_{number}"
    return name


def _cut(name: str, length: int) -> str:
    """The first characters of a name, counted as Excel counts (rare characters are two)."""
    return name.encode("utf-16-le")[: 2 * length].decode("utf-16-le", errors="ignore").strip().strip("'")


def write_value(sheet: Worksheet, row: int, column: int, value: Value, style: Format | None = None) -> None:
    """One cell by its kind; a text is never taken for a formula, a link or a number."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, int | float | Decimal) and _is_exact(value):
        sheet.write_number(row, column, float(value), style)
    elif isinstance(value, datetime.datetime) and value.tzinfo is not None:
        sheet.write_string(row, column, stamp_of(value), style)
    elif isinstance(value, datetime.datetime):
        text = value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
        sheet.write_string(row, column, text, style)
    else:
        sheet.write_string(row, column, legible(str(value))[:_LONGEST_CELL], style)


def _is_exact(value: float | Decimal) -> bool:
    """Whether Excel, which keeps fifteen digits, can hold the number; others are written as text."""
    if isinstance(value, Decimal) and not value.is_finite():
        return False
    return -_LARGEST < value < _LARGEST


def _options(*, streamed: bool) -> dict[str, object]:
    return {
        "constant_memory": streamed,
        "in_memory": not streamed,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }


def _write_head(book: xlsxwriter.Workbook, sheet: Worksheet, columns: Sequence[TableColumn], text: TableText) -> int:
    """Title, notes and headings; the row (from 0) of the headings."""
    row = 0
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
    if text.title:
        sheet.set_row(row, 30)
        style = book.add_format({**_FONT, "bold": True, "font_size": 16})
        write_value(sheet, row, 0, text.title, style)
        row += 1
    plain = book.add_format({**_FONT, "font_color": "#595959"})
    for note in text.notes:
        write_value(sheet, row, 0, note, plain)
        row += 1
    style = book.add_format(
        {**_FONT, "bold": True, "bg_color": "#E8EEF4", "border": 1, "align": "center", "text_wrap": True}
    )
    sheet.set_row(row, 24)
    for index, column in enumerate(columns):
        write_value(sheet, row, index, column.title, style)
    sheet.freeze_panes(row + 1, 0)
    return row


def _write_rows(
    book: xlsxwriter.Workbook,
    sheet: Worksheet,
    columns: Sequence[TableColumn],
    rows: Iterable[Sequence[Value]],
    head: int,
) -> int:
    plain = book.add_format({**_FONT, "border": 1})
    wrapped = book.add_format({**_FONT, "border": 1, "text_wrap": True})
    styles = [wrapped if column.wrap else plain for column in columns]
    row = head
    for row, values in enumerate(rows, start=head + 1):
        for index, (value, style) in enumerate(zip(values, styles, strict=True)):
            write_value(sheet, row, index, value, style)
    return row


def _merge(book: xlsxwriter.Workbook, sheet: Worksheet, merges: Sequence[Merge], head: int) -> None:
    """Join cells already written: the first keeps its value, the range is only declared."""
    for merge in merges:
        if merge.last > merge.first:
            top, bottom = head + 1 + merge.first, head + 1 + merge.last
            _declare_merge(sheet, (top, merge.column, bottom, merge.column))


def _declare_merge(sheet: Worksheet, area: tuple[int, int, int, int]) -> None:
    sheet.merge.append(list(area))


def _set_up_printing(sheet: Worksheet, paper: Paper, head: int, title: str) -> None:
    sheet.set_paper(_PAPER[paper.size])
    if paper.landscape:
        sheet.set_landscape()
    sheet.repeat_rows(0, head)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer("&L" + title.replace("&", "&&")[:80] + "&R" + say("第 &P 页，共 &N 页"))


def _copy_sheet(book: xlsxwriter.Workbook, page: Worksheet, sheet: Sheet, problems: Sequence[Problem]) -> None:
    plain = book.add_format({**_FONT, "text_wrap": True, "border": 1})
    wrong = book.add_format({**_FONT, "text_wrap": True, "border": 1, "bg_color": "#FDECEA"})
    told = book.add_format({**_FONT, "text_wrap": True, "border": 1, "font_color": "#9C1C13", "bg_color": "#FDECEA"})
    by_row: dict[int, list[str]] = {}
    for problem in problems:
        where = f"[{problem.column}] " if problem.column else ""
        by_row.setdefault(max(problem.row, 1), []).append(f"{where}{problem.what}{problem.cure}")
    width = max((len(row) for row in sheet.rows), default=0)
    last = max(len(sheet.rows), *by_row, 1) if by_row else len(sheet.rows)
    for number in range(1, last + 1):
        style = wrong if number in by_row else plain
        for index, value in enumerate(sheet.rows[number - 1] if number <= len(sheet.rows) else ()):
            write_value(page, number - 1, index, value, style)
        if number in by_row:
            write_value(page, number - 1, width, "\n".join(by_row[number]), told)
    page.set_column(0, max(width - 1, 0), 14)
    if by_row:
        page.set_column(width, width, 60)
    for area in sheet.merged:
        if area.size > 1:
            _declare_merge(page, (area.top - 1, area.left, area.bottom - 1, area.right))


def _show_first(written: xlsxwriter.Workbook, book: Workbook, problems: Mapping[str, Iterable[Problem]]) -> None:
    """Open the workbook at the first sheet that has something to mend and is not hidden."""
    pages = written.worksheets()
    shown = [index for index, sheet in enumerate(book.sheets) if not sheet.hidden] or [0]
    first = next((index for index in shown if problems.get(book.sheets[index].name)), shown[0])
    pages[first].activate()
    pages[first].set_first_sheet()
