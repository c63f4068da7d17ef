"""Days and times as offices type them."""

import datetime as dt

import pytest

from chuangwen.kernel.tables.days import said_clock, said_day

DAY = dt.date(2021, 10, 12)


@pytest.mark.parametrize(
    "text",
    [
        "2021-10-12",
        "2021.10.12",
        "2021/10/12",
        "2021年10月12日",
        "2021 年 10 月 12 号",
        "20211012",
        "２０２１－１０－１２",
        "2021．10．12",
        "二〇二一年十月十二日",
        "2021-10-12（周二）",
        "2021年10月12日 星期二",
        "（星期二）2021-10-12",
        "2021-10-12 00:00:00",
        20211012,
        20211012.0,
        44481,
        44481.0,
        "44481",
        dt.date(2021, 10, 12),
        dt.datetime(2021, 10, 12),
    ],
)
def test_every_spelling_of_one_day_is_that_day(text: object) -> None:
    said = said_day(text)  # type: ignore[arg-type]
    assert said is not None
    assert (said.day, said.clock) == (DAY, None)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("2021-10-12 15：30", dt.time(15, 30)),
        ("2021-10-12 9:05", dt.time(9, 5)),
        ("2021年10月12日下午3点半", dt.time(15, 30)),
        ("2021年10月12日 15时", dt.time(15)),
        ("2021年10月12日15时05分", dt.time(15, 5)),
        ("2021-10-12T15:30:00.000", dt.time(15, 30)),
        ("2021-10-12（周二） 15:30", dt.time(15, 30)),
        (44481.645833333336, dt.time(15, 30)),
        (dt.datetime(2021, 10, 12, 15, 30), dt.time(15, 30)),
    ],
)
def test_the_time_beside_a_day_is_kept(text: object, clock: dt.time) -> None:
    said = said_day(text)  # type: ignore[arg-type]
    assert said is not None
    assert (said.day, said.clock) == (DAY, clock)


def test_a_weekday_is_told_so_that_it_can_be_compared() -> None:
    said = said_day("2021-10-12（周三）")
    assert said is not None
    assert said.weekday == 2 != said.day.weekday()


def test_a_bare_number_counts_from_the_workbooks_own_first_day_and_says_that_it_was_one() -> None:
    assert said_day(43019.0, date1904=True) == said_day(44481)
    told = said_day(43019.0)
    assert told is not None
    assert told.serial


@pytest.mark.parametrize(
    "text",
    [
        "",
        "昨天",
        "2021-10",
        "2021年10月",
        "2021-13-01",
        "2021-02-30",
        "2021-10-12至14日",
        "2021-10-12 上午某时",
        "10月12日",
        3,
        0.5,
        "25:00",
    ],
)
def test_what_is_no_one_day_is_none(text: object) -> None:
    assert said_day(text) is None  # type: ignore[arg-type]


def test_a_day_without_its_year_takes_the_year_that_is_given() -> None:
    said = said_day("10月12日（周二）", year=2021)
    assert said is not None
    assert said.day == DAY


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("15：30", dt.time(15, 30)),
        ("8:30", dt.time(8, 30)),
        ("下午2点", dt.time(14)),
        (0.5, dt.time(12)),
        ("8", dt.time(8)),
        (dt.time(9, 5), dt.time(9, 5)),
        ("14时30分", dt.time(14, 30)),
    ],
)
def test_clocks_are_read(text: object, clock: dt.time) -> None:
    assert said_clock(text) == clock  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "全天", "25:00", "8:75", "1.5"])
def test_what_is_no_time_of_day_is_none(text: str) -> None:
    assert said_clock(text) is None
