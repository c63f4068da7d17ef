"""A look at the XML of an Excel workbook before the reader gets it: how far cells reach, which formulas were never saved.

The reader lays a sheet out as a full rectangle, so one stray cell in the last row and column would take all memory.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from defusedxml.ElementTree import fromstring

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheet_marks import NO_MARKS, Marks, Strikes, marks_of
from chuangwen.kernel.unzip import NotAZip, ZipLook
from chuangwen.kernel.words import later, say

_ODD_CELL = re.compile(rb'<c[\s>/](?!r="[A-Z][0-9]{1,5}")')
_CELL_PLACE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]+)([0-9]+)""")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_DIMENSION = re.compile(rb"""<(?:\w+:)?dimension\s[^>]*ref\s*=\s*["'](?:[A-Z]+[0-9]+:)?([A-Z]+)([0-9]+)["']""")
_FORMULA = re.compile(
    rb'<c\s+r="([A-Z]+[0-9]+)"([^>]*)>\s*(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)\s*(<v\s*/>|<v>\s*</v>)?\s*</c>',
)
_STRING_RESULT = b't="str"'
_LINE = re.compile(rb"<(?:\w+:)?(row|col)\s([^>]*)>")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_PLACE = re.compile(rb"""(?:^|\s)(r|min|max)\s*=\s*["'](\d{1,7})["']""")
_COUNTING = re.compile(rb"<[^<>]*[cC]ount\s*=[^<>]*")
_COUNT = re.compile(rb"""[cC]ount\s*=\s*["']\s*\+?0*(\d+)""")
_MOST_COLUMN = 16_384
_LETTERS, _DIGITS = 4, 9
"""A place has no more of them; the reader would reckon a longer one all the same, and ask for the memory of it."""


@dataclass(frozen=True)
class SheetLimits:
    """How large a workbook may be: bytes of the file, rows and columns of a sheet, cells of all sheets."""

    file: int = 30 * 1024 * 1024
    rows: int = 100_000
    columns: int = 200
    cells: int = 2_700_000


class TableTooBig(Refusal):
    code = "table_too_big"
    sentence = later("表格“{name}”{where}有 {count} {what}，最多允许 {limit} {what}，没有读取。{cure}")
    status = 422
    cure: ClassVar[str] = later("请删去下方、右侧多余的行列（选中后“删除”，不是“清除”），或拆成几个文件。")


@dataclass(frozen=True)
class SheetScan:
    """What was seen of one sheet's XML: how far its cells reach at most, its formulas without a saved value, what is hidden.

    Hidden rows count from 1, hidden columns from 0; ``pictures`` lie over the cells; ``marks`` are strikes and comments.
    """

    rows: int = 0
    columns: int = 0
    unsaved: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    pictures: int = 0
    marks: Marks = NO_MARKS


def too_big(name: str, sheet: str, *, count: int, what: str, limit: int) -> TableTooBig:
    """The refusal for a table with too many of something ("行", "列", "个单元格")."""
    where = say("的“{sheet}”", sheet=sheet) if sheet else ""
    facts = {"name": name, "where": where, "count": count, "limit": limit}
    return TableTooBig(**facts, what=say(what), cure=say(TableTooBig.cure))


@dataclass(frozen=True)
class BookScan:
    """A workbook's own page: (name, path of the XML) of every sheet in order, and whether its days count from 1904."""

    sheets: tuple[tuple[str, str], ...]
    date1904: bool


def scan_book(look: ZipLook) -> BookScan:
    """Read the workbook's own page, in the transitional or the strict spelling; NotAZip where its parts do not fit."""
    try:
        rels = fromstring(look.read("xl/_rels/workbook.xml.rels"))
        targets = {rel.get("Id"): rel.get("Target") or "" for rel in rels}
        book = fromstring(look.read("xl/workbook.xml"))
    except (KeyError, ValueError, SyntaxError) as wrong:
        raise NotAZip(name=look.name) from wrong
    pairs: list[tuple[str, str]] = []
    date1904 = False
    for element in book.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "workbookPr":
            date1904 = element.get("date1904", "") in {"1", "true", "on"}
        if tag == "sheet":
            key = next((value for name, value in element.items() if name.endswith("}id")), "")
            pairs.append((element.get("name") or "", _inside("xl", targets.get(key, ""))))
    return BookScan(tuple(pairs), date1904)


