"""The drawing of a flow: whatever a pack declares, every move is drawn, nothing lies on anything else."""

import xml.etree.ElementTree as Tree
from collections.abc import Iterable
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuangwen.kernel.flowchart.layout import Arrow, Chart, Point, Words, chart_of
from chuangwen.kernel.flowchart.lettering import LABEL, LINE, NOT_FIRST, broken, width_of
from chuangwen.kernel.flowchart.places import START, Stop, Way, place
from chuangwen.kernel.flowchart.rows import Sizes
from chuangwen.kernel.flowchart.svg import svg_of

WIDE, SLIM = Sizes(), Sizes(box=112, label=72, beside=False)
TITLES = [
    "派遣",
    "退件",
    "核查通过",
    "回头看：没有反弹",
    "小组讨论同意，张榜公示",
    "调解不成，告知其他途径",
    "① 审查到场",
]
MENDING = [
    Stop("filed", "待派遣", "创建办", tone="warn"),
    Stop("handling", "处置中", "主办单位"),
    Stop("asking", "延期审批", "创建办"),
    Stop("checking", "待核查", "考察员"),
    Stop("done", "已销号", kind="closed", tone="good", good=True, stays=("回头看",)),
    Stop("void", "已作废", kind="closed"),
]
WAYS = [
    Way(START, "filed", ("登记",)),
    Way("filed", "handling", ("派遣",)),
    Way("handling", "filed", ("退件",), returns=True),
    Way("handling", "asking", ("申请延期",)),
    Way("asking", "handling", ("同意延期", "不同意延期")),
    Way("handling", "checking", ("报完成",)),
    Way("checking", "handling", ("返工",), returns=True),
    Way("checking", "done", ("核查通过",)),
    Way("filed", "void", ("作废",)),
    Way("handling", "void", ("作废",)),
]

Rect = tuple[float, float, float, float]


def rects(words: Words) -> Rect:
    width = max(width_of(line) for line in words.lines)
    left = words.x - width if words.end else words.x
    return left, words.y - LABEL - LINE * (len(words.lines) - 1), left + width, words.y


def apart(one: Rect, other: Rect) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def boxes(chart: Chart) -> list[Rect]:
    return [(one.x, one.y, one.x + one.width, one.y + one.height) for one in chart.boxes]


@st.composite
def flows(draw: st.DrawFn) -> tuple[list[Stop], list[Way]]:
    """Any flow of up to twelve states, however tangled."""
    count = draw(st.integers(1, 12))
    kinds = draw(st.lists(st.sampled_from(["open", "open", "waiting", "closed"]), min_size=count, max_size=count))
    stops = [Stop(f"s{n}", draw(st.sampled_from(TITLES)), "创建办", kinds[n], good=n % 2 == 0) for n in range(count)]
    ids = [one.id for one in stops]
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from([START, *ids]), st.sampled_from(ids), st.booleans()), max_size=30, unique=True
        )
    )
    titles = st.lists(st.sampled_from(TITLES), min_size=1, max_size=3, unique=True)
    pairs = list(dict.fromkeys((a, b, back and a != START) for a, b, back in pairs if a != b))
    ways = [Way(a, b, tuple(draw(titles)), back) for a, b, back in pairs]
    openings = {way.target for way in ways if way.source == START}
    return stops, ways if openings else [Way(START, ids[0], ("登记",)), *ways]


@given(flows(), st.sampled_from([WIDE, SLIM]))
@settings(max_examples=150, deadline=None)
def test_whatever_is_declared_nothing_lies_on_anything_else(flow: tuple[list[Stop], list[Way]], sizes: Sizes) -> None:
    chart = chart_of(*flow, sizes)
    labels = [rects(one) for one in chart.words]
    assert [(a, b) for a, b in combinations(labels, 2) if not apart(a, b)] == []
    assert [(a, b) for a, b in combinations(boxes(chart), 2) if not apart(a, b)] == []
    assert [(a, b) for a in labels for b in boxes(chart) if not apart(a, b)] == []
    for arrow in chart.arrows:
        for (ax, ay), (bx, by) in zip(arrow.points, arrow.points[1:], strict=False):
            line = (min(ax, bx), min(ay, by), max(ax, bx) + 0.1, max(ay, by) + 0.1)
            assert [one for one in labels if not apart(one, line)] == []
    for left, top, right, foot in [*labels, *boxes(chart)]:
        assert left >= 0
        assert top >= 0
        assert right <= chart.width + 0.1
        assert foot <= chart.height + 0.1


