"""Numbering marks, the tree that they make, and what each branch is in a plan: phases, tasks, requirements, goals."""

from typing import Any

import pytest

from chuangwen.work.plans.reading.marks import find_marks, halved
from chuangwen.work.plans.reading.reader import read_plan, years_of
from chuangwen.work.plans.reading.tree import body_end, children, grow


def marks(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.number) for one in find_marks(text)]


def outline(text: str) -> list[str]:
    """Every node with as many dots before it as it stands deep."""
    return [f"{'·' * one.level}{one.number}{one.title}" for one in grow(text)]


# --- marks at the start of a line


@pytest.mark.parametrize(
    ("line", "kind", "number"),
    [
        ("第一章 总则", "chapter", "第一章"),
        ("第3编 附则", "chapter", "第3编"),
        ("第二节 目标", "part", "第二节"),
        ("第二部分 任务", "part", "第二部分"),
        ("第一阶段 启动", "stage", "第一阶段"),
        ("第三步 验收", "stage", "第三步"),
        ("第十二条 奖惩", "article", "第十二条"),
        ("1.2.3.4 细则", "dotted4", "1.2.3.4"),
        ("1.2.3 细则", "dotted3", "1.2.3"),
        ("2.1 环境", "dotted2", "2.1"),
        ("（一）整治", "cn_bracket", "（一）"),
        ("(十一) 整治", "cn_bracket", "(十一)"),
        ("（3）清理", "number_bracket", "（3）"),
        ("3）清理", "number_bracket", "3）"),
        ("①清理", "circle", "①"),
        ("一是加强领导", "firstly", "一是"),
        ("一、目标", "cn", "一、"),
        ("十二．目标", "cn", "十二．"),
        ("二 目标", "cn", "二"),
        ("1.制定方案", "number", "1."),
        ("１、制定方案", "number", "１、"),
        ("5 做好申报", "number", "5"),
        ("5做好申报", "number", "5"),
        ("　　1．制定方案", "number", "1．"),
    ],
)
def test_every_way_of_numbering_is_known_full_width_or_half(line: str, kind: str, number: str) -> None:
    assert marks(line) == [(kind, number)]


@pytest.mark.parametrize(
    "line",
    ["2021年启动", "3月底前完成", "95%以上", "2个村", "12户人家", "一旦发现", "是非分明", "第三方测评", "1.", "一、"],
)
def test_a_number_that_counts_something_or_stands_alone_is_no_mark(line: str) -> None:
    assert marks(line) == []


def test_marks_inside_a_paragraph_count_as_a_run_that_begins_with_the_first() -> None:
    assert marks("要求：一是加强领导；二是落实责任。") == [("firstly", "一是"), ("firstly", "二是")]
    assert marks("要求：(1)加强领导；(2)落实责任。") == [("number_bracket", "(1)"), ("number_bracket", "(2)")]
    assert marks("要求：①领导；②责任；③考核。") == [("circle", "①"), ("circle", "②"), ("circle", "③")]
    assert marks("一是加强领导；二是落实责任。") == [("firstly", "一是"), ("firstly", "二是")]


def test_a_run_that_begins_in_the_middle_or_stands_alone_is_none() -> None:
    assert marks("要求：二是落实责任；三是考核。") == []
    assert marks("要求：一是加强领导。") == []
    assert marks("见(2)和(3)。") == []


def test_half_width_text_has_the_same_length_so_that_places_hold() -> None:
    text = "（１）新建　６座，达标：９５．５；"
    assert halved(text) == "(1)新建 6座,达标:95.5;"
    assert len(halved(text)) == len(text)


def test_a_mark_knows_where_it_stands_and_where_its_words_begin() -> None:
    text = "甲\n  （一） 整治\n"
    (one,) = find_marks(text)
    assert text[one.start : one.end] == "（一） "
    assert text[one.end :].startswith("整治")


# --- the tree


TREE = """甲镇方案
一、任务
（一）整治
1.市场。
2.摊贩。
（二）提升
二、要求
1.领导。
"""


def test_the_first_kind_of_mark_stands_highest_whatever_it_is() -> None:
    assert outline(TREE) == ["一、任务", "·（一）整治", "··1.市场", "··2.摊贩", "·（二）提升", "二、要求", "·1.领导"]
    other = TREE.replace("一、", "1 ").replace("二、", "2 ").replace("1.", "（1）").replace("2.", "（2）")
    assert [line.count("·") for line in outline(other)] == [0, 1, 2, 2, 1, 0, 1]


def test_each_node_holds_its_own_characters_and_those_below_it() -> None:
    held = {one.number + one.title: TREE[one.start : one.end] for one in grow(TREE)}
    assert held["（一）整治"] == "（一）整治\n1.市场。\n2.摊贩。"
    assert held["2.摊贩"] == "2.摊贩。"
    assert held["一、任务"].endswith("（二）提升")
    assert held["二、要求"] == "二、要求\n1.领导。"


def test_children_are_the_direct_ones_in_order() -> None:
    branches = grow(TREE)
    assert [one.number for one in children(branches, branches[0])] == ["（一）", "（二）"]
    assert [one.parent for one in branches] == [None, "n1", "n2", "n2", "n1", None, "n6"]


def test_a_long_heading_is_cut_at_its_first_clause_and_a_short_one_kept() -> None:
    short = "1.规范市场，清理摊贩：全部入市。其余照旧。"
    (one,) = grow(short)
    assert one.title == "规范市场，清理摊贩：全部入市"
    long = "1.规范市场，" + "清理摊贩和占道经营" * 10 + "。"
    (two,) = grow(long)
    assert two.title == "规范市场"
    (three,) = grow("1." + "长" * 100)
    assert three.title == "长" * 60


