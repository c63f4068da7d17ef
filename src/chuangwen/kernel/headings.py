"""The headings of a table found under any of their usual names: in any order, over two rows, below titles."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chuangwen.kernel.cells import column_name, text_of
from chuangwen.kernel.chinese import bare
from chuangwen.kernel.sheets import Sheet

_ASIDE = re.compile(r"\(.*?\)|[*:：、。.\"'“”]")
_LOOK = 30
_LOOK_CLOSELY = 8
_LONGEST = 16
_WIDEST = 120
_CLOSE = 0.74

Words = Mapping[str, Sequence[str]]
"""Field -> the headings it goes by, the usual one first."""


@dataclass(frozen=True)
class Column:
    """One recognised column: which field, where (counted from 0), what it is called, how sure (0..1)."""

    field: str
    index: int
    heading: str
    confidence: float

    def as_dict(self) -> dict[str, object]:
        return {
            "field": self.field,
            "column": column_name(self.index),
            "heading": self.heading,
            "confidence": self.confidence,
        }


@dataclass(frozen=True)
class Heading:
    """The head of a table: its rows (from 1, both inside) and its columns by field.

    ``rest`` are the columns that have a heading and no field of their own; one that is called like a field which another
    column took names that field, with how surely.
    """

    sheet: str
    first_row: int
    last_row: int
    columns: Mapping[str, Column]
    rest: tuple[Column, ...] = ()

    @property
    def unread(self) -> tuple[str, ...]:
        """What the columns are called that no field took."""
        return tuple(column.heading for column in self.rest if column.heading)

    @property
    def confidence(self) -> float:
        """How sure the whole guess is: the mean over the columns, 0 without any."""
        return round(sum(c.confidence for c in self.columns.values()) / len(self.columns), 2) if self.columns else 0.0

    def corrected(self, columns: Mapping[str, int | None]) -> "Heading":
        """The same head with a person's corrections: field -> column counted from 0, or None for "not in the table"."""
        changed = dict(self.columns)
        for field, index in columns.items():
            changed.pop(field, None)
            if index is not None:
                changed = {name: column for name, column in changed.items() if column.index != index}
                changed[field] = Column(field, index, column_name(index), 1.0)
        return replace(self, columns=changed)

    def index(self, field: str) -> int | None:
        column = self.columns.get(field)
        return column.index if column else None

    def title(self, field: str) -> str:
        """What the table calls the field, empty where it has no such column."""
        column = self.columns.get(field)
        return column.heading if column else ""


def heading_at(sheet: Sheet, words: Words, row: int) -> Heading:
    """The head where a person says that it is."""
    full = sheet.filled()
    spoken = {field: tuple(bare(word) for word in names) for field, names in words.items()}
    columns = _columns(_names(full, row, row), spoken, close=False)
    return _finished(sheet, full, Heading(sheet.name, row, row, columns), spoken)


def find_heading(sheet: Sheet, words: Words) -> Heading:
    """Guess the head of a table in the first thirty rows; one without columns where nothing fits."""
    full = sheet.filled()
    spoken = {field: tuple(bare(word) for word in names) for field, names in words.items()}
    best = _best_heading(full, spoken, look=_LOOK, close=False)
    if not best.columns:
        best = _best_heading(full, spoken, look=_LOOK_CLOSELY, close=True)
    return _finished(sheet, full, best, spoken) if best.columns else best


def _best_heading(full: Sheet, spoken: Words, *, look: int, close: bool) -> Heading:
    """The row (or two rows) with the most recognised headings; one row is preferred to two."""
    best = Heading(sheet=full.name, first_row=0, last_row=0, columns={})
    best_weight = 0.0
    for row in range(1, min(len(full.rows), look) + 1):
        for last in (row, row + 1):
            columns = _columns(_names(full, row, last), spoken, close=close)
            weight = sum(c.confidence for c in columns.values()) - 0.1 * (last - row)
            if len(columns) >= 2 and weight > best_weight + 0.05:
                best_weight = weight
                best = Heading(sheet=full.name, first_row=row, last_row=last, columns=columns)
    return best


def _finished(sheet: Sheet, full: Sheet, head: Heading, spoken: Words) -> Heading:
    """The head with its merged rows counted in and misspelt headings recognised."""
    tops = [
        area.top for area in sheet.merged if area.top < head.first_row <= area.bottom and area.bottom <= head.last_row
    ]
    first = min(tops) if len(tops) >= 2 else head.first_row
    reaches = [area.bottom for area in sheet.merged if area.top == first and area.bottom > first]
    last = max(head.last_row, min(reaches, default=0) if len(reaches) >= 2 else 0)
    names = _names(full, first, last)
    columns = _columns(names, spoken, close=True)
    taken = {column.index for column in columns.values()}
    rest = tuple(_rest(index, parts, spoken) for index, parts in enumerate(names) if parts and index not in taken)
    return replace(head, first_row=first, last_row=last, columns=columns, rest=rest)


def _rest(index: int, parts: list[str], spoken: Words) -> Column:
    """A column that got no field: what it is called, and which field it would have been."""
    sure, field = max(
        ((_likeness(part, words, close=False), field) for field, words in spoken.items() for part in parts[-1:]),
        default=(0.0, ""),
    )
    return Column(field if sure else "", index, parts[-1], sure)


def _names(full: Sheet, first: int, last: int) -> list[list[str]]:
    """For each column its heading's parts from top to bottom, without repeats."""
    width = min(max((len(row) for row in full.rows[first - 1 : last]), default=0), _WIDEST)
    names: list[list[str]] = []
    for index in range(width):
        parts = (text_of(full.value(row, index)) for row in range(first, last + 1))
        names.append(list(dict.fromkeys(part for part in parts if part)))
    return names


def _columns(names: list[list[str]], spoken: Words, *, close: bool) -> dict[str, Column]:
    """Each field's best column and each column's best field, the surest first."""
    offers: list[tuple[float, int, str, str]] = []
    for index, parts in enumerate(names):
        if not parts:
            continue
        spellings = [*reversed(parts), "".join(parts)] if len(parts) > 1 else parts
        for field, words in spoken.items():
            sure = max(_likeness(spelling, words, close=close) for spelling in spellings)
            if sure:
                offers.append((-sure, index, field, spellings[0]))
    columns: dict[str, Column] = {}
    used: set[int] = set()
    for minus, index, field, heading in sorted(offers):
        if field not in columns and index not in used:
            columns[field] = Column(field, index, heading, round(-minus, 2))
            used.add(index)
    return columns


def _likeness(heading: str, words: Sequence[str], *, close: bool) -> float:
    """How surely a heading is one of the words: 1 the same, 0.9 but for an aside, less when it only contains one."""
    if len(heading) > 3 * _LONGEST:
        return 0.0
    whole = bare(heading)
    if whole in words:
        return 1.0
    plain = _ASIDE.sub("", whole)
    if plain in words:
        return 0.9
    if not plain or len(plain) > _LONGEST:
        return 0.0
    inside = max((len(word) for word in words if len(word) > 1 and word in plain), default=0)
    if inside:
        return round(0.5 + 0.3 * inside / len(plain), 2)
    if close and len(plain) >= 3:
        near = max(difflib.SequenceMatcher(None, plain, word).ratio() for word in words)
        return round(near * 0.7, 2) if near >= _CLOSE else 0.0
    return 0.0
