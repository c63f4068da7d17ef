"""Workbooks and CSV files read into sheets of cells with their true row numbers."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import python_calamine

from chuangwen.kernel import compound
from chuangwen.kernel.cells import Cell, is_error
from chuangwen.kernel.csv_text import NotAText, read_csv
from chuangwen.kernel.problems import Problem
from chuangwen.kernel.ranges import Range, fill
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheet_marks import NO_MARKS, Marks, strikes_of
from chuangwen.kernel.sheet_scan import SheetLimits, SheetScan, refuse_counts, scan_book, scan_sheet, too_big
from chuangwen.kernel.unzip import NotAZip, ZipLimits, ZipLook, look_at_zip
from chuangwen.kernel.web_tables import PlainSheet, is_old_xml, is_web_page, old_xml_sheets, web_sheets
from chuangwen.kernel.words import later, say

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EMPTY: Cell = ""


class NotAWorkbook(Refusal):
    code = "not_a_workbook"
    sentence = later("文件“{name}”不是 Excel 工作簿（{seen}）。请在 WPS 或 Excel 里打开原表，另存为 xlsx 后再上传。")
    status = 422


class HasPassword(Refusal):
    code = "workbook_password"
    sentence = later("工作簿“{name}”设了打开密码。请去掉密码，另存后再上传。")
    status = 422


class EmptyWorkbook(Refusal):
    code = "workbook_empty"
    sentence = later("表格“{name}”里没有内容。请检查是否选错了文件。")
    status = 422


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``rows[0]`` is row 1 as people see it; every row has as many cells as the sheet is wide (csv: its own).

    ``merged`` are its merged ranges, of which the reader gives only the first cell; ``unsaved`` names the cells whose
    formula was never calculated. Hidden rows count from 1, hidden columns from 0; an old xls does not tell them.
    ``pictures`` lie over its cells; ``marks`` are what somebody struck out and what comments say, unknown of an old xls.
    """

    name: str
    rows: list[list[Cell]]
    hidden: bool = False
    merged: tuple[Range, ...] = ()
    unsaved: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    pictures: int = 0
    marks: Marks = NO_MARKS

    def value(self, row: int, column: int) -> Cell:
        """The cell at a row counted from 1 and a column counted from 0; '' outside."""
        if 1 <= row <= len(self.rows) and 0 <= column < len(self.rows[row - 1]):
            return self.rows[row - 1][column]
        return _EMPTY

    def numbered(self, after: int = 0) -> Iterator[tuple[int, list[Cell]]]:
        """(row number, cells) of every row below row ``after`` that holds anything."""
        for number, row in enumerate(self.rows[after:], start=after + 1):
            if any(cell != "" for cell in row):
                yield number, row

    def filled(self) -> "Sheet":
        """The same sheet with the value of every merged range in all of its cells."""
        if not self.merged:
            return self
        rows = [list(row) for row in self.rows]
        width = max(map(len, rows), default=0)
        for area in self.merged:
            for row in rows[area.top - 1 : area.bottom]:  # a text tells no cells behind the last one of its row
                row.extend([_EMPTY] * (min(area.right + 1, width) - len(row)))
            fill(rows, area, self.value(area.top, area.left))
        return replace(self, rows=rows)

    def merged_down(self, column: int) -> dict[int, int]:
        """Row -> first row of the merged range that covers it in this column (only ranges of several rows)."""
        return {
            row: area.top
            for area in self.merged
            if area.left <= column <= area.right and area.bottom > area.top
            for row in range(area.top, area.bottom + 1)
        }

    @property
    def is_empty(self) -> bool:
        return not any(cell != "" for row in self.rows for cell in row)


@dataclass(frozen=True)
class Workbook:
    """A file read: its name as the person called it, what it was, its sheets in order, whether days count from 1904."""

    name: str
    kind: Literal["xlsx", "xls", "csv", "web", "xml"]
    sheets: tuple[Sheet, ...]
    date1904: bool = False

    @property
    def shown(self) -> tuple[Sheet, ...]:
        """The sheets a person sees; all of them where every one is hidden."""
        return tuple(sheet for sheet in self.sheets if not sheet.hidden) or self.sheets

    def best(self, score: Callable[[Sheet], float]) -> Sheet:
        """The shown sheet with the highest score, the first of equals."""
        return max(self.shown, key=score)


