"""Working time against a slow calendar of the test's own: every minute and every day walked, nothing shared."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chuangwen.kernel.workdays import BadTerm, Measure, NoWorkingTime, Term, WorkCalendar, due, left, resumed

CHINA = ZoneInfo("Asia/Shanghai")
SPANS = ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
ROWS = (Path(__file__).parents[2] / "packs" / "township" / "calendar.csv").read_text("utf-8")
PUBLISHED = list(csv.DictReader(ROWS.splitlines()))
DAYS_OFF = {row["date"] for row in PUBLISHED if row["kind"] == "holiday"}
DAYS_WORKED = {row["date"] for row in PUBLISHED if row["kind"] == "makeup"}
BY_LAW = {row["date"] for row in PUBLISHED if row["kind"] == "statutory"}
YEARS_OUT = {text[:4] for text in DAYS_OFF}


def named(kind: str) -> dict[date, str]:
    return {date.fromisoformat(row["date"]): row["name"] for row in PUBLISHED if row["kind"] == kind}


CALENDAR = WorkCalendar(SPANS, named("holiday"), named("makeup"), named("statutory"), frozenset(range(2020, 2027)))


# ---- the slow calendar


def worked(day: date) -> bool:
    """Whether the office works, straight from the published rows."""
    text = day.isoformat()
    if text in DAYS_WORKED:
        return True
    if text in DAYS_OFF or (text[:4] not in YEARS_OUT and text in BY_LAW):
        return False
    return day.isoweekday() < 6


def open_in(minute: datetime) -> bool:
    """Whether the office is open in the minute that begins then."""
    now = minute.hour * 60 + minute.minute
    return worked(minute.date()) and (510 <= now < 720 or 870 <= now < 1050)


def slow_due(amount: int, measure: Measure, start: datetime) -> datetime:
    """The deadline, found by walking; ``amount`` is in minutes for hours and in days for days."""
    now = start
    if measure is Measure.URGENT_HOUR:
        return start + timedelta(minutes=amount)
    if measure is Measure.WORK_HOUR:
        while amount:
            amount -= open_in(now)
            now += timedelta(minutes=1)
        return now
    day = start.date()
    while amount:
        day += timedelta(days=1)
        amount -= worked(day) or measure is Measure.DAY
    while not worked(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(17, 30), CHINA)


def slow_left(measure: Measure, now: datetime, until: datetime) -> int:
    """What lies between two moments: seconds for hours, days for days."""
    if measure is Measure.URGENT_HOUR:
        return int((until - now).total_seconds())
    if measure is Measure.WORK_HOUR:
        minutes = 0
        while now < until:
            minutes += open_in(now)
            now += timedelta(minutes=1)
        return minutes * 60
    days, day = 0, now.date()
    while day < until.date():
        day += timedelta(days=1)
        days += worked(day) or measure is Measure.DAY
    return days


# ---- what is tried

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 12, 1)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=CHINA)
)
MEASURES = st.sampled_from(Measure)


@st.composite
def terms(draw: st.DrawFn) -> tuple[Term, int]:
    """A term, and the same in whole minutes or days."""
    measure = draw(MEASURES)
    if measure.counts_days:
        days = draw(st.integers(1, 60))
        return Term(Decimal(days), measure), days
    quarters = draw(st.integers(1, 160))
    return Term(Decimal(quarters) / 20, measure), quarters * 3


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def due_at(term: str, start: str) -> datetime:
    return due(Term.parse(term), at(start), CALENDAR).at


# ---- properties


@given(terms(), MOMENTS)
@settings(max_examples=300, deadline=None)
def test_a_deadline_is_what_walking_the_calendar_gives(told: tuple[Term, int], start: datetime) -> None:
    term, amount = told
    assert due(term, start, CALENDAR).at == slow_due(amount, term.measure, start)


@given(MEASURES, MOMENTS, st.integers(0, 60 * 24 * 20))
@settings(max_examples=200, deadline=None)
def test_what_is_left_is_what_walking_the_calendar_gives(measure: Measure, now: datetime, minutes: int) -> None:
    until = now + timedelta(minutes=minutes)
    walked = slow_left(measure, now, until)
    assert left(measure, now, until, CALENDAR) == walked
    if minutes:
        assert left(measure, until, now, CALENDAR) == -max(1, walked)


@given(terms(), MOMENTS, st.floats(0, 1))
@settings(max_examples=300, deadline=None)
def test_a_pause_that_ends_at_once_changes_nothing(told: tuple[Term, int], start: datetime, share: float) -> None:
    term, _ = told
    deadline = due(term, start, CALENDAR).at
    now = start + timedelta(seconds=round((deadline - start).total_seconds() * share))
    remaining = left(term.measure, now, deadline, CALENDAR)
    assert remaining >= 0
    assert resumed(term.measure, remaining, now, CALENDAR).at == deadline


@given(terms(), MOMENTS, st.integers(0, 60 * 24 * 30))
@settings(max_examples=200, deadline=None)
def test_a_pause_never_brings_the_deadline_nearer_and_gives_back_what_was_left(
    told: tuple[Term, int], start: datetime, pause: int
) -> None:
    term, _ = told
    deadline = due(term, start, CALENDAR).at
    remaining = left(term.measure, start, deadline, CALENDAR)
    again = start + timedelta(minutes=pause)
    new = resumed(term.measure, remaining, again, CALENDAR).at
    assert new >= deadline
    if term.measure is not Measure.DAY:
        assert left(term.measure, again, new, CALENDAR) == remaining


@given(MEASURES, st.integers(1, 400), st.integers(0, 400), MOMENTS)
@settings(max_examples=200, deadline=None)
def test_a_longer_term_is_never_due_earlier(measure: Measure, amount: int, more: int, start: datetime) -> None:
    shorter, longer = (due(Term(Decimal(one), measure), start, CALENDAR).at for one in (amount, amount + more))
    assert shorter <= longer


@given(terms(), MOMENTS, st.integers(0, 60 * 24 * 40))
@settings(max_examples=200, deadline=None)
def test_what_comes_later_is_never_due_earlier(told: tuple[Term, int], start: datetime, later: int) -> None:
    term, _ = told
    assert due(term, start, CALENDAR).at <= due(term, start + timedelta(minutes=later), CALENDAR).at


@given(terms(), MOMENTS)
@settings(max_examples=200, deadline=None)
def test_the_days_stepped_over_are_the_days_off_and_each_has_its_reason(
    told: tuple[Term, int], start: datetime
) -> None:
    term, _ = told
    found = due(term, start, CALENDAR)
    assert all(not worked(day) and why for day, why in found.stepped)
    assert all(one < other for (one, _), (other, _) in pairwise(found.stepped))
    if term.measure is Measure.WORK_DAY:
        days = (start.date() + timedelta(days=one) for one in range(1, (found.at.date() - start.date()).days + 1))
        assert [day for day, _ in found.stepped] == [day for day in days if not worked(day)]


@given(terms(), MOMENTS)
@settings(deadline=None)
def test_a_moment_means_the_same_in_every_time_zone(told: tuple[Term, int], start: datetime) -> None:
    assume(start.year > 2020)
    assert due(told[0], start.astimezone(UTC), CALENDAR) == due(told[0], start, CALENDAR)


# ---- cases counted by hand


@pytest.mark.parametrize(
    ("term", "start", "deadline"),
    [
        ("3 工作日", "2024-09-30T15:00", "2024-10-10T17:30"),  # 国庆节七天，8、9、10 日
        ("3 工作日", "2024-09-27T09:00", "2024-10-08T17:30"),  # 29 日是调休上班的星期日，30 日，10 月 8 日
        ("1 工作日", "2026-02-13T17:00", "2026-02-14T17:30"),  # 调休上班的星期六
        ("4 工作时", "2024-09-30T15:00", "2024-10-08T10:00"),  # 当天 2.5 小时，节后 1.5 小时
        ("2 工作时", "2026-10-10T16:30", "2026-10-12T09:30"),  # 调休上班的星期六也计工作时
        ("1 工作时", "2024-10-08T12:30", "2024-10-08T15:30"),  # 午休不计
        ("3.5 工作时", "2024-10-08T08:30", "2024-10-08T12:00"),  # 到午休开始为止
        ("2 紧急工作时", "2024-09-30T23:00", "2024-10-01T01:00"),  # 不看日历
        ("15 日", "2024-09-18T09:00", "2024-10-08T17:30"),  # 第十五日是 10 月 3 日，顺延到节后第一个工作日
        ("15 日", "2024-09-03T09:00", "2024-09-18T17:30"),
        ("30 日", "2025-12-02T09:00", "2026-01-04T17:30"),  # 1 月 1 日至 3 日放假，4 日（星期日）调休上班
        ("5 日", "2026-09-15T08:00", "2026-09-20T17:30"),  # 第五日是调休上班的星期日，不顺延
    ],
)
def test_the_known_cases(term: str, start: str, deadline: str) -> None:
    assert due_at(term, start) == at(deadline)


def test_the_golden_week_is_named_day_by_day() -> None:
    found = due(Term.parse("3 工作日"), at("2024-09-30T15:00"), CALENDAR)
    assert found.stepped == tuple((date(2024, 10, day), "国庆节") for day in range(1, 8))
    assert not found.estimated


def test_a_year_not_announced_is_estimated_by_the_law() -> None:
    found = due(Term.parse("3 工作日"), at("2027-09-30T15:00"), CALENDAR)
    assert found.at == at("2027-10-06T17:30")
    assert found.estimated
    assert found.stepped == (
        (date(2027, 10, 1), "国庆节"),
        (date(2027, 10, 2), "国庆节"),
        (date(2027, 10, 3), "国庆节"),
    )
    assert due(Term.parse("1 工作日"), at("2026-12-31T10:00"), CALENDAR).estimated
    assert not due(Term.parse("1 工作日"), at("2026-12-30T10:00"), CALENDAR).estimated


def test_the_days_of_the_law_count_no_more_once_the_notice_is_in() -> None:
    """The notice may move even a day of the law: what is announced is all that counts."""
    announced = WorkCalendar(SPANS, {}, {}, {date(2027, 9, 15): "中秋节"}, frozenset({2027}))
    assert announced.works_on(date(2027, 9, 15))
    assert not due(Term.parse("1 工作日"), at("2027-09-14T10:00"), announced).estimated


@pytest.mark.parametrize(
    ("measure", "until", "now", "gone"),
    [
        (Measure.URGENT_HOUR, "2024-10-08T10:00", "2024-10-08T10:30", -1800),
        (Measure.WORK_HOUR, "2024-10-08T11:30", "2024-10-08T15:00", -3600),
        (Measure.WORK_HOUR, "2024-09-30T17:30", "2024-10-03T09:00", -1),  # no office time has gone by since
        (Measure.WORK_DAY, "2024-09-30T17:30", "2024-09-30T17:31", -1),
        (Measure.WORK_DAY, "2024-09-30T17:30", "2024-10-07T09:00", -1),  # only days off since
        (Measure.WORK_DAY, "2024-09-30T17:30", "2024-10-09T09:00", -2),
        (Measure.DAY, "2024-09-30T17:30", "2024-10-09T09:00", -9),
    ],
)
def test_a_deadline_that_has_passed_leaves_less_than_nothing(measure: Measure, until: str, now: str, gone: int) -> None:
    assert left(measure, at(now), at(until), CALENDAR) == gone


def test_on_the_last_day_no_day_is_left_and_the_deadline_still_stands() -> None:
    assert left(Measure.WORK_DAY, at("2024-10-10T08:00"), at("2024-10-10T17:30"), CALENDAR) == 0
    assert resumed(Measure.WORK_DAY, 0, at("2024-10-10T08:00"), CALENDAR).at == at("2024-10-10T17:30")


@pytest.mark.parametrize("measure", [Measure.WORK_DAY, Measure.DAY])
@pytest.mark.parametrize(
    ("goes_on", "ends"),
    [
        ("2021-10-14T17:29", "2021-10-14T17:30"),
        ("2021-10-14T17:30", "2021-10-14T17:30"),
        ("2021-10-14T17:31", "2021-10-15T17:30"),
        ("2021-10-14T20:00", "2021-10-15T17:30"),
        ("2021-10-15T17:31", "2021-10-18T17:30"),
        ("2021-09-30T23:59", "2021-10-08T17:30"),
    ],
)
def test_a_last_day_that_goes_on_after_closing_ends_on_the_next_working_day(
    measure: Measure, goes_on: str, ends: str
) -> None:
    assert resumed(measure, 0, at(goes_on), CALENDAR).at == at(ends)


def test_a_pause_in_the_very_minute_of_the_deadline_at_noon_leaves_it_at_noon() -> None:
    noon = due_at("3.5 工作时", "2024-10-08T08:30")
    assert left(Measure.WORK_HOUR, noon, noon, CALENDAR) == 0
    assert resumed(Measure.WORK_HOUR, 0, noon, CALENDAR).at == noon


@pytest.mark.parametrize(
    "text", ["", "三天", "0 工作日", "1.5 工作日", "-3 日", "3 光年", "3", "日", "99999 日", "1.234 工作时"]
)
def test_a_term_nobody_can_count_is_refused_with_examples(text: str) -> None:
    with pytest.raises(BadTerm, match="请写成"):
        Term.parse(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [("3个工作日", "3 工作日"), (" 10 天 ", "10 日"), ("2小时", "2 紧急工作时"), ("1.50 工作时", "1.5 工作时")],
)
def test_a_term_is_read_as_people_write_it(text: str, read: str) -> None:
    assert str(Term.parse(text)) == read
    assert Term.parse(str(Term.parse(text))) == Term.parse(read)


def test_the_longest_term_is_counted_and_a_calendar_without_work_is_refused() -> None:
    assert due(Term.parse("9999 工作日"), at("2026-01-05T09:00"), CALENDAR).at.year == 2064
    every_day = {date(2024, 1, 1) + timedelta(days=one): "停工" for one in range(21_000)}
    for term in ("1 工作日", "1 日", "1 工作时"):
        with pytest.raises(NoWorkingTime):
            due(Term.parse(term), at("2024-01-01T09:00"), WorkCalendar(SPANS, off=every_day))
    with pytest.raises(NoWorkingTime):
        due(Term.parse("1 工作时"), at("2024-01-01T09:00"), WorkCalendar(()))
