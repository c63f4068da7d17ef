"""A table that brings back what was put right is asked about: an old file sent again must not undo a correction unseen."""

from decimal import Decimal
from typing import Any

import pytest
from tests.people import AT
from tests.records.measures.test_weighing import Desk
from tests.town import MeasuredTown

from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.tables.heads import Said
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.actions import set_figure, tally
from chuangwen.records.measures.answer_tables import read_answers, read_figures
from chuangwen.records.measures.visits import Answers, Ask, Choice
from chuangwen.records.standards.models import Figure, Question
from chuangwen.records.township.models import Organisation


@pytest.fixture
def desk(town: MeasuredTown) -> Desk:
    return Desk(town)


def test_the_first_table_after_its_correction_is_asked_about_and_not_written(desk: Desk) -> None:
    desk.take(desk.row(0, 0, "合格"))
    desk.take(desk.row(0, 0, "不合格"))
    (asked,) = desk.weigh(desk.row(0, 0, "合格")).questions
    assert asked.ask is Ask.OLDER
    assert "先前记过“合格”，后来改正成“不合格”" in str(asked.refusal)
    left = desk.take(desk.row(0, 0, "合格"), answers=Answers(older=Choice.LEAVE))
    assert (left.left, desk.counting(0, 0)[-1]) == (1, 0)
    desk.take(desk.row(0, 0, "合格"), answers=Answers(older=Choice.CORRECTION))
    assert desk.counting(0, 0)[-1] == 10_000


def test_a_third_value_is_an_ordinary_correction(desk: Desk) -> None:
    desk.take(desk.row(0, 0, "合格"))
    desk.take(desk.row(0, 0, "不合格"))
    assert desk.weigh(desk.row(0, 0, "不合格", note="补充：两处")).questions == []
    assert len(desk.weigh(desk.row(0, 0, "不合格", note="补充：两处")).corrections) == 1


def read(read_it: Any, town: MeasuredTown, text: str, **answers: str) -> Any:
    return read_it(read_table(text.encode(), name="表.csv"), town.round, Said(answers))


@pytest.fixture
def question(town: MeasuredTown) -> Question:
    Organisation.objects.filter(code="V1").update(region_code="429004110200")
    found = Question.objects.get(edition=town.edition)
    for counts in ((9, 12), (10, 12)):
        tally(town.round, found, counts, village=town.cast.units["V1"], by=MACHINE, at=AT)
    return found


def test_answers_that_were_put_right_come_back_only_by_an_answer(town: MeasuredTown, question: Question) -> None:
    text = f"题号,村（社区）,正面回答,有效回答\n{question.code},先锋村,9,12\n"
    found = read(read_answers, town, text)
    assert [one.id for one in found.reading.open_questions] == ["older"]
    assert "10 / 12 → 9 / 12" in found.reading.questions[0].what
    left = read(read_answers, town, text, older="leave")
    assert (left.writes, [one.kind for one in left.reading.unread]) == ([], ["row"])
    back = read(read_answers, town, text, older="correct")
    assert (back.reading.is_ready, len(back.changed)) == (True, 1)
    assert read(read_answers, town, text.replace("9,12", "11,12")).reading.is_ready


def test_a_figure_that_was_put_right_comes_back_only_by_an_answer(town: MeasuredTown) -> None:
    figure = Figure.objects.filter(edition=town.edition)[0]
    for part in (300, 421):
        set_figure(town.round, figure, (Decimal(part), Decimal(446)), source="城建办", by=MACHINE, at=AT)
    text = f"编号,分子,分母,来源\n{figure.code},300,446,城建办\n"
    assert [one.id for one in read(read_figures, town, text).reading.open_questions] == ["older"]
    assert len(read(read_figures, town, text, older="correct").changed) == 1
    assert read(read_figures, town, text, older="leave").writes == []


def test_a_village_written_in_its_first_row_alone_is_asked_about(town: MeasuredTown, question: Question) -> None:
    other = Organisation.objects.filter(code="V2")
    other.update(region_code="429004110201")
    text = f"村（社区）,题号,正面回答,有效回答\n{other.get().name},{question.code},9,12\n,{question.code},8,12\n"
    found = read(read_answers, town, text)
    assert [one.id for one in found.reading.open_questions] == ["village"]
    above = read(read_answers, town, text, village="above")
    assert [row.label for row in above.rows] == [f"{question.code} {other.get().name}"] * 2
    assert [(one.row, "第 2 行写过" in one.what) for one in above.reading.problems] == [(3, True)]


def test_a_sum_of_the_town_over_answers_of_villages_is_refused_in_the_trial(
    town: MeasuredTown, question: Question
) -> None:
    found = read(read_answers, town, f"题号,正面回答,有效回答\n{question.code},90,120\n")
    assert [(one.row, "按村" in one.what) for one in found.reading.problems] == [(2, True)]
