"""Tables of tasks inside a plan: every row is a task with its own unit and time, and none is lost or joined to another."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chuangwen.work.plans.reading.reader import read_plan
from chuangwen.work.plans.reading.task_tables import task_rows

BEFORE = "清河镇2021年创建工作实施方案\n一、总体目标\n建成文明镇。\n二、重点任务\n任务分解见下表。\n"
AFTER = "\n三、保障措施\n（一）加强领导。各单位要高度重视。\n"
NUMBERED = "\n".join(
    [
        "序号\t任务名称\t工作内容\t牵头单位\t责任单位\t完成时限",
        "1\t背街小巷整治\t完成18条背街小巷硬化\t城建办\t环卫站、各村\t2021年11月底",
        "2\t农贸市场提升\t改造农贸市场3个\t市监所\t城建办\t2021年10月31日",
    ]
)
BARE = "\n".join(
    [
        "类别\t工作任务\t责任领导\t牵头单位\t配合单位\t完成时限",
        "环境整治\t完成18条背街小巷硬化\t鲁新华\t城建办\t环卫站\t2021年11月30日",
        "宣传教育\t张贴公益广告40处\t邵丽敏\t宣传办\t\t长期",
    ]
)


def read(table: str) -> dict[str, Any]:
    return read_plan(BEFORE + table + AFTER).as_data()


def told(plan: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The rows' tasks, each with who answers for it."""
    titles = {one["id"]: one["title"] for one in plan["nodes"]}
    found: dict[str, list[tuple[str, str]]] = {}
    for one in plan["responsible"]:
        found.setdefault(titles[one["node"]], []).append((one["role"], one["who"]))
    return list(found.items())


def test_a_row_is_a_task_of_its_own_title_and_its_columns_say_who_answers_for_it() -> None:
    plan = read(NUMBERED)
    assert told(plan) == [
        ("背街小巷整治", [("牵头单位", "城建办"), ("责任单位", "环卫站、各村")]),
        ("农贸市场提升", [("牵头单位", "市监所"), ("责任单位", "城建办")]),
    ]
    assert [one["title"] for one in plan["areas"]] == ["背街小巷整治", "农贸市场提升"]
    assert not [one for one in plan["to_settle"] if one["field"] == "responsible"]


def test_a_table_without_numbers_loses_no_row() -> None:
    plan = read(BARE)
    assert [title for title, _who in told(plan)] == ["完成18条背街小巷硬化", "张贴公益广告40处"]
    assert ("责任领导", "鲁新华") in dict(told(plan))["完成18条背街小巷硬化"]


def test_the_year_of_a_target_is_that_of_its_row_and_asked_for_only_where_the_row_has_none() -> None:
    plan = read(BARE)
    assert [(one["low"], one["year"]) for one in plan["targets"]] == [(18, 2021), (40, None)]
    asked = [one["question"] for one in plan["to_settle"] if one["field"] == "targets"]
    assert len(asked) == 1
    assert "张贴公益广告40处" in str(asked[0])


def test_what_follows_the_table_is_read_as_before() -> None:
    for table in (NUMBERED, BARE):
        numbers = [one["number"] for one in read(table)["nodes"] if one["number"]]
        assert numbers[-2:] == ["三、", "（一）"]
        assert [one["title"] for one in read(table)["requirements"]] == ["加强领导"]


def test_a_cell_of_several_paragraphs_is_one_cell() -> None:
    table = (
        "序号\t工作任务\t牵头单位\n1\t1.清运垃圾\n2.疏通沟渠\t环卫站\n2\t划停车位\t派出所\n交警中队\n3\t补路灯\t城建办"
    )
    assert [(row.number, row.task.text, row.who[0][1].text) for row in task_rows(table)] == [
        ("1", "1.清运垃圾\n2.疏通沟渠", "环卫站"),
        ("2", "划停车位", "派出所\n交警中队"),
        ("3", "补路灯", "城建办"),
    ]


def test_a_table_of_something_else_stays_text() -> None:
    assert task_rows("序号\t姓名\t职务\n1\t何伟\t组长\n2\t程立群\t副组长") == []
    assert task_rows("指标\t分值\n路灯\t3") == []


@given(st.text(alphabet="序号任务牵头单位完成时限一、（）1.\t\n ", max_size=200))
def test_any_text_is_read_and_rows_stand_in_order_without_overlapping(text: str) -> None:
    rows = task_rows(text)
    assert all(one.start <= one.task.start < one.task.end <= one.end for one in rows)
    assert all(one.end <= other.start for one, other in pairwise(rows))
    read_plan(text)
