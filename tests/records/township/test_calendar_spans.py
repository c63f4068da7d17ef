"""A notice told from day to day: every day of it counts, its length is checked, and no column of days is lost unseen."""

from typing import Any

import pytest

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.telling import Unread
from chuangwen.records.township.calendar_files import calendar_rows
from chuangwen.records.township.calendar_table import read_calendar
from chuangwen.records.township.calendar_words import kind_of

NOTICE = """节日,开始日期,结束日期,类别,天数
元旦,2026-01-01,2026-01-03,放假,3
元旦,2026-01-04,2026-01-04,调休上班,1
春节,2026-02-15,2026-02-23,放假,9
春节,2026-02-14,,调休上班,1
春节,2026-02-28,2026-02-28,调休上班,1
清明节,2026-04-04,2026-04-06,放假,3
劳动节,2026-05-01,2026-05-05,放假,5
劳动节,2026-05-09,2026-05-09,调休上班,1
端午节,2026-06-19,2026-06-21,放假,3
中秋节,2026-09-25,2026-09-27,放假,3
国庆节,2026-09-20,2026-09-20,调休上班,1
国庆节,2026-10-01,2026-10-07,放假,7
国庆节,2026-10-10,2026-10-10,调休上班,1
"""


def rows(text: str, unread: list[Unread] | None = None) -> tuple[list[Any], list[tuple[int, str]]]:
    found = calendar_rows(text.encode(), "2026.csv", problems := Problems(), unread)
    return [one.row for one in found], [(one.row, one.column[:1]) for one in problems]


def test_a_notice_of_spans_is_all_its_days() -> None:
    found, problems = rows(NOTICE)
    assert problems == []
    kinds = [one.kind for one in found]
    assert (kinds.count("holiday"), kinds.count("makeup")) == (33, 6)
    assert [f"{one.date:%m-%d}" for one in found if one.name == "国庆节" and one.kind == "holiday"] == [
        f"10-0{day}" for day in range(1, 8)
    ]


@pytest.mark.parametrize("heads", ["日期,截止日期", "起始日期,终止日期", "起,止", "开始时间,结束时间"])
def test_the_two_days_go_by_any_of_their_names(heads: str) -> None:
    found, problems = rows(f"名称,类别,{heads}\n国庆节,放假,2026-10-01,2026-10-07\n")
    assert (len(found), problems) == (7, [])


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("国庆节,2026-10-01,2026-10-07,放假,8", "E"),
        ("国庆节,2026-10-07,2026-10-01,放假,7", "C"),
        ("国庆节,2026-10-01,2027-10-07,放假,7", "C"),
        ("国庆节,2026-10-01,,放假,7", "E"),
        ("妇女节（妇女放假半天）,2026-03-08,,放假,1", "A"),
        ("建军节,2026-08-01,,现役军人放假半天,1", "D"),
    ],
)
def test_what_does_not_agree_is_refused_by_its_cell(row: str, column: str) -> None:
    assert rows(f"节日,开始日期,结束日期,类别,天数\n{row}\n") == ([], [(2, column)])


def test_a_length_without_an_end_is_no_single_day() -> None:
    assert rows("日期,类别,名称,天数\n2026-10-01,放假,国庆节,7\n") == ([], [(2, "D")])


def test_the_length_of_the_whole_may_stand_in_each_of_its_days() -> None:
    days = "".join(f"2026-04-0{day},放假,清明节,3\n" for day in (4, 5, 6))
    found, problems = rows("日期,类别,名称,天数\n" + days)
    assert (len(found), problems) == (3, [])


@pytest.mark.parametrize("day", ["2026-10-10", "9月20日、10月10日"])
def test_days_in_a_column_that_nobody_reads_are_asked_about(day: str) -> None:
    text = f"节日,开始日期,结束日期,类别,补班安排说明\n国庆节,2026-10-01,2026-10-07,放假,{day}\n"
    (question,) = read_calendar(read_table(text.encode(), name="2026.csv")).reading.open_questions
    assert day in question.what
    said = Said({question.id: "leave"})
    assert read_calendar(read_table(text.encode(), name="2026.csv"), said).reading.is_ready
    assert rows(text)[1] != []


def test_what_a_table_has_that_is_not_read_is_told_to_a_command() -> None:
    unread: list[Unread] = []
    rows("日期,类别,名称,经办\n2026-10-01,放假,国庆节,王某\n", unread)
    assert [one.title for one in unread] == ["经办"]


@pytest.mark.parametrize(
    "word",
    [
        *(
            "妇女节（妇女放假半天）",
            "建军节（现役军人放假半天）",
            "休渔期结束",
            "学校放假",
            "干部年休假计划",
            "培训班开班",
        ),
        *(
            "青年节（14周岁以上青年放假半天）",
            "幼儿园大班毕业",
            "A股休市",
            "值班",
            "退休职工座谈",
            "党员春训班",
            "暑假开始",
        ),
    ],
)
def test_what_is_said_of_some_people_or_of_something_else_is_no_day_of_the_town(word: str) -> None:
    assert kind_of(word) == ""


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("国庆节 放假 第3天/共7天", "holiday"), ("[休] 国庆节", "holiday"), ("休", "holiday"), ("国庆节假期", "holiday"),
        ("国庆节休", "holiday"), ("班", "makeup"), ("[班] 春节", "makeup"), ("春节班", "makeup"), ("补班", "makeup"),
        ("劳动节 调休 第1天/共1天", "makeup"), ("元旦（班）", "makeup"), ("恢复上班", "usual"),
    ],
)  # fmt: skip
def test_what_is_said_of_everybody_is_understood(word: str, kind: str) -> None:
    assert kind_of(word) == kind


def test_a_day_as_usual_needs_no_name_and_a_day_off_does() -> None:
    found, problems = rows("日期,类别,名称\n2026-10-09,照常,\n2026-10-08,放假,\n")
    assert [(f"{one.date:%m-%d}", one.kind) for one in found] == [("10-09", "usual")]
    assert problems == [(3, "C")]
