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
from chuangwen.kernel.unzip import NotAZip, ZipLook
from chuangwen.kernel.words import later, say

_ODD_CELL = re.compile(rb'<c[\s>/](?!r="[A-Z][0-9]{1,5}")')
_CELL_PLACE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]{1,4})([0-9]{1,9})""")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_DIMENSION = re.compile(rb"""<(?:\w+:)?dimension\s[^>]*ref\s*=\s*["'](?:[A-Z]+[0-9]+:)?([A-Z]+)([0-9]+)["']""")
_FORMULA = re.compile(
    rb'<c\s+r="([A-Z]+[0-9]+)"([^>]*)>\s*(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)\s*(<v\s*/>|<v>\s*</v>)?\s*</c>',
)
_STRING_RESULT = b't="str"'
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


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
    """What was seen of one sheet's XML: how far its cells reach at most, and its formulas without a saved value."""

    rows: int
    columns: int
    unsaved: tuple[str, ...]


def too_big(name: str, sheet: str, *, count: int, what: str, limit: int) -> TableTooBig:
    """The refusal for a table with too many of something ("行", "列", "个单元格")."""
    where = say("的“{sheet}”", sheet=sheet) if sheet else ""
    facts = {"name": name, "where": where, "count": count, "limit": limit}
    return TableTooBig(**facts, what=say(what), cure=say(TableTooBig.cure))


def sheet_paths(look: ZipLook) -> list[tuple[str, str]]:
    """(name, path of the XML) of every sheet in the workbook's order; NotAZip where its parts do not fit."""
    try:
        rels = fromstring(look.read("xl/_rels/workbook.xml.rels"))
        targets = {rel.get("Id"): rel.get("Target") or "" for rel in rels}
        book = fromstring(look.read("xl/workbook.xml"))
    except (KeyError, ValueError, SyntaxError) as wrong:
        raise NotAZip(name=look.name) from wrong
    pairs: list[tuple[str, str]] = []
    for element in book.iter():
        if element.tag.rpartition("}")[2] == "sheet":
            target = targets.get(element.get(_REL_ID) or "", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            pairs.append((element.get("name") or "", path))
    return pairs


def scan_sheet(look: ZipLook, path: str, name: str, limits: SheetLimits) -> SheetScan:
    """Stream one sheet and find how far it reaches; TableTooBig as soon as that is beyond the limits.

    The quick way only makes sure that every cell is written in the common way (one letter, at most five digits), which
    bounds the sheet well enough; anything else has every place in the sheet read.
    """
    unsaved: list[str] = []
    odd = False
    for number, piece in enumerate(_pieces(look, path)):
        if number == 0:
            _check_dimension(piece, look.name, name, limits)
        if b"f" in piece and b"<f" in piece:  # one byte is found much faster than two, and is mostly not there
            unsaved.extend(_unsaved_formulas(piece))
        odd = odd or _is_odd(piece)
    rows, columns = _furthest_cell(look, path, name, limits) if odd else (limits.rows, 26)
    return SheetScan(rows=rows, columns=columns, unsaved=tuple(unsaved))


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
