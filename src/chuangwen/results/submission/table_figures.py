"""Figures of data tables, read from their text, and those that two tables of one standard tell differently."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = re.compile(r"-?\d[\d,，]*(?:\.\d+)?\s*[%％]?")
_SIGNS = re.compile(r"[\s　:：（）()]+")
_CELLS = re.compile(r"\t|\s\|\s|　{2,}| {2,}")
_SERIAL = {"序号", "编号", "备注", "年度", "年份", "日期", "时间", "电话"}
MOST_ROWS = 400


@dataclass(frozen=True)
class Difference:
    """One indicator with different values: each value beside where it stands."""

    name: str
    values: Sequence[tuple[str, str]]


def figures_of(text: str) -> dict[str, Decimal]:
    """Indicators with their values: in a table of one column of numbers by the row's name, else by row and column.

    Lines are rows, tabs part cells (as spreadsheets and Word tables are read).
    """
    rows = [_split(line) for line in text.splitlines()[:MOST_ROWS]]
    rows = [one for one in rows if len(one) > 1]
    heads: list[str] = []
    found: dict[str, Decimal] = {}
    for cells in rows:
        numbers = {place: value for place, cell in enumerate(cells) if (value := number_of(cell)) is not None}
        if not numbers:
            heads = cells
        if not numbers or (heads and len(cells) != len(heads)):  # a row with empty cells: which column is which?
            continue
        label = next((_plain(cell) for place, cell in enumerate(cells) if place not in numbers and cell), "")
        wanted = {place: value for place, value in numbers.items() if _head(heads, place) not in _SERIAL}
        for place, value in wanted.items():
            name = label if len(wanted) == 1 else f"{label}·{_head(heads, place)}"
            if label and (len(wanted) == 1 or _head(heads, place)):
                found.setdefault(name, value)
    return found


def _split(line: str) -> list[str]:
    return [one.strip() for one in _CELLS.split(line.strip())]


def _head(heads: Sequence[str], place: int) -> str:
    return _plain(heads[place]) if place < len(heads) else ""


def _plain(text: str) -> str:
    return _SIGNS.sub("", text)


def number_of(text: str) -> Decimal | None:
    """A cell that is one number; ``None`` for any other.

    >>> number_of("7,612")
    Decimal('7612')
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    return Decimal(re.sub(r"[,，%％\s]", "", text))


def differences(tables: Iterable[tuple[str, Mapping[str, Decimal]]]) -> list[Difference]:
    """Indicators that several tables name and do not tell alike. ``tables``: (where it stands, its figures)."""
    told: dict[str, dict[Decimal, str]] = {}
    for where, figures in tables:
        for name, value in figures.items():
            told.setdefault(name, {}).setdefault(value, where)
    return [
        Difference(name, [(where, f"{value:f}") for value, where in values.items()])
        for name, values in told.items()
        if len(values) > 1 and len(set(values.values())) > 1
    ]