def read_table(data: bytes, *, name: str, limits: SheetLimits | None = None) -> Workbook:
    """Read an xlsx, xls (et), csv or web page saved as xls, told apart by content, not by its name.

    Sizes are looked at before anything is unpacked. Raises only refusals: TableTooBig, NotAWorkbook, HasPassword,
    EmptyWorkbook, NotAText and those of ``kernel.unzip``.
    """
    limits = limits or SheetLimits()
    if len(data) > limits.file:
        raise too_big(name, "", count=len(data) // 1024 // 1024, what="MB", limit=limits.file // 1024 // 1024)
    if not data.strip():
        raise EmptyWorkbook(name=name)
    if data.startswith(_ZIP):
        book = _read_xlsx(data, name, limits)
    elif data.startswith(_OLE):
        if "EncryptedPackage" in compound.names_in(io.BytesIO(data)):
            raise HasPassword(name=name)
        book = Workbook(name=name, kind="xls", sheets=_calamine(data, name, limits, {}))
    else:
        book = _read_text(data, name, limits)
    if all(sheet.is_empty and not sheet.unsaved for sheet in book.sheets):
        raise EmptyWorkbook(name=name)
    return book


def cell_problems(book: Workbook, sheet: Sheet) -> list[Problem]:
    """The cells of a sheet that cannot be trusted: formulas never calculated, and Excel's own errors."""
    found = [
        Problem(
            file=book.name,
            row=int("".join(c for c in cell if c.isdigit())),
            column=cell,
            what=say("“{sheet}”的单元格 {cell} 是公式，但没有保存计算结果。", sheet=sheet.name, cell=cell),
            cure=say("请用 WPS 或 Excel 打开并保存一次，或复制后“选择性粘贴为数值”。"),
        )
        for cell in sheet.unsaved
    ]
    for number, row in enumerate(sheet.rows, start=1):
        for cell in row:
            if cell != "" and is_error(cell):
                what = say("“{sheet}”第 {row} 行有公式错误 {error}。", sheet=sheet.name, row=number, error=cell)
                cure = say("请改好公式，或直接填写结果。")
                found.append(Problem(file=book.name, row=number, column="", what=what, cure=cure))
    return found


def _read_text(data: bytes, name: str, limits: SheetLimits) -> Workbook:
    if is_old_xml(data):
        return Workbook(name=name, kind="xml", sheets=_plain(old_xml_sheets(data, name), name, limits))
    if is_web_page(data):
        return Workbook(name=name, kind="web", sheets=_plain(web_sheets(data, name), name, limits))
    return _read_csv(data, name, limits)


def _read_csv(data: bytes, name: str, limits: SheetLimits) -> Workbook:
    for magic, seen in (
        (b"%PDF", "PDF"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"{\\rtf", "RTF"),
        (b"MIME-Version:", "MHT"),
    ):
        if data.startswith(magic):
            raise NotAWorkbook(name=name, seen=seen)
    try:
        rows = read_csv(data, name=name, rows=limits.rows)
    except NotAText as wrong:
        raise NotAWorkbook(name=name, seen=say("内容不是表格")) from wrong
    cells: list[list[Cell]] = [list(row) for row in rows]
    return Workbook(name=name, kind="csv", sheets=_plain([PlainSheet(name, cells)], name, limits))


def _plain(found: Sequence[PlainSheet], name: str, limits: SheetLimits) -> tuple[Sheet, ...]:
    """Sheets of what was a text, none of them too large."""
    for one in found:
        width = max(map(len, one.rows), default=0)
        if len(one.rows) > limits.rows:
            raise too_big(name, "", count=len(one.rows), what=later("行"), limit=limits.rows)
        if width > limits.columns:
            raise too_big(name, "", count=width, what=later("列"), limit=limits.columns)
        one.merged = [Range(a.top, a.left, min(a.bottom, len(one.rows)), min(a.right, width - 1)) for a in one.merged]
        if sum(area.size for area in one.merged) > limits.cells:
            raise too_big(name, one.name, count=len(one.merged), what=later("处合并单元格"), limit=limits.cells)
    if not found:
        raise EmptyWorkbook(name=name)
    return tuple(
        Sheet(
            name=one.name,
            rows=one.rows,
            hidden=one.hidden,
            merged=tuple(one.merged),
            hidden_rows=frozenset(one.hidden_rows),
            hidden_columns=frozenset(one.hidden_columns),
            marks=Marks(frozenset(one.struck), tuple(one.comments)),
        )
        for one in found
    )


def _read_xlsx(data: bytes, name: str, limits: SheetLimits) -> Workbook:
    look = look_at_zip(data, name=name, limits=ZipLimits())
    _must_be_excel(look)
    for entry in look.entries:
        if entry.lower().endswith(("sharedstrings.xml", "styles.xml")):
            refuse_counts(look, entry, limits)
    scans: dict[str, SheetScan] = {}
    seen: set[str] = set()
    scan, strikes = scan_book(look), strikes_of(look)
    for title, path in scan.sheets:
        if path in look.entries and path not in seen:
            scans[title] = scan_sheet(look, path, title, limits, strikes)
            seen.add(path)
    return Workbook(name=name, kind="xlsx", sheets=_calamine(data, name, limits, scans), date1904=scan.date1904)


def _must_be_excel(look: ZipLook) -> None:
    if "xl/workbook.xml" in look.entries:
        return
    kinds = {
        "xl/workbook.bin": "xlsb",
        "word/document.xml": "Word",
        "content.xml": "ODF",
        "ppt/presentation.xml": "PPT",
    }
    seen = next((kind for entry, kind in kinds.items() if entry in look.entries), "ZIP")
    raise NotAWorkbook(name=look.name, seen=seen)


def _calamine(data: bytes, name: str, limits: SheetLimits, scans: Mapping[str, SheetScan]) -> tuple[Sheet, ...]:
    try:
        return _sheets(data, name, limits, scans)
    except (Refusal, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except python_calamine.PasswordError as wrong:
        raise HasPassword(name=name) from wrong
    except python_calamine.ZipError as wrong:
        raise NotAZip(name=name) from wrong
    except BaseException as wrong:  # a panic of the reader is no Exception
        raise NotAWorkbook(name=name, seen=say("内容已损坏")) from wrong


def _sheets(data: bytes, name: str, limits: SheetLimits, scans: Mapping[str, SheetScan]) -> tuple[Sheet, ...]:
    sheets: list[Sheet] = []
    cells = 0
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for index, meta in enumerate(book.sheets_metadata):
            if meta.typ is not python_calamine.SheetTypeEnum.WorkSheet:
                continue
            source = book.get_sheet_by_index(index)
            rows, columns = source.total_height, source.total_width
            cells += rows * columns
            if rows > limits.rows:
                raise too_big(name, meta.name, count=rows, what=later("行"), limit=limits.rows)
            if columns > limits.columns:
                raise too_big(name, meta.name, count=columns, what=later("列"), limit=limits.columns)
            if cells > limits.cells:
                raise too_big(name, meta.name, count=cells, what=later("个单元格"), limit=limits.cells)
            read = source.to_python(skip_empty_area=False)
            ranges = _ranges(source.merged_cell_ranges or [], len(read), columns)
            if sum(area.size for area in ranges) > limits.cells:
                raise too_big(name, meta.name, count=len(ranges), what=later("处合并单元格"), limit=limits.cells)
            scan = scans.get(meta.name, SheetScan())
            sheets.append(
                Sheet(
                    name=meta.name,
                    rows=read,
                    hidden=meta.visible is not python_calamine.SheetVisibleEnum.Visible,
                    merged=ranges,
                    unsaved=scan.unsaved,
                    hidden_rows=scan.hidden_rows,
                    hidden_columns=scan.hidden_columns,
                    pictures=scan.pictures,
                    marks=scan.marks,
                )
            )
    if not sheets:
        raise EmptyWorkbook(name=name)
    return tuple(sheets)


def _ranges(found: list[tuple[tuple[int, int], tuple[int, int]]], rows: int, columns: int) -> tuple[Range, ...]:
    """Merged ranges, cut off where the sheet ends."""
    return tuple(Range(a[0] + 1, a[1], min(b[0] + 1, rows), min(b[1], columns)) for a, b in found)
