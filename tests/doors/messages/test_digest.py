"""Many notices, one message: merged, masked, within the limit, the link always there."""

import json

from hypothesis import given
from hypothesis import strategies as st

from chuangwen.doors.messages.digest import Frame, Item, cut, digest, weight

SITE = "https://town.example.org"


def frame(limit: int = 2048, **more: object) -> Frame:
    return Frame("张沟镇", SITE, limit, **more)  # type: ignore[arg-type]


def test_the_heading_counts_by_kind_and_each_matter_is_a_line() -> None:
    items = [
        Item("交办", "王建国", "集贸市场占道，请处理", "/cases/1/"),
        Item("交办", "刘芳", "沟渠垃圾", "/cases/2/"),
        Item("超期", "刘芳", "公厕保洁", "/cases/3/"),
    ]
    assert digest(items, frame()).split("\n") == [
        "【创文提醒】张沟镇 3 条：交办 2、超期 1",
        "1. [交办] 王*：集贸市场占道，请处理",
        "2. [交办] 刘*：沟渠垃圾",
        "3. [超期] 刘*：公厕保洁",
        f"查看：{SITE}/",
    ]


def test_one_matter_told_to_many_is_one_line_that_leads_to_it() -> None:
    items = [Item("变更", name, "方案已修订", "/plan/") for name in ("王建国", "刘芳", "张强", "刘芳")]
    assert digest(items, frame()).split("\n") == [
        "【创文提醒】张沟镇 1 条：变更 1",
        "1. [变更] 王*等 3 人：方案已修订",
        f"查看：{SITE}/plan/",
    ]


def test_people_in_a_text_are_masked_and_nobody_can_call_the_whole_group() -> None:
    text = '张强 13800138000 报\n<at user_id="all">所有人</at>'
    said = digest([Item("提到", "刘芳", text)], frame(names=["张强"]))
    assert '1. [提到] 刘*：张* 138****8000 报 ＜at user_id="all"＞所有人＜/at＞' in said


def test_what_finds_no_room_is_counted() -> None:
    items = [Item("预警", "刘芳", f"第 {number} 件：{'很长' * 20}", f"/{number}/") for number in range(300)]
    short, long = digest(items, frame(700)), digest(items, frame(19_000))
    assert weight(short) <= 700
    assert f"……另有 {300 - short.count('[预警]')} 条" in short
    assert long.count("[预警]") == 20
    assert "……另有 280 条" in long
    assert short.startswith("【创文提醒】张沟镇 300 条")
    assert short.endswith(f"查看：{SITE}/")


def test_without_an_address_there_is_no_link() -> None:
    assert "查看" not in digest([Item("预警", "刘芳", "三天后到期", "/x/")], Frame("张沟镇", "", 2048))


texts = st.text(min_size=1, max_size=400)


@given(st.lists(st.builds(Item, texts, texts, texts, st.just("/a/")), min_size=1, max_size=40), st.integers(120, 3000))
def test_no_digest_is_heavier_than_its_limit_or_loses_the_link(items: list[Item], limit: int) -> None:
    said = digest(items, frame(limit))
    assert len(said.encode()) <= weight(said) <= limit
    assert said.endswith("/a/")


@given(st.text(max_size=300), st.integers(0, 900))
def test_a_cut_falls_between_characters(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(json.dumps(short, ensure_ascii=False).encode()) - 2 <= limit
    assert short == text or text.startswith(short.removesuffix("…"))
    if weight(text) > limit >= 12:
        assert weight(short) > limit - 3 - 6
