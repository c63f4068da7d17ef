"""The deadlines of cases against a slow calendar of the test's own, which walks every six minutes and every day.

A clock is started, rests, runs on, is put off, and lives through a year's notice that comes in late.
"""

import csv
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chuangwen.kernel.workdays import Measure, Term, WorkCalendar
from chuangwen.work.cases import clocks
from chuangwen.work.cases.definitions import ClockRow

CHINA = ZoneInfo("Asia/Shanghai")
TICK = timedelta(minutes=6)
SPANS = ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
TEXT = (Path(__file__).parents[3] / "packs" / "township" / "calendar.csv").read_text("utf-8")
ROWS = list(csv.DictReader(TEXT.splitlines()))


@dataclass(frozen=True)
class Told:
    """What has been announced: by day ``off`` or ``made_up``; the years in ``covered`` are known, others go by the law."""

    off: frozenset[str]
    made_up: frozenset[str]
    covered: frozenset[str]

    def works(self, day: date) -> bool:
        text = day.isoformat()
        if text in self.made_up:
            return True
        if text in self.off or (text[:4] not in self.covered and text in BY_LAW):
            return False
        return day.isoweekday() < 6

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is open in the six minutes that begin now."""
        minute = moment.hour * 60 + moment.minute
        return (510 <= minute < 720 or 870 <= minute < 1050) and self.works(moment.date())

    def as_calendar(self) -> WorkCalendar:
        off, made_up, law = (
            {date.fromisoformat(one): "假" for one in days} for days in (self.off, self.made_up, BY_LAW)
        )
        return WorkCalendar(SPANS, off, made_up, law, frozenset(int(one) for one in self.covered))


def published(kind: str) -> frozenset[str]:
    return frozenset(row["date"] for row in ROWS if row["kind"] == kind)


BY_LAW = published("statutory")
BEFORE = Told(published("holiday"), published("makeup"), frozenset(str(year) for year in range(2020, 2027)))


def after(off: set[int], made_up: set[int]) -> Told:
    """The notice of 2027 as it might come: these days of the year off, these weekends worked."""
    days = [date(2027, 1, 1) + timedelta(days=one) for one in range(365)]
    return Told(
        BEFORE.off | {days[one].isoformat() for one in off},
        BEFORE.made_up | {days[one].isoformat() for one in made_up - off if days[one].isoweekday() > 5},
        BEFORE.covered | {"2027"},
    )


# ---- the slow clock


@dataclass
class Slow:
    """A clock that only walks. ``amount`` counts ticks for hours and days for days."""

    measure: Measure
    amount: int
    since: datetime
    told: Told
    more: int = 0
    rest: int | None = None
    due: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.walk()

    def walk(self) -> None:
        """Find the end from where the clock last began to run."""
        self.due = self._from(self.since, self.amount)
        if self.more:
            self.due = self._from(self.due, self.more)

    def _from(self, now: datetime, amount: int) -> datetime:
        if self.measure is Measure.URGENT_HOUR:
            return now + amount * TICK
        if self.measure is Measure.WORK_HOUR:
            while amount:
                amount -= self.told.is_open(now)
                now += TICK
            return now
        day = now.date()
        while amount:
            day += timedelta(days=1)
            amount -= self.measure is Measure.DAY or self.told.works(day)
        while not self.told.works(day):
            day += timedelta(days=1)
        return datetime.combine(day, time(17, 30), CHINA)

    def pause(self, now: datetime) -> None:
        if self.rest is not None or self.due < now:
            return
        self.rest = 0
        moment = now
        while moment < self.due if not self.measure.counts_days else moment.date() < self.due.date():
            if self.measure.counts_days:
                moment += timedelta(days=1)
                self.rest += self.measure is Measure.DAY or self.told.works(moment.date())
            else:
                self.rest += self.measure is Measure.URGENT_HOUR or self.told.is_open(moment)
                moment += TICK

    def resume(self, now: datetime) -> None:
        if self.rest is not None:
            self.since, self.amount, self.more, self.rest = now, self.rest, 0, None
            self.walk()
            self.amount += self.due < now  # the office has closed on the last day: the next working day is the last
            self.walk()

    def put_off(self, amount: int) -> None:
        if self.rest is None and not self.more:
            self.more = amount
            self.walk()

    def announce(self, told: Told) -> None:
        self.told = told
        if self.rest is None:
            self.walk()


# ---- what is tried

STARTS = st.builds(
    lambda day, ticks: datetime.combine(date(2026, 1, 5) + timedelta(days=day), time(), CHINA) + ticks * TICK,
    st.integers(0, 355),
    st.integers(0, 239),
)
YEAR_ENDS = st.builds(
    lambda day, ticks: datetime.combine(date(2026, 12, 10) + timedelta(days=day), time(), CHINA) + ticks * TICK,
    st.integers(0, 40),
    st.integers(0, 239),
)
MEASURES = st.sampled_from(Measure)
DEEDS = st.sampled_from(["pause", "resume", "put_off", "announce"])
LIVES = st.lists(st.tuples(DEEDS, st.integers(0, 2400), st.integers(1, 30)), max_size=6)
OFF, MADE_UP = st.sets(st.integers(0, 60), max_size=14), st.sets(st.integers(0, 60), max_size=8)
NOTICES = st.builds(after, OFF, MADE_UP)


def term_of(measure: Measure, amount: int) -> Term:
    return Term(Decimal(amount) if measure.counts_days else Decimal(amount) / 10, measure)


def lives(measure: Measure, amount: int, start: datetime, life: list[tuple[str, int, int]], notice: Told) -> None:
    """The engine's clock and the slow one through the same life: the same end after every deed."""
    told = BEFORE
    slow = Slow(measure, amount, start, told)
    table: clocks.Clocks = {}
    row = ClockRow(id="handle", title="处置", term="1 日", warn="2 工作时")
    clocks.start(table, row, term_of(measure, amount), start, told.as_calendar())
    now = start
    agree(slow, table)
    for deed, ticks, more in life:
        now += ticks * TICK
        days = told.as_calendar()
        if deed == "pause":
            slow.pause(now)
            clocks.pause(table, "handle", now, days)
        elif deed == "resume":
            slow.resume(now)
            clocks.resume(table, "handle", now, days)
        elif deed == "put_off" and slow.rest is None and not slow.more:
            slow.put_off(more)
            clocks.extend(table, "handle", term_of(measure, more), days)
        elif deed == "announce" and told is BEFORE:
            told = notice
            slow.announce(told)
            clocks.recompute(table, told.as_calendar())
        agree(slow, table)
    if told is not BEFORE:
        assert slow.rest is not None or not table["handle"]["estimated"]


