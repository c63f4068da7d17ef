"""A figure carries its name, its owner, its day and its exact value wherever it stands."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from django.template import engines
from django.test import RequestFactory

from chuangwen.kernel import figures
from chuangwen.kernel.figures import Figure, FigureKind, declare, narrowed, stretch

LATE = FigureKind("cases.late_here", "超期", "在办且已过截止时间", "这些事项")
RATE = FigureKind("cases.rate_here", "按期率", "按期 ÷ 应办", form="rate")
SCORE = FigureKind("score.here", "预计", "预计得分", form="points")
DAY = date(2021, 10, 14)


class Marks(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tag, self.facts = "", dict[str, str | None]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if any(name == "data-figure" for name, _ in attrs):
            self.tag, self.facts = tag, dict(attrs)


def shown(text: str, **context: object) -> str:
    return engines["django"].from_string("{% load look %}" + text).render(context, RequestFactory().get("/"))


@pytest.fixture
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_declared", {one.id: one for one in (LATE, RATE, SCORE)})


@pytest.mark.usefixtures("_known")
def test_a_number_on_a_page_carries_id_owner_day_and_value() -> None:
    html = shown('{% figure "cases.late_here" 27 scope="unit:sjs" day=day href="/cases/" %}', day=DAY)
    marks = Marks(html)
    names = ("data-figure", "data-scope", "data-day", "data-value")
    assert [marks.facts[name] for name in names] == ["cases.late_here", "unit:sjs", "2021-10-14", "27"]
    assert marks.facts["title"] == "超期（本单位）：在办且已过截止时间"
    assert '<a href="/cases/" data-opens="27">27</a>' in html


@pytest.mark.usefixtures("_known")
def test_the_day_of_a_moment_is_the_towns_day() -> None:
    night = datetime(2021, 10, 13, 17, 0, tzinfo=UTC)  # one o'clock at night in China
    assert Marks(shown('{% figure "cases.late_here" 1 day=night %}', night=night)).facts["data-day"] == "2021-10-14"


def test_a_rate_is_never_shown_without_its_counts() -> None:
    one = Figure(RATE, 225, "town", stretch(date(2021, 1, 1), DAY), 357)
    html = shown("{{ one|figure }}", one=one)
    assert ">63% <span" in html
    assert ">225/357</span>" in html
    linked = shown('{% figure one href="/top" base_href="/base" %}', one=one)
    assert '<a href="/top" data-opens="225">225</a>/<a href="/base" data-opens="357">357</a>' in linked
    assert Marks(html).facts["data-value"] == "225/357"
    assert Marks(html).facts["data-day"] == "2021-01-01/2021-10-14"


def test_a_rate_of_nothing_and_a_figure_nobody_knows_are_said_so() -> None:
    assert Figure(RATE, 0, "town", "2021-10-14", 0).told() == "无"
    unknown = Figure(SCORE, None, "town", "2021-10-14")
    assert (unknown.told(), unknown.raw) == ("未测", "unknown")


def test_two_roundings_of_one_figure_carry_one_value() -> None:
    one = Figure(SCORE, 81.25, "town", "2021-10-14")
    assert (one.told(), one.told(2), one.told(0)) == ("81.3", "81.25", "81")
    assert Marks(shown("{% figure one digits=2 %}", one=one)).facts["data-value"] == "81.25"
    assert Marks(shown("{% figure one digits=0 %}", one=one)).facts["data-value"] == "81.25"


def test_a_figure_stands_in_a_translated_sentence_with_its_mark() -> None:
    one = Figure(LATE, 3, "town", "2021-10-14")
    html = shown("{% load i18n %}{% blocktranslate with n=one|figure %}超期 {{ n }} 件{% endblocktranslate %}", one=one)
    assert Marks(html).facts["data-value"] == "3"
    assert html.startswith("超期 <span")


def test_the_definition_is_one_click_away() -> None:
    html = shown('{% figure one about="yes" %}', one=Figure(LATE, 3, "town", "2021-10-14"))
    assert '<a class="figure-about" href="/figures/#cases.late_here"' in html


def test_a_name_means_one_thing() -> None:
    with pytest.raises(ValueError, match="declared already"):
        declare("cases.overdue", "超期", "另一种算法")
    with pytest.raises(ValueError, match="group"):
        declare("weather.rain", "雨", "下雨")


def test_a_narrowed_scope_is_another_scope_and_still_says_whose_it_is() -> None:
    scope = narrowed("seen:limin", kind="appeal", area="")
    assert scope == "seen:limin;kind=appeal"
    assert Figure(LATE, 1, scope, "2021-10-14").whose == "本人看得到的"
