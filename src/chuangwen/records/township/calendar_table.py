"""The yearly notice as a table, Excel or text: read by its declaration into days."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from chuangwen.kernel.packfiles import Placed
from chuangwen.kernel.sheets import Workbook
from chuangwen.kernel.tables.cells import REQUIRED, Around
from chuangwen.kernel.tables.days import said_day
from chuangwen.kernel.tables.declared import Table, declared
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.reader import read_rows
from chuangwen.kernel.tables.reading import TableReading, TableRow
from chuangwen.kernel.tables.telling import Option
from chuangwen.kernel.words import say, written
from chuangwen.records.township.calendar_words import USUAL, kind_of, of_some_alone
from chuangwen.records.township.definitions import DayRow

CALENDAR_TABLE: Table = declared(Path(__file__).parent / "tables" / "calendar.toml")
LONGEST = 31
"""No time off lasts longer."""
_MONTH_AND_DAY = re.compile(r"\d{1,2}月\d{1,2}[日号]")


@dataclass(frozen=True)
class CalendarReading:
    """The days that can be taken in, as ``DayRow`` with their lines; the reading tells all else."""

    reading: TableReading
    rows: Sequence[Placed]


def read_calendar(book: Workbook, said: Said | None = None) -> CalendarReading:
    """Read every sheet that has a calendar's head; a row from one day to another is all its days. Nothing is written."""
    reading = read_rows(book, CALENDAR_TABLE, Around({}), said)
    _ask_about_other_days(reading)
    alike = Counter((row.text("kind"), row.text("name")) for row in reading.read)
    for row in reading.read:
        _check_words(reading, row)
        _check_days(reading, row, alike[row.text("kind"), row.text("name")])
    return CalendarReading(
        reading, [Placed(row.row, _day(row, day, book.name)) for row in reading.rows for day in _days(row)]
    )


def _ask_about_other_days(reading: TableReading) -> None:
    """A column of days that nobody reads (days to be worked, an end by another name) must not be lost unseen."""
    for one in () if reading.open_questions else reading.unread:
        if one.kind == "column" and (said_day(one.sample) or _MONTH_AND_DAY.search(one.sample)):
            what = say(
                "{where}“{title}”里是日期（{sample}），没有读。", where=one.where, title=one.title, sample=one.sample
            )
            options = [Option("leave", say("不读这一列，照样导入"))]
            reading.ask(f"days.{one.sheet}.{one.where}", what, options)


def _check_words(reading: TableReading, row: TableRow) -> None:
    """The kind is one that is known, and it is said of everybody."""
    kind, name = row.text("kind"), row.text("name")
    if kind and not kind_of(kind):
        reading.tell(row, "kind", say("不认识类别“{text}”", text=kind[:40]), CALENDAR_TABLE.field("kind").cure)
    elif not name and kind_of(kind) not in {"", USUAL}:
        title = CALENDAR_TABLE.field("name").title
        reading.tell(row, "name", say(REQUIRED, title=title), say("请写节日的名称；只有“照常”的日子可以不写。"))
    elif name and of_some_alone(name):
        what = say("“{name}”不是全镇都放假或上班的日子", name=name)
        reading.tell(row, "name", what, say("只管一部分人或半天的，请删去这一行。"))


def _check_days(reading: TableReading, row: TableRow, alike: int) -> None:
    """The end is not before the beginning, and the number of days is that of the days."""
    first, last, said = row.values.get("date"), row.values.get("last"), row.values.get("days")
    if not isinstance(first, date):
        return
    if isinstance(last, date) and not 0 <= (last - first).days < LONGEST:
        what = say("从 {first} 到 {last} 不对。", first=first, last=last)
        reading.tell(row, "last", what, say("结束日期不能早于开始日期，一次最多 {most} 天。", most=LONGEST))
        return
    real = len(_days(row))
    if isinstance(said, int) and said != real and (isinstance(last, date) or said != alike):
        what = say("写着 {said} 天，日期是 {real} 天。", said=said, real=real)
        reading.tell(row, "days", what, say("请写上结束日期，或一天一行；再核对天数。"))


def _days(row: TableRow) -> list[date]:
    first, last = row.values.get("date"), row.values.get("last")
    if not isinstance(first, date):
        return []
    length = (last - first).days if isinstance(last, date) else 0
    return [first + timedelta(days=step) for step in range(length + 1)]


def _day(row: TableRow, day: date, file: str) -> DayRow:
    source = row.text("source") or written("导入自 {name}", name=file)
    name = row.text("name") or row.text("kind")[:40]
    facts = {"date": day, "kind": kind_of(row.text("kind")), "name": name, "source": source[:200]}
    return DayRow.model_validate(facts)
