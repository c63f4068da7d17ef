"""The roads: folders, zips and mails become the single things in them; what cannot be opened is told."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.records.archive.shelf import Shelf
from tests.samples import MAIL, TAKEN, a_mail, photo, word, workbook, zipped

from chuangwen.kernel.refusal import Refusal
from chuangwen.records.archive import roads
from chuangwen.records.archive.arriving import Incoming, take_in
from chuangwen.records.archive.roads import expand
from chuangwen.records.archive.storage import DiskFull
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.models import Organisation

UNIT = Organisation(code="office", name="创文办")


def things(source: bytes | Path, name: str = "材料.zip") -> list[tuple[str, str, object]]:
    """(inside, name, bytes or the code of the problem) of everything that comes out."""
    given_ = source if isinstance(source, Path) else (lambda: iter([source[:5], source[5:]]))
    told = []
    for one in expand(Incoming(name, UNIT, source=given_)):
        try:
            found: object = one.problem.code if one.problem else b"".join(one.pieces())
        except Refusal as no:
            found = no.code
        told.append((one.inside, one.name, found))
    return told


def names(source: bytes | Path, name: str = "材料.zip") -> list[str]:
    return [f"{inside}/{one}".strip("/") for inside, one, _ in things(source, name)]


def test_a_plain_file_is_the_one_thing_that_it_is(tmp_path) -> None:
    assert things(word(), "方案.docx") == [("", "方案.docx", word())]
    (tmp_path / "方案.docx").write_bytes(word())
    assert things(tmp_path / "方案.docx", "方案.docx") == [("", "方案.docx", word())]


def test_a_zip_gives_its_files_with_the_folders_they_lay_in() -> None:
    data = zipped({"说明.txt": b"a", "照片/": b"", "照片/东门.jpg": photo(), "照片/更多\\西门.jpg": b"b"})
    assert names(data) == ["材料.zip/说明.txt", "材料.zip/照片/东门.jpg", "材料.zip/照片/更多/西门.jpg"]
    assert things(data)[1][2] == photo()


def test_a_zip_from_an_old_chinese_program_is_read_with_its_names() -> None:
    raw = "实景图片/东门市场.jpg".encode("gbk")
    placeholder = "x" * len(raw)
    data = zipped({placeholder: b"a"}).replace(placeholder.encode(), raw)
    assert names(data) == ["材料.zip/实景图片/东门市场.jpg"]


def test_a_zip_in_a_zip_is_opened_and_a_third_is_not(hall_files) -> None:
    third = zipped({"深.txt": b"deep"})
    data = zipped({"a.txt": b"a", "里面.zip": zipped({"b.txt": b"b", "再里面.zip": third})})
    assert [(name, what) for _, name, what in things(data)] == [("a.txt", b"a"), ("b.txt", b"b"), ("再里面.zip", third)]


def test_documents_that_are_zips_are_left_whole() -> None:
    data = zipped({"方案.docx": word(), "没有扩展名": word(), "台账.xlsx": workbook()})
    assert [name for _, name, _ in things(data)] == ["方案.docx", "没有扩展名", "台账.xlsx"]
    assert names(word(), "方案.zip") == ["方案.zip"]


def test_system_files_are_told_together_and_hidden_ones_too() -> None:
    data = zipped({"__MACOSX/._a.txt": b"", "a.txt": b"a", ".DS_Store": b"", "照片/Thumbs.db": b"", "~$方案.docx": b""})
    told = list(expand(Incoming("材料.zip", UNIT, source=lambda: iter([data]))))
    assert [one.name for one in told] == ["a.txt", "材料.zip"]
    assert str(told[1].problem).startswith("4 个隐藏文件或系统文件没有收：._a.txt、.DS_Store、Thumbs.db、")


def test_an_empty_zip_is_told() -> None:
    assert things(zipped({})) == [("", "材料.zip", "empty_container")]
    assert things(zipped({"空/": b""})) == [("", "材料.zip", "empty_container")]


@pytest.mark.parametrize(
    "data",
    [
        zipped({"../a.txt": b"a"}),
        zipped({"a.txt": b"\0" * 30_000_000}),
        zipped({"a.txt": b"a"})[:-10],
        b"PK\x03\x04 broken",
    ],
)
def test_a_hostile_zip_stays_shut_and_is_told_as_one_thing(data: bytes, cast) -> None:
    (one,) = expand(Incoming("材料.zip", cast.units["office"], source=lambda: iter([data])))
    came = take_in(one, "b", by=MACHINE, at=cast.people["limin"].joined_at)
    assert (came.file, bool(came.problem), len(came.sha256)) == (None, True, 64)


def test_a_damaged_entry_is_told_and_the_others_come_in() -> None:
    data = zipped({"a.txt": b"hello world", "b.txt": b"b"}, zipfile.ZIP_STORED).replace(b"hello", b"hellp")
    assert [(name, what) for _, name, what in things(data)] == [("a.txt", "zip_damaged"), ("b.txt", b"b")]


def test_one_delivery_holds_so_many_things_and_no_more(monkeypatch) -> None:
    monkeypatch.setattr(roads, "MOST_THINGS", 5)
    monkeypatch.setattr(roads.Budget, "__init__", lambda self: setattr(self, "things", 3) or setattr(self, "size", 100))
    data = zipped({f"{n}.txt": b"a" for n in range(5)})
    assert [what for *_, what in things(data)] == [b"a", b"a", b"a", "too_much_inside"]
    inner = zipped({"1.txt": b"a", "里.zip": zipped({f"{n}.txt": b"a" for n in range(4)})})
    assert [what for *_, what in things(inner)] == [b"a", "too_much_inside"]


def test_a_folder_is_walked_links_are_not_followed_and_nothing_is_dropped(tmp_path) -> None:
    top = tmp_path / "材料"
    (top / "照片").mkdir(parents=True)
    (top / "空").mkdir()
    (top / "说明.txt").write_bytes(b"a")
    (top / "照片" / "东门.jpg").write_bytes(photo())
    (top / "更多.zip").write_bytes(zipped({"b.txt": b"b"}))
    (top / ".隐藏").write_bytes(b"")
    (top / "链接").symlink_to("/etc")
    (top / "照片" / "链接.jpg").symlink_to(top / "说明.txt")
    os.mkfifo(top / "管道")
    assert things(top, "材料") == [
        ("材料/更多.zip", "b.txt", b"b"),
        ("材料", "管道", "not_followed"),
        ("材料", "说明.txt", b"a"),
        ("材料", "链接", "not_followed"),
        ("材料/照片", "东门.jpg", photo()),
        ("材料/照片", "链接.jpg", "not_followed"),
        ("", "材料", "hidden_files"),
    ]


@pytest.mark.parametrize("way", ["path", "stream"])
def test_a_zip_of_too_many_things_or_a_mail_of_too_many_parts_is_told_and_the_rest_comes_in(tmp_path, way: str) -> None:
    many = zipped({f"{n}.txt": b"a" for n in range(roads.MOST_THINGS + 1)}, zipfile.ZIP_STORED)
    parts = b"".join(b"--X\nContent-Type: text/plain\n\na\n" for _ in range(600))
    mail = b"From: a\nSubject: a\nTo: b\nContent-Type: multipart/mixed; boundary=X\n\n" + parts + b"--X--\n"
    (tmp_path / "多.zip").write_bytes(many)
    (tmp_path / "多.eml").write_bytes(mail)
    (tmp_path / "好.txt").write_bytes(b"a")
    source = tmp_path if way == "path" else zipped({"多.eml": mail, "多.zip": many, "好.txt": b"a"})
    told = [(name, what) for _, name, what in things(source)]
    assert told == [("多.eml", "mail_too_large"), ("多.zip", "zip_entries"), ("好.txt", b"a")]


def test_an_empty_folder_is_told(tmp_path) -> None:
    assert things(tmp_path, "空") == [("", "空", "empty_container")]


def test_names_that_are_no_utf8_are_read_from_a_folder(tmp_path, cast) -> None:
    Shelf(cast)
    path = os.fsencode(tmp_path) + b"/" + "东门市场.txt".encode("gbk")
    with open(path, "wb") as file:  # noqa: PTH123 - a name in bytes
        file.write(b"a")
    (one,) = expand(Incoming("材料", cast.units["office"], source=tmp_path))
    assert take_in(one, "b", by=MACHINE, at=cast.people["limin"].joined_at).name == "东门市场.txt"


def test_odd_names_survive_the_whole_way(tmp_path, cast) -> None:
    Shelf(cast)
    odd = [
        "👨‍👩‍👧 全家福❤️.txt",
        "Ünïcödé.txt",
        "好" * 83 + "a.txt",
        "a\nb\x07.txt",
        "发票\u202egpj.txt",
        " 前后空格 .txt",
    ]
    data = zipped({f"{n}/{name}": f"{n}".encode() for n, name in enumerate(odd)})
    came = [
        take_in(one, "b", by=MACHINE, at=cast.people["limin"].joined_at)
        for one in expand(Incoming("材料.zip", cast.units["office"], source=lambda: iter([data])))
    ]
    assert [one.problem for one in came] == [""] * 6
    assert [one.name for one in came[1:]] == [
        "Ünïcödé.txt",
        "好" * 83 + "a.txt",
        "ab.txt",
        "发票gpj.txt",
        "前后空格 .txt",
    ]
    assert [one.document.files.get().name for one in came] == [one.name for one in came]


def test_a_mail_comes_in_as_itself_and_with_each_attachment() -> None:
    data = a_mail(("方案.docx", word()), ("照片.zip", zipped({"东门.jpg": photo()})))
    told = list(expand(Incoming("邮件.eml", UNIT, source=lambda: iter([data]))))
    assert [(one.name, one.inside, one.title, one.road) for one in told] == [
        ("邮件.eml", "", "集贸市场材料", "mail"),
        ("方案.docx", "邮件.eml", "", "mail"),
        ("东门.jpg", "邮件.eml/照片.zip", "", "zip"),
    ]
    assert b"".join(told[0].pieces()) == data


def test_a_mail_in_a_mail_in_a_mail_keeps_its_attachments_shut_and_says_so() -> None:
    data = a_mail(("二.eml", a_mail(("三.eml", a_mail(("四.docx", word()))))))
    assert [(name, what if isinstance(what, str) else "") for _, name, what in things(data, "一.eml")] == [
        ("一.eml", ""),
        ("二.eml", ""),
        ("三.eml", ""),
        ("三.eml", "too_deep"),
    ]


def test_a_file_named_as_a_mail_that_is_none_comes_in_to_be_refused() -> None:
    assert things("会议记录".encode(), "a.eml") == [("", "a.eml", "会议记录".encode())]


def test_a_full_disk_stops_the_opening_of_a_zip_in_a_zip(monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(roads.storage.tempfile, "SpooledTemporaryFile", _Full)
    with pytest.raises(DiskFull):
        things(zipped({"里.zip": zipped({"a": b"a"})}))


class _Full(io.BytesIO):
    """A disk without room."""

    def __init__(self, **_: object) -> None:
        super().__init__()

    def write(self, _data: object) -> int:
        raise OSError(28, "No space left on device")


@pytest.fixture
def hall_files(settings, tmp_path) -> None:
    settings.FILES = tmp_path / "files"


_SEEDS = [
    zipped({"a.txt": b"a" * 40, "里.zip": zipped({"b.txt": b"b"}), "c.eml": MAIL}),
    a_mail(("方案.docx", b"data"), ("a.zip", zipped({"x": b"y"}))),
    MAIL,
    TAKEN["方案.docx"][1],
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(_SEEDS),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=10),
    st.sampled_from(["a.zip", "a.eml", "a"]),
)
def test_no_damage_breaks_the_opening(seed: bytes, damage: list[tuple[int, int]], name: str) -> None:
    data = bytearray(seed)
    for place, byte in damage:
        if place < len(data):
            data[place] = byte
    assert things(bytes(data), name)