def agree(slow: Slow, table: clocks.Clocks) -> None:
    """The same end, or the same rest; the warning comes before it, by two hours of office time."""
    clock = table["handle"]
    if slow.rest is not None:
        unit = 1 if slow.measure.counts_days else 360
        assert clock["left"] == slow.rest * unit
        assert clocks.nearest(table).due_at is None
        return
    due, warn = (datetime.fromisoformat(clock[key]) for key in ("due", "warn"))
    assert due == slow.due
    ticks, now = 0, warn.astimezone(CHINA)
    while now < due:
        ticks += slow.told.is_open(now)
        now += TICK
    assert ticks == 20 or slow.measure is Measure.URGENT_HOUR
    touched = {str(year) for year in range(slow.since.year, due.year + 1)} - slow.told.covered
    assert bool(touched) or not clock["estimated"]


@given(MEASURES, st.integers(1, 45), STARTS, LIVES, NOTICES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_clock_ends_where_walking_ends(measure, amount, start, life, notice) -> None:
    lives(measure, amount, start, life, notice)


@given(MEASURES, st.integers(1, 45), YEAR_ENDS, LIVES, NOTICES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_over_the_turn_of_the_year_a_late_notice_finds_the_same_end_as_an_early_one(
    measure, amount, start, life, notice
) -> None:
    lives(measure, amount, start, [*life, ("announce", 0, 1)], notice)


@pytest.mark.long
@given(MEASURES, st.integers(1, 200), st.one_of(STARTS, YEAR_ENDS), LIVES, NOTICES)
@settings(max_examples=8000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_many_clocks_end_where_walking_ends(measure, amount, start, life, notice) -> None:
    lives(measure, amount, start, life, notice)
