"""What one cell of a sheet says: a text, a number, a day."""

import datetime
import re
from decimal import Decimal, InvalidOperation

from chuangwen.kernel.chinese import half_width, tidy

Cell = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta
"""A cell as the reader gives it (a ``datetime`` is a ``date`` too); an empty cell is ''."""

_SERIAL_START = datetime.date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)
_DAY = re.compile(
    r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*[日号]?(?:[T\s]+\d{1,2}[:时].*)?\Z", re.S
)
_DAY_IN_ONE = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)\Z")
_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"})


def text_of(cell: Cell | None) -> str:
    """The cell as people read it: no trailing .0, days as 2021-10-14, odd spaces tidied."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str):
        return tidy(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ", "minutes")
    return str(cell)


def lines_of(cell: Cell | None) -> str:
    """The cell's text with its line breaks kept, every line tidied."""
    if not isinstance(cell, str):
        return text_of(cell)
    lines = (tidy(line) for line in re.split(r"\r\n|[\r\n]", cell))
    return "\n".join(line for line in lines if line)


def is_error(cell: Cell | None) -> bool:
    """Whether the cell shows one of Excel's errors."""
    return isinstance(cell, str) and cell.strip() in _ERRORS


def day_of(cell: Cell | None) -> datetime.date | None:
    """The day a cell means: 2021-10-14, 2021/10/14, 2021.10.14, 2021年10月14日, 20211014, or Excel's serial number.

    None where the cell is empty or says no possible day.
    """
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    text = half_width(text_of(cell))
    found = _DAY_IN_ONE.match(text) or _DAY.match(text)
    if found:
        return _day(*(int(part) for part in found.groups()))
    number = number_of(text)
    if number is not None and int(number) in _SERIALS:
        return _SERIAL_START + datetime.timedelta(days=int(number))
    return None


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def number_of(cell: Cell | None) -> Decimal | None:
    """The number a cell says, exactly: full-width digits and thousands commas understood, "95%" is 0.95."""
    if isinstance(cell, bool | datetime.date | datetime.time | datetime.timedelta):
        return None
    text = half_width(text_of(cell)).replace(",", "").replace("，", "").replace(" ", "")
    share = text.endswith("%")
    text = text.removesuffix("%")
    if len(text) > 40 or not _NUMBER.match(text):
        return _from_scientific(cell)
    number = Decimal(half_digits(text))
    return number / 100 if share else number


def half_digits(text: str) -> str:
    """Digits of any script as 0-9, which ``Decimal`` and people agree on."""
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def _from_scientific(cell: Cell | None) -> Decimal | None:
    if not isinstance(cell, float):
        return None
    try:
        number = Decimal(repr(cell))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def column_name(index: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_place(letters: str) -> int | None:
    """The place of a column from 0: A is 0, AA is 26; None for what are no letters of a column."""
    place = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z" or place > 16_384:
            return None
        place = place * 26 + ord(letter) - 64
    return place - 1 if letters else None


def cell_name(row: int, index: int) -> str:
    """The cell as Excel calls it: row counted from 1, column from 0."""
    return f"{column_name(index)}{row}"
