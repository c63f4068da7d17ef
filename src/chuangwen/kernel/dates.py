"""Days, months and lengths of time as people read them, in the reader's language."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from chuangwen.kernel.numerals import plain
from chuangwen.kernel.words import counted, later, say
from chuangwen.kernel.workdays import CHINA, Measure, Term

MONTHS = (
    later("1 月"),
    later("2 月"),
    later("3 月"),
    later("4 月"),
    later("5 月"),
    later("6 月"),
    later("7 月"),
    later("8 月"),
    later("9 月"),
    later("10 月"),
    later("11 月"),
    later("12 月"),
)
WEEKDAYS = (later("一"), later("二"), later("三"), later("四"), later("五"), later("六"), later("日"))
WEEKDAY_NAMES = (
    later("周一"),
    later("周二"),
    later("周三"),
    later("周四"),
    later("周五"),
    later("周六"),
    later("周日"),
)
MEASURES: dict[Measure, Callable[[float, str], str]] = {
    Measure.WORK_HOUR: lambda amount, told: counted("{n} 工作时", amount, n=told),
    Measure.URGENT_HOUR: lambda amount, told: counted("{n} 紧急工作时", amount, n=told),
    Measure.WORK_DAY: lambda amount, told: counted("{n} 工作日", amount, n=told),
    Measure.DAY: lambda amount, told: counted("{n} 日", amount, n=told),
}


def month_name(number: int) -> str:
    """10 is 10 月."""
    return say(MONTHS[number - 1])


def month_told(value: date) -> str:
    """A month with its year: 2021 年 10 月."""
    return say("{year} 年 {month}", year=value.year, month=month_name(value.month))


def day_told(value: date, *, with_year: bool = False) -> str:
    """10 月 14 日, or 2021 年 10 月 14 日."""
    if with_year:
        return say("{year} 年 {month} {day} 日", year=value.year, month=month_name(value.month), day=value.day)
    return say("{month} {day} 日", month=month_name(value.month), day=value.day)


def weekday_told(value: date) -> str:
    """周一 … 周日."""
    return say(WEEKDAY_NAMES[value.weekday()])


def days_told(count: float) -> str:
    """1 天, 1.5 天."""
    return counted("{n} 天", count, n=plain(count, 1))


def span_told(length: timedelta) -> str:
    """A length in the measure that suits it: minutes, hours, days."""
    minutes = max(1, int(length.total_seconds() // 60))
    if minutes < 60:
        return counted("{n} 分钟", minutes, n=minutes)
    if minutes < 48 * 60:
        return counted("{n} 小时", minutes // 60, n=minutes // 60)
    return days_told(minutes // (24 * 60))


def term_told(text: str) -> str:
    """A term as it is stored: 3 工作日."""
    term = Term.parse(text)
    return MEASURES[term.measure](float(term.amount), f"{term.amount.normalize():f}")


def day_of(moment: datetime) -> date:
    """The town's day of a moment: a stored one comes back in universal time, eight hours behind.

    The last hours that there are have no day after them; they keep their own.
    """
    try:
        return moment.astimezone(CHINA).date()
    except OverflowError:
        return moment.date()


def stamp_of(moment: datetime, *, seconds: bool = False) -> str:
    """A moment on the town's clock as tables, papers and refusals write it: 2021-10-14 17:30."""
    return f"{moment.astimezone(CHINA):{'%Y-%m-%d %H:%M:%S' if seconds else '%Y-%m-%d %H:%M'}}"


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def fact_told(value: object) -> str:
    """A value as notes keep it, as people read it: the moments in it on the town's clock."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return _MOMENT.sub(lambda found: stamp_of(datetime.fromisoformat(found[0]), seconds=True), text)
