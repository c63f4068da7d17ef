"""Tables that are texts under the name of a workbook: a web page saved as xls, Excel's own XML of 2003."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from chuangwen.kernel.cells import Cell, cell_name
from chuangwen.kernel.csv_text import NotAText, decode
from chuangwen.kernel.ranges import Range

_LOOK = 4096
_TABLE = re.compile(rb"<table[\s>]", re.IGNORECASE)
_WEB = re.compile(rb"<(?:!doctype html|html|head|meta|body|style|table)[\s>]", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]{3,20})""", re.IGNORECASE)
_GB = {"gb2312", "gbk", "gb18030", "x-gbk", "cp936"}
_OLD_XML = b"urn:schemas-microsoft-com:office:spreadsheet"
_STRIKES = frozenset({"s", "del", "strike"})
_MOST_SPAN = 1000
_MOST_INDEX = 200_000


@dataclass
class PlainSheet:
    """A sheet as a text told it."""

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck: set[str] = field(default_factory=set)
    comments: list[tuple[str, str]] = field(default_factory=list)

    def put(self, row: int, column: int, value: Cell) -> None:
        """The value at a row from 1 and a column from 0, rows in between empty."""
        while len(self.rows) < row:
            self.rows.append([])
        cells = self.rows[row - 1]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = value


def is_web_page(data: bytes) -> bool:
    """Whether a file is a web page with a table in it."""
    return (
        bool(_WEB.search(data[:_LOOK]))
        and data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"
        and bool(_TABLE.search(data))
    )


def is_old_xml(data: bytes) -> bool:
    """Whether a file is a workbook in the XML of 2003."""
    return _OLD_XML in data[:_LOOK] and data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"


def web_sheets(data: bytes, name: str) -> list[PlainSheet]:
    """Every table of a web page that holds text; merged cells as the page spans them. Raises NotAText."""
    reader = _Tables(name)
    reader.feed(_page_text(data, name))
    reader.close()
    reader.finish()
    return [one for one in reader.done if any(cell != "" for row in one.rows for cell in row)]


def _page_text(data: bytes, name: str) -> str:
    said = _CHARSET.search(data[:_LOOK])
    if said and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        charset = said[1].decode("ascii").lower()
        try:
            return data.decode("gb18030" if charset in _GB else charset)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data, name=name)


