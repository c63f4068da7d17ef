"""The flows of the shipped case types as drawings and in words."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from chuangwen.kernel.flowchart.layout import chart_of
from chuangwen.kernel.flowchart.rows import Sizes
from chuangwen.kernel.problems import Problems
from chuangwen.work.cases import explaining
from chuangwen.work.cases.checking import read_content
from chuangwen.work.cases.definitions import CaseTypeRow
from chuangwen.work.cases.drawing import SLIM, WIDE, draw, stops_of, ways_of
from tests.kernel.test_flowchart import apart, boxes, leads, rects

PACK = Path(__file__).parents[3] / "packs" / "township"
TYPES = {one.type.id: one for one in read_content(PACK, Problems()).types}
# The longest names that the town's roles have.
NAMES = {"office": "创建办公室", "village": "村（社区）负责人", "@lead": "主办单位", "@opener": "登记人"}


@pytest.mark.parametrize("sizes", [WIDE, SLIM], ids=["desk", "phone"])
@pytest.mark.parametrize("type_", TYPES.values(), ids=TYPES)
def test_every_shipped_flow_is_readable(type_: CaseTypeRow, sizes: Sizes) -> None:
    ways = ways_of(type_)
    chart = chart_of(stops_of(type_, NAMES), ways, sizes)
    labels = [rects(one) for one in chart.words]
    rectangles = [*labels, *boxes(chart)]
    assert [pair for pair in combinations(rectangles, 2) if not apart(*pair)] == []
    assert [way for way in ways if not leads(chart, way)] == []
    assert chart.width <= (680 if sizes is WIDE else 366)


@pytest.mark.parametrize("type_", TYPES.values(), ids=TYPES)
def test_drawing_and_tables_tell_the_same(type_: CaseTypeRow) -> None:
    drawn = re.sub(r"<[^>]+>|\s|·|↻", "", draw(type_, NAMES))
    moves = explaining.move_lines(type_, NAMES)
    assert {one.title for one in moves} == {one.title for one in type_.moves}
    for line in moves:
        assert set(line.title) - {" "} <= set(drawn)
    for state in explaining.state_lines(type_, NAMES):
        assert state.title in drawn


def test_what_sends_back_is_drawn_so_and_what_goes_on_is_not() -> None:
    petition = {(one.source, one.target): one.returns for one in ways_of(TYPES["petition"])}
    assert petition["sent", "registered"]
    assert not petition["delivered", "review"]


def test_moves_of_the_same_two_states_are_one_arrow_and_those_that_stay_are_none() -> None:
    ways = ways_of(TYPES["rectification"])
    assert next(one for one in ways if one.source == "asking").titles == ("同意延期", "不同意延期")
    stops = {one.id: one for one in stops_of(TYPES["rectification"], NAMES)}
    assert stops["done"].stays == ("回头看：没有反弹",)
    assert stops["sent"].stays == ("改派",)


def test_the_words_say_who_what_with_what_proof_and_by_when() -> None:
    lines = {one.title: one for one in explaining.move_lines(TYPES["rectification"], NAMES)}
    assert lines["报完成"].proof == "照片至少 1 张，写明情况"
    assert lines["报完成"].clocks == "起算核查时限；停表处置时限"
    assert lines["申请延期"].asks == "申请延期多久*、理由*"
    assert lines["同意延期"].clocks == "按申请延长"
    assert lines["改派"].clocks == "重新起算接收时限、处置时限"
    assert lines["登记立案"].sources == "（登记）"
    clocks = {one.title: one for one in explaining.clock_lines(TYPES["rectification"])}
    assert clocks["处置时限"].more.startswith(
        "填了“要求完成日期”的，以那一天为准；先用“整改期限”填的期限；类别有自己的期限时用类别的"
    )
    facts = dict(explaining.facts(TYPES["petition"], NAMES))
    assert "被反映" in facts["回避"]
