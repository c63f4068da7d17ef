"""What a plan says besides its tree: fields, targets, campaigns, channels, who is responsible. Nothing is invented."""

from pathlib import Path
from typing import Any

import pytest

from chuangwen.work.plans.reading.reader import read_plan


def plan(*lines: str, head: str = "甲镇创建工作方案") -> dict[str, Any]:
    """A plan of one area with these sentences as its tasks."""
    body = "\n".join(f"{number}.{line}" for number, line in enumerate(lines, start=1))
    return read_plan(f"{head}\n一、重点任务\n（一）整治\n{body}\n").as_data()


def targets(*lines: str) -> list[tuple[Any, ...]]:
    return [(one["year"], one["low"], one["high"], one["unit"], *one["kinds"]) for one in plan(*lines)["targets"]]


# --- fields of the document


HEAD = """索 引 号：011378025/2021-28847
发布机构：张沟镇人民政府办公室　发文日期：2021年02月03日
文　　号：张政办〔2021〕3号
来源：张沟镇　信息类别：文件　效力状态：有效
张沟镇创建全国文明城市工作三年规划（2021—2023年）
"""


def test_the_fields_of_a_government_page_are_read_as_written() -> None:
    found = plan("制定方案。", head=HEAD)["document"]
    assert found == {
        "index_number": "011378025/2021-28847",
        "publisher": "张沟镇人民政府办公室",
        "issued": "2021年02月03日",
        "title": "张沟镇创建全国文明城市工作三年规划（2021—2023年）",
        "document_number": "张政办〔2021〕3号",
        "published": "",
        "source": "张沟镇",
        "category": "文件",
        "validity": "有效",
    }


def test_a_number_that_stands_alone_under_the_title_is_the_documents() -> None:
    assert (
        plan("制定方案。", head="甲镇创建方案\n甲政发〔2022〕12号")["document"]["document_number"]
        == "甲政发〔2022〕12号"
    )


def test_the_first_line_that_ends_like_a_title_is_the_title() -> None:
    assert plan("制定方案。", head="各村：\n甲镇文明创建行动方案（试行）\n甲镇又一个通知")["document"]["title"] == (
        "甲镇文明创建行动方案（试行）"
    )


@pytest.mark.parametrize("line", ["方案", "来源：甲镇工作方案", "这是" + "很长的" * 40 + "方案"])
def test_what_is_too_short_too_long_or_a_field_is_no_title(line: str) -> None:
    assert plan("制定方案。", head=line)["document"]["title"] == ""


def test_each_field_that_is_missing_is_asked_of_the_office_and_none_that_is_there() -> None:
    asked = [one["field"] for one in plan("制定方案。", head=HEAD)["to_settle"]]
    assert asked == ["phases", "responsible"]
    bare = [one["field"] for one in plan("制定方案。", head="（无题）")["to_settle"]]
    assert bare[:5] == ["title", "publisher", "issued", "document_number", "index_number"]


def test_lines_that_are_no_field_are_kept_as_unplaced() -> None:
    data = read_plan(HEAD + "各村、各单位：\n一、重点任务\n1.整治。\n\n附件：名单\n扫一扫手机打开\n").as_data()
    assert [one["text"] for one in data["unplaced"]] == ["各村、各单位：", "附件：名单", "扫一扫手机打开"]


# --- targets


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("新建公厕6座。", (None, 6, 6, "座", "公厕")),
        ("2022年底前，新建公厕6座。", (2022, 6, 6, "座", "公厕")),
        ("2021年启动，2022年底建成广场3处。", (2022, 3, 3, "处", "广场")),
        ("建成文明村不少于10个。", (None, 10, None, "个", "文明村")),
        ("亮灯率达到95%以上。", (None, 95, None, "%", "亮灯率")),
        ("投诉不超过5件。", (None, None, 5, "件", "投诉")),
        ("投诉控制在5件以内。", (None, None, 5, "件", "投诉")),
        ("培育示范户2至3户。", (None, 2, 3, "户", "示范户")),
        ("培育示范户2-3户。", (None, 2, 3, "户", "示范户")),
        ("培育示范户２—３户。", (None, 2, 3, "户", "示范户")),
        ("绿化率提高到35.5%。", (None, 35.5, 35.5, "%", "绿化")),
        ("满意率达到百分之九十五。", (None, 95, None, "%", "满意率")),
        ("每年评选10名道德模范。", (None, 10, 10, "名", "道德模范")),
    ],
)
def test_a_quantity_is_read_with_its_bounds_its_unit_and_what_it_counts(line: str, told: tuple[Any, ...]) -> None:
    (found,) = targets(line)
    assert found[:4] == told[:4]
    assert told[4] in found[4]