class _Tables(HTMLParser):
    """Cells of all tables; a table inside a cell is a table of its own."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.done: list[PlainSheet] = []
        self._name = name
        self._open: list[_Table] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._open.append(_Table(PlainSheet(self._name)))
        elif self._open:
            table = self._open[-1]
            said = {key: value or "" for key, value in attrs}
            if tag == "tr":
                table.next_row(hidden=_is_hidden(said))
            elif tag in {"td", "th"}:
                table.next_cell(said)
            elif tag in {"br", "p", "div"}:
                table.text("\n")
            if tag in _STRIKES or "line-through" in said.get("style", ""):
                table.strike()

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag in {"td", "th", "tr"}:
            self._open[-1].end_cell()
        elif self._open and tag == "table":
            self._end_table()

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].text(data)

    def finish(self) -> None:
        """Close what the page left open."""
        while self._open:
            self._end_table()

    def _end_table(self) -> None:
        table = self._open.pop()
        table.end_cell()
        number = len(self.done) + 1
        table.sheet.name = self._name if number == 1 else f"{self._name} ({number})"
        self.done.append(table.sheet)


@dataclass
class _Table:
    sheet: PlainSheet
    row: int = 0
    column: int = 0
    taken: set[tuple[int, int]] = field(default_factory=set)
    cell: list[str] | None = None

    def next_row(self, *, hidden: bool) -> None:
        self.end_cell()
        self.row += 1
        self.column = 0
        self.sheet.rows.extend([[]] * (self.row - len(self.sheet.rows)))
        self.sheet.rows[self.row - 1] = []
        if hidden:
            self.sheet.hidden_rows.add(self.row)

    def next_cell(self, said: dict[str, str]) -> None:
        self.end_cell()
        if not self.row:
            self.next_row(hidden=False)
        while (self.row, self.column) in self.taken:
            self.column += 1
        down, across = _span(said.get("rowspan")), _span(said.get("colspan"))
        if down > 1 or across > 1:
            self.sheet.merged.append(Range(self.row, self.column, self.row + down - 1, self.column + across - 1))
            self.taken |= {(self.row + y, self.column + x) for y in range(down) for x in range(across)}
        self.cell = []
        self.at = self.column
        self.column += across

    def strike(self) -> None:
        """Something in this cell is struck out."""
        if self.cell is not None:
            self.sheet.struck.add(cell_name(self.row, self.at))

    def text(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data if data == "\n" else re.sub(r"\s+", " ", data))

    def end_cell(self) -> None:
        if self.cell is not None:
            lines = (line.strip() for line in "".join(self.cell).split("\n"))
            self.sheet.put(self.row, self.at, "\n".join(line for line in lines if line))
            self.cell = None


def _span(said: str | None) -> int:
    return min(int(said), _MOST_SPAN) if said and said.isascii() and said.isdigit() and int(said[:5]) else 1


def _is_hidden(said: dict[str, str]) -> bool:
    return "display:none" in said.get("style", "").replace(" ", "").lower()


def old_xml_sheets(data: bytes, name: str) -> list[PlainSheet]:
    """The sheets of a workbook in the XML of 2003. Raises NotAText."""
    try:
        book = fromstring(data)
    except (SyntaxError, ValueError, DefusedXmlException) as wrong:
        raise NotAText(name=name) from wrong
    return [_old_sheet(one, name) for one in book if _tag(one) == "Worksheet"]


def _old_sheet(element: Any, name: str) -> PlainSheet:
    sheet = PlainSheet(_fact(element, "Name") or name)
    row = 0
    for table in (one for one in element if _tag(one) == "Table"):
        for line in (one for one in table if _tag(one) == "Row"):
            row = _index(line, row)
            if _fact(line, "Hidden") == "1":
                sheet.hidden_rows.add(row)
            _old_row(sheet, row, line)
        _old_columns(sheet, table)
    shown = next((one.text for one in element.iter() if _tag(one) == "Visible"), "")
    sheet.hidden = shown in {"SheetHidden", "SheetVeryHidden"}
    return sheet


def _old_row(sheet: PlainSheet, row: int, line: Any) -> None:
    column = 0
    for cell in (one for one in line if _tag(one) == "Cell"):
        column = _index(cell, column)
        down, across = (min(int(_fact(cell, key) or 0), _MOST_SPAN) for key in ("MergeDown", "MergeAcross"))
        value = next((_old_value(one) for one in cell if _tag(one) == "Data"), "")
        sheet.put(row, column - 1, value)
        for note in (one for one in cell if _tag(one) == "Comment"):
            sheet.comments.append((cell_name(row, column - 1), " ".join("".join(note.itertext()).split())))
        if down or across:
            sheet.merged.append(Range(row, column - 1, row + down, column - 1 + across))
        column += across


def _old_columns(sheet: PlainSheet, table: Any) -> None:
    column = 0
    for one in (one for one in table if _tag(one) == "Column"):
        column = _index(one, column)
        span = min(int(_fact(one, "Span") or 0), _MOST_SPAN)
        if _fact(one, "Hidden") == "1":
            sheet.hidden_columns.update(range(column - 1, column + span))
        column += span


def _old_value(element: Any) -> Cell:
    text = "".join(element.itertext())
    kind = _fact(element, "Type")
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            moment = datetime.fromisoformat(text)
            return moment if moment.time() != datetime.min.time() else moment.date()
    except ValueError:
        return text
    return text


def _index(element: Any, before: int) -> int:
    said = _fact(element, "Index")
    return min(int(said), _MOST_INDEX) if said.isascii() and said.isdigit() else before + 1


def _fact(element: Any, key: str) -> str:
    return str(element.get(f"{{{_OLD_XML.decode()}}}{key}") or "")


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
