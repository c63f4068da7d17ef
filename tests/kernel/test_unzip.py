"""Zips that offices and strangers send: names read rightly, traps left shut."""

import io
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.unzip import (
    DamagedEntry,
    LockedZip,
    NotAZip,
    SqueezedTooHard,
    TooManyEntries,
    UnsafeEntry,
    ZipLimits,
    look_at_zip,
    name_of,
)


def packed(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def named_in_bytes(raw: bytes, extra: bytes = b"") -> bytes:
    """A zip as old Chinese programs write it: the name in bytes, nothing said of their encoding."""
    placeholder = b"x" * len(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(placeholder.decode())
        info.extra = extra
        archive.writestr(info, b"text")
    return out.getvalue().replace(placeholder, raw)


@pytest.mark.parametrize("raw", ["资料/市场.txt".encode("gbk"), "资料/市场.txt".encode()])
def test_names_in_gbk_and_in_utf8_are_both_read(raw: bytes) -> None:
    look = look_at_zip(named_in_bytes(raw), name="a.zip")
    assert [name_of(info) for info in look.infos] == ["资料/市场.txt"]
    assert b"".join(look.stream(look.infos[0])) == b"text"


def test_the_name_beside_the_old_one_counts() -> None:
    said = "实景图片.jpg".encode()
    extra = struct.pack("<HHBI", 0x7075, 5 + len(said), 1, 0) + said
    look = look_at_zip(named_in_bytes(b"old-name", extra), name="a.zip")
    assert name_of(look.infos[0]) == "实景图片.jpg"


def test_two_entries_of_one_name_are_both_there() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", b"first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", b"second")
    look = look_at_zip(out.getvalue(), name="a.zip")
    assert [b"".join(look.stream(info)) for info in look.infos] == [b"first", b"second"]


def test_a_large_zip_is_read_from_the_disk_and_two_entries_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"a": b"a" * 3_000_000, "b": b"b" * 3_000_000}, zipfile.ZIP_STORED))
    with path.open("rb") as file:
        look = look_at_zip(file, name="a.zip")
        pairs = list(zip(look.stream("a"), look.stream("b"), strict=True))
    assert len(pairs) == 3
    assert {one[:1] + two[:1] for one, two in pairs} == {b"ab"}


def test_a_zip_with_a_password_is_refused_as_such() -> None:
    data = bytearray(packed({"a.txt": b"x"}))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(LockedZip, match="密码"):
        look_at_zip(bytes(data), name="a.zip")


def test_an_entry_that_was_damaged_on_its_way_is_not_taken() -> None:
    data = packed({"a.txt": b"hello world"}, zipfile.ZIP_STORED).replace(b"hello", b"hellp")
    with pytest.raises(DamagedEntry, match="校验不符"):
        look_at_zip(data, name="a.zip").read("a.txt")


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/passwd", "C:/a", "..\\..\\a", "\\\\host\\a"])
def test_no_entry_leaves_its_folder(name: str) -> None:
    with pytest.raises(UnsafeEntry):
        look_at_zip(packed({name: b""}), name="a.zip")


def test_links_and_endless_folders_are_refused() -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    for data in (out.getvalue(), packed({"/".join("abcdefghij"): b""})):
        with pytest.raises(UnsafeEntry):
            look_at_zip(data, name="a.zip")


def test_many_entries_that_lie_over_each_other_are_a_bomb_too() -> None:
    """Each entry alone is modest; all of them point at the same packed bytes."""
    one = packed({"a": b"\0" * 4_000_000})
    start = one.rfind(b"PK\x01\x02")
    row, end = one[start:-22], one[-22:]
    head = bytearray(end)
    head[8:12] = struct.pack("<HH", 1000, 1000)
    head[12:16] = struct.pack("<I", len(row) * 1000)
    with pytest.raises(SqueezedTooHard):
        look_at_zip(one[:start] + row * 1000 + bytes(head), name="a", limits=ZipLimits(total=1 << 40))


def test_a_table_of_contents_larger_than_memory_is_not_read() -> None:
    data = bytearray(packed({"a": b""}))
    data[-22 + 12 : -22 + 16] = struct.pack("<I", 3_000_000_000)
    with pytest.raises(TooManyEntries):
        look_at_zip(bytes(data), name="a.zip")


_GOOD = packed({"资料/a.txt": b"hello" * 50, "b/c.bin": bytes(range(256))})


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(_GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_no_damage_to_a_zip_raises_anything_but_a_refusal(damage: list[tuple[int, int]]) -> None:
    data = bytearray(_GOOD)
    for place, byte in damage:
        data[place] = byte
    with suppress(Refusal):
        look = look_at_zip(bytes(data), name="a.zip")
        for info in look.infos:
            assert name_of(info)
            b"".join(look.stream(info))


def test_what_is_no_zip_is_told() -> None:
    with pytest.raises(NotAZip):
        look_at_zip(b"PK\x05\x06", name="a.zip")
