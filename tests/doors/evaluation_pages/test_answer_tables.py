"""The town's answers, figures and events go out as Excel and come in again: the same is nothing, other counts are corrections."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.people import AT
from tests.town import MeasuredTown

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.event_actions import NewEvent, record_event
from chuangwen.records.measures.models import Event, FigureValue, Tally
from chuangwen.records.standards.models import Figure, Question
from chuangwen.records.township.models import Organisation, Town

TODAY = date(2021, 10, 14)


@pytest.fixture(autouse=True)
def _on_that_day(town: MeasuredTown) -> None:
    Town.objects.update(demo=True, demo_today=TODAY)
    for number, code in enumerate(("V1", "V2"), start=1):
        Organisation.objects.filter(code=code).update(region_code=f"42900411000{number}")


def book_of(browser: Any, name: str) -> openpyxl.Workbook:
    answer = browser.get(reverse(name))
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def rows_of(book: openpyxl.Workbook) -> list[list[Any]]:
    """The rows below the head."""
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    head = next(place for place, row in enumerate(rows) if row[0] in {"题号", "编号", "条目编号"})
    return rows[head + 1 :]


def send(browser: Any, name: str, text: str) -> Any:
    file = SimpleUploadedFile("表.csv", text.encode())
    return browser.post(reverse(name), {"file": file})


def taken(browser: Any, name: str, shown: Any) -> str:
    """Confirm what was shown."""
    answer = browser.post(reverse(name), {"key": shown.context["sent"].key, "move": "take"}, follow=True)
    return str(answer.content.decode())


def test_the_survey_goes_out_with_what_stands_and_comes_in_unchanged(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    book = book_of(limin, "answers_table")
    assert rows_of(book) == [["Q0", "题目0", "先锋村", 18, 25], ["Q0", "题目0", "联盟村", None, None]]
    data = io.BytesIO()
    book.save(data)
    notes = Note.objects.count()
    shown = limin.post(reverse("answers_import"), {"file": SimpleUploadedFile("问卷.xlsx", data.getvalue())})
    assert (shown.status_code, shown.context["run"].known, shown.context["run"].writes) == (200, 1, 0)
    assert "没有变化" in taken(limin, "answers_import", shown)
    assert Note.objects.count() == notes


def test_other_counts_are_shown_old_and_new_before_anything_is_written(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    shown = send(limin, "answers_import", "题号,村,正面,有效\nQ0,先锋村,20,25\nQ0,联盟村,9,10\n")
    (change,) = shown.context["run"].changes
    assert (change.what, change.old, change.new) == ("Q0 先锋村", "18 / 25", "20 / 25")
    assert Tally.objects.count() == 1
    assert "新记 1 条，改正 1 条" in taken(limin, "answers_import", shown)
    assert sorted(Tally.objects.values_list("positive", "valid")) == [(9, 10), (20, 25)]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("Q0,先锋村,26,25", "对不上"),
        ("Q0,先锋村,5,", "只填了一个"),
        ("Q9,先锋村,5,10", "Q9"),
        ("Q0,没有的村,5,10", "没有的村"),
        ("Q0,先锋村,七成,10", "七成"),
        ("Q0,先锋村,5,10\nQ0,,5,10", "既有分村的数，又有全镇合计"),
    ],
)
def test_a_wrong_row_is_told_and_nothing_is_written(row: str, told: str, town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    shown = send(limin, "answers_import", f"题号,村,正面,有效\n{row}\nQ0,联盟村,9,10\n")
    assert shown.status_code == 422
    assert told in shown.content.decode()
    taken(limin, "answers_import", shown)
    assert Tally.objects.get().positive == 18


def test_figures_go_out_and_come_in_with_their_source(town: MeasuredTown, signed_in_as: Any) -> None:
    limin, figure = signed_in_as("limin"), Figure.objects.get()
    assert rows_of(book_of(limin, "figures_table")) == [[figure.code, "指标", 9, 10, "年报"]]
    shown = send(limin, "figures_import", f"编号,分子,分母,来源\n{figure.code},8,10,统计站台账\n")
    (change,) = shown.context["run"].changes
    assert (change.old, change.new) == ("9 / 10 年报", "8 / 10 统计站台账")
    assert "改正 1 条" in taken(limin, "figures_import", shown)
    value = FigureValue.objects.get()
    assert (value.numerator, value.source) == (8, "统计站台账")
    again = send(limin, "figures_import", f"编号,分子,分母\n{figure.code},8,10\n")
    assert (again.context["run"].known, again.context["run"].writes) == (1, 0)


def test_a_figure_without_a_source_is_refused(town: MeasuredTown, signed_in_as: Any) -> None:
    FigureValue.objects.all().delete()
    shown = send(signed_in_as("limin"), "figures_import", f"编号,分子,分母,来源\n{Figure.objects.get().code},8,10,\n")
    assert shown.status_code == 422
    assert "没有写数据来源" in shown.content.decode()


def test_events_go_out_and_another_text_corrects_the_same_event(town: MeasuredTown, signed_in_as: Any) -> None:
    zhou = signed_in_as("zhouzheng")
    new = NewEvent("G01", "上报数据不实", date(2021, 10, 1), town.cast.units["V1"])
    event = record_event(town.edition, new, by=MACHINE, at=AT)
    (row,) = rows_of(book_of(zhou, "events_table"))
    assert [row[0], row[1], row[3], row[4]] == ["G01", "弄虚作假", "先锋村", "上报数据不实"]
    table = "条目编号,发生日期,单位,事件经过\nG01,2021-10-01,先锋村,台账不实\nG01,2021.10.2,,另一件\n"
    shown = send(zhou, "events_import", table)
    assert (shown.context["run"].new, shown.context["run"].changed) == (1, 1)
    assert "新记 1 条，改正 1 条" in taken(zhou, "events_import", shown)
    event.refresh_from_db()
    assert (event.text, event.reason) == ("台账不实", "按表格“表.csv”更正")
    again = send(zhou, "events_import", table)
    assert (again.context["run"].known, again.context["run"].writes) == (2, 0)
    assert Event.objects.count() == 2


def test_what_a_table_of_events_does_to_the_score_is_said_before_it_is_written(
    town: MeasuredTown, signed_in_as: Any
) -> None:
    zhou = signed_in_as("zhouzheng")
    shown = send(zhou, "events_import", "条目编号,发生日期,单位,事件经过\nG01,2021-10-01,先锋村,数据造假\n")
    assert "写入后，" in shown.content.decode()
    assert Event.objects.count() == 0
    form = zhou.post(
        reverse("event_new"),
        {"kind": f"{town.edition.pk}:G01", "on": "2021-10-01", "where": town.cast.units["V1"].pk, "text": "数据造假"},
    )
    assert form.context["told"] == shown.context["page"].note


def test_another_day_of_a_known_event_is_a_question_and_counts_once_when_corrected(
    town: MeasuredTown, signed_in_as: Any
) -> None:
    zhou = signed_in_as("zhouzheng")
    new = NewEvent("G01", "上报数据不实", date(2021, 10, 1), town.cast.units["V1"])
    event = record_event(town.edition, new, by=MACHINE, at=AT)
    shown = send(zhou, "events_import", "条目编号,发生日期,单位,事件经过\nG01,2021-10-02,先锋村,上报数据不实\n")
    assert "是同一件吗" in shown.content.decode()
    said = {"key": shown.context["sent"].key, "q.event.0.2": f"correct-{event.pk}"}
    tried = zhou.post(reverse("events_import"), {**said, "move": "try"})
    assert (tried.context["run"].new, tried.context["run"].changed) == (0, 1)
    zhou.post(reverse("events_import"), {**said, "move": "take"}, follow=True)
    event.refresh_from_db()
    assert (Event.objects.count(), event.happened_on) == (1, date(2021, 10, 2))


def test_an_event_that_has_not_happened_is_told(town: MeasuredTown, signed_in_as: Any) -> None:
    shown = send(
        signed_in_as("zhouzheng"), "events_import", "条目编号,发生日期,单位,事件经过\nG01,2021-10-15,,将来的事\n"
    )
    assert shown.status_code == 422
    assert "还没有到" in shown.content.decode()


def test_whoever_may_not_put_in_finds_no_table(town: MeasuredTown, signed_in_as: Any) -> None:
    chen = signed_in_as("chenjing")
    for name in ("answers_table", "answers_import", "figures_table", "figures_import", "events_table", "events_import"):
        assert chen.get(reverse(name)).status_code == 403, name
    assert reverse("answers_import") not in chen.get(reverse("answers")).content.decode()
    assert Question.objects.count() == 1


def test_a_code_beside_the_name_of_another_is_a_problem_and_nothing_is_written(
    town: MeasuredTown, signed_in_as: Any
) -> None:
    """A column that slipped by one row wrote every count under its neighbour."""
    limin = signed_in_as("limin")
    wrong = send(limin, "answers_import", "题号,题目,村（社区）,正面回答,有效回答\nQ0,治安状况满意吗,先锋村,20,25\n")
    assert wrong.status_code == 422
    assert "同一行写的名称是“治安状况满意吗”" in wrong.content.decode()
    right = send(limin, "answers_import", "题号,题目,村（社区）,正面回答,有效回答\nQ0,题目0,先锋村,20,25\n")
    assert right.status_code == 200
