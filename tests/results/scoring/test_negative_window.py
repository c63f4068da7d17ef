"""An event of the negative list deducts for as many months as its edition says, counted to the day."""

from datetime import date

import pytest

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.event_actions import NewEvent, record_event
from chuangwen.records.standards.definitions import FrameworkPack
from chuangwen.results.scoring.gathering import measures_of
from tests.town import AT, MeasuredTown


@pytest.mark.parametrize(
    ("happened", "on", "deducts"),
    [
        (date(2021, 3, 15), date(2021, 3, 14), False),  # not yet
        (date(2021, 3, 15), date(2021, 3, 15), True),
        (date(2021, 3, 15), date(2022, 2, 15), True),
        (date(2021, 3, 15), date(2022, 3, 14), True),  # the last day of twelve months
        (date(2021, 3, 15), date(2022, 3, 15), False),
        (date(2021, 3, 15), date(2022, 4, 14), False),  # a window a month too long would still deduct
        (date(2021, 1, 31), date(2022, 1, 30), True),
        (date(2021, 1, 31), date(2022, 1, 31), False),
        (date(2020, 2, 29), date(2021, 2, 28), True),
        (date(2020, 2, 29), date(2021, 3, 1), False),
    ],
)
def test_an_event_deducts_for_twelve_months_to_the_day(
    town: MeasuredTown, happened: date, on: date, *, deducts: bool
) -> None:
    assert FrameworkPack.from_data(town.edition.content).negative[0].window_months == 12
    record_event(town.edition, NewEvent("G01", "数据造假", happened), by=MACHINE, at=AT)
    found = measures_of(town.round, town.edition, on).deductions
    assert [one.code for one in found] == (["G01"] if deducts else [])
