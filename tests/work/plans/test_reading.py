"""The plan reader on the real plan, on ten plans of other shapes, and on any text at all."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuangwen.kernel.documents import read_document
from chuangwen.work.plans.reading.reader import read_plan

TEXTS = Path(__file__).parent / "texts"


def read(name: str) -> tuple[str, dict[str, Any]]:
    text = read_document((TEXTS / name).read_bytes(), name).text
    return text, read_plan(text).as_data()


def test_the_real_plan_gives_its_own_fields() -> None:
    _, plan = read("real-plan.txt")
    document = plan["document"]
    assert document["title"] == "张沟镇创建全国文明城市工作三年规划(2021—2023年)"
    assert document["publisher"] == "张沟镇人民政府办公室"
    assert document["issued"] == "2021-02-03"
    assert document["index_number"] == "011378025/2021-28847"
    assert document["document_number"] == ""


def test_the_real_plan_has_six_areas_three_phases_four_requirements_and_eight_campaigns() -> None:
    _, plan = read("real-plan.txt")
    assert [area["number"] for area in plan["areas"]] == ["(一)", "(二)", "(三)", "(四)", "(五)", "(六)"]
    assert [(phase["years"], len(phase["works"])) for phase in plan["phases"]] == [
        ([2021], 5),
        ([2022], 5),
        ([2023], 3),
    ]
    assert len(plan["requirements"]) == 4
    assert [(one["name"], one["group"]) for one in plan["campaigns"]] == [
        ("交通秩序整治", "整治"),
        ("集贸市场整治", "整治"),
        ("流动摊贩整治", "整治"),
        ("环境卫生整治", "整治"),
        ("基础设施提升", "提升"),
        ("公共服务提升", "提升"),
        ("公共场所提升", "提升"),
        ("居民素质提升", "提升"),
    ]


def test_the_real_plan_promises_two_to_three_of_each_kind_in_two_years() -> None:
    text, plan = read("real-plan.txt")
    told = [(one["year"], one["low"], one["high"], one["unit"], len(one["kinds"])) for one in plan["targets"]]
    assert told == [(2021, 2, 3, "个", 3), (2022, 2, 3, "个", 3)]
    assert [text[one["start"] : one["end"]] for one in plan["targets"]] == ["各2至3个", "各2至3个"]


def test_a_missing_point_after_a_number_is_forgiven() -> None:
    text, plan = read("real-plan.txt")
    work = plan["phases"][1]["works"][4]
    assert work["number"] == "5"
    assert text[work["start"] :].startswith("5做好年度网上申报")


def test_what_the_plan_does_not_say_is_asked_of_the_office() -> None:
    _, plan = read("real-plan.txt")
    assert {"document_number", "responsible"} <= {one["field"] for one in plan["to_settle"]}
    assert any("扫一扫" in one["text"] for one in plan["unplaced"])
    assert "宣传车" in plan["channels"]


COUNTS = {
    "01-dotted.txt": (2, [2, 1], 2, 4),
    "02-chapters.txt": (2, [], 2, 3),
    "03-firstly.txt": (3, [], 0, 1),
    "04-no-phases.txt": (3, [], 2, 2),
    "05-county.txt": (20, [], 2, 40),
    "06-halfwidth.txt": (2, [2, 1], 2, 4),
    "07-circles.txt": (3, [], 2, 1),
    "08-mixed.txt": (3, [2, 1, 1], 3, 3),
    "09-page.html": (2, [], 2, 2),
    "10-gbk.txt": (2, [2, 1, 0], 2, 1),
}


@pytest.mark.parametrize("name", COUNTS)
def test_plans_of_other_shapes_are_read_too(name: str) -> None:
    _, plan = read(name)
    areas, works, requirements, targets = COUNTS[name]
    assert len(plan["areas"]) == areas
    assert [len(phase["works"]) for phase in plan["phases"]] == works
    assert len(plan["requirements"]) == requirements
    assert len(plan["targets"]) == targets


def test_campaigns_of_any_name_are_found() -> None:
    _, plan = read("07-circles.txt")
    assert [one["group"] for one in plan["campaigns"]] == ["治理"] * 4 + ["美化"] * 4


def test_responsible_units_are_found_where_the_text_says_so() -> None:
    _, plan = read("01-dotted.txt")
    assert [one["who"] for one in plan["responsible"]] == ["城建办", "供电所", "市监所"]


def check_tree(text: str, plan: dict[str, Any]) -> None:
    """Offsets lie inside, parents come first and hold their children, headings belong to their nodes."""
    seen: dict[str, dict[str, Any]] = {}
    for node in plan["nodes"]:
        assert 0 <= node["start"] <= node["end"] <= len(text)
        if node["parent"] is not None:
            parent = seen[node["parent"]]
            assert parent["start"] <= node["start"]
            assert node["end"] <= parent["end"]
        assert node["title"] in text[node["start"] : node["end"]]
        seen[node["id"]] = node
    for one in plan["targets"] + plan["campaigns"] + plan["unplaced"]:
        assert 0 <= one["start"] < one["end"] <= len(text)


@pytest.mark.parametrize("name", [*COUNTS, "real-plan.txt"])
def test_the_tree_of_every_plan_is_sound(name: str) -> None:
    check_tree(*read(name))


pieces = st.sampled_from(
    [
        "一、",
        "（一）",
        "1.",
        "1.1 ",
        "第一阶段",
        "（1）",
        "①",
        "一是",
        "二是",
        "工作任务",
        "目标",
        "要求",
        "2021年",
        "各2至3个",
        "\n",
        "。",
        "四个整治",
        "甲整治、",
        "责任单位：",
        "5",
        " ",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=400), st.lists(pieces, max_size=80).map("".join)))
def test_the_reader_never_raises_on_any_text(text: str) -> None:
    check_tree(text, read_plan(text).as_data())
