"""Chinese working time: when a matter is due, which days its deadline stepped over, and what is left of it.

Four measures (数字城管 and the petition rules use all four):

* 工作时   hours inside the office's own spans on working days
* 紧急工作时 hours round the clock, no calendar asked
* 工作日   working days; the day of receipt is not counted
* 日      calendar days; the day of receipt is not counted, and a last day off moves to the next working day

A deadline counted in days ends when the office closes on its last day (民法典第二百零三条: 有业务时间的，停止业务活动的时间
为截止时间). A year for which the State Council's notice is not in the calendar is estimated: Monday to Friday without
the statutory days; every deadline that touches such a year says so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say

CHINA = ZoneInfo("Asia/Shanghai")
# Days that any search walks at most: the longest term (9999 工作日, some forty years) fits in, and a calendar without one
# working day must not hang the product.
FARTHEST = 20_000


class Measure(StrEnum):
    """What a term counts in; the value is the word that packs and people write."""

    WORK_HOUR = "工作时"
    URGENT_HOUR = "紧急工作时"
    WORK_DAY = "工作日"
    DAY = "日"

    @property
    def counts_days(self) -> bool:
        return self in {Measure.WORK_DAY, Measure.DAY}


_WORDS = {
    "工作时": Measure.WORK_HOUR,
    "工作小时": Measure.WORK_HOUR,
    "紧急工作时": Measure.URGENT_HOUR,
    "小时": Measure.URGENT_HOUR,
    "工作日": Measure.WORK_DAY,
    "个工作日": Measure.WORK_DAY,
    "日": Measure.DAY,
    "天": Measure.DAY,
    "自然日": Measure.DAY,
}


class BadTerm(Refusal):
    """A term that nobody can count."""

    code = "bad_term"
    sentence = later("“{text}”不是时限。请写成“3 工作日”“4 工作时”“2 紧急工作时”或“15 日”。")
    status = 422


class NoWorkingTime(Refusal):
    """A calendar in which nobody ever works."""

    code = "no_working_time"
    sentence = later("工作日历里找不到工作时间，无法推算时限。请检查办公时间和节假日设置。")


@dataclass(frozen=True)
class Term:
    """So many of a measure, e.g. 3 工作日. Days are whole; hours may have decimals."""

    amount: Decimal
    measure: Measure

    def __str__(self) -> str:
        amount = f"{self.amount.normalize():f}"
        return f"{amount} {self.measure.value}"

    @classmethod
    def parse(cls, text: str) -> "Term":
        """Read a term as people write it.

        >>> str(Term.parse("3个工作日")), str(Term.parse("0.5 工作时")), str(Term.parse("15天"))
        ('3 工作日', '0.5 工作时', '15 日')
        """
        found = re.fullmatch(r"\s*(\d{1,4}(?:\.\d{1,2})?)\s*(\S+?)\s*", text)
        measure = _WORDS.get(found[2]) if found else None
        if found is None or measure is None:
            raise BadTerm(text=text[:40])
        amount = Decimal(found[1])
        if amount <= 0 or (measure.counts_days and amount != amount.to_integral_value()):
            raise BadTerm(text=text[:40])
        return cls(amount, measure)


@dataclass(frozen=True)
class WorkCalendar:
    """The office's working time. ``off`` and ``made_up`` hold announced days with their names, ``statutory`` the days

    off that the law gives in years not yet announced. ``covered`` are the years whose notice is in.
    """

    spans: tuple[tuple[time, time], ...]
    off: Mapping[date, str] = field(default_factory=dict)
    made_up: Mapping[date, str] = field(default_factory=dict)
    statutory: Mapping[date, str] = field(default_factory=dict)
    covered: frozenset[int] = frozenset()

    def is_estimate(self, day: date) -> bool:
        return day.year not in self.covered

    def why_off(self, day: date) -> str:
        """Why nobody works on that day; empty on a working day."""
        if day in self.made_up:
            return ""
        if day in self.off:
            return self.off[day]
        if self.is_estimate(day) and day in self.statutory:
            return self.statutory[day]
        return say("周末") if day.weekday() >= 5 else ""

    def works_on(self, day: date) -> bool:
        return not self.why_off(day)

    def closing(self, day: date) -> datetime:
        """When the office closes on that day."""
        end = self.spans[-1][1] if self.spans else time(23, 59)
        return datetime.combine(day, end, CHINA)

    def spans_on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The spans worked on that day."""
        if self.works_on(day):
            for start, end in self.spans:
                yield datetime.combine(day, start, CHINA), datetime.combine(day, end, CHINA)


@dataclass(frozen=True)
class Due:
    """When something is due. ``estimated``: a year not yet announced was touched. ``stepped`` lists days passed over."""

    at: datetime
    estimated: bool = False
    stepped: tuple[tuple[date, str], ...] = ()