def _inside(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")


def refuse_counts(look: ZipLook, path: str, limits: SheetLimits) -> None:
    """Unpack a part without keeping it, so that its declared size is proved, and refuse a count of more things than cells:

    the reader makes room for as many as the part says it has, and ends the process where there is none.
    """
    for piece in _pieces(look, path):
        told = (digits for tag in _COUNTING.findall(piece) for digits in _COUNT.findall(tag))
        if any(len(digits) > _DIGITS or int(digits) > limits.cells for digits in told):
            raise NotAZip(name=look.name)


def scan_sheet(look: ZipLook, path: str, name: str, limits: SheetLimits, strikes: Strikes) -> SheetScan:
    """Stream one sheet and find how far it reaches; TableTooBig as soon as that is beyond the limits.

    The quick way only makes sure that every cell is written in the common way (one letter, at most five digits), which
    bounds the sheet well enough; anything else has every place in the sheet read.
    """
    unsaved: list[str] = []
    hidden: dict[bytes, set[int]] = {b"row": set(), b"col": set()}
    odd = False
    for number, piece in enumerate(_pieces(look, path)):
        if number == 0:
            _check_dimension(piece, look.name, name, limits)
        if b"f" in piece and b"<f" in piece:  # one byte is found much faster than two, and is mostly not there
            unsaved.extend(_unsaved_formulas(piece))
        if b"hidden" in piece:
            _note_hidden(piece, hidden)
        odd = odd or _is_odd(piece)
    rows, columns = _furthest_cell(look, path, name, limits) if odd else (limits.rows, 26)
    return SheetScan(
        rows=rows,
        columns=columns,
        unsaved=tuple(unsaved),
        hidden_rows=frozenset(hidden[b"row"]),
        hidden_columns=frozenset(hidden[b"col"]),
        pictures=_pictures(look, path),
        marks=marks_of(look, path, strikes, _pieces),
    )


def _note_hidden(piece: bytes, hidden: dict[bytes, set[int]]) -> None:
    for kind, facts in _LINE.findall(piece):
        if not _HIDDEN.search(b" " + facts):
            continue
        places = {key: int(number) for key, number in _PLACE.findall(facts)}
        if kind == b"row" and b"r" in places:
            hidden[kind].add(places[b"r"])
        elif kind == b"col" and b"min" in places:
            last = min(places.get(b"max", places[b"min"]), _MOST_COLUMN)
            hidden[kind].update(range(places[b"min"] - 1, last))


def _pictures(look: ZipLook, path: str) -> int:
    """How many pictures lie over the sheet's cells."""
    folder, _, file = path.rpartition("/")
    links = f"{folder}/_rels/{file}.rels"
    if links not in look.entries:
        return 0
    try:
        targets = [_inside(folder, one.get("Target") or "") for one in fromstring(look.read(links))]
    except (ValueError, SyntaxError):
        return 0
    drawings = [one for one in targets if "/drawings/drawing" in one and one in look.entries]
    return sum(look.read(one).count(b":pic>") // 2 for one in drawings)


def _is_odd(piece: bytes) -> bool:
    """Whether any cell may be written in another way than ``<c r="A1"``."""
    return b"\0" in piece or (b":" in piece and b":c" in piece) or _ODD_CELL.search(piece) is not None


def _furthest_cell(look: ZipLook, path: str, name: str, limits: SheetLimits) -> tuple[int, int]:
    """The last row and column of any cell, read place by place. Cells without a place count as lying side by side."""
    rows = columns = unplaced = 0
    for piece in _pieces(look, path):
        if b"\0" in piece:  # UTF-16: too rare to be read, too dangerous to be guessed
            raise NotAZip(name=look.name)
        places = _CELL_PLACE.findall(piece)
        if any(len(letters) > _LETTERS or len(digits) > _DIGITS for letters, digits in places):
            raise NotAZip(name=look.name)
        unplaced += max(len(_ANY_CELL.findall(piece)) - len(places), 0)
        columns = max(columns, max((_column(letters) for letters in {letters for letters, _ in places}), default=0))
        rows = max(rows, max((int(digits) for digits in {digits for _, digits in places}), default=0))
        _check_reach(rows + unplaced, columns + unplaced, look.name, name, limits)
    return rows + unplaced, columns + unplaced


def _pieces(look: ZipLook, path: str) -> Iterator[bytes]:
    """The XML in pieces that never cut a cell in two."""
    rest = b""
    for chunk in look.stream(path):
        piece = rest + chunk if rest else chunk
        cut = max(piece.rfind(b"<c"), 0) or max(piece.rfind(b"<"), 0)
        rest = piece[cut:]
        if cut:
            yield piece[:cut]
    yield rest


def _check_dimension(piece: bytes, file: str, sheet: str, limits: SheetLimits) -> None:
    found = _DIMENSION.search(piece)
    if found and int(found[2]) > limits.rows:
        raise too_big(file, sheet, count=int(found[2]), what=later("行"), limit=limits.rows)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _check_reach(rows: int, columns: int, file: str, sheet: str, limits: SheetLimits) -> None:
    if rows > limits.rows:
        raise too_big(file, sheet, count=rows, what=later("行"), limit=limits.rows)
    if columns > limits.columns and rows * columns > limits.cells:
        raise too_big(file, sheet, count=columns, what=later("列"), limit=limits.columns)
    if rows * columns > limits.cells:
        raise too_big(file, sheet, count=rows * columns, what=later("个单元格"), limit=limits.cells)


def _unsaved_formulas(piece: bytes) -> list[str]:
    return [
        found[1].decode("ascii") for found in _FORMULA.finditer(piece) if not (found[3] and _STRING_RESULT in found[2])
    ]
