"""What a file is, by its bytes; what is refused, by its sentence."""

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.samples import BLANK_PDF, MAIL, OLD_DOC, TAKEN, compound, film, office_zip, photo, sound, word, zipped

from chuangwen.kernel import compound as old_office
from chuangwen.kernel.kinds import (
    Drawing,
    EmptyFile,
    KindRefused,
    Locked,
    OtherArchive,
    OutlookMail,
    Program,
    TwoFaced,
    UnknownKind,
    WithMacros,
    kind_of,
)
from chuangwen.kernel.refusal import Refusal

ZIP = zipped({"a.js": b"alert(1)"})
JPEG = photo()


@pytest.mark.parametrize("name", TAKEN)
def test_every_kind_that_offices_send_is_known_by_its_bytes(name: str) -> None:
    ending, data = TAKEN[name]
    assert kind_of(data, name).ending == ending


@pytest.mark.parametrize(
    ("name", "ending"),
    [("照片.jpg", "jpg"), ("方案.pdf", "pdf"), ("方案.docx", "docx"), ("旧方案.doc", "doc"), ("录像.mp4", "mp4")],
)
def test_the_bytes_count_and_not_the_name(name: str, ending: str) -> None:
    data = TAKEN[name][1]
    assert {kind_of(data, other).ending for other in ("a.txt", "a.bin", "a", "a.jpg.exe")} == {ending}


def test_text_has_no_sign_so_there_the_name_must_agree() -> None:
    assert kind_of("说明".encode(), "没有扩展名").ending == "txt"
    for name in ("照片.jpg", "方案.pdf", "数据.json", "页面.xml"):
        with pytest.raises(UnknownKind):
            kind_of("说明".encode(), name)
    with pytest.raises(UnknownKind):
        kind_of("这不是邮件".encode(), "a.eml")
    assert kind_of(MAIL, "没有扩展名").ending == "eml"


@pytest.mark.parametrize(
    ("data", "name", "refusal"),
    [
        (b"", "a.jpg", EmptyFile),
        (b"MZ\x90\0\3", "方案.pdf", Program),
        (b"\x7fELF\2\1", "a.jpg", Program),
        (b"#!/bin/sh\nrm -rf /", "说明.txt", Program),
        (b"var a = 1;", "a.js", Program),
        ("创文".encode(), "a.bat", Program),
        (b"<?php echo 1;", "a.txt", Program),
        (zipped({"META-INF/MANIFEST.MF": b"", "A.class": b""}), "a.docx", Program),
        (b"<svg xmlns='x'><script>alert(1)</script></svg>", "a.svg", Drawing),
        (b'\xef\xbb\xbf<?xml version="1.0"?><!-- a --><svg/>', "a.png", Drawing),
        (b"<?xml version='1.0'?><!DOCTYPE svg><x:svg>", "a.txt", Drawing),
        (office_zip("word", "vbaProject.bin"), "a.docx", WithMacros),
        (compound("EncryptionInfo", "EncryptedPackage"), "a.docx", Locked),
        (compound("__substg1.0_0037001F", "__nameid_version1.0"), "a.msg", OutlookMail),
        (compound("\u4840\u3f3f", "Tables"), "a.msi", Program),
        (b"Rar!\x1a\7\0", "a.rar", OtherArchive),
        (b"7z\xbc\xaf\x27\x1c", "a.7z", OtherArchive),
        (b"\x1f\x8b\x08", "a.svgz", OtherArchive),
        (film(b"avif"), "a.avif", UnknownKind),
        (bytes(range(256)), "a.dat", UnknownKind),
        (b"text\0with a zero", "a.txt", UnknownKind),
    ],
)
def test_what_is_not_taken_is_refused_by_its_sentence(data: bytes, name: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as caught:
        kind_of(data, name)
    assert name in str(caught.value)


def test_a_zip_with_a_password_is_refused() -> None:
    data = bytearray(zipped({"a.txt": b"x"}))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Locked, match="密码"):
        kind_of(bytes(data), "a.zip")


