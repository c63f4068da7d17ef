"""The yearly notice as a file: a table (CSV) or a published calendar (iCalendar), read into days.

Nothing is raised for what a file says; every problem goes into ``problems`` with its line (for a calendar, the number
of the event).
"""

from collections.abc import Iterator, Sequence

from icalendar import Calendar, Component, Event

from chuangwen.kernel.chinese import tidy
from chuangwen.kernel.packfiles import Placed, into
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheet_scan import SheetLimits
from chuangwen.kernel.sheets import Workbook, read_table
from chuangwen.kernel.tables.telling import Unread
from chuangwen.kernel.words import later, say, written
from chuangwen.records.township.calendar_events import Family, days_of_event, families
from chuangwen.records.township.calendar_table import read_calendar
from chuangwen.records.township.calendar_words import kind_of
from chuangwen.records.township.definitions import DayRow

MOST_ROWS = 5000


class NotACalendar(Refusal):
    """A file that starts like a calendar and cannot be read as one."""

    code = "not_a_calendar"
    sentence = later("“{name}”不是能读懂的日历文件（ICS）。请重新下载，或改用 CSV 表格。")
    status = 422


def calendar_rows(data: bytes, name: str, problems: Problems, unread: list[Unread] | None = None) -> list[Placed]:
    """The days of a file of either sort; which one it is shows in its first line. Raises NotACalendar.

    ``unread`` takes what a table has that is not read.
    """
    if is_published_calendar(data):
        return calendar_rows_from_ics(data, name, problems)
    return calendar_rows_from_table(data, name, problems, unread)


def calendar_rows_from_table(
    data: bytes, name: str, problems: Problems, unread: list[Unread] | None = None
) -> list[Placed]:
    """Rows of ``DayRow`` with their lines. What a person would have to decide is a problem here."""
    found = read_calendar(calendar_book(data, name))
    problems.extend(found.reading.sorted_problems())
    for one in found.reading.open_questions:
        problems.add(file=one.sheet or name, what=one.what, cure=say("请在表里只留要读的，或在网页上导入。"))
    if unread is not None:
        unread += found.reading.unread
    return list(found.rows)


def calendar_book(data: bytes, name: str) -> Workbook:
    """The table of a notice; no notice is long. Raises the refusals of a file that is no table."""
    return read_table(data, name=name, limits=SheetLimits(rows=MOST_ROWS))


def is_published_calendar(data: bytes) -> bool:
    """Whether it is an iCalendar file."""
    return data[:200].removeprefix(b"\xef\xbb\xbf").lstrip().upper().startswith(b"BEGIN:VCALENDAR")


def calendar_rows_from_ics(data: bytes, name: str, problems: Problems) -> list[Placed]:
    """Days of the events whose summary says 放假/休 or 班/调休 for everybody; other events (节气, half days) are passed over.

    Raises NotACalendar.
    """
    try:
        calendar = Calendar.from_ical(data)
        events = [event for event in calendar.walk("VEVENT") if isinstance(event, Event)]
    except (ValueError, IndexError, KeyError) as wrong:
        raise NotACalendar(name=name) from wrong
    if why := _why_not_whole(calendar, events):
        problems.add(file=name, what=why, cure=say("请用公布放假安排的日历，或改用 CSV 表格。"))
        return []
    known = families(events)
    found: list[Placed] = []
    for number, event in enumerate(events, start=1):
        found.extend(Placed(number, row) for row in _rows_of(event, known, (name, number), problems))
    if not found and not problems:
        what = say("没有一个事项写明“放假、休”或“班、调休”")
        problems.add(file=name, what=what, cure=say("请用公布放假安排的日历，或改用 CSV 表格。"))
    return found


def _why_not_whole(calendar: Component, events: Sequence[Event]) -> str:
    """Why the file as a whole cannot be taken for a calendar of days off."""
    if len(events) > MOST_ROWS:
        return say("超过 {most} 个事项", most=MOST_ROWS)
    if str(calendar.get("METHOD", "")).strip().upper() == "CANCEL":
        return say("这份日历是撤销通知（METHOD:CANCEL）")
    return ""


def _rows_of(event: Event, known: dict[str, Family], place: tuple[str, int], problems: Problems) -> Iterator[DayRow]:
    summary = tidy(str(event.get("SUMMARY", "")))
    kind = kind_of(summary)
    if not kind:
        return
    source = written("导入自 {name}", name=place[0])[:200]
    for day in days_of_event(event, known, place, summary[:40], problems):
        facts = {"date": day, "kind": kind, "name": summary[:40], "source": source}
        if row := into(DayRow, facts, *place, problems):
            yield row
