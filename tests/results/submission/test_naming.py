"""Names in a package: by rule, safe on Windows, never too long, no two alike."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chuangwen.results.submission.naming import MOST_BYTES, Called, Namer, ending_of, safe
from chuangwen.results.submission.rules import Rules

FOLDER = "1 县级/I-1-1 集贸市场"


def namer() -> Namer:
    return Namer(Rules(), "张沟镇2021年网上申报")


def called(theme: str = "管理办法", unit: str = "市监所", ending: str = ".pdf") -> Called:
    return Called("I-1-1", "规范文件", theme, unit, ending)


def test_a_name_follows_the_rule_and_numbers_run_within_a_standard_and_kind() -> None:
    one = namer()
    assert one.name(FOLDER, called()) == f"{FOLDER}/I-1-1-规范文件-01-管理办法-市监所.pdf"
    assert one.name(FOLDER, called("台账")) == f"{FOLDER}/I-1-1-规范文件-02-台账-市监所.pdf"
    other = Called("I-1-2", "规范文件", "台账", "", ".pdf")
    assert one.name(FOLDER, other) == f"{FOLDER}/I-1-2-规范文件-01-台账.pdf"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ('a/b\\c:d*e?f"g<h>i|j', "a b c d e f g h i j"),
        ("con", "con_"),
        ("LPT1", "LPT1_"),
        (" .隐藏. ", "隐藏"),
        ("上\u202e下\u200b", "上 下"),
        ("a\x00\n\tb", "a b"),
        ("..", ""),
    ],
)
def test_signs_that_windows_or_a_zip_would_stumble_over_are_taken_out(said: str, kept: str) -> None:
    assert safe(said) == kept


def test_the_ending_tells_what_the_file_is_whatever_it_was_called() -> None:
    assert ending_of("照片.exe", "image/jpeg") == ".jpg"
    assert ending_of("旧文件.WPS", "application/msword") == ".WPS"
    assert ending_of("a.b/../..", "application/unknown") == ""


@given(some.lists(some.tuples(some.text(max_size=300), some.text(max_size=60)), min_size=1, max_size=8))
def test_whatever_people_write_names_are_safe_short_and_different(facts: list[tuple[str, str]]) -> None:
    one = namer()
    folder = one.folder("1 县级文明城市", f"I-1-1 {facts[0][0]}")
    names = [one.name(folder, called(theme, unit)) for theme, unit in facts]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        whole = f"{one.top}/{name}"
        assert len(whole) <= 180
        assert all(len(part.encode()) <= MOST_BYTES for part in whole.split("/"))
        assert not re.search(r'[<>:"\\|?*\x00-\x1f]', name)
        assert all(part == part.strip(" .") and part for part in name.split("/"))
        assert ".." not in name.split("/")


def test_names_that_differ_in_case_only_are_twins_to_windows() -> None:
    one = namer()
    assert [one.take("目录.XLSX"), one.take("目录.xlsx"), one.take("目录.xlsx")] == [
        "目录.XLSX",
        "目录_2.xlsx",
        "目录_3.xlsx",
    ]
