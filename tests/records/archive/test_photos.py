"""Photos that strangers send: taken with care, kept once, shown without what they claim."""

import io
import os
import struct
import tracemalloc
import zipfile
import zlib
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational
from prcoords import gcj_wgs, wgs_gcj
from tests.people import AT

from chuangwen.kernel.coordinates import distance_m, to_gcj02, to_wgs84
from chuangwen.kernel.kinds import KindRefused, TwoFaced
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.unzip import ZipRefused
from chuangwen.records.archive.actions import FileTooBig, NotTaken, keep_file, keep_photo
from chuangwen.records.archive.copies import OriginalMissing
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.queries import damaged, public_path, sealed_path
from chuangwen.records.archive.storage import DiskFull
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.photos.hashing import likeness, shape, unlike
from chuangwen.records.photos.pictures import NoPhoto, PhotoTooLarge, page_copy, read_photo


def picture(width: int = 640, height: int = 480, *, form: str = "JPEG", turn: int = 0, exif: bool = False) -> bytes:
    """A photo with a gradient and a block, so that its likeness means something."""
    image = Image.linear_gradient("L").resize((width, height)).rotate(turn).convert("RGB")
    image.paste((200, 30, 30), (width // 8, height // 8, width // 3, height // 2))
    out, more = io.BytesIO(), {}
    if exif:
        claims = Image.Exif()
        claims[0x010F], claims[0x0110] = "Phone Co", "P40"
        claims.get_ifd(0x8769)[0x9003] = "2021:10:01 08:30:00"
        claims.get_ifd(0x8825).update({1: "N", 2: (30.0, 18.0, 0.0), 3: "E", 4: (113.0, 12.0, 0.0)})
        more = {"exif": claims}
    image.save(out, form, **more)
    return out.getvalue()


def test_a_public_copy_carries_no_position_and_no_device(db) -> None:
    kept = keep_photo(picture(exif=True), "现场.jpg", by=MACHINE, at=AT)
    assert (kept.lon, kept.lat, kept.device) == (Decimal("113.2"), Decimal("30.3"), "Phone Co P40")
    assert f"{kept.taken_at:%F %H:%M %z}" == "2021-10-01 08:30 +0800"
    for size in ("page", "thumb"):
        raw = public_path(kept, size).read_bytes()
        assert b"Exif" not in raw
        assert b"Phone" not in raw
        assert not Image.open(io.BytesIO(raw)).getexif()
    assert sealed_path(kept).read_bytes() == picture(exif=True)


def test_the_same_bytes_are_kept_once(db) -> None:
    first, again = (keep_photo(picture(), name, by=MACHINE, at=AT) for name in ("a.jpg", "b.jpg"))
    assert first == again
    assert Note.objects.count() == 1


def test_a_phone_photo_in_heic_is_converted(db) -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.open(io.BytesIO(picture()))).save(out)
    kept = keep_photo(out.getvalue(), "IMG_1.HEIC", by=MACHINE, at=AT)
    assert (kept.media_type, kept.width, kept.height) == ("image/heic", 640, 480)
    assert public_path(kept).read_bytes().startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    "data",
    [
        b"hello, this is text",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        picture()[:900],
        b"\xff\xd8\xff" + b"x" * 500,
        b"GIF89a" + b"\0" * 100,
        b"",
    ],
)
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    with pytest.raises(NoPhoto):
        read_photo(data, "x.jpg")


def test_a_photo_of_60_megabytes_is_refused_with_both_numbers() -> None:
    with pytest.raises(PhotoTooLarge, match=r"60 MB.*30 MB"):
        read_photo(picture() + b"\0" * 60_000_000, "x.jpg")


def test_a_photo_20000_pixels_wide_is_refused_before_it_is_opened() -> None:
    with pytest.raises(PhotoTooLarge, match="20000×10"):
        read_photo(picture(20_000, 10, form="PNG"), "x.png")


def claimed(**said: object) -> bytes:
    """A photo whose head claims things: ``taken``, ``gps`` (a dict of its tags), ``offset``, ``software``."""
    claims, out = Image.Exif(), io.BytesIO()
    claims[0x0131] = said.get("software", "")
    claims.get_ifd(0x8769).update({0x9003: said.get("taken", ""), 0x9011: said.get("offset", "")})
    claims.get_ifd(0x8825).update(said.get("gps", {}))
    Image.linear_gradient("L").convert("RGB").save(out, "JPEG", exif=claims)
    return out.getvalue()


def north(lat: tuple, lon: tuple, sides: str = "NE") -> dict:
    return {1: sides[0], 2: lat, 3: sides[1], 4: lon}


