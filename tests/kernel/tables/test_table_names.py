"""Names of the town in a table: found by code, name or other name; near ones for the rest."""

import pytest

from chuangwen.kernel.tables.names import Names, Unknown

VILLAGES = Names(
    "村（社区）",
    [
        ("V01", ("红旗村", "红旗")),
        ("V02", ("王家湾村",)),
        ("V03", ("石桥村",)),
        ("V04", ("东风村",)),
        ("V05", ("张沟社区",)),
        ("V06", ("胡场村",)),
        ("V07", ("新里仁口村",)),
    ],
)


@pytest.mark.parametrize("text", ["红旗村", "红旗", "V01", "v01", "红 旗 村", "V01 红旗村", "红旗村（V01）"])
def test_hongqi_is_known_by_any_of_its_names(text: str) -> None:
    assert VILLAGES.find(text) == "V01"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("新李仁口村", "新里仁口村"), ("王家弯村", "王家湾村"), ("石乔村", "石桥村"), ("张沟镇张沟社区", "张沟社区")],
)
def test_the_nearest_name_is_offered_not_the_first_six(typed: str, meant: str) -> None:
    with pytest.raises(Unknown) as no:
        VILLAGES.find(typed)
    assert typed in no.value.what
    assert VILLAGES.near(typed)[0] == meant
    assert meant in no.value.cure


def test_nothing_near_says_register_it_first() -> None:
    with pytest.raises(Unknown) as no:
        VILLAGES.find("QQQQ")
    assert "登记" in no.value.cure


def test_two_people_of_one_name_are_never_guessed() -> None:
    named = [("wangfang", ("王芳",)), ("wangfang2", ("王芳",)), ("chentao", ("陈涛",))]
    people = Names("人员", named, {"chentao": ("镇党委副书记、镇长",), "wangfang2": ("财政所",)})
    with pytest.raises(Unknown) as no:
        people.find("王芳")
    assert "2 个" in no.value.what
    assert "wangfang、wangfang2" in no.value.cure
    assert people.find("陈涛（镇长）") == "chentao"
    assert people.find("王芳（财政所）") == "wangfang2"


@pytest.mark.parametrize(
    "text", ["红旗村（胡场村代管）", "红旗(含三组)", "V01 红旗村（已拆）", "（暂缓）红旗村", "红旗村（红旗）（北）"]
)
def test_what_a_bracket_says_is_never_cut(text: str) -> None:
    with pytest.raises(Unknown) as no:
        VILLAGES.find(text)
    assert VILLAGES.codes(text) == set()
    assert "红旗村" in no.value.what
    assert "备注" in no.value.cure


def test_a_bracket_that_says_a_name_or_code_of_the_same_thing_changes_nothing() -> None:
    for text in ("红旗村（红旗）", "红旗（V01）", "（V01）红旗村"):
        assert VILLAGES.find(text) == "V01"
    assert VILLAGES.find_beside("红旗村（北头）") == ("V01", "北头")


def test_a_post_behind_a_name_whose_post_nobody_registered_is_only_a_post() -> None:
    people = Names("人员", [("hewei", ("何伟",)), ("fan", ("范文博",))], beside={"hewei": ("", "镇政府")})
    assert people.find("何伟（副镇长）") == "hewei"
    for text in ("何伟（请假）", "何伟（司法所）", "何伟（由范文博代）", "范文博（副镇长）"):
        assert people.codes(text) == set()


def test_a_post_that_is_not_his_is_no_word_for_chen_tao() -> None:
    people = Names("人员", [("chentao", ("陈涛",))], {"chentao": ("镇长",)})
    with pytest.raises(Unknown, match="出差，改由何伟"):
        people.find("陈涛（出差，改由何伟）")
    with pytest.raises(Unknown, match="书记"):
        people.find("陈涛（书记）")
