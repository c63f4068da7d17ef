"""A clerk puts answers and figures in by page: what is unknown stands first, what is wrong is told and kept."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.people import AT, hold
from tests.town import MeasuredTown

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures import actions
from chuangwen.records.measures.models import FigureValue, RoundKind, Tally
from chuangwen.records.measures.policy import NotOfThisRound
from chuangwen.records.standards.models import Figure, Question
from chuangwen.records.township.models import Organisation, RoleDefinition
from chuangwen.records.township.permissions import Scope
from chuangwen.results.scoring.actions import close_round
from chuangwen.results.scoring.queries import score_round
from chuangwen.work.cases.models import Case


@pytest.fixture
def asked(town: MeasuredTown) -> Question:
    """The small town's one question; its two villages have region codes as real ones do."""
    for number, code in enumerate(("V1", "V2"), start=1):
        Organisation.objects.filter(code=code).update(region_code=f"42900411000{number}")
    return Question.objects.get(edition=town.edition)


@pytest.fixture
def figure(town: MeasuredTown) -> Figure:
    return Figure.objects.get(edition=town.edition)


def cell(asked: Question, unit: Organisation | None, part: str, whole: str) -> dict[str, str]:
    """What a clerk types into one line."""
    key = f"{asked.pk}-{unit.pk if unit else 0}"
    return {f"part-{key}": part, f"whole-{key}": whole}


def counts_of(asked: Question) -> dict[str, tuple[int, int]]:
    rows = Tally.objects.filter(question=asked).select_related("organisation")
    return {one.organisation.code if one.organisation else "": (one.positive, one.valid) for one in rows}


def test_what_nobody_has_answered_stands_first_with_its_worth(
    town: MeasuredTown, asked: Question, figure: Figure, signed_in_as: Any
) -> None:
    Tally.objects.all().delete()
    page = signed_in_as("limin").get(reverse("answers"))
    (row,) = page.context["questions"]
    assert (row["valid"], row["places"], page.context["open_questions"]) == (0, 0, 1)
    parts = score_round(town.round, date(2021, 10, 14)).main.prepared
    assert row["worth"] == pytest.approx(2.5 / 12.5 * 100)
    assert page.context["open_points"] == pytest.approx(float(parts.coef.sum()) * 2.5 / 12.5, rel=1e-6)
    assert "还有 1 道题、0 项数据没有录，共 20.0 分" in page.content.decode()


def test_the_answered_show_how_many_villages_and_both_counts(
    town: MeasuredTown, asked: Question, signed_in_as: Any
) -> None:
    page = signed_in_as("limin").get(reverse("answers"))
    (row,) = page.context["questions"]
    assert (row["positive"], row["valid"], row["rate"], row["places"]) == (18, 25, 0.72, 1)
    text = page.content.decode()
    assert "1 / 2" in text
    assert "72%" in text
    assert reverse("question_entry", args=[asked.pk]) in text


def test_one_question_is_put_in_over_all_villages_at_once(
    town: MeasuredTown, asked: Question, signed_in_as: Any
) -> None:
    limin, units = signed_in_as("limin"), town.cast.units
    before = score_round(town.round, date(2021, 10, 14)).total.expected
    said = cell(asked, units["V1"], "20", "25") | cell(asked, units["V2"], "２９", "30")
    answer = limin.post(reverse("question_entry", args=[asked.pk]), said, follow=True)
    assert "已保存：新记 1 条，改正 1 条。" in answer.content.decode()
    assert counts_of(asked) == {"V1": (20, 25), "V2": (29, 30)}
    assert score_round(town.round, date(2021, 10, 14)).total.expected > before
    corrected = Note.objects.get(kind="tally", key="2021/Q0/V1", verb="录入问卷结果", after__positive=20)
    assert corrected.before == {"positive": 18, "valid": 25}