@pytest.mark.parametrize(
    "gps",
    [
        north((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
        north((95.0, 0.0, 0.0), (113.0, 0.0, 0.0)),
        north((30.0, 0.0, 0.0), (200.0, 0.0, 0.0)),
        north((IFDRational(0, 0), 0.0, 0.0), (IFDRational(0, 0), 0.0, 0.0)),
        {1: "N", 2: (30.0, 18.0, 0.0)},
        {1: "N", 2: (30.0, 18.0, 0.0), 3: "E"},
    ],
)
def test_an_impossible_position_is_no_position_and_no_fault_of_the_photo(gps: dict) -> None:
    claims = read_photo(claimed(gps=gps), "x.jpg").claims
    assert (claims.lon, claims.lat, claims.raw_place) == (None, None, {})


def test_a_position_south_and_west_is_negative() -> None:
    claims = read_photo(claimed(gps=north((33.0, 30.0, 0.0), (70.0, 0.0, 36.0), "SW")), "x.jpg").claims
    assert (claims.lat, claims.lon) == (Decimal("-33.5"), Decimal("-70.01"))


@pytest.mark.parametrize("taken", ["0001:01:01 00:00:00", "9999:12:31 23:59:59", "2021:13:45 10:00:00", "yesterday"])
def test_a_time_that_no_camera_knew_is_no_time(db, taken: str) -> None:
    assert keep_photo(claimed(taken=taken, offset="-11:00"), "x.jpg", by=MACHINE, at=AT).taken_at is None


def test_a_time_of_2099_is_kept_as_what_it_is_a_claim(db) -> None:
    kept = keep_photo(claimed(taken="2099:01:01 08:00:00", software="Snap Edit 3\x07"), "x.jpg", by=MACHINE, at=AT)
    kept.refresh_from_db()
    assert (kept.taken_at.year, kept.software) == (2099, "Snap Edit 3")


def test_a_phone_photo_with_a_second_picture_inside_is_taken(db) -> None:
    out = io.BytesIO()
    one = Image.open(io.BytesIO(picture()))
    one.save(out, "MPO", save_all=True, append_images=[one.resize((64, 48))])
    kept = keep_photo(out.getvalue(), "IMG_2.jpg", by=MACHINE, at=AT)
    assert (kept.media_type, kept.width) == ("image/jpeg", 640)


def test_an_upright_phone_photo_in_heic_stands_upright() -> None:
    claims, out = Image.Exif(), io.BytesIO()
    claims[0x0112] = 6
    lying = Image.new("RGB", (400, 200), (250, 0, 0))
    lying.paste((0, 0, 250), (0, 0, 200, 200))
    heif = pillow_heif.from_pillow(lying)
    heif.save(out, exif=claims.tobytes())
    made = Image.open(io.BytesIO(page_copy(out.getvalue(), "x.heic")))
    assert made.size == (200, 400)
    top, foot = made.getpixel((100, 60)), made.getpixel((100, 340))
    assert (top[2] > 200, foot[0] > 200) == (True, True)


def head_of(width: int, height: int, form: str) -> bytes:
    """A picture whose head claims a size that its body does not have."""
    data = bytearray(picture(64, 64, form=form))
    if form == "PNG":
        data[16:24] = struct.pack(">II", width, height)
        data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    else:
        at = data.index(b"\xff\xc0") + 5
        data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_photo_of_300_megapixels_is_refused_by_its_head(form: str) -> None:
    tracemalloc.start()
    with pytest.raises(PhotoTooLarge, match="20000×15000"):
        read_photo(head_of(20_000, 15_000, form), "x.jpg")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.html", "<b>hello</b>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (picture() + zipped(), "ZIP"),
        (picture() + b"<?php system($_GET['c']); ?>", "HTML"),
        (picture(form="PNG") + b"<SCRIPT>alert(1)</SCRIPT>", "HTML"),
        (picture()[:2] + b"\xff\xfe\x00\x20%PDF-1.7 1 0 obj <<>> endobj " + picture()[2:], "PDF"),
        (picture()[:2] + b"\xff\xfe\x00\x20<svg onload='alert(1)'></svg>  " + picture()[2:], "HTML"),
    ],
)
def test_a_photo_that_is_something_else_as_well_is_refused_with_what_it_is(db, data: bytes, what: str) -> None:
    Image.open(io.BytesIO(data)).load()  # any program shows it as a picture
    with pytest.raises(TwoFaced, match=what):
        keep_photo(data, "x.jpg", by=MACHINE, at=AT)


def test_a_phones_own_appendix_is_no_second_thing(db) -> None:
    clip = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 400
    assert keep_photo(picture() + clip, "MVIMG_1.jpg", by=MACHINE, at=AT).is_photo


