"""Framework packs: everything that may be wrong is told with file, row and cure; nothing is installed."""

from pathlib import Path
from typing import Any

import pytest
from tests.town import AT, pack_data, small_pack

from chuangwen.kernel.problems import Rejected
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.standards.actions import EditionChanged, install_edition
from chuangwen.records.standards.checking import draft_of, finished, read_framework
from chuangwen.records.standards.comparing import compare
from chuangwen.records.standards.definitions import CrosswalkRow, FrameworkPack
from chuangwen.records.standards.models import Edition, Node

ROOT = Path(__file__).parents[3]


def wrong(change: Any) -> list[str]:
    """What is told of a pack after a change."""
    data = pack_data()
    change(data)
    return [str(problem) for problem in draft_of(data).problems]


def row(data: dict[str, Any], table: str, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = data[table][number]
    return found


CASES = {
    "一个编号用了两次": (lambda d: d["standards"].append(dict(row(d, "standards", 2))), "在第 4 行已经用过"),
    "孤儿": (lambda d: row(d, "standards", 2).update(parent="Z"), "上级“Z”不存在"),
    "绕圈": (lambda d: row(d, "standards", 0).update(parent="I-1"), "绕了一圈"),
    "标准没有分值": (lambda d: row(d, "standards", 2).update(points=""), "没有分值"),
    "内容有分值": (lambda d: row(d, "standards", 1).update(points="1"), "不能有分值"),
    "分值为负": (lambda d: row(d, "standards", 2).update(points="-1"), "太小"),
    "分值是全角字": (lambda d: row(d, "standards", 2).update(points="两分"), "不是数"),
    "分值合计不对": (lambda d: d["framework"].update(points_total="99"), "分值合计"),
    "方法比重不到一百": (lambda d: row(d, "standards", 2).update(methods="field:50"), "合计 50，不是 100"),
    "没有这个方法": (lambda d: row(d, "standards", 2).update(methods="magic:100"), "没有测评方法“magic”"),
    "没有这条规则": (lambda d: row(d, "checks").update(rule="guess"), "没有“guess”这条判定规则"),
    "规则缺参数": (lambda d: row(d, "checks").update(rule="count_at_least", params=""), "缺参数 n"),
    "规则多参数": (lambda d: row(d, "checks").update(params="z=1"), "没有参数 z"),
    "比率超过一": (lambda d: row(d, "checks", 1).update(params="x=1.2"), "不超过 1"),
    "没有这类点位": (lambda d: row(d, "checks").update(site_types="P99"), "没有点位类型“P99”"),
    "考察内容指向没有的标准": (lambda d: row(d, "checks").update(standards="X"), "没有标准“X”"),
    "题目指向不问卷的标准": (lambda d: row(d, "questions").update(standards="I-1-2"), "没有“survey”这个方法"),
    "换算表倒着走": (lambda d: row(d, "questions").update(scale="0.9:0|0.6:1"), "换算表"),
    "换算表越界": (lambda d: row(d, "questions").update(scale="0.6:0|0.9:2"), "换算表"),
    "没有这个分组": (lambda d: row(d, "standards", 2).update(tags="environment:moon"), "没有分组"),
    "等级没有排好": (lambda d: d["framework"]["grade"].reverse(), "没有从高到低排"),
    "不认识的列": (lambda d: row(d, "standards", 2).update(colour="红"), "不认识“colour”"),
    "标准没有东西测": (lambda d: d["questions"].clear(), "没有任何东西来测"),
    "一条标准也没有": (lambda d: d.update(standards=d["standards"][:2], checks=[], requirements=[], questions=[], figures=[]), "一条测评标准也没有"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_told(name: str) -> None:
    change, sentence = CASES[name]
    assert any(sentence in told for told in wrong(change)), wrong(change)


def test_all_problems_are_told_together_and_nothing_is_installed(db: None) -> None:
    data = pack_data()
    row(data, "standards", 2).update(points="-1", parent="Z")
    row(data, "checks").update(rule="guess")
    with pytest.raises(Rejected) as caught:
        install_edition(finished(draft_of(data)), by=MACHINE, at=AT)
    assert len(caught.value.problems) >= 3
    assert Edition.objects.count() == 0


def test_an_official_pack_may_name_methods_that_nothing_measures_yet() -> None:
    data = pack_data(standing="official")
    data["checks"] = []
    draft = draft_of(data)
    assert not draft.problems
    assert any("没有任何东西来测" in str(one) for one in draft.warnings)


@pytest.mark.parametrize("name", ["county-2021", "minors-2021"])
def test_the_packs_that_come_along_are_whole(name: str) -> None:
    pack, draft = read_framework(ROOT / "packs" / name)
    assert list(draft.problems) == []
    assert pack is not None
    if name == "county-2021":
        kinds = [node.kind for node in pack.standards]
        assert (kinds.count("item"), kinds.count("content") >= 55, kinds.count("standard") >= 120) == (9, True, True)
        assert (len(pack.checks) >= 220, len(pack.site_types), len(pack.requirements) >= 240) == (True, 25, True)
        assert {check.rule for check in pack.checks} >= {"absence", "presence", "deduct", "graded", "sample"}
    else:
        assert (len(pack.leaves()), sum(node.kind == "item" for node in pack.standards)) == (27, 5)


def test_files_of_a_pack_are_read_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text('id = "x"\nedition = = "1"\n', "utf-8")
    (tmp_path / "framework.toml").write_bytes('title = "创文"'.encode("gbk"))
    (tmp_path / "standards.csv").write_text("code,parent,kind,title\nI,,item,甲,多一格\nJ,,thing,乙\n", "utf-8")
    pack, draft = read_framework(tmp_path)
    told = [str(problem) for problem in draft.problems]
    assert pack is None
    assert any(one.startswith("pack.toml:2 ") and "TOML 写法有误" in one for one in told)
    assert any("framework.toml" in one and "不是 UTF-8" in one for one in told)
    assert any(one.startswith("standards.csv:2 ") and "5 格" in one for one in told)
    assert any(one.startswith("standards.csv:3 [kind]") for one in told)


def test_a_pack_gives_itself_back_from_its_data_with_the_same_digest() -> None:
    pack = small_pack()
    again = FrameworkPack.from_data(pack.as_data())
    assert again == pack
    assert again.digest() == pack.digest()


def test_installing_twice_changes_nothing_and_an_installed_edition_never_changes(db: None) -> None:
    assert install_edition(small_pack(), by=MACHINE, at=AT).changed
    assert not install_edition(small_pack(), by=MACHINE, at=AT).changed
    with pytest.raises(EditionChanged):
        install_edition(small_pack(6), by=MACHINE, at=AT)
    assert Node.objects.count() == 7


def test_a_comparison_names_what_is_added_changed_and_homeless() -> None:
    old, new = small_pack(6), small_pack(5, edition="2")
    found = compare(old, new)
    assert ("standards", "I-1-6") in found.removed
    assert list(found.homeless) == ["I-1-6"]
    walked = new.model_copy(
        update={"crosswalk": (CrosswalkRow(from_framework="small", from_code="I-1-6", to_code="I-1-1"),)}
    )
    assert list(compare(old, walked).homeless) == []
