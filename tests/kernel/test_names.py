"""Names of files as the world sends them."""

import doctest
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuangwen.kernel import names
from chuangwen.kernel.names import ending_of, tidy_name, title_of


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("照片.jpg", "照片.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\资料\\方案.docx", "方案.docx"),
        ("a\x00b\nc\x1b[31m.txt", "abc[31m.txt"),
        ("发票\u202egpj.exe", "发票gpj.exe"),
        ("\ufeff说明\u200b.txt", "说明.txt"),
        ("👨\u200d👩\u200d👧 全家福❤\ufe0f.png", "👨\u200d👩\u200d👧 全家福❤\ufe0f.png"),
        (unicodedata.normalize("NFD", "é.txt"), unicodedata.normalize("NFC", "é.txt")),
        ('a<b>:"c|d?e*.txt', "a＜b＞：＂c｜d？e＊.txt"),
        ("市场.pdf".encode("gbk").decode("utf-8", "surrogateescape"), "市场.pdf"),
        ("half\ud83d.txt", "half.txt"),
        ("尾巴. . ", "尾巴"),
        ("con.txt", "_con.txt"),
        ("conference.txt", "conference.txt"),
        ("..", "文件"),
        ("\x07", "文件"),
        ("", "文件"),
    ],
)
def test_an_odd_name_is_kept_readable(raw: str, kept: str) -> None:
    assert tidy_name(raw) == kept


def test_a_long_name_keeps_its_ending_and_no_half_character() -> None:
    name = tidy_name("很长" * 100 + ".docx")
    assert 252 <= len(name.encode()) <= 255
    assert name.endswith(("很长.docx", "很.docx"))


def test_the_longest_name_survives_whole() -> None:
    assert tidy_name("好" * 83 + "a.txt") == "好" * 83 + "a.txt"[:6]
    assert tidy_name("x" * 251 + ".txt") == "x" * 251 + ".txt"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("关于整治集贸市场的通知.docx", "关于整治集贸市场的通知"),
        ("方案 (1).pdf", "方案"),
        ("台账（2）.xlsx", "台账"),
        ("台账 - 副本.xlsx", "台账"),
        ("IMG_20211001_083000.jpg", "IMG 20211001 083000"),
        ("(1).pdf", "(1).pdf"),
        ("没有扩展名", "没有扩展名"),
        ("2021.10.14 会议", "2021.10.14 会议"),
    ],
)
def test_a_title_is_what_people_would_call_it(name: str, title: str) -> None:
    assert title_of(name) == title


def test_endings() -> None:
    assert [ending_of(one) for one in ("a.PDF", ".bashrc", "a.", "a", "a.tar.gz", "a.很好")] == [
        "pdf",
        "",
        "",
        "",
        "gz",
        "很好",
    ]


@given(st.text(max_size=400))
def test_every_name_becomes_one_that_any_disk_takes(raw: str) -> None:
    name = tidy_name(raw)
    assert 0 < len(name.encode()) <= 255
    assert not set(name) & set('/\\<>:"|?*\0\n')
    assert tidy_name(name) == name
    assert title_of(name)


@given(st.binary(max_size=300))
def test_any_bytes_of_a_disk_become_a_name(data: bytes) -> None:
    assert tidy_name(data.decode("utf-8", "surrogateescape")).encode()


def test_the_examples_hold() -> None:
    assert doctest.testmod(names).failed == 0