def due(term: Term, start: datetime, calendar: WorkCalendar) -> Due:
    """The moment by which a matter received at ``start`` (aware) must be done."""
    local = start.astimezone(CHINA)
    if term.measure is Measure.URGENT_HOUR:
        return Due(local + timedelta(hours=float(term.amount)))
    if term.measure is Measure.WORK_HOUR:
        return _after_hours(timedelta(hours=float(term.amount)), local, calendar)
    if term.measure is Measure.WORK_DAY:
        return _after_work_days(int(term.amount), local.date(), calendar)
    return _on_or_after(local.date(), local.date() + timedelta(days=int(term.amount)), calendar)


def _after_hours(length: timedelta, start: datetime, calendar: WorkCalendar) -> Due:
    left, stepped, estimated = length, [], False
    for day in _days_from(start.date()):
        estimated = estimated or calendar.is_estimate(day)
        if why := calendar.why_off(day):
            stepped.append((day, why))
            continue
        for opens, closes in calendar.spans_on(day):
            begin = max(opens, start)
            if begin > closes:
                continue
            if begin + left <= closes:
                return Due(begin + left, estimated, tuple(stepped))
            left -= closes - begin
    raise NoWorkingTime


def _after_work_days(count: int, start: date, calendar: WorkCalendar) -> Due:
    stepped, estimated, left = [], False, count
    for day in _days_from(start + timedelta(days=1)):
        estimated = estimated or calendar.is_estimate(day)
        if why := calendar.why_off(day):
            stepped.append((day, why))
            continue
        left -= 1
        if left <= 0:
            return Due(calendar.closing(day), estimated, tuple(stepped))
    raise NoWorkingTime


def _on_or_after(start: date, last: date, calendar: WorkCalendar) -> Due:
    stepped = []
    for day in _days_from(last):
        if why := calendar.why_off(day):
            stepped.append((day, why))
            continue
        return Due(calendar.closing(day), calendar.is_estimate(last) or calendar.is_estimate(day), tuple(stepped))
    raise NoWorkingTime


def _days_from(day: date) -> Iterator[date]:
    for step in range(FARTHEST):
        yield day + timedelta(days=step)


def left(measure: Measure, now: datetime, until: datetime, calendar: WorkCalendar) -> int:
    """What is left at ``now`` of a deadline, in the measure's own unit: this is what a pause keeps for ``resumed``.

    * 工作时: seconds of office time; 紧急工作时: seconds
    * 工作日: working days after today up to the deadline's day; 日: calendar days. 0 on the last day itself

    When the deadline has passed (``until`` before ``now``) it is what has gone by since, counted the same way and
    negative, and at least one: -1 too where no office time or no whole day has gone by.
    """
    now, until = now.astimezone(CHINA), until.astimezone(CHINA)
    if until < now:
        return -max(1, _left(measure, until, now, calendar))
    return _left(measure, now, until, calendar)


def _left(measure: Measure, now: datetime, until: datetime, calendar: WorkCalendar) -> int:
    if measure is Measure.URGENT_HOUR:
        return round((until - now).total_seconds())
    if measure is Measure.DAY:
        return (until.date() - now.date()).days
    days = (until.date() - now.date()).days
    if measure is Measure.WORK_DAY:
        return sum(calendar.works_on(now.date() + timedelta(days=one)) for one in range(1, days + 1))
    return round(sum(worked_between(now, until, calendar), timedelta()).total_seconds())


def worked_between(start: datetime, end: datetime, calendar: WorkCalendar) -> Iterator[timedelta]:
    """The pieces of office time between two moments."""
    for step in range((end.date() - start.date()).days + 1):
        for opens, closes in calendar.spans_on(start.date() + timedelta(days=step)):
            length = min(closes, end) - max(opens, start)
            if length > timedelta():
                yield length


def resumed(measure: Measure, remaining: int, at: datetime, calendar: WorkCalendar) -> Due:
    """The new deadline of a matter that goes on at ``at`` with ``remaining`` left (as ``left`` gave it, not negative).

    Nobody is late at the moment of going on: a last day that goes on after the office has closed ends when it closes on
    the next working day.
    """
    local = at.astimezone(CHINA)
    found = _run_on(measure, remaining, local, calendar)
    return found if found.at >= local else _on_or_after(local.date(), local.date() + timedelta(days=1), calendar)


def _run_on(measure: Measure, remaining: int, local: datetime, calendar: WorkCalendar) -> Due:
    if measure is Measure.URGENT_HOUR:
        return Due(local + timedelta(seconds=remaining))
    if measure is Measure.WORK_HOUR:
        return _after_hours(timedelta(seconds=remaining), local, calendar)
    if measure is Measure.WORK_DAY and remaining > 0:
        return _after_work_days(remaining, local.date(), calendar)
    return _on_or_after(local.date(), local.date() + timedelta(days=remaining), calendar)