def test_the_same_numbers_again_write_nothing(town: MeasuredTown, asked: Question, signed_in_as: Any) -> None:
    notes = Note.objects.count()
    said = cell(asked, town.cast.units["V1"], "18", "25") | cell(asked, town.cast.units["V2"], "", "")
    answer = signed_in_as("limin").post(reverse("question_entry", args=[asked.pk]), said, follow=True)
    assert "没有变化，没有写入。" in answer.content.decode()
    assert Note.objects.count() == notes


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        ("26", "25", "对不上"),
        ("-1", "25", "对不上"),
        ("0", "0", "对不上"),
        ("5", "", "两个数要一起填"),
        ("七成", "25", "“七成”不是一个数"),
        ("72%", "25", "“72%”不是一个数"),
        ("7.5", "25", "要填整数"),
        ("5", "9999999999999999999999", "太多了"),
    ],
)
def test_what_cannot_be_is_told_on_top_and_kept_and_nothing_is_written(
    part: str, whole: str, told: str, town: MeasuredTown, asked: Question, signed_in_as: Any
) -> None:
    units = town.cast.units
    said = cell(asked, units["V1"], "20", "25") | cell(asked, units["V2"], part, whole)
    answer = signed_in_as("limin").post(reverse("question_entry", args=[asked.pk]), said)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert told in text
    assert f'href="#part-{asked.pk}-{units["V2"].pk}"' in text
    assert f'value="{part}"' in text
    assert text.count('value="20"') == 1
    assert counts_of(asked) == {"V1": (18, 25)}


def test_both_fields_emptied_take_the_answers_out_and_the_ledger_keeps_them(
    town: MeasuredTown, asked: Question, signed_in_as: Any
) -> None:
    said = cell(asked, town.cast.units["V1"], "", "")
    answer = signed_in_as("limin").post(reverse("question_entry", args=[asked.pk]), said, follow=True)
    assert "清空 1 条" in answer.content.decode()
    assert counts_of(asked) == {}
    assert Note.objects.get(verb="清空问卷结果").before == {"positive": 18, "valid": 25}


def test_the_whole_town_and_its_villages_are_never_counted_twice(
    town: MeasuredTown, asked: Question, signed_in_as: Any
) -> None:
    limin, village = signed_in_as("limin"), town.cast.units["V1"]
    link = reverse("question_entry", args=[asked.pk])
    answer = limin.post(link, cell(asked, village, "18", "25") | cell(asked, None, "180", "250"))
    assert answer.status_code == 422
    assert "重复计数" in answer.content.decode()
    assert counts_of(asked) == {"V1": (18, 25)}
    assert limin.post(link, cell(asked, village, "", "") | cell(asked, None, "180", "250")).status_code == 302
    assert counts_of(asked) == {"": (180, 250)}
    assert "全镇合计" in limin.get(reverse("answers")).content.decode()


def test_one_village_is_put_in_over_all_questions(town: MeasuredTown, asked: Question, signed_in_as: Any) -> None:
    limin, village = signed_in_as("limin"), town.cast.units["V2"]
    link = reverse("village_entry", args=[village.pk])
    page = limin.get(link)
    assert [line.label for line in page.context["lines"]] == ["Q0 题目0"]
    assert "autofocus" in page.content.decode()
    assert limin.post(link, cell(asked, village, "9", "10")).status_code == 302
    assert counts_of(asked)["V2"] == (9, 10)


def test_who_puts_in_for_one_village_reaches_no_other(town: MeasuredTown, asked: Question, signed_in_as: Any) -> None:
    role = RoleDefinition.objects.create(
        code="asker", title="调查员", permissions=["see_rows", "record_survey"], scope="below", order=99
    )
    hold(town.cast.people["liufang"], role, scope=Scope.BELOW)
    liufang, units = signed_in_as("liufang"), town.cast.units
    link = reverse("question_entry", args=[asked.pk])
    assert [line.label for line in liufang.get(link).context["lines"]] == ["先锋村"]
    liufang.post(link, cell(asked, units["V2"], "1", "30") | cell(asked, None, "1", "30"))
    assert counts_of(asked) == {"V1": (18, 25)}
    assert liufang.get(reverse("village_entry", args=[units["V1"].pk])).status_code == 200
    assert liufang.get(reverse("village_entry", args=[units["V2"].pk])).status_code == 404


