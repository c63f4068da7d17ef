"""What the walk reads and how it compares, without a town."""

import json
from datetime import UTC, datetime

from django.http import HttpResponse

from chuangwen.kernel import word
from chuangwen.kernel.figures import Figure, FigureKind, sheet_rows
from chuangwen.kernel.sheet_writing import TableColumn, TableText, write_table
from tests.figures.crawl import Found, Page, Walk, of_json, of_word, of_workbook

LATE = FigureKind("cases.late_here", "超期", "在办且已过截止时间")
ONE = Figure(LATE, 27, "town", "2021-10-14")
FOUR = {"figure": "cases.late_here", "scope": "town", "day": "2021-10-14", "value": "27"}


def test_a_figure_is_read_alike_from_page_answer_workbook_and_paper() -> None:
    html = (
        '<b><span data-figure="cases.late_here" data-scope="town" data-day="2021-10-14" data-value="27">27</span></b>'
    )
    book = write_table([TableColumn("数")], [[27]], TableText("表"), figures=sheet_rows([ONE]))
    paper = word.document([word.with_figure(word.paragraph("超期 27 件"), ONE)], at=datetime(2021, 10, 14, tzinfo=UTC))
    assert Page(html).figures == [FOUR]
    assert list(of_json({"all": [ONE.as_data()]})) == [FOUR]
    assert list(of_workbook(book)) == [FOUR]
    assert list(of_word(paper)) == [FOUR]


def test_one_name_with_two_values_is_found_and_two_scopes_or_days_are_not_compared() -> None:
    found = Found()
    found.take(
        [FOUR, {**FOUR, "scope": "seen:limin", "value": "3"}, {**FOUR, "day": "2021-10-13", "value": "4"}], ("a", "/")
    )
    found.take([FOUR], ("b", "/cases/"))
    assert found.disagreeing == []
    found.take([{**FOUR, "value": "51"}], ("c", "/figures.xlsx"))
    assert len(found.disagreeing) == 1
    assert "27 (a /, 2 places)" in found.disagreeing[0]
    assert "51 (c /figures.xlsx, 1 places)" in found.disagreeing[0]


def test_big_bold_numbers_without_a_name_are_listed() -> None:
    page = Page(
        '<h1>共 <b>7,663</b> 人</h1><p>1234</p><b><span data-figure="a.b" data-scope="" data-day="" data-value="300">300</span></b>'
    )
    assert page.bold == ["7663"]


class Pages:
    """A browser that knows two pages."""

    def __init__(self, total: int) -> None:
        self.total = total

    def get(self, address: str) -> HttpResponse:
        if address == "/list/":
            return HttpResponse(f'<p data-total="{self.total}">共 {self.total} 条</p>')
        return HttpResponse('<a href="/list/" data-opens="119">119 件未销号</a>')


def test_a_count_that_opens_another_number_of_rows_is_found() -> None:
    right, wrong = Found(), Found()
    Walk("office", Pages(119), right, str).go(["/"])
    Walk("office", Pages(458), wrong, str).go(["/"])
    assert right.wrong_lists == []
    assert wrong.wrong_lists == ["office /: 119 opens 458 at /list/"]
    assert json.dumps(wrong.as_data())
