"""Nobody is named or called by what leaves the product."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuangwen.kernel.masking import mask_name, mask_phone, mask_text


@pytest.mark.parametrize(
    ("name", "masked"), [("张强", "张*"), ("王建国", "王*"), (" 欧阳娜 ", "欧*"), ("艾力·买买提", "艾*"), ("", "")]
)
def test_a_name_keeps_its_first_character_only(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(("phone", "masked"), [("19900010001", "199****0001"), ("8821", "****"), ("", "")])
def test_a_number_keeps_its_ends(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800138000。", "电话138****8000。"),
        ("+86 138-0013-8000", "+86 138****8000"),
        ("8613800138000", "86138****8000"),
        ("138 0013 8000 找他", "138****8000 找他"),
        ("身份证42900419900101123X，", "身份证4****************X，"),
        ("身份证429004199001011238", "身份证4****************8"),
        ("案卷20211014000138001380001", "案卷20211014000138001380001"),
        ("代码12800138000、电话07283221001", "代码12800138000、电话07283221001"),
        ("电话１３８００１３８０００", "电话１３８****８０００"),
    ],
)
def test_numbers_of_people_are_hidden_and_numbers_of_things_are_not(text: str, masked: str) -> None:
    assert mask_text(text) == masked


def test_known_people_are_hidden_longer_names_first() -> None:
    assert mask_text("请李明华、李明和芳处理", ["李明", "李明华", "芳", ""]) == "请李*、李*和芳处理"


@given(st.text(), st.integers(10**10 + 3 * 10**9, 2 * 10**10 - 1), st.text())
def test_no_mobile_number_survives(before: str, number: int, after: str) -> None:
    alone = not (before[-1:].isdecimal() or after[:1].isdecimal())
    if alone:
        assert not re.search(rf"(?<!\d){number}(?!\d)", mask_text(f"{before}{number}{after}"))
