"""An event that a table names with another day, unit or item than one that stands: nobody but a person knows which it is."""

from datetime import date
from typing import Any

import pytest
from tests.people import AT, TODAY
from tests.town import MeasuredTown

from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.tables.heads import Said
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.answer_tables import EventRows, read_events
from chuangwen.records.measures.event_actions import NewEvent, record_event
from chuangwen.records.measures.models import Event

AUGUST = date(2021, 8, 25)
KEY = "event.0.2"


@pytest.fixture
def stands(town: MeasuredTown) -> Event:
    new = NewEvent("G01", "数据造假", AUGUST, town.cast.units["V1"])
    return record_event(town.edition, new, by=MACHINE, at=AT)


def read(town: MeasuredTown, *lines: str, **answers: str) -> EventRows:
    text = "条目编号,发生日期,单位,事件经过\n" + "\n".join(lines)
    book = read_table(text.encode(), name="表.csv")
    said = Said({key.replace("_", "."): value for key, value in answers.items()})
    return read_events(book, town.edition, TODAY, said)


def options(found: EventRows) -> list[str]:
    (question,) = found.reading.open_questions
    return [one.value for one in question.options]


@pytest.mark.parametrize("line", ["G01,2021-08-26,先锋村,数据造假", "G01,2021-08-25,联盟村,数据造假", "G01,2021-08-25,,数据造假"])  # fmt: skip
def test_another_day_or_another_unit_is_asked_about(town: MeasuredTown, stands: Event, line: str) -> None:
    found = read(town, line)
    assert options(found) == ["same", f"correct-{stands.pk}", "another"]
    assert "G01 2021-08-25 先锋村 数据造假" in found.reading.questions[0].what
    assert not found.reading.is_ready


def test_the_answer_decides_whether_it_is_left_corrected_or_another_one(town: MeasuredTown, stands: Event) -> None:
    line = "G01,2021-08-26,先锋村,数据造假"
    left = read(town, line, event_0_2="same")
    assert (left.rows, [one.kind for one in left.reading.unread]) == ([], ["row"])
    (changed,) = read(town, line, event_0_2=f"correct-{stands.pk}").changed
    assert (changed.old, changed.was, changed.said) == (
        stands,
        "G01 2021-08-25 先锋村 数据造假",
        "G01 2021-08-26 先锋村 数据造假",
    )
    (new,) = read(town, line, event_0_2="another").new
    assert (new.old, new.new.on) == (None, date(2021, 8, 26))


def test_a_table_that_names_the_old_one_too_tells_of_two_events(town: MeasuredTown, stands: Event) -> None:
    found = read(town, "G01,2021-08-25,先锋村,数据造假", "G01,2021-08-26,先锋村,又一次")
    assert found.reading.is_ready
    assert [row.is_same for row in found.rows] == [True, False]


def test_two_rows_cannot_be_one_event(town: MeasuredTown, stands: Event) -> None:
    lines = ("G01,2021-08-26,先锋村,数据造假", "G01,2021-08-27,先锋村,数据造假")
    answer = f"correct-{stands.pk}"
    found = read(town, *lines, event_0_2=answer, event_0_3=answer)
    assert [(one.row, one.what) for one in found.reading.problems] == [(3, "第 2 行已经改正这一件。")]


def test_what_differs_in_two_things_is_another_event(town: MeasuredTown, stands: Event) -> None:
    found: Any = read(town, "G01,2021-08-26,联盟村,数据造假")
    assert (found.reading.is_ready, len(found.new)) == (True, 1)
