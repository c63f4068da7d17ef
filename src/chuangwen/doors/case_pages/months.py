"""A month as weeks of days, and the month that an address asks for."""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from chuangwen.kernel.dates import WEEKDAYS
from chuangwen.kernel.words import say
from chuangwen.kit.asked import day_or


def month_asked(text: str | None, today: date) -> date:
    """The first day of the month that an address asks for (``2021-10``), or of this one."""
    return day_or(f"{text or ''}-01", today.replace(day=1))


def last_of(first: date) -> date:
    """The last day of the month that begins so."""
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def next_month(first: date) -> date:
    """The first day of the month after."""
    return last_of(first) + timedelta(days=1)


def month_of(first: date, lines: Mapping[date, Sequence[object]], today: date) -> dict[str, object]:
    """What ``.month`` tables show: the weeks with each day's lines, the months before and after."""
    weeks = [
        [{"day": day, "lines": lines.get(day, []), "inside": day.month == first.month} for day in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    before = (first - timedelta(days=1)).replace(day=1)
    return {
        "weeks": weeks,
        "month": first,
        "before": f"{before:%Y-%m}",
        "after": f"{next_month(first):%Y-%m}",
        "today": today,
        "weekdays": [say(one) for one in WEEKDAYS],
    }