def test_who_may_not_put_in_sees_the_counts_and_no_link(town: MeasuredTown, asked: Question, signed_in_as: Any) -> None:
    hewei = signed_in_as("zhouzheng")
    page = hewei.get(reverse("answers"))
    assert page.status_code == 200
    assert reverse("question_entry", args=[asked.pk]) not in page.content.decode()
    assert hewei.get(reverse("question_entry", args=[asked.pk])).status_code == 403
    assert hewei.get(reverse("figures_entry")).status_code == 403


def test_a_closed_round_takes_nothing_in(
    town: MeasuredTown, asked: Question, figure: Figure, signed_in_as: Any
) -> None:
    close_round(town.round, by=MACHINE, at=AT)
    limin, village = signed_in_as("limin"), town.cast.units["V1"]
    assert reverse("question_entry", args=[asked.pk]) not in limin.get(reverse("answers")).content.decode()
    answer = limin.post(reverse("question_entry", args=[asked.pk]), cell(asked, village, "20", "25"))
    assert answer.status_code == 422
    assert "已经封存" in answer.content.decode()
    said = {f"part-{figure.pk}": "1", f"whole-{figure.pk}": "2", f"source-{figure.pk}": "表"}
    assert "已经封存" in limin.post(reverse("figures_entry"), said).content.decode()
    assert FigureValue.objects.get(figure=figure).numerator == 9


def test_a_round_later_in_another_edition_does_not_take_this_question(town: MeasuredTown, asked: Question) -> None:
    asked.edition_id = 0
    with pytest.raises(NotOfThisRound):
        actions.tally(town.round, asked, (1, 2), village=None, by=MACHINE, at=AT)


def figure_said(figure: Figure, part: str, whole: str, source: str) -> dict[str, str]:
    return {f"part-{figure.pk}": part, f"whole-{figure.pk}": whole, f"source-{figure.pk}": source}


def test_a_figure_is_put_right_with_both_counts_and_its_source(
    town: MeasuredTown, figure: Figure, signed_in_as: Any
) -> None:
    answer = signed_in_as("limin").post(
        reverse("figures_entry"), figure_said(figure, "1,234.5", "2000", "统计站年报 2021-09"), follow=True
    )
    assert "改正 1 条" in answer.content.decode()
    value = FigureValue.objects.get(figure=figure)
    assert (value.numerator, value.denominator, value.source) == (Decimal("1234.5"), 2000, "统计站年报 2021-09")
    note = Note.objects.filter(verb="录入统计数据").order_by("-number")[0]
    assert (note.before["source"], note.after["source"]) == ("年报", "统计站年报 2021-09")


@pytest.mark.parametrize(
    ("part", "whole", "source", "told"),
    [
        ("8", "10", "", "没有写数据来源"),
        ("8", "0", "年报", "对不上"),
        ("", "10", "年报", "两个数要一起填"),
        ("八成", "10", "年报", "“八成”不是一个数"),
        ("0.00001", "10", "年报", "记不下"),
        ("1", "10000000000000", "年报", "记不下"),
        ("8", "10", "长" * 201, "没有写数据来源"),
    ],
)
def test_a_figure_that_cannot_stand_is_told_and_kept(
    part: str, whole: str, source: str, told: str, figure: Figure, signed_in_as: Any
) -> None:
    answer = signed_in_as("limin").post(reverse("figures_entry"), figure_said(figure, part, whole, source))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert told in text
    assert f'href="#part-{figure.pk}"' in text
    assert f'value="{whole}"' in text
    assert FigureValue.objects.get(figure=figure).denominator == 10


