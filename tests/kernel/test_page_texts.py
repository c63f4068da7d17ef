"""Any bytes under any name: read, or refused with a sentence; never an error, never without end.

``mutated`` and ``SEEDS`` are the entry points for longer runs: each reader is ``read_pages(data, name)``.
"""

import io
import random
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.records.archive.bring import scan, sheet, word

from chuangwen.kernel.page_texts import Pages, ReadLimits, kind_of, read_pages
from chuangwen.kernel.refusal import Refusal

MAIL = (
    "Subject: =?utf-8?B?6YCa55+l?=\r\nFrom: a@b.c\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
    "Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+1tw8L3A+\r\n--x--\r\n"
)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 38>>stream\nBT /F1 12 Tf 10 10 Td (Zhanggou) Tj ET\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)
SEEDS = {
    "docx": word("一、农贸市场", "第二页"),
    "xlsx": sheet("表", [["点位", 1.5], ["市场", "2021-10-14"]]),
    "pdf": PDF,
    "html": b"<!doctype html><p>\xe6\x96\x87\xe6\x98\x8e<script>x</script><table><tr><td>1</table>",
    "eml": MAIL.encode(),
    "txt": "农贸市场\f第二页".encode("gbk"),
}


def mutated(data: bytes, dice: random.Random) -> bytes:
    """The same bytes with some changed, cut out, doubled; of a zip also inside one of its entries."""
    if data.startswith(b"PK") and dice.random() < 0.8:
        return _mutated_zip(data, dice)
    bytes_ = bytearray(data)
    for _ in range(dice.randrange(1, 8)):
        place = dice.randrange(len(bytes_) + 1)
        length = dice.choice((1, 1, 2, 8, 64))
        act = dice.randrange(4)
        if act == 0:
            bytes_[place : place + length] = dice.randbytes(length)
        elif act == 1:
            del bytes_[place : place + length]
        elif act == 2:
            bytes_[place:place] = bytes_[max(0, place - length) : place] * dice.choice((1, 2, 50))
        else:
            bytes_[place:place] = dice.choice(
                (b"<", b"&#x0;", b"]]>", b"\x00", b"99999999999", b"<!DOCTYPE a [", b"obj<<")
            )
    return bytes(bytes_)


def _mutated_zip(data: bytes, dice: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        struck = dice.choice([name for name in names if name.endswith((".xml", ".rels"))])
        for name in names:
            entry = old.read(name)
            new.writestr(name, mutated(entry, dice) if name == struck else entry)
    return out.getvalue()


def read_or_refused(data: bytes, name: str) -> Pages | Refusal:
    try:
        return read_pages(data, name, ReadLimits(pages=50, characters=100_000))
    except Refusal as no:
        return no


@pytest.mark.parametrize("kind", SEEDS)
def test_the_seeds_themselves_are_read(kind: str) -> None:
    found = read_or_refused(SEEDS[kind], f"a.{kind}")
    assert isinstance(found, Pages)
    assert (found.kind, found.cut) == (kind, "")
    assert any(found.texts)
    assert kind_of(SEEDS[kind], f"a.{kind}") == kind


@pytest.mark.parametrize("kind", SEEDS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_a_damaged_file_is_read_or_refused(kind: str, seed: int) -> None:
    dice = random.Random(seed)
    found = read_or_refused(mutated(SEEDS[kind], dice), f"a.{kind}")
    if isinstance(found, Refusal):
        assert str(found)
    else:
        assert len(found.texts) <= 50
        for text in found.texts:
            assert text is None or ("\x00" not in text and text.encode() is not None)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([*SEEDS, "pptx", "ofd", "doc", "wps", "bin"]))
def test_any_bytes_are_read_or_refused(data: bytes, kind: str) -> None:
    read_or_refused(data, f"a.{kind}")


@pytest.mark.long
@pytest.mark.parametrize("kind", SEEDS)
def test_ten_thousand_damaged_files_are_read_or_refused(kind: str) -> None:
    for seed in range(10_000):
        read_or_refused(mutated(SEEDS[kind], random.Random(seed)), f"a.{kind}")


def test_a_very_long_page_is_parted_at_lines_and_too_much_text_is_cut_and_said() -> None:
    lines = "\n".join(f"第{number}行文字" for number in range(3000))
    found = read_pages(lines.encode(), "a.txt", ReadLimits(page=1000))
    assert max(len(text or "") for text in found.texts) <= 1000
    assert "\n".join(text or "" for text in found.texts) == lines
    cut = read_pages(lines.encode(), "a.txt", ReadLimits(page=1000, characters=5000))
    assert len(cut.texts) == 5
    assert cut.cut.startswith("只读了前 5 页")


def test_a_scan_has_pages_without_text_that_wait() -> None:
    assert read_pages(scan("一", "二"), "a.pdf").texts == [None, None]