@pytest.mark.parametrize("foot", ["扫一扫在手机打开", "附件：点位表", "抄送：县委", "版权所有：甲镇", "打印本页"])
def test_the_furniture_of_a_web_page_does_not_belong_to_the_plan(foot: str) -> None:
    text = f"{TREE}{foot}\n1.这一条不是任务。\n"
    assert outline(text) == outline(TREE)
    assert text[body_end(text, 10) :].startswith(foot)


def test_a_long_line_that_names_an_annex_is_text_and_not_the_end() -> None:
    text = TREE + "3.附件材料要齐全。主办单位" + "负责" * 70 + "\n"
    assert body_end(text, 10) == len(text)


def test_a_text_without_a_mark_has_no_tree() -> None:
    assert grow("今天下雨。\n明天天晴。") == []
    assert read_plan("今天下雨。").as_data()["nodes"] == []


# --- what the branches are


def kinds(text: str) -> dict[str, str]:
    return {one["number"] + one["title"]: one["kind"] for one in read_plan(text).as_data()["nodes"]}


def test_every_branch_is_told_what_it_is() -> None:
    text = TREE.replace("二、要求\n", "二、实施步骤\n第一阶段 启动（2021年）\n1.制定方案。\n三、工作要求\n")
    assert kinds(text) == {
        "一、任务": "section",
        "（一）整治": "area",
        "1.市场": "item",
        "2.摊贩": "item",
        "（二）提升": "area",
        "二、实施步骤": "section",
        "第一阶段启动（2021年）": "phase",
        "1.制定方案": "work",
        "三、工作要求": "section",
        "1.领导": "requirement",
    }


def test_phases_under_a_heading_of_steps_need_no_mark_of_a_stage() -> None:
    text = "甲方案\n一、实施步骤\n（一）启动阶段（2021年1月至3月）\n1.制定方案。\n2.开会。\n（二）收尾\n1.总结。\n"
    found = read_plan(text).as_data()["phases"]
    assert [(one["name"], one["years"], len(one["works"])) for one in found] == [
        ("（一）启动阶段（2021年1月至3月）", [2021], 2)
    ]


def test_of_several_headings_of_requirements_the_last_speaks() -> None:
    text = "甲方案\n一、重点任务\n1.整治。\n二、保障措施\n1.经费。\n三、工作要求\n1.领导。\n2.考核。\n"
    assert [one["title"] for one in read_plan(text).as_data()["requirements"]] == ["领导", "考核"]


def test_of_several_headings_of_tasks_the_first_speaks() -> None:
    text = "甲方案\n一、重点任务\n1.整治。\n二、主要措施\n1.宣传。\n"
    assert [one["title"] for one in read_plan(text).as_data()["areas"]] == ["整治"]


def test_goals_are_the_sentences_under_their_heading_each_at_its_place() -> None:
    text = "甲方案\n一、工作目标\n建成文明镇。\n群众满意；环境优美。\n二、任务\n1.整治。\n"
    found = read_plan(text).as_data()["goals"]
    assert [one["text"] for one in found] == ["建成文明镇。", "群众满意；", "环境优美。"]
    assert [text[one["start"] : one["end"]] for one in found] == [one["text"] for one in found]
    assert read_plan(TREE).as_data()["goals"] == []


@pytest.mark.parametrize(
    ("heading", "years"),
    [
        ("第一阶段（2021年）", [2021]),
        ("第一阶段（2021—2023年）", [2021, 2022, 2023]),
        ("第一阶段（2021-2022年）", [2021, 2022]),
        ("第一阶段（2021年1月至2022年6月）", [2021, 2022]),
        ("第一阶段（２０２１年）", [2021]),
        ("第一阶段（2021年、2023年）", [2021, 2023]),
        ("第一阶段（2023—2021年）", [2021]),
        ("第一阶段（2021—2031年）", list(range(2021, 2032))),
        ("第一阶段（2021—2032年）", [2032]),
        ("第一阶段 启动", []),
    ],
)
def test_the_years_of_a_heading_are_those_it_names(heading: str, years: list[int]) -> None:
    (branch,) = grow(f"{heading}\n其中2019年的事已经完成。")
    assert years_of(branch, f"{heading}\n其中2019年的事已经完成。") == years


def asked(text: str) -> list[tuple[str, str]]:
    return [(one["field"], str(one["question"])) for one in read_plan(text).as_data()["to_settle"]]


def test_a_phase_without_years_or_works_is_asked_about_by_its_name() -> None:
    text = "甲方案\n一、任务\n1.整治。\n二、步骤\n第一阶段 启动\n1.开会。\n第二阶段 攻坚（2022年）\n"
    told = [question for field, question in asked(text) if field == "phases"]
    assert len(told) == 2
    assert "第一阶段启动" in told[0]
    assert "第二阶段攻坚（2022年）" in told[1]


def test_a_plan_without_phases_is_asked_for_its_schedule() -> None:
    assert any("原文没有分阶段" in question for field, question in asked(TREE) if field == "phases")


def test_the_reading_is_one_object_with_its_keys_in_a_fixed_order() -> None:
    data: dict[str, Any] = read_plan(TREE).as_data()
    assert list(data) == [
        "document", "nodes", "goals", "areas", "phases", "requirements", "campaigns", "targets", "channels",
        "responsible", "unplaced", "to_settle",
    ]  # fmt: skip