def _commented(remark: bytes) -> bytes:
    return JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(remark) + 2) + remark + JPEG[2:]


@pytest.mark.parametrize(
    ("data", "other"),
    [
        (JPEG + ZIP, "ZIP"),
        (_commented(b"<html><body onload=alert(1)>"), "HTML"),
        (JPEG + b"\n<HTML lang=a><SCRIPT >alert(1)</SCRIPT>", "HTML"),
        (_commented(b"x" * 9000 + b"<script>alert(1)</script>"), "HTML"),
        (_commented(BLANK_PDF), "PDF"),
        (JPEG[:4] + b"/*" + JPEG[6:] + b"*/=alert(1)", "JavaScript"),
        (b"GIF89a/*" + photo("GIF")[8:] + b"*/=1;", "JavaScript"),
        (b"GIF89a = 'x" + photo("GIF")[11:], "JavaScript"),
        (photo("PNG") + ZIP, "ZIP"),
        (photo("PNG") + b"<?php system($_GET[0]); ?>", "HTML"),
        (BLANK_PDF + ZIP, "ZIP"),
        (b"%PDF-1.4\n<html><script>alert(1)</script>" + BLANK_PDF, "HTML"),
        (film(b"isom") + ZIP, "ZIP"),
        (sound()[:44] + b"<script>alert(1)</script>", "HTML"),
        (b"MZ" + ZIP, None),
        (b"#!/bin/sh\n" + word(), None),
    ],
)
def test_a_file_that_is_two_things_at_once_is_refused(data: bytes, other: str | None) -> None:
    if other is None:
        with pytest.raises(Program):
            kind_of(data, "照片.jpg")
        return
    with pytest.raises(TwoFaced, match=other):
        kind_of(data, "照片.jpg")


def test_a_document_with_something_in_front_of_it_is_refused() -> None:
    hidden = b"PK\x03\x04<html><script>alert(1)</script>" + word()
    with pytest.raises(TwoFaced, match="DOCX"):
        kind_of(hidden, "方案.docx")


@pytest.mark.parametrize("behind", [photo(tint=90), film(b"isom"), b"\0" * 5000, b"SEFT trailer of a phone"])
def test_what_phones_write_behind_a_photo_is_no_fault(behind: bytes) -> None:
    assert kind_of(JPEG + behind, "IMG.jpg").ending == "jpg"


def test_a_paper_that_is_only_named_in_a_photo_is_no_fault() -> None:
    assert kind_of(_commented("见 PDF 附件 <script".encode()), "IMG.jpg").ending == "jpg"


def test_the_names_in_a_real_old_word_file_are_read() -> None:
    assert {"Root Entry", "WordDocument"} <= old_office.names_in(io.BytesIO(OLD_DOC))
    assert old_office.names_in(io.BytesIO(OLD_DOC[:600])) == set()


def test_a_directory_that_runs_in_a_circle_ends() -> None:
    data = bytearray(compound(*"abcdefgh", "WordDocument"))
    struct.pack_into("<I", data, 512 + 3 * 4, 1)
    assert kind_of(bytes(data), "a.doc").ending == "doc"


_SEEDS = [data for _, data in TAKEN.values()]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(_SEEDS),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8),
    st.integers(0, 4000),
    st.sampled_from(["a.jpg", "a.txt", "a.eml", "a.mp3", "a.mov", "a"]),
)
def test_no_damage_makes_worse_than_a_refusal(seed: bytes, damage: list[tuple[int, int]], cut: int, name: str) -> None:
    data = bytearray(seed[: cut or None])
    for place, byte in damage:
        if place < len(data):
            data[place] = byte
    try:
        assert kind_of(bytes(data), name).media_type
    except Refusal as no:
        assert isinstance(no, KindRefused) or no.code.startswith(("zip", "not_a_zip"))  # noqa: PT017


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=12))
def test_any_bytes_under_any_name_are_a_kind_or_a_refusal(data: bytes, name: str) -> None:
    try:
        told = kind_of(data, name).media_type
    except Refusal as no:
        told = str(no)
    assert told
