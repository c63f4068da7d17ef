"""Days and times as offices type them, every sign of the cell accounted for."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chuangwen.kernel.cells import Cell, text_of
from chuangwen.kernel.chinese import half_width, whole_number

_START = date(1899, 12, 30)
_START_1904 = date(1904, 1, 1)
_SERIALS = range(20_000, 80_000)
_DAYS = "一二三四五六日"
_SIGNS = str.maketrans({"：": ":", "—": "-", "–": "-", "﹣": "-", "·": ".", "。": ".", "（": "(", "）": ")"})
_WEEKDAY = re.compile(r"\(?\s*(?:星期|周|礼拜)\s*([一二三四五六日天])\s*\)?")
_CHINESE = "零〇一二三四五六七八九十"
_IN_CHINESE = re.compile(rf"([{_CHINESE}]{{4}})年([{_CHINESE}]{{1,3}})月([{_CHINESE}]{{1,3}})[日号]")
_FULL = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*[日号]?")
_IN_ONE = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)")
_SHORT = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*[日号]?")
_CLOCK = re.compile(
    r"(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚)?\s*(\d{1,2})\s*(?:[:时点]\s*(半|\d{1,2})?\s*分?)(?::(\d{2})(?:\.\d+)?)?(?:\d{1,2}秒)?\Z"
)
_LATE = frozenset({"下午", "傍晚", "晚上", "晚", "中午"})


@dataclass(frozen=True)
class SaidDay:
    """A day as a cell said it: with its time where one was said, its weekday (0 Monday), and whether it was a bare number."""

    day: date
    clock: time | None = None
    weekday: int | None = None
    serial: bool = False


def said_day(cell: Cell, *, date1904: bool = False, year: int | None = None) -> SaidDay | None:
    """The day a cell says; None where it says none, or anything beside it. ``year`` stands for a missing one.

    >>> said_day("２０２１年10月12日（周二） 15：30")
    SaidDay(day=datetime.date(2021, 10, 12), clock=datetime.time(15, 30), weekday=1, serial=False)
    """
    if isinstance(cell, datetime):
        return SaidDay(cell.date(), cell.time().replace(microsecond=0) if cell.time() != time() else None)
    if isinstance(cell, date):
        return SaidDay(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _of_number(float(cell), date1904=date1904)
    if not isinstance(cell, str):
        return None
    return _of_text(cell, date1904=date1904, year=year)


def said_clock(cell: Cell) -> time | None:
    """The time of day that a cell says: 15:30, 15：30, 下午3点半, or Excel's part of a day."""
    if isinstance(cell, datetime):
        return cell.time().replace(microsecond=0)
    if isinstance(cell, time):
        return cell.replace(microsecond=0)
    if isinstance(cell, timedelta):
        return _of_fraction(cell.total_seconds() / 86_400)
    if isinstance(cell, float) and 0 < cell < 1:
        return _of_fraction(cell)
    text = half_width(text_of(cell)).translate(_SIGNS).strip()
    if text.isdigit() and int(text) < 24:
        text += ":00"
    return _clock(text)


def _of_number(number: float, *, date1904: bool) -> SaidDay | None:
    if number.is_integer() and (found := _IN_ONE.fullmatch(str(int(number)))):
        day = _day(*(int(part) for part in found.groups()))
        return SaidDay(day) if day else None
    start, first = (_START_1904, 1462) if date1904 else (_START, 0)
    if int(number) + first not in _SERIALS:
        return None
    rest = number - int(number)
    return SaidDay(start + timedelta(days=int(number)), _of_fraction(rest) if rest else None, serial=True)


def _of_fraction(part: float) -> time | None:
    seconds = round(part * 86_400)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60) if 0 <= seconds < 86_400 else None


def _of_text(text: str, *, date1904: bool, year: int | None) -> SaidDay | None:
    plain = half_width(text_of(text)).translate(_SIGNS).strip()
    if plain.isdigit() and len(plain) == 5:
        return _of_number(float(plain), date1904=date1904)
    weekday = _WEEKDAY.search(plain)
    if weekday:
        plain = (plain[: weekday.start()] + " " + plain[weekday.end() :]).strip()
    day, rest = _day_first(plain, year)
    if day is None:
        return None
    rest = rest.strip().removeprefix("T").strip(" ,，")
    clock = _clock(rest) if rest else None
    if rest and clock is None:
        return None
    said = _DAYS.index(weekday[1].replace("天", "日")) if weekday else None
    return SaidDay(day, clock if clock != time() else None, said)


def _day_first(text: str, year: int | None) -> tuple[date | None, str]:
    """The day that a text begins with, and what follows."""
    for pattern in (_FULL, _IN_ONE):
        if found := pattern.match(text):
            return _day(*(int(part) for part in found.groups())), text[found.end() :]
    if found := _IN_CHINESE.match(text):
        parts = [whole_number(part) for part in found.groups()]
        return _day(*(part or 0 for part in parts)), text[found.end() :]
    if year is not None and (found := _SHORT.match(text)):
        return _day(year, int(found[1]), int(found[2])), text[found.end() :]
    return None, text


def _clock(text: str) -> time | None:
    found = _CLOCK.match(text)
    if not found:
        return None
    part, hour, minute, second = found.groups()
    hours = int(hour) + (12 if part in _LATE and int(hour) < 11 else 0)
    minutes = 30 if minute == "半" else int(minute or 0)
    try:
        return time(hours, minutes, int(second or 0))
    except ValueError:
        return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
