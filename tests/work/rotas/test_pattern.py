"""On which days a rota is held: weekdays, days off left out, moved on or held, never two on one day."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuangwen.kernel.workdays import WorkCalendar
from chuangwen.work.rotas.pattern import BadStretch, bounds, span_text, stretch

OCTOBER = date(2021, 10, 1), date(2021, 10, 31)
CALENDAR = WorkCalendar(
    spans=((time(8, 30), time(17, 30)),),
    off={date(2021, 10, day): "国庆节" for day in range(1, 8)},
    made_up={date(2021, 10, 9): "国庆节调休上班"},
    covered=frozenset({2021}),
)


def days(found) -> list[int]:
    return [one.day.day for one in found.held]


def test_days_off_are_left_out_with_their_reason() -> None:
    found = stretch([2, 4], "skip", *OCTOBER, CALENDAR)
    assert days(found) == [12, 14, 19, 21, 26, 28]
    assert found.left_out == [(date(2021, 10, 5), "国庆节"), (date(2021, 10, 7), "国庆节")]


def test_days_off_move_on_to_the_next_working_days_one_after_the_other() -> None:
    found = stretch([2, 4], "move", *OCTOBER, CALENDAR)
    assert [(one.day.day, one.instead_of.day) for one in found.held if one.instead_of] == [(8, 5), (9, 7)]
    assert days(found) == [8, 9, 12, 14, 19, 21, 26, 28]
    assert found.left_out == []


def test_what_is_held_on_days_off_too_is_held_every_day() -> None:
    assert days(stretch(range(1, 8), "hold", *OCTOBER, CALENDAR)) == list(range(1, 32))


def test_with_every_day_taken_a_day_off_has_nowhere_to_move_to() -> None:
    found = stretch(range(1, 8), "move", *OCTOBER, CALENDAR)
    assert [day.day for day, _ in found.left_out] == [*range(1, 8), 10, 16, 17, 23, 24, 30, 31]


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [(date(2021, 10, 2), date(2021, 10, 1), "结束早于开始"), (date(2021, 1, 1), date(2022, 1, 2), "超过一年")],
)
def test_a_stretch_that_is_none_is_refused(first: date, last: date, why: str) -> None:
    with pytest.raises(BadStretch, match=why):
        stretch([2], "skip", first, last, CALENDAR)


def test_a_watch_over_midnight_ends_on_the_next_day() -> None:
    starts, ends = bounds(time(20), time(6), date(2021, 10, 31))
    assert (starts.date(), ends.date()) == (date(2021, 10, 31), date(2021, 11, 1))
    assert span_text(starts, ends) == "20:00—次日 06:00"
    assert span_text(*bounds(time(8, 30), time(11, 30), date(2021, 10, 12))) == "08:30—11:30"


@given(
    st.sets(st.integers(1, 7), min_size=1),
    st.sampled_from(["skip", "move", "hold"]),
    st.dates(date(2021, 9, 1), date(2021, 12, 1)),
    st.integers(0, 120),
)
def test_every_wanted_day_is_held_once_or_left_out(wanted: set[int], day_off: str, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = stretch(wanted, day_off, first, last, CALENDAR)
    held = [one.day for one in found.held]
    assert held == sorted(set(held))
    count = sum((first + timedelta(days=n)).isoweekday() in wanted for n in range(length + 1))
    assert len(held) + len(found.left_out) == count
    if day_off != "hold":
        assert all(CALENDAR.works_on(day) for day in held)
    longer = stretch(wanted, day_off, first, last + timedelta(days=9), CALENDAR)
    assert set(held) <= {one.day for one in longer.held}