def test_several_kinds_of_which_each_is_promised_are_one_target() -> None:
    assert targets("2022年，培育文明村、文明户、文明单位各2至3个。") == [
        (2022, 2, 3, "个", "文明村", "文明户", "文明单位")
    ]


def test_two_targets_of_one_sentence_are_two_with_the_year_of_both() -> None:
    assert targets("2025年6月底前，新建宣传栏30个、文化广场10处。") == [
        (2025, 30, 30, "个", "宣传栏"),
        (2025, 10, 10, "处", "文化广场"),
    ]


@pytest.mark.parametrize("line", ["按第3项办理。", "参照5号文件。", "加强领导。", "2021年3月启动。"])
def test_a_number_that_promises_nothing_is_no_target(line: str) -> None:
    assert targets(line) == []


def test_a_target_of_a_phase_of_one_year_is_of_that_year_and_of_two_years_it_is_asked() -> None:
    text = "甲镇创建方案\n一、实施步骤\n第一阶段（2021年）\n1.建成广场3处。\n第二阶段（2022—2023年）\n1.建成公厕6座。\n"
    data = read_plan(text).as_data()
    assert [(one["year"], one["unit"]) for one in data["targets"]] == [(2021, "处"), (None, "座")]
    asked = [one["question"] for one in data["to_settle"] if one["field"] == "targets"]
    assert len(asked) == 1
    assert "建成公厕6座" in str(asked[0])


def test_offsets_of_a_target_are_those_of_its_own_characters() -> None:
    text = "甲镇创建方案\n一、重点任务\n（一）整治\n1.新建公厕 ６ 座，改造街巷12条。\n"
    data = read_plan(text).as_data()
    assert [text[one["start"] : one["end"]] for one in data["targets"]] == ["６ 座", "12条"]
    assert {one["text"] for one in data["targets"]} == {"1.新建公厕 ６ 座，改造街巷12条"}


def test_whole_numbers_stay_whole_and_broken_ones_stay_exact() -> None:
    (first, second) = plan("新建公厕6座。", "亮化道路3.5公里。")["targets"]
    assert repr(first["low"]) == "6"
    assert repr(second["low"]) == "3.5"


# --- campaigns


def test_named_campaigns_are_found_when_there_are_as_many_as_the_text_says() -> None:
    text = "开展“四个整治”：交通秩序整治、集贸市场整治、流动摊贩整治、环境卫生整治。"
    assert [(one["name"], one["group"]) for one in plan(text)["campaigns"]] == [
        ("交通秩序整治", "整治"),
        ("集贸市场整治", "整治"),
        ("流动摊贩整治", "整治"),
        ("环境卫生整治", "整治"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "开展“四个整治”：交通秩序整治、集贸市场整治、流动摊贩整治。",  # one too few
        "开展“一个整治”：交通秩序整治。",  # one is no campaign of several
        "开展整治：交通秩序整治、集贸市场整治。",  # no number
    ],
)
def test_a_count_that_does_not_meet_its_names_makes_no_campaign(text: str) -> None:
    assert plan(text)["campaigns"] == []


def test_a_campaign_named_twice_stands_once_at_its_first_place() -> None:
    text = "开展“两个提升”：素质提升、服务提升。"
    data = plan(text, text)
    assert [one["name"] for one in data["campaigns"]] == ["素质提升", "服务提升"]
    assert data["campaigns"][0]["start"] < data["campaigns"][1]["start"]


# --- channels of publicity


def test_channels_are_named_once_in_the_order_of_the_text() -> None:
    found = plan("通过宣传车、村村响广播、微信群等形式宣传。", "利用宣传车、横幅等方式宣传。")["channels"]
    assert found == ["宣传车", "村村响广播", "微信群", "横幅"]


