"""Automatic checks: each fault that counties complain of is found, told with what, where and the cure, and nothing else is."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chuangwen.records.archive.models import Doubt, PageText, Question, StoredFile
from chuangwen.results.submission import actions
from chuangwen.results.submission.counts import Asked, asked
from chuangwen.results.submission.definitions import AnswerRow
from chuangwen.results.submission.explanations import (
    BLANK,
    clauses_of,
    draft,
    faults_of,
    figures_in,
    length_of,
    unanswered,
)
from chuangwen.results.submission.faults import TITLES
from chuangwen.results.submission.rules import Rules, rules_in_force
from chuangwen.results.submission.table_figures import differences, figures_of
from tests.results.submission.desk import CAPTION, GOOD, WORDS, Desk


def write(desk: Desk, text: str) -> dict[str, str]:
    desk.composed()
    actions.write_text(desk.entry(), text, by=desk.who(), at=desk.at)
    return desk.faults()


def test_a_good_explanation_has_no_fault(desk) -> None:
    assert write(desk, GOOD) == {}


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        (GOOD.replace("46", "多").replace("128", "多").replace("96%", "很高").replace("186", "许多").replace("12", "几").replace("3项", "几项"), "figures", "至少 3 处"),
        (GOOD + "领导高度重视，取得了显著成效。", "summary", "“高度重视”、“取得了显著成效”"),
        ("一、主要措施\n本镇开展党史教育3场，参加者120人，发放读本400册，建立机制。\n二、取得成效\n知晓率达到96%，反响良好。", "unanswered", "集贸市场有管理制度"),
        ("措施成效3项4次5人", "short", "至少 40 字"),
        (GOOD * 5, "long", "最多 300 字"),
        (GOOD.replace("取得成效", "后来").replace("达到", ""), "heading", "成效"),
        (GOOD + "摊位____个", "blank", "1 处"),
    ],
)  # fmt: skip
def test_each_fault_of_an_explanation_is_found_alone(desk, text: str, code: str, told: str) -> None:
    found = write(desk, text)
    assert told in found.pop(code)
    assert set(found) <= ({"unanswered"} if code == "short" else set())


def test_a_report_that_was_chosen_and_read_is_judged_where_nobody_wrote_one(desk) -> None:
    desk.brings("M2", title="管理情况报告", text="高度重视，圆满完成。")
    desk.composed()
    found = {one.code: one.where for one in desk.line().open_findings}
    assert found["summary"] == "管理情况报告"
    assert desk.states()[1] == "weak"
    assert write(desk, GOOD) == {}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2021年排查46次，整改128处，满意率96%，见〔2021〕3号", ["46次", "128处", "96%"]),
        ("3月5日至2021年8月", []),
        ("投入1,200万元、占地3.5亩", ["1,200万", "3.5亩"]),
        ("第2021-12号、1/3", []),
        ("", []),
    ],
)
def test_years_dates_and_paper_numbers_are_no_figures(text: str, wanted: list[str]) -> None:
    assert figures_in(text) == wanted


def test_the_standard_is_answered_clause_by_clause() -> None:
    assert clauses_of(WORDS) == ["集贸市场有管理制度", "摊位划线定位", "每日保洁两次"]
    assert unanswered(WORDS, "市场管理制度上墙，摊位都划线定位。", 0.4) == ["每日保洁两次"]
    assert unanswered(WORDS, WORDS, 1.0) == []
    assert unanswered(WORDS, "", 0.1) == clauses_of(WORDS)


def test_a_draft_names_every_clause_and_is_itself_not_finished() -> None:
    made = draft(
        Rules(), standard=WORDS, documents=["市场管理办法"], title="集贸市场", unit="市监所", year="2021", town="张沟镇"
    )
    assert all(one in made for one in clauses_of(WORDS))
    assert made.count(BLANK) == 3
    assert "blank" in {one.code for one in faults_of(made, WORDS, None, Rules())}
    assert unanswered(WORDS, made, float(AnswerRow().share)) == []


@given(some.text(max_size=200))
def test_no_text_breaks_the_checks(text: str) -> None:
    assert length_of(text) <= len(text)
    list(faults_of(text, WORDS, None, Rules()))
    assert differences([("甲", figures_of(text)), ("甲", figures_of(text))]) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"number": ""}, "number"), ({"issuer": ""}, "issuer"), ({"dated": None}, "dated"), ({"confidentiality": "internal"}, "internal")],
)  # fmt: skip
def test_a_paper_without_its_facts_is_weak(desk, facts, code: str) -> None:
    desk.brings("M1", **facts)
    desk.composed()
    assert set(desk.faults()) == {code}
    assert desk.states()[0] == "weak"


def test_a_photo_without_all_six_parts_of_its_caption_is_weak(desk) -> None:
    desk.brings("M4", caption={**CAPTION, "people": "", "reason": ""})
    desk.composed()
    assert desk.faults()["caption"] == "图片说明缺：人物、事由"


def test_a_photo_from_outside_the_window_is_told_unless_a_person_has_answered_that(desk) -> None:
    old = desk.photo(taken=datetime(2020, 8, 31, 23))
    desk.brings("M4", files=[old, desk.photo(taken=datetime(2020, 9, 1, 0, 30))])
    desk.composed()
    assert "2020-08-31" in desk.faults()["outside"]
    said = {"asked_at": desk.at, "answered_at": desk.at, "answer": "复核过", "kept": True}
    Question.objects.create(file=old, doubt=Doubt.EARLY, **said)
    assert desk.faults() == {}


@pytest.mark.parametrize("doubt", [Doubt.BLURRED, Doubt.SQUEEZED, Doubt.MARKED, Doubt.FAR, Doubt.REUSED])
def test_what_the_archive_asks_about_a_photo_is_a_fault_until_somebody_answers(desk, doubt) -> None:
    photo = desk.photo()
    desk.brings("M4", files=[photo, desk.photo()])
    desk.composed()
    asked_ = Question.objects.create(file=photo, doubt=doubt, asked_at=desk.at)
    assert set(desk.faults()) == {doubt.value}
    asked_.answered_at, asked_.answer, asked_.kept = desk.at, "看过，可以用", True
    asked_.save()
    assert desk.faults() == {}
    asked_.kept = False
    asked_.save()
    assert set(desk.faults()) == {"rejected"}


def test_the_same_photo_in_two_standards_is_told_in_both(desk) -> None:
    photo = desk.photo()
    for number in (1, 2):
        desk.brings("M4", number, files=[photo, desk.photo()], why="两项标准考察同一处")
    desk.composed()
    assert desk.faults()["twice"] == "同一张照片也用在：I-1-2"
    assert desk.faults(2)["twice"] == "同一张照片也用在：I-1-1"


def test_photos_of_the_wrong_kind_size_or_side_are_told(desk) -> None:
    heavy = desk.photo()
    StoredFile.objects.filter(pk=heavy.pk).update(size=500_000, media_type="image/png")
    desk.brings("M4", files=[heavy, desk.photo(size=(600, 900))])
    desk.composed()
    found = desk.faults()
    assert found["large"] == "有 0.5 MB，最多 0.4 MB"
    assert found["format"] == "是 PNG，要 JPG"
    assert found["upright"] == "竖幅 600×900"


@pytest.mark.parametrize(("count", "code", "state"), [(1, "few", "weak"), (2, "", "there"), (4, "many", "weak")])
def test_photos_are_counted_one_by_one(desk, count: int, code: str, state: str) -> None:
    desk.brings("M4", files=[desk.photo() for _ in range(count)])
    desk.composed()
    assert list(desk.faults()) == ([code] if code else [])
    assert desk.states()[2] == state


def test_an_indicator_that_two_units_tell_differently_is_told_with_both_numbers(desk) -> None:
    desk.brings("M3", title="摊位统计表", text="项目\t数量\n摊位数\t186\n保洁员\t12")
    desk.brings("M3", title="市场台账", text="项目\t数量\n摊位数\t168\n保洁员\t12")
    desk.composed()
    found = desk.faults()
    assert set(found) == {"differs"}
    assert "摊位数" in found["differs"]
    assert "186" in found["differs"]
    assert "168" in found["differs"]
    PageText.objects.filter(text__contains="168").update(text="项目\t数量\n摊位数\t186")
    assert desk.faults() == {}


def test_tables_of_villages_are_compared_by_row_and_column() -> None:
    one = figures_of("村名\t户数\t人数\n先锋村\t210\t812\n联盟村\t190\t700")
    other = figures_of("村名\t户数\t人数\n先锋村\t210\t821\n联盟村\t\t700")
    assert [(one.name, [value for _, value in one.values]) for one in differences([("甲", one), ("乙", other)])] == [
        ("先锋村·人数", ["812", "821"])
    ]


def test_serial_numbers_and_dates_are_no_indicators() -> None:
    one = figures_of("序号\t项目\t数量\n1\t摊位\t186")
    other = figures_of("序号\t项目\t数量\n7\t摊位\t186")
    assert differences([("甲", one), ("乙", other)]) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2至6张", Asked(2, 6)),
        ("1件", Asked(1)),
        ("1篇，800字以内", Asked(1, None, 800)),
        ("3张以内", Asked(1, 3)),
        ("2件以上", Asked(2)),
        ("", Asked(1)),
        ("若干", Asked(1)),
    ],
)
def test_how_many_are_asked_for_is_read_from_the_words(text: str, wanted: Asked) -> None:
    assert asked(text) == wanted


def test_the_length_that_the_requirement_sets_stands_over_the_general_one(desk) -> None:
    assert rules_in_force().explanation.most == 400
    assert "最多 300 字" in write(desk, GOOD * 5)["long"]


def test_every_fault_has_its_title_and_its_three_sentences(desk) -> None:
    photo = desk.photo(taken=datetime(2019, 1, 1), size=(500, 900))
    desk.brings("M4", files=[photo], caption={})
    desk.brings("M1", number="", issuer="", dated=None)
    write(desk, "高度重视，圆满完成____。")
    for one in desk.line().findings:
        assert one.title
        assert one.what
        assert one.where
        assert one.cure
        assert one.code in TITLES


def test_a_date_on_the_last_day_of_the_window_is_inside(desk) -> None:
    desk.brings("M1", dated=date(2021, 8, 31))
    desk.composed()
    assert desk.faults() == {}