def on(point: Point, line: Arrow) -> bool:
    x, y = point
    return any(
        min(ax, bx) - 0.1 <= x <= max(ax, bx) + 0.1 and min(ay, by) - 0.1 <= y <= max(ay, by) + 0.1
        for (ax, ay), (bx, by) in zip(line.points, line.points[1:], strict=False)
    )


def touches(point: Point, box: Rect) -> bool:
    return box[0] - 0.1 <= point[0] <= box[2] + 0.1 and box[1] - 0.1 <= point[1] <= box[3] + 0.1


def leads(chart: Chart, way: Way) -> bool:
    """Whether one can follow the lines from the one state to the other."""
    at = {one.stop.id: rect for one, rect in zip(chart.boxes, boxes(chart), strict=True)}
    heads = [one for one in chart.arrows if one.tip and touches(one.points[-1], at[way.target])]
    begun = [
        one
        for one in chart.arrows
        if (
            touches(one.points[0], at[way.source])
            if way.source != START
            else not any(touches(one.points[0], r) for r in at.values())
        )
    ]
    return any(one in heads or (not one.tip and any(on(one.points[-1], head) for head in heads)) for one in begun)


def letters(texts: Iterable[str]) -> list[str]:
    return sorted("".join(texts).replace(" ", "").replace("·", "").replace("\u3000", ""))


@given(flows(), st.sampled_from([WIDE, SLIM]))
@settings(max_examples=100, deadline=None)
def test_every_move_is_written_and_leads_from_its_state_to_its_state(
    flow: tuple[list[Stop], list[Way]], sizes: Sizes
) -> None:
    stops, ways = flow
    chart = chart_of(stops, ways, sizes)
    assert {one.stop.id for one in chart.boxes} == {one.id for one in stops}
    written = letters(line for words in chart.words for line in words.lines)
    assert written == letters(title for way in ways for title in way.titles)
    assert [way for way in ways if not leads(chart, way)] == []


@given(flows())
@settings(max_examples=40, deadline=None)
def test_the_same_flow_gives_the_same_drawing(flow: tuple[list[Stop], list[Way]]) -> None:
    one, other = (svg_of(chart_of(*flow), name="f", title="流程", told="") for _ in range(2))
    assert one == other
    Tree.fromstring(one)


def test_the_way_goes_down_and_endings_and_extensions_stand_beside_it() -> None:
    places = place(MENDING, WAYS, beside=True)
    assert places.spine == ("filed", "handling", "checking", "done")
    assert places.host == {"asking": "handling", "void": "filed"}


def test_on_a_phone_everything_stands_below_each_other_and_fits() -> None:
    chart = chart_of(MENDING, WAYS, SLIM)
    assert len({one.x for one in chart.boxes}) == 1
    assert chart.width <= 358


def test_the_state_of_the_case_is_marked_and_text_cannot_become_markup() -> None:
    bad = [Stop("a", "<script>", "&"), Stop("b", "完", kind="closed")]
    drawn = svg_of(
        chart_of(bad, [Way("", "a", ("<b>",)), Way("a", "b", ("完",))]), name="f", title="<t>", told="&", now="a"
    )
    assert "<script>" not in drawn
    assert "&lt;b&gt;" in drawn
    assert drawn.count("flow-now") == 1


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("派遣", 100, ["派遣"]),
        ("小组讨论同意，张榜公示", 100, ["小组讨论同意，", "张榜公示"]),
        ("移交执法（打非治违）", 100, ["移交执法", "（打非治违）"]),
        ("回头看：没有反弹", 72, ["回头看：", "没有反弹"]),
        ("调解不成，告知其他途径", 100, ["调解不成，", "告知其他途径"]),
    ],
)
def test_a_long_title_breaks_where_one_pauses(text: str, width: float, lines: list[str]) -> None:
    assert broken(text, width) == lines


@given(
    st.lists(st.sampled_from(["派遣", "核查通过", "不属本单位职责", "回头看"]), min_size=1, max_size=6),
    st.integers(40, 140),
)
def test_no_line_begins_with_a_mark_and_nothing_is_lost(words: list[str], width: int) -> None:
    lines = broken("，".join(words), width)
    assert "".join(lines) == "，".join(words)
    assert [line for line in lines if line[0] in NOT_FIRST] == []