def test_a_picture_of_thousands_of_passes_is_refused_before_it_is_decoded() -> None:
    out = io.BytesIO()
    Image.open(io.BytesIO(picture())).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    last = data.rindex(b"\xff\xda")
    with pytest.raises(NoPhoto):
        read_photo(data[:-2] + data[last:-2] * 5000 + data[-2:], "x.jpg")


def test_a_missing_public_copy_is_made_again_from_the_original(db) -> None:
    kept = keep_photo(picture(), "甲.jpg", by=MACHINE, at=AT)
    first = public_path(kept, "thumb").read_bytes()
    public_path(kept, "thumb").unlink()
    assert public_path(kept, "thumb").read_bytes() == first
    sealed_path(kept).unlink()
    with pytest.raises(OriginalMissing, match="甲"):
        public_path(kept)


def test_the_large_copy_waits_until_it_is_looked_at(db, settings) -> None:
    kept = keep_photo(picture(), "甲.jpg", by=MACHINE, at=AT)
    assert [one.name.split(".")[-2] for one in Path(settings.FILES, "public").rglob("*.jpg")] == ["thumb"]
    assert Image.open(io.BytesIO(public_path(kept).read_bytes())).size == (640, 480)


def test_a_turned_photo_stands_upright() -> None:
    image = Image.open(io.BytesIO(picture(400, 200)))
    claims, out = Image.Exif(), io.BytesIO()
    claims[0x0112] = 6
    image.save(out, "JPEG", exif=claims)
    assert Image.open(io.BytesIO(page_copy(out.getvalue(), "x"))).size == (200, 400)


def test_likeness_holds_through_recompression_and_tells_other_views_apart() -> None:
    one = Image.open(io.BytesIO(picture()))
    out = io.BytesIO()
    one.resize((320, 240)).save(out, "JPEG", quality=40)
    for hashed in (likeness, shape):
        assert unlike(hashed(one), hashed(Image.open(io.BytesIO(out.getvalue())))) <= 4
        assert unlike(hashed(one), hashed(Image.open(io.BytesIO(picture(turn=90))))) > 10


def test_papers_are_known_by_their_bytes(db) -> None:
    assert keep_file(b"%PDF-1.7 ...", "x.doc", by=MACHINE, at=AT).media_type == "application/pdf"
    assert keep_file("说明".encode(), "x.txt", by=MACHINE, at=AT).media_type == "text/plain"
    for bad in (b"MZ\x90\x00\x03", b"<html><script>", b"PK\x03\x04nothing", b""):
        with pytest.raises((KindRefused, ZipRefused)):
            keep_file(bad, "x.pdf", by=MACHINE, at=AT)
    with pytest.raises(NotTaken):
        keep_file(b"<html><script>", "x.html", by=MACHINE, at=AT)
    with pytest.raises(FileTooBig):
        keep_file(b"%PDF-" + b"0" * 31_000_000, "x.pdf", by=MACHINE, at=AT)


def test_a_full_disk_leaves_nothing_half_stored(db, monkeypatch: pytest.MonkeyPatch, settings) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match="No space"):
        keep_photo(picture(), "x.jpg", by=MACHINE, at=AT)
    assert StoredFile.objects.count() == 0
    assert [one for one in Path(settings.FILES).rglob("*") if one.is_file()] == []


def test_missing_and_changed_files_are_told_by_name(db) -> None:
    one = keep_photo(picture(), "甲.jpg", by=MACHINE, at=AT)
    two = keep_photo(picture(300, 300), "乙.jpg", by=MACHINE, at=AT)
    assert list(damaged()) == []
    sealed_path(one).unlink()
    sealed_path(two).write_bytes(b"other")
    assert [(file.name, what) for file, what in damaged()] == [("甲.jpg", "missing"), ("乙.jpg", "changed")]


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic"]),
)
@settings(max_examples=150, deadline=None)
def test_no_bytes_do_worse_than_a_refusal(data: bytes, sign: bytes) -> None:
    with suppress(Refusal):
        read_photo(sign + data, "x")


@given(st.floats(74, 134), st.floats(18, 53))
@settings(max_examples=200, deadline=None)
def test_positions_agree_with_another_program_and_come_back(lon: float, lat: float) -> None:
    start = (Decimal(f"{lon:.6f}"), Decimal(f"{lat:.6f}"))
    there = to_gcj02(*start)
    other = wgs_gcj((float(start[1]), float(start[0])), check_china=False)
    assert distance_m(there, (Decimal(str(other[1])), Decimal(str(other[0])))) < 0.5
    assert distance_m(to_wgs84(*there, "gcj02"), start) < 0.5
    back = gcj_wgs((float(there[1]), float(there[0])), check_china=False)
    assert distance_m(to_wgs84(*there, "gcj02"), (Decimal(str(back[1])), Decimal(str(back[0])))) < 10