def test_a_share_of_one_whole_never_exceeds_it_but_a_ratio_may(figure: Figure, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    Figure.objects.update(unit="%")
    answer = limin.post(reverse("figures_entry"), figure_said(figure, "12", "10", "年报"))
    assert (answer.status_code, "对不上" in answer.content.decode()) == (422, True)
    Figure.objects.update(unit="册/人")
    assert limin.post(reverse("figures_entry"), figure_said(figure, "12", "10", "年报")).status_code == 302


def test_a_figure_emptied_is_unknown_again(figure: Figure, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    assert limin.post(reverse("figures_entry"), figure_said(figure, "", "", "")).status_code == 302
    assert not FigureValue.objects.exists()
    answer = limin.post(reverse("figures_entry"), figure_said(figure, "", "", "年报"))
    assert "写了来源，没有填数" in answer.content.decode()
    (row,) = limin.get(reverse("answers")).context["figures"]
    assert (row["counts"], row["rate"]) == (None, None)


def test_what_an_earlier_year_had_stands_beside(town: MeasuredTown, figure: Figure, signed_in_as: Any) -> None:
    new = actions.NewRound("2020", "2020 年测评", RoundKind.OFFICIAL, 2020, date(2020, 9, 1), date(2020, 12, 31))
    last = actions.open_round(new, town.edition, by=MACHINE, at=AT)
    actions.set_figure(last, figure, (Decimal(3), Decimal(4)), source="旧年报", by=MACHINE, at=AT)
    page = signed_in_as("limin").get(reverse("figures_entry"))
    (line,) = page.context["lines"]
    assert line.facts["earlier"].round.code == "2020"
    assert "3 / 4　75%" in page.content.decode()
    assert "2020 年测评" in page.content.decode()


@pytest.fixture
def by_cases(town: MeasuredTown, office: Any, figure: Figure) -> Figure:
    """The figure as one that the town's own cases give: two opened in time, one of them mended."""
    content = town.edition.content
    content["figures"][0]["cases"] = "on_time_rate:mending"
    town.edition.digest = "cases"
    town.edition.save(update_fields=["content", "digest"])
    FigureValue.objects.all().delete()
    for in_time in (True, False):
        case = office.sent()
        Case.objects.filter(pk=case.pk).update(handled_at=AT, handled_in_time=in_time)
    return figure


def test_a_figure_that_the_cases_give_says_so_and_is_overruled_only_with_a_source(
    by_cases: Figure, signed_in_as: Any
) -> None:
    limin = signed_in_as("limin")
    (row,) = limin.get(reverse("answers")).context["figures"]
    assert (row["given"], row["counts"]) == (True, (1, 2))
    assert "由事项办理情况算出" in limin.get(reverse("answers")).content.decode()
    page = limin.get(reverse("figures_entry")).content.decode()
    assert "由事项办理情况算出" in page
    refused = limin.post(reverse("figures_entry"), figure_said(by_cases, "1", "1", ""))
    assert "没有写数据来源" in refused.content.decode()
    assert limin.post(reverse("figures_entry"), figure_said(by_cases, "1", "1", "12345 平台年报")).status_code == 302
    (row,) = limin.get(reverse("answers")).context["figures"]
    assert (row["given"], row["counts"]) == (False, (1, 1))
    assert "现在用的是填报的数" in limin.get(reverse("figures_entry")).content.decode()


def test_before_the_first_round_every_page_says_what_will_stand_here(cast: Any, signed_in_as: Any) -> None:
    limin: Client = signed_in_as("limin")
    for name in ("answers", "figures_entry", "events", "observations", "materials", "record"):
        page = limin.get(reverse(name))
        assert page.status_code == 200, name
        assert "还没有测评轮次" in page.content.decode(), name
        assert reverse("round_open") in page.content.decode(), name
    asked = limin.get(reverse("answers"), headers={"Accept": "application/json"})
    assert (asked.status_code, asked.json()["code"]) == (404, "no_round_yet")


def test_the_queries_of_the_page_do_not_grow_with_the_villages(
    town: MeasuredTown, asked: Question, signed_in_as: Any
) -> None:
    limin = signed_in_as("limin")
    links = [reverse("answers"), reverse("question_entry", args=[asked.pk])]

    def count(link: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert limin.get(link).status_code == 200
        return len(found)

    few = [count(link) for link in links * 2][2:]
    top = town.cast.units["T"]
    for number in range(10):
        unit = Organisation.objects.create(
            code=f"N{number}", name=f"新村{number}", short=f"新村{number}", kind_id="village", parent=top,
            path=f"{top.path}N{number}/", region_code=f"42900411010{number}", order=100 + number,
        )  # fmt: skip
        actions.tally(town.round, asked, (1, 2), village=unit, by=MACHINE, at=AT)
    assert [count(link) for link in links] == few
