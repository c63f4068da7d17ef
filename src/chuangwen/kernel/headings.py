"""The headings of a table found under any of their usual names: in any order, over two rows, below titles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chuangwen.kernel.cells import column_name, text_of
from chuangwen.kernel.chinese import bare
from chuangwen.kernel.heading_likeness import NOTHING, SURE, Doubt, Likeness, likeness
from chuangwen.kernel.sheets import Sheet

_LOOK = 30
_LOOK_CLOSELY = 8
_WIDEST = 120
_BY_GROUP = 0.8

Words = Mapping[str, Sequence[str]]
"""Field -> the headings it goes by, the usual one first."""

Spoken = Mapping[str, tuple[str, ...]]
"""The same, bare."""


@dataclass(frozen=True)
class Column:
    """One recognised column: which field, where (counted from 0), what it is called, how sure (0..1).

    Below ``SURE`` it is a guess; ``doubt`` says what in its heading speaks against it.
    """

    field: str
    index: int
    heading: str
    confidence: float
    doubt: Doubt = ""

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


def _best_heading(full: Sheet, spoken: Spoken, *, look: int, close: bool) -> Heading:
    """The row (or two rows) with the most recognised headings; one row is preferred to two."""
    best = Heading(sheet=full.name, first_row=0, last_row=0, columns={})
    best_weight = 0.0
    for row in range(1, min(len(full.rows), look) + 1):
        for last in (row, row + 1) if _is_headed_below(full, row, spoken, close=close) else (row,):
            columns = _columns(_names(full, row, last), spoken, close=close)
            weight = sum(c.confidence for c in columns.values()) - 0.1 * (last - row)
            if len(columns) >= 2 and weight > best_weight + 0.05:
                best_weight = weight
                best = Heading(sheet=full.name, first_row=row, last_row=last, columns=columns)
    return best


def _is_headed_below(full: Sheet, row: int, spoken: Spoken, *, close: bool) -> bool:
    """Whether the row below may belong to the head: under a recognised heading it says headings, or nothing of its own.

    A row with a value there is the first of the data, whatever its other cells resemble.
    """
    for column in _columns(_names(full, row, row), spoken, close=close).values():
        below = text_of(full.value(row + 1, column.index))
        if below and below != column.heading and not _is_heading(below, spoken) and not _is_group(full, row, column):
            return False
    return True


def _is_heading(text: str, spoken: Spoken) -> bool:
    return any(likeness(text, words, close=False).sure >= SURE for words in spoken.values())


def _is_group(full: Sheet, row: int, column: Column) -> bool:
    """Whether a heading reaches over several columns: merged over them, or with nothing beside it."""
    beside = text_of(full.value(row, column.index + 1))
    is_merged = column.heading in {beside, text_of(full.value(row, column.index - 1)) if column.index else ""}
    return is_merged or (not beside and text_of(full.value(row + 1, column.index + 1)) != "")


def _finished(sheet: Sheet, full: Sheet, head: Heading, spoken: Spoken) -> Heading:
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


def _rest(index: int, parts: list[str], spoken: Spoken) -> Column:
    """A column that got no field: what it is called, and which field it would have been."""
    found, field = max(
        ((_likeness(parts, words, close=True), field) for field, words in spoken.items()),
        key=lambda one: (one[0].sure, one[1]),
        default=(NOTHING, ""),
    )
    return Column(field if found.sure else "", index, parts[-1], found.sure, found.doubt)


def _likeness(parts: list[str], words: tuple[str, ...], *, close: bool) -> Likeness:
    """How surely a heading of one or more parts is a field: by its own part, by all of them, by the group above it."""
    *groups, own = parts
    group = "".join(groups)
    offers = [likeness(own, words, close=close)]
    if groups:
        offers = [offers[0].through_group(group=group), likeness(group + own, words, close=close)]
        offers += [_by_group(likeness(part, words, close=close)) for part in groups]
    return max(offers, key=lambda one: one.sure)


def _by_group(found: Likeness) -> Likeness:
    return replace(found, sure=round(min(found.sure, SURE) * _BY_GROUP, 2))


def _names(full: Sheet, first: int, last: int) -> list[list[str]]:
    """For each column its heading's parts from top to bottom, without repeats."""
    width = min(max((len(row) for row in full.rows[first - 1 : last]), default=0), _WIDEST)
    names: list[list[str]] = []
    for index in range(width):
        parts = [text_of(full.value(row, index)) or _group(full, row, last, index) for row in range(first, last)]
        parts.append(text_of(full.value(last, index)))
        names.append(list(dict.fromkeys(part for part in parts if part)))
    return names


def _group(full: Sheet, row: int, last: int, index: int) -> str:
    """The group title that a heading stands under where its own cell is blank: a text of cells merges none."""
    while index and text_of(full.value(last, index)):
        index -= 1
        if above := text_of(full.value(row, index)):
            return above if text_of(full.value(last, index)) not in {"", above} else ""
    return ""


def _columns(names: list[list[str]], spoken: Spoken, *, close: bool) -> dict[str, Column]:
    """Each field's best column and each column's best field, the surest first."""
    offers: list[tuple[float, int, str, Doubt]] = []
    for index, parts in enumerate(names):
        for field, words in spoken.items() if parts else ():
            found = _likeness(parts, words, close=close)
            if found.sure:
                offers.append((-found.sure, index, field, found.doubt))
    columns: dict[str, Column] = {}
    used: set[int] = set()
    for minus, index, field, doubt in sorted(offers):
        if field not in columns and index not in used:
            columns[field] = Column(field, index, names[index][-1], round(-minus, 2), doubt)
            used.add(index)
    return columns
