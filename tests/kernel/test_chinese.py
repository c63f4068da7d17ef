"""Chinese as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuangwen.kernel.chinese import (
    bare,
    half_width,
    natural_key,
    roman_number,
    search_fold,
    search_grams,
    tidy,
    whole_number,
)


def test_full_width_digits_and_letters_become_half_width_but_brackets_stay() -> None:
    assert half_width("（\uff12．\uff15％）\uff21\uff22") == "（2.5%）AB"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一百二十三", 123),
        ("十二", 12),
        ("二十", 20),
        ("二〇二一", 2021),
        ("\uff11\uff12", 12),
        ("两万三千", 23000),
        ("一千零五", 1005),
        ("一百零八", 108),
        ("三亿", 300_000_000),
        ("一百二", 120),
        ("壹佰贰拾", 120),
        ("", None),
        ("市场", None),
        ("第三", None),
    ],
)
def test_numerals_of_the_plan_are_read(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_odd_spaces_of_a_pasted_cell_go_away() -> None:
    assert tidy("\u3000张沟镇\u00a0\u200b 市监所\r\n") == "张沟镇 市监所"


def test_names_are_the_same_whatever_brackets_and_spaces_wang_jianguo_types() -> None:
    assert bare("张沟 农贸市场（东）") == bare("张沟农贸市场(东)")


def test_search_grams_are_two_neighbours_of_the_folded_text() -> None:
    assert search_grams(search_fold("农贸 市\n场，脏")) == ["农贸", "贸市", "市场", "场，", "，脏"]
    assert search_grams("脏") == []


def test_a_document_number_is_found_however_its_brackets_and_digits_are_typed() -> None:
    wanted = search_fold("张政办〔2021〕3号")
    for typed in (
        "张政办[2021]3号",
        "张政办（２０２１）３号",
        " 张政办 【2021】 3 号",
        "张政办﹝2021﹞3號".replace("號", "号"),
    ):
        assert search_fold(typed) == wanted
    assert search_fold("「人居环境」―VI－31") == search_fold("“人居环境”—vi-31")


@given(st.text(), st.text(), st.text())
def test_what_is_part_of_a_text_is_part_of_the_folded_text(before: str, word: str, after: str) -> None:
    whole = search_fold(before + word + after)
    assert whole == search_fold(before) + search_fold(word) + search_fold(after)
    assert not any(one < "0" or one == "\ufffc" for one in whole)
    assert search_fold(whole) == whole


def test_codes_are_sorted_as_people_count() -> None:
    codes = ["VI-31-10", "VI-31-2", "IV-3", "I-1", "X-1"]
    assert sorted(codes, key=natural_key) == ["I-1", "IV-3", "VI-31-2", "VI-31-10", "X-1"]


def test_a_word_of_roman_letters_is_no_number() -> None:
    assert roman_number("VI") == 6
    assert roman_number("CIVIC") is None


@given(st.text())
def test_no_text_breaks_the_readers_of_text(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert whole_number(text) is None or whole_number(text) >= 0
    assert natural_key(text) == natural_key(text)
    assert all(len(gram) == 2 for gram in search_grams(text))
