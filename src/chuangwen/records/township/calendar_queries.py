"""Named reads of the working time: the calendar that deadlines are counted by, and what it lacks.

A year is covered when the calendar holds an announced day of it before December: the notice of a year may also speak of
the last days of December before it, and those alone do not make the older year known.
"""

import datetime
from collections.abc import Iterable

from chuangwen.kernel.words import listed, say
from chuangwen.kernel.workdays import WorkCalendar
from chuangwen.records.township.definitions import TownshipPack
from chuangwen.records.township.models import Holiday, OfficeSpan

Day = tuple[datetime.date, str, str]
Span = tuple[datetime.time, datetime.time]

ANNOUNCED = (Holiday.Kind.HOLIDAY, Holiday.Kind.MAKEUP)
NOTICE_MONTH = 11
"""The month in which the State Council's office usually announces the next year."""
TURN_MONTH = 12


def work_calendar() -> WorkCalendar:
    """The town's working time, in two queries. Whoever counts more than one deadline keeps it for the request."""
    days = Holiday.objects.values_list("date", "kind", "name")
    return _calendar(days, OfficeSpan.objects.order_by("start").values_list("start", "end"))


def calendar_of(pack: TownshipPack) -> WorkCalendar:
    """The working time as a pack gives it, without a database."""
    days = ((row.date, str(row.kind), row.name) for row in pack.calendar)
    return _calendar(days, sorted((one.start, one.end) for one in pack.office_hours))


def _calendar(days: Iterable[Day], spans: Iterable[Span]) -> WorkCalendar:
    named: dict[str, dict[datetime.date, str]] = {kind: {} for kind in Holiday.Kind.values}
    for date, kind, name in days:
        named[kind][date] = name
    announced = ((date, kind) for kind in ANNOUNCED for date in named[kind])
    return WorkCalendar(
        spans=tuple(spans),
        off=named[Holiday.Kind.HOLIDAY],
        made_up=named[Holiday.Kind.MAKEUP],
        statutory=named[Holiday.Kind.STATUTORY],
        covered=frozenset(covered_among(announced)),
    )


def covered_among(days: Iterable[tuple[datetime.date, str]]) -> set[int]:
    """The years that these (date, kind) make known."""
    return {date.year for date, kind in days if kind in ANNOUNCED and date.month < TURN_MONTH}


def covered_years() -> set[int]:
    """The years whose notice is in the calendar."""
    return covered_among(Holiday.objects.filter(kind__in=ANNOUNCED).values_list("date", "kind"))


def calendar_warning(today: datetime.date) -> str:
    """What is missing, as a sentence, or "": this year's notice, and from 1 November on the next year's too."""
    years = {today.year, today.year + 1} if today.month >= NOTICE_MONTH else {today.year}
    missing = sorted(years - covered_years())
    if not missing:
        return ""
    return say(
        "工作日历里还没有 {years} 年的放假安排：落在这些日子的时限按推算日历计算，待国办通知。请导入国务院办公厅的放假通知。",
        years=listed(str(year) for year in missing),
    )


def days_of(year: int) -> list[Holiday]:
    """The days of a year that break the week, earliest first."""
    return list(Holiday.objects.filter(date__year=year))


def years_told() -> list[int]:
    """The years of which the calendar says anything, earliest first."""
    return sorted(one.year for one in Holiday.objects.dates("date", "year"))
