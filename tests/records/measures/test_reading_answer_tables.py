"""Answers, figures and events as tables: read by their declarations, held against what stands, nothing written."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.people import AT, TODAY
from tests.town import MeasuredTown, small_pack

from chuangwen.kernel.sheets import read_table
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.actions import tally
from chuangwen.records.measures.answer_rows import Found
from chuangwen.records.measures.answer_tables import read_answers, read_events, read_figures
from chuangwen.records.measures.event_actions import NewEvent, record_event
from chuangwen.records.measures.models import Event, FigureValue, Round, Tally
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.models import Figure, Question
from chuangwen.records.township.models import Organisation

ANSWERS = "题号,村（社区）,正面回答,有效回答\n"
FIGURES = "编号,分子,分母,来源\n"
EVENTS = "条目编号,发生日期,单位,事件经过\n"
AUGUST = date(2021, 8, 25)


@pytest.fixture(autouse=True)
def _villages(town: MeasuredTown) -> None:
    for number, code in enumerate(["V1", "V2", "V10"]):
        Organisation.objects.filter(code=code).update(region_code=f"42900411020{number}")


def book(head: str, lines: Sequence[str]) -> Any:
    return read_table((head + "\n".join(lines) + "\n").encode(), name="表.csv")


def answers(town: MeasuredTown, *lines: str) -> Any:
    return read_answers(book(ANSWERS, lines), town.round)


def figures(town: MeasuredTown, *lines: str) -> Any:
    return read_figures(book(FIGURES, lines), town.round)


def events(town: MeasuredTown, *lines: str) -> Any:
    return read_events(book(EVENTS, lines), town.edition, TODAY)


def told(found: Found[Any, Any]) -> list[tuple[int, str, str]]:
    return [(one.row, one.what, one.cure) for one in found.reading.sorted_problems()]


@pytest.fixture
def code(town: MeasuredTown) -> str:
    return Question.objects.get(edition=town.edition).code


# --- answers


def test_answers_are_new_the_same_or_a_correction_with_what_stood_before(town: MeasuredTown, code: str) -> None:
    found = answers(town, f"{code},先锋村,18,25", f"{code},联盟村,9,10")
    assert [(row.label, row.said, row.was, row.is_same) for row in found.rows] == [
        (f"{code} 先锋村", "18 / 25", "18 / 25", True),
        (f"{code} 联盟村", "9 / 10", "", False),
    ]
    assert ([row.label for row in found.new], found.changed) == ([f"{code} 联盟村"], [])
    (changed,) = answers(town, f"{code},先锋村,20,25").changed
    assert (changed.was, changed.said, changed.old) == ("18 / 25", "20 / 25", Tally.objects.get())
    assert Tally.objects.count() == 1


def test_only_what_is_new_or_changed_is_to_be_written(town: MeasuredTown, code: str) -> None:
    found = answers(town, f"{code},先锋村,18,25", f"{code},联盟村,9,10", f"{code},先锋新村,3,4")
    assert [(one.village.code, one.counts) for one in found.writes] == [("V2", (9, 10)), ("V10", (3, 4))]


def test_a_row_without_counts_says_nothing_and_is_counted(town: MeasuredTown, code: str) -> None:
    found = answers(town, f"{code},先锋村,,", f"{code},联盟村,9,10")
    assert (found.left, len(found.rows), found.reading.is_ready) == (1, 1, True)


@pytest.mark.parametrize("counts", ["9,", ",10"])
def test_one_count_without_the_other_is_a_problem(town: MeasuredTown, code: str, counts: str) -> None:
    found = answers(town, f"{code},联盟村,{counts}")
    assert told(found) == [(2, "两个数只填了一个。", "两个数要一起填；不知道就都留空。")]
    assert (found.rows, found.left) == ([], 0)


@pytest.mark.parametrize("counts", ["11,10", "0,0", "3,0"])
def test_counts_that_cannot_be_are_a_problem_of_their_row(town: MeasuredTown, code: str, counts: str) -> None:
    found = answers(town, f"{code},先锋村,20,25", f"{code},联盟村,{counts}")
    ((row, what, _),) = told(found)
    assert (row, "对不上" in what) == (3, True)
    assert not found.reading.is_ready


def test_without_a_village_a_row_is_the_whole_towns(town: MeasuredTown, code: str) -> None:
    Tally.objects.all().delete()
    (row,) = answers(town, f"{code},,40,50").rows
    assert (row.label, row.new.village, row.old) == (f"{code} 全镇", None, None)
    tally(town.round, row.new.question, (40, 50), village=None, by=MACHINE, at=AT)
    (again,) = answers(town, f"{code},,40,50").rows
    assert again.is_same


def test_one_question_by_village_and_for_the_town_in_one_table_would_count_twice(town: MeasuredTown, code: str) -> None:
    found = answers(town, f"{code},联盟村,9,10", f"{code},,40,50")
    assert (3, "这道题既有分村的数，又有全镇合计。", "请只留一种。") in told(found)


def test_a_question_is_known_by_its_text_and_an_unknown_one_is_told(town: MeasuredTown, code: str) -> None:
    text = Question.objects.get().text
    assert [row.new.question.code for row in answers(town, f"{text},联盟村,9,10").rows] == [code]
    found = answers(town, "Q99,联盟村,9,10", f"{code},联萌村,9,10")
    assert [row for row, _, _ in told(found)] == [2, 3]
    assert "联盟村" in told(found)[1][2]


def test_of_two_questions_of_one_code_the_main_systems_is_meant(town: MeasuredTown, code: str) -> None:
    other = install_edition(small_pack(id="minors"), by=MACHINE, at=AT).edition
    Round.objects.filter(pk=town.round.pk).update(companion=other)
    town.round = Round.objects.get(pk=town.round.pk)
    assert Question.objects.filter(code=code).count() == 2
    (row,) = answers(town, f"{code},联盟村,9,10").rows
    assert row.new.question.edition_id == town.edition.pk


# --- figures


@pytest.fixture
def figure(town: MeasuredTown) -> Figure:
    return Figure.objects.get(edition=town.edition)


def test_a_figure_is_the_same_corrected_or_new(town: MeasuredTown, figure: Figure) -> None:
    (same,) = figures(town, f"{figure.code},9,10,年报").rows
    assert (same.is_same, same.said, same.was) == (True, "9 / 10 年报", "9 / 10 年报")
    (changed,) = figures(town, f"{figure.code},8.5,10,月报").changed
    assert (changed.said, changed.new.counts, changed.new.source) == (
        "8.5 / 10 月报",
        (Decimal("8.5"), Decimal(10)),
        "月报",
    )
    FigureValue.objects.all().delete()
    (new,) = figures(town, f"{figure.code},8,10,月报").new
    assert (new.old, new.was, new.label) == (None, "", f"{figure.code} {figure.title}")


def test_a_source_left_blank_is_the_one_that_stands_and_without_any_it_is_asked_for(
    town: MeasuredTown, figure: Figure
) -> None:
    (row,) = figures(town, f"{figure.code},8,10,").rows
    assert row.new.source == "年报"
    FigureValue.objects.all().delete()
    ((number, what, _),) = told(figures(town, f"{figure.code},8,10,"))
    assert number == 2
    assert "没有写数据来源" in what


@pytest.mark.parametrize("counts", ["9,", ",10"])
def test_half_a_figure_is_a_problem_and_none_says_nothing(town: MeasuredTown, figure: Figure, counts: str) -> None:
    assert told(figures(town, f"{figure.code},{counts},年报"))[0][1] == "两个数只填了一个。"
    found = figures(town, f"{figure.code},,,年报")
    assert (found.left, found.rows, found.reading.is_ready) == (1, [], True)


@pytest.mark.parametrize("counts", ["1,0", "12,10", "1.00001,2"])
def test_a_figure_that_cannot_be_is_a_problem(town: MeasuredTown, figure: Figure, counts: str) -> None:
    Figure.objects.filter(pk=figure.pk).update(unit="%")
    found = figures(town, f"{figure.code},{counts},年报")
    assert [row for row, _, _ in told(found)] == [2]


# --- events


def test_an_event_is_new_or_known_by_kind_day_and_unit(town: MeasuredTown) -> None:
    record_event(town.edition, NewEvent("G01", "数据造假", AUGUST, town.cast.units["V1"]), by=MACHINE, at=AT)
    found = events(
        town,
        "G01,2021-08-25,先锋村,数据造假",
        "G01,2021-08-25,联盟村,数据造假",
        "G01,2021-08-25,,数据造假",
        "弄虚作假,2021-08-26,先锋村,又一次",
    )
    assert [(row.is_same, row.old is None) for row in found.rows] == [
        (True, False), (False, True), (False, True), (False, True),
    ]  # fmt: skip
    assert [row.label for row in found.rows] == [
        "G01 2021-08-25 先锋村",
        "G01 2021-08-25 联盟村",
        "G01 2021-08-25 全镇",
        "G01 2021-08-26 先锋村",
    ]
    assert Event.objects.count() == 1


def test_another_story_of_the_same_event_is_a_correction(town: MeasuredTown) -> None:
    made = record_event(town.edition, NewEvent("G01", "数据造假", AUGUST), by=MACHINE, at=AT)
    (row,) = events(town, "G01,2021-08-25,,报表不实").changed
    assert (row.old, row.was, row.said) == (made, "数据造假", "报表不实")
    assert (row.new.code, row.new.on, row.new.where, row.new.text) == ("G01", AUGUST, None, "报表不实")


def test_an_event_to_come_and_one_of_no_list_are_problems(town: MeasuredTown) -> None:
    found = events(town, "G01,2021-10-15,,数据造假", "G07,2021-08-25,,数据造假", "G01,2021-10-14,,数据造假")
    assert [row for row, _, _ in told(found)] == [2, 3]
    assert "2021-10-15 还没有到" in told(found)[0][1]
    assert [row.row for row in found.rows if row.row == 4] == [4]


def test_a_dissolved_unit_is_not_known_to_a_table_of_events(town: MeasuredTown) -> None:
    Organisation.objects.filter(code="V10").update(closed=AUGUST)
    assert [row for row, _, _ in told(events(town, "G01,2021-08-25,先锋新村,数据造假"))] == [2]
