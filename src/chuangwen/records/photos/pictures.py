"""Reading a photo that a stranger sent: what it is, what it claims, public copies without any of that."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pi_heif import HeifImageFile
from PIL import Image, ImageOps
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from chuangwen.kernel.numerals import fixed
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting
from chuangwen.records.photos.claims import Claims, read_claims
from chuangwen.records.photos.hashing import likeness, shape

MOST_BYTES = 30_000_000
MOST_SIDE = 12_000
MOST_PIXELS = 80_000_000
MOST_SCANS = 200
FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "HEIF": "image/heic",
}
# Where a sign stands, the sign, and the one class that reads what follows.
OPENERS: tuple[tuple[int, bytes, type[ImageFile]], ...] = (
    (0, b"\xff\xd8\xff", JpegImageFile),
    (0, b"\x89PNG\r\n\x1a\n", PngImageFile),
    (8, b"WEBP", WebPImageFile),
    (4, b"ftyp", HeifImageFile),
    (0, b"GIF8", GifImageFile),
    (0, b"BM", BmpImageFile),
    (0, b"II*\0", TiffImageFile),
    (0, b"MM\0*", TiffImageFile),
)
PAGE, THUMB = 2000, 320


class NoPhoto(Refusal):
    """Bytes that are no picture, or a broken one."""

    code = "no_photo"
    sentence = lasting("“{name}”不是能打开的照片。请用手机拍照或选 JPG、PNG、HEIC 格式的照片再传。")
    status = 422


class PhotoTooLarge(Refusal):
    code = "photo_too_large"
    sentence = lasting("“{name}”太大：{have}，最多 {most}。请在手机里选“标准”画质，或裁剪后再传。")
    status = 413


@dataclass(frozen=True)
class Photo:
    """What was read at once: kind, size, claims, the two hashes, the small public copy."""

    media_type: str
    width: int
    height: int
    thumb: bytes
    likeness: int
    shape: int
    claims: Claims


def read_photo(data: bytes, name: str) -> Photo:
    """Read a photo with care; refuses what is none, broken, or too large to open."""
    name = name[:60]
    if len(data) > MOST_BYTES:
        raise PhotoTooLarge(name=name, have=f"{fixed(len(data) / 1e6, 0)} MB", most=f"{fixed(MOST_BYTES / 1e6, 0)} MB")
    with _careful(name):
        picture = _opened(data, name)
        claims, (width, height) = read_claims(picture), picture.size
        small = _reduced(picture, THUMB)
        return Photo(
            FORMATS[str(picture.format)], width, height, as_jpeg(small, 75), likeness(small), shape(small), claims
        )


def page_copy(data: bytes, name: str) -> bytes:
    """The large public copy of a photo."""
    with _careful(name):
        return as_jpeg(_reduced(_opened(data, name), PAGE), 80)


def thumb_copy(data: bytes, name: str) -> bytes:
    """The small public copy, made anew."""
    with _careful(name):
        return as_jpeg(_reduced(_opened(data, name), THUMB), 75)


def picture_of(data: bytes, name: str, side: int) -> Image.Image:
    """The photo upright, at most so many pixels on its longer side; ``info`` says how it was compressed and if it is whole."""
    with _careful(name):
        picture = _opened(data, name)
        tables, size = getattr(picture, "quantization", {}), picture.size
        made = _reduced(picture, side)
        made.info = {"tables": tables, "whole": made.size in {size, size[::-1]}}
        return made


@contextmanager
def _careful(name: str) -> Iterator[None]:
    """A decoder may raise anything at bytes made by a stranger: it is one refusal."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Refusal:
        raise
    except Exception as wrong:
        raise NoPhoto(name=name[:60]) from wrong


def _opened(data: bytes, name: str) -> Image.Image:
    """Only the head is read. One class per kind of bytes: none of Pillow's other formats is ever tried."""
    opener = next((one for at, sign, one in OPENERS if data[at : at + len(sign)] == sign), None)
    if opener is None:
        raise NoPhoto(name=name[:60])
    picture = opener(io.BytesIO(data))
    _measure(picture, name)
    if picture.info.get("progressive") and data.count(b"\xff\xda") > MOST_SCANS:
        raise NoPhoto(name=name[:60])  # each pass over the picture costs as much as a photo
    return picture


def _measure(picture: Image.Image, name: str) -> None:
    width, height = picture.size
    if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
        most = f"{MOST_SIDE}×{MOST_PIXELS // MOST_SIDE}"
        raise PhotoTooLarge(name=name[:60], have=f"{width}×{height}", most=most)


def _reduced(picture: Image.Image, side: int) -> Image.Image:
    """Decoded no larger than needed, upright, in colour."""
    share = min(1.0, side / max(picture.size))
    wanted = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    picture.draft("RGB", wanted)
    whole: Image.Image = picture if picture.mode in {"RGB", "RGBA", "L"} else picture.convert("RGB")
    small = whole.resize(wanted, Image.Resampling.BICUBIC, reducing_gap=2.0) if whole.size != wanted else whole
    upright: Image.Image = ImageOps.exif_transpose(small) if _turned(picture) else small
    return upright.convert("RGB")


def _turned(picture: Image.Image) -> bool:
    return bool(picture.getexif().get(0x0112, 1) != 1)


def as_jpeg(picture: Image.Image, quality: int) -> bytes:
    """JPEG bytes of the pixels alone: nothing that the file told goes along."""
    out = io.BytesIO()
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(out, "JPEG", quality=quality)
    return out.getvalue()
