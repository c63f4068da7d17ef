"""The yearly notice as a table, Excel or text: read by its declaration into days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chuangwen.kernel.packfiles import Placed
from chuangwen.kernel.sheets import Workbook
from chuangwen.kernel.tables.cells import Around
from chuangwen.kernel.tables.declared import Table, declared
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.reading import TableReading, TableRow, read_rows
from chuangwen.kernel.words import say, written
from chuangwen.records.township.definitions import DayRow

CALENDAR_TABLE: Table = declared(Path(__file__).parent / "tables" / "calendar.toml")
KIND_WORDS = (
    ("usual", ("usual", "照常", "取消", "恢复")),
    ("statutory", ("statutory", "推算")),
    ("makeup", ("makeup", "班")),
    ("holiday", ("holiday", "放假", "假期", "(休)", "（休）")),
    ("makeup", ("调休",)),
    ("holiday", ("休", "假")),
)
"""Asked in this order: "国庆节调休上班" has the sign for rest in it too, "调休放假" the sign for exchange."""


@dataclass(frozen=True)
class CalendarReading:
    """The days that can be taken in, as ``DayRow`` with their lines; the reading tells all else."""

    reading: TableReading
    rows: Sequence[Placed]


def read_calendar(book: Workbook, said: Said | None = None) -> CalendarReading:
    """Read every sheet that has a calendar's head; nothing is written."""
    reading = read_rows(book, CALENDAR_TABLE, Around({}), said)
    for row in reading.read:
        if row.text("kind") and not kind_of(row.text("kind")):
            what = say("不认识类别“{text}”", text=row.text("kind")[:40])
            reading.tell(row, "kind", what, CALENDAR_TABLE.field("kind").cure)
    return CalendarReading(reading, [Placed(row.row, _day(row, book.name)) for row in reading.rows])


def _day(row: TableRow, file: str) -> DayRow:
    day = row.values["date"]
    source = row.text("source") or written("导入自 {name}", name=file)
    kind = kind_of(row.text("kind"))
    facts = {
        "date": day if isinstance(day, date) else None,
        "kind": kind,
        "name": row.text("name"),
        "source": source[:200],
    }
    return DayRow.model_validate(facts)


def kind_of(text: str) -> str:
    """What a word says of a day: holiday, makeup, statutory, or "" when it says nothing.

    >>> kind_of("国庆节（休）"), kind_of("国庆节 补班 第1天/共2天"), kind_of("调休"), kind_of("立冬")
    ('holiday', 'makeup', 'makeup', '')
    """
    low = text.strip().lower()
    return next((kind for kind, words in KIND_WORDS if any(word in low for word in words)), "")
