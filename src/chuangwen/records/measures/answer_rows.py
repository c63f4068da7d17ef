"""Rows of a table of answers, figures or events once they are understood, and those that bring back what was put right."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from chuangwen.kernel.tables.reading import TableReading, TableRow
from chuangwen.kernel.tables.telling import Option
from chuangwen.kernel.words import listed, say
from chuangwen.records.ledger.queries import said_before

New = TypeVar("New")
Old = TypeVar("Old")
LedgerWords = tuple[str, Mapping[str, int | Decimal]]
"""The key of a thing in the ledger, and its counts by the names they have there."""
OLDER = "older"
NAMED = 5


@dataclass(frozen=True)
class ReadRow(Generic[New, Old]):
    """One row understood: what it is about, what it says, what stands, and both as people read them."""

    row: int
    label: str
    new: New
    old: Old | None
    said: str
    was: str

    @property
    def is_same(self) -> bool:
        return self.old is not None and self.said == self.was


@dataclass(frozen=True)
class Found(Generic[New, Old]):
    """What came of a table: the reading with its problems, the rows that can be taken, how many say nothing."""

    reading: TableReading
    rows: Sequence[ReadRow[New, Old]]
    left: int

    @property
    def new(self) -> list[ReadRow[New, Old]]:
        return [row for row in self.rows if row.old is None]

    @property
    def changed(self) -> list[ReadRow[New, Old]]:
        """Rows that correct what stands."""
        return [row for row in self.rows if row.old is not None and not row.is_same]

    @property
    def writes(self) -> list[New]:
        return [row.new for row in (*self.new, *self.changed)]


def kept(
    reading: TableReading,
    pairs: Sequence[tuple[TableRow, ReadRow[New, Old]]],
    kind: str,
    words: Callable[[New], LedgerWords],
) -> list[ReadRow[New, Old]]:
    """The rows to be written. Of those that say again what stood before a correction a person says whether they count."""
    changed = [(row, one, *words(one.new)) for row, one in pairs if one.old is not None and not one.is_same]
    before = said_before(kind, sorted({key for _row, _one, key, _counts in changed})) if changed else {}
    older = [
        (row, one) for row, one, key, counts in changed if any(_says(said, counts) for said in before.get(key, ()))
    ]
    if not older or _asked(reading, older) != "leave":
        return [one for _row, one in pairs]
    left = {id(one) for _row, one in older}
    for row, _one in older:
        reading.leave(row, why=say("改正前的数，不改回"))
    return [one for _row, one in pairs if id(one) not in left]


def _asked(reading: TableReading, older: Sequence[tuple[TableRow, ReadRow[New, Old]]]) -> str:
    told = listed(f"{one.label}（{one.was} → {one.said}）" for _row, one in older[:NAMED])
    what = say("{n} 行是改正以前的数（{rows}）。要改回去吗？", n=len(older), rows=told)
    options = [Option("leave", say("不改回，留着改正后的")), Option("correct", say("改回表里的数"))]
    return reading.ask(OLDER, what, options, rows=sorted(one.row for _row, one in older))


def _says(said: Mapping[str, object], counts: Mapping[str, int | Decimal]) -> bool:
    """Whether a note's old values are these counts."""
    try:
        return all(name in said and Decimal(str(said[name])) == value for name, value in counts.items())
    except InvalidOperation:
        return False
