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
    people = Names("人员", [("wangfang", ("王芳",)), ("wangfang2", ("王芳",)), ("chentao", ("陈涛",))])
    with pytest.raises(Unknown) as no:
        people.find("王芳")
    assert "2 个" in no.value.what
    assert "wangfang、wangfang2" in no.value.cure
    assert people.find("陈涛（镇长）") == "chentao"
