"""What somebody marked in a sheet and no field reads: comments, and single cells that are struck out."""

from collections.abc import Iterator, Sequence

from chuangwen.kernel.cells import Cell, column_place, text_of
from chuangwen.kernel.sheets import Sheet
from chuangwen.kernel.tables.heads import Head, struck_rows
from chuangwen.kernel.tables.telling import Unread
from chuangwen.kernel.words import listed, say

_MOST_NAMED = 12


def marks_told(head: Head) -> Iterator[Unread]:
    """One line for the cells that are struck out in rows that are not, one for every comment, the first dozen by itself."""
    sheet = head.sheet
    rows = struck_rows(head)
    struck = [one for one in sheet.marks.struck if _row(one) not in rows and _value(sheet, one) != ""]
    if struck:
        struck.sort(key=lambda one: (_row(one), column_place(_letters(one)) or 0))
        yield Unread(
            "struck", sheet.name, cells_told(struck), sample=text_of(_value(sheet, struck[0])), count=len(struck)
        )
    comments = sheet.marks.comments
    for cell, text in comments[:_MOST_NAMED]:
        yield Unread("comment", sheet.name, cell, sample=text)
    if rest := comments[_MOST_NAMED:]:
        yield Unread(
            "comment", sheet.name, cells_told([cell for cell, _text in rest]), sample=rest[0][1], count=len(rest)
        )


def cells_told(cells: Sequence[str]) -> str:
    """Cells by their addresses, the first dozen."""
    return listed(cells[:_MOST_NAMED]) + (say("等") if len(cells) > _MOST_NAMED else "")


def _letters(cell: str) -> str:
    return cell.rstrip("0123456789")


def _row(cell: str) -> int:
    return int(cell.removeprefix(_letters(cell)) or 0)


def _value(sheet: Sheet, cell: str) -> Cell:
    place = column_place(_letters(cell))
    return sheet.value(_row(cell), place) if place is not None else ""
