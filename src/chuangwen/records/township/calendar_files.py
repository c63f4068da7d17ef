"""The yearly notice as a file: a table (CSV) or a published calendar (iCalendar), read into days.

Nothing is raised for what a file says; every problem goes into ``problems`` with its line (for a calendar, the number
of the event).
"""

from collections.abc import Iterator, Sequence

from icalendar import Calendar, Component, Event

from chuangwen.kernel.cells import day_of
from chuangwen.kernel.chinese import tidy
from chuangwen.kernel.csv_text import read_csv
from chuangwen.kernel.packfiles import Placed, into
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say, written
from chuangwen.records.township.calendar_events import Family, days_of_event, families
from chuangwen.records.township.definitions import DayRow

MOST_ROWS = 5000
HEADINGS = {
    "date": ("date", "日期", "时间"),
    "kind": ("kind", "类别", "类型", "安排"),
    "name": ("name", "名称", "节日", "节假日"),
    "source": ("source", "来源", "依据", "文号"),
}
KIND_WORDS = (
    ("usual", ("usual", "照常", "取消", "恢复")),
    ("statutory", ("statutory", "推算")),
    ("makeup", ("makeup", "班")),
    ("holiday", ("holiday", "放假", "假期", "(休)", "（休）")),
    ("makeup", ("调休",)),
    ("holiday", ("休", "假")),
)
"""Asked in this order: "国庆节调休上班" has the sign for rest in it too, "调休放假" the sign for exchange."""


class NotACalendar(Refusal):
    """A file that starts like a calendar and cannot be read as one."""

    code = "not_a_calendar"
    sentence = later("“{name}”不是能读懂的日历文件（ICS）。请重新下载，或改用 CSV 表格。")
    status = 422


def calendar_rows(data: bytes, name: str, problems: Problems) -> list[Placed]:
    """The days of a file of either sort; which one it is shows in its first line. Raises NotACalendar, NotAText."""
    head = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip().upper()
    if head.startswith(b"BEGIN:VCALENDAR"):
        return calendar_rows_from_ics(data, name, problems)
    return calendar_rows_from_csv(data, name, problems)


def calendar_rows_from_csv(data: bytes, name: str, problems: Problems) -> list[Placed]:
    """Rows of ``DayRow`` with their lines. Headings and kinds in Chinese or as in the pack. Raises NotAText."""
    table = read_csv(data, name=name, rows=MOST_ROWS)
    if len(table) > MOST_ROWS:
        what = say("超过 {most} 行", most=MOST_ROWS)
        problems.add(file=name, what=what, cure=say("请只留要导入的年度。"))
        return []
    first, places = _headings(table)
    missing = [HEADINGS[key][1] for key in ("date", "kind", "name") if key not in places]
    if missing:
        what = say("缺少这些列：{columns}", columns=listed(missing))
        problems.add(file=name, row=1, what=what, cure=say("第一行写：日期,类别,名称,来源。"))
        return []
    found = []
    for line, cells in enumerate(table[first + 1 :], start=first + 2):
        said = {key: tidy(cells[place]) for key, place in places.items() if place < len(cells)}
        if any(said.values()) and (row := _row(said, name, line, problems)):
            found.append(Placed(line, row))
    return found


def _headings(table: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The first row that is not empty, and where each field stands in it."""
    for number, cells in enumerate(table):
        if any(cells):
            titles = [tidy(cell).lower() for cell in cells]
            places = {
                key: place for place, title in enumerate(titles) for key, words in HEADINGS.items() if title in words
            }
            return number, places
    return 0, {}


def _row(said: dict[str, str], file: str, line: int, problems: Problems) -> DayRow | None:
    day, kind = day_of(said.get("date", "")), kind_of(said.get("kind", ""))
    if day is None:
        what = say("“{text}”不是日期", text=said.get("date", "")[:40])
        problems.add(file=file, row=line, column="date", what=what, cure=say("请写成 2027-10-01。"))
    if not kind:
        what = say("不认识类别“{text}”", text=said.get("kind", "")[:40])
        problems.add(file=file, row=line, column="kind", what=what, cure=say("请写“放假”“调休上班”或“照常”。"))
    if day is None or not kind:
        return None
    source = said.get("source") or written("导入自 {name}", name=file)
    facts = {"date": day, "kind": kind, "name": said.get("name", ""), "source": source[:200]}
    return into(DayRow, facts, file, line, problems)


def kind_of(text: str) -> str:
    """What a word says of a day: holiday, makeup, statutory, or "" when it says nothing.

    >>> kind_of("国庆节（休）"), kind_of("国庆节 补班 第1天/共2天"), kind_of("调休"), kind_of("立冬")
    ('holiday', 'makeup', 'makeup', '')
    """
    low = text.strip().lower()
    return next((kind for kind, words in KIND_WORDS if any(word in low for word in words)), "")


def calendar_rows_from_ics(data: bytes, name: str, problems: Problems) -> list[Placed]:
    """Days of the events whose summary says 放假/休 or 班/调休; other events (节气, birthdays) are passed over.

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