def test_a_word_too_long_for_a_channel_is_none() -> None:
    assert plan("通过各个村组干部上门入户逐户讲解、广播等形式宣传。")["channels"] == ["广播"]


# --- who is responsible


@pytest.mark.parametrize(
    ("line", "role", "who"),
    [
        ("规范市场。责任单位：市监所", "责任单位", "市监所"),
        ("规范市场。（责任部门：科技局、工信局）", "责任部门", "科技局、工信局"),
        ("规范市场。牵头单位:市监所；配合。", "牵头单位", "市监所"),
        ("规范市场，由市监所牵头。", "牵头", "市监所"),
        ("规范市场，由城建办、派出所负责。", "负责", "城建办、派出所"),
    ],
)
def test_who_is_responsible_stands_at_the_task_that_says_it(line: str, role: str, who: str) -> None:
    data = plan("制定方案。", line)
    (found,) = data["responsible"]
    node = next(one for one in data["nodes"] if one["id"] == found["node"])
    assert (found["role"], found["who"], node["number"]) == (role, who, "2.")


def test_an_office_that_acts_is_found_without_a_word_for_its_role() -> None:
    (found,) = plan("加强检查，镇纪委要定期通报。")["responsible"]
    assert (found["who"], found["role"]) == ("镇纪委", "")


def test_offsets_of_who_is_responsible_are_those_of_the_name() -> None:
    text = "甲镇创建方案\n一、重点任务\n（一）整治。责任单位：市监所\n"
    (found,) = read_plan(text).as_data()["responsible"]
    assert text[found["start"] : found["end"]] == "市监所"


def test_tasks_that_name_nobody_are_counted_in_the_question() -> None:
    text = "甲镇方案\n一、重点任务\n（一）市场整治。责任单位：市监所\n（二）环境整治。\n（三）交通整治。\n"
    asked = [str(one["question"]) for one in read_plan(text).as_data()["to_settle"] if one["field"] == "responsible"]
    assert len(asked) == 1
    assert "2" in asked[0]


def test_where_every_task_names_somebody_nothing_is_asked_about_it() -> None:
    text = "甲镇方案\n一、重点任务\n（一）市场整治。责任单位：市监所\n（二）环境整治。责任单位：城建办\n"
    assert "responsible" not in {one["field"] for one in read_plan(text).as_data()["to_settle"]}


# --- plans of other towns, as far as they are read today


CASES = Path(__file__).parent / "texts" / "others"


def case(name: str) -> dict[str, Any]:
    return read_plan((CASES / name).read_text()).as_data()


def test_targets_of_a_half_year_are_of_its_year() -> None:
    found = case("p01-year-after-number.txt")
    assert [(one["year"], one["low"], one["unit"], one["kinds"]) for one in found["targets"]] == [
        (2025, 30, "个", ["宣传栏"]),
        (2025, 10, "处", ["文化广场"]),
    ]
    assert [one["name"] for one in found["phases"]] == ["（一）准备阶段", "（二）实施阶段", "（三）总结阶段"]


def test_departments_in_brackets_stand_at_their_tasks_and_the_target_before_its_year() -> None:
    found = case("p09-chapters-are-tasks.txt")
    assert [one["who"] for one in found["responsible"]] == ["科技局、工信局", "科技局", "数据局", "人社局"]
    numbers = {one["id"]: one["number"] for one in found["nodes"]}
    assert [numbers[one["node"]] for one in found["responsible"]] == ["1.", "2.", "3.", "4."]
    (target,) = found["targets"]
    assert (target["year"], target["low"], target["unit"]) == (2027, 5, "家")


def test_the_years_of_a_first_clause_hold_for_its_targets() -> None:
    first = case("p06-semicolon-year.txt")["targets"][0]
    assert (first["year"], first["low"], first["high"], first["kinds"]) == (2025, 30, 30, ["点位"])


def test_the_lead_unit_of_a_role_in_its_own_words_is_found() -> None:
    found = case("p13-other-role-words.txt")
    assert {(one["role"], one["who"]) for one in found["responsible"]} == {
        ("责任单位", "拆违办、各村"),
        ("牵头单位", "环卫站"),
    }
