"""Reading a photo that a stranger sent: what it is, what it claims, a public copy without any of that."""

import io
import warnings
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pi_heif
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting
from chuangwen.kernel.workdays import CHINA

MOST_BYTES = 30_000_000
MOST_SIDE = 12_000
MOST_PIXELS = 80_000_000
FORMATS = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "HEIF": "image/heic",
}
SIGNS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF8", b"BM", b"II*\0", b"MM\0*")
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
    """What was read: the claims of the file, its likeness, and two public copies as JPEG without any metadata."""

    media_type: str
    width: int
    height: int
    page: bytes
    thumb: bytes
    likeness: int
    taken_at: datetime | None = None
    device: str = ""
    lon: Decimal | None = None
    lat: Decimal | None = None
    raw_place: dict[str, str] = field(default_factory=dict)


def read_photo(data: bytes, name: str) -> Photo:
    """Read a photo with care; refuses what is none, broken, or too large to open."""
    name = name[:60]
    if len(data) > MOST_BYTES:
        raise PhotoTooLarge(name=name, have=f"{len(data) / 1e6:.0f} MB", most=f"{MOST_BYTES / 1e6:.0f} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture, media_type = _open(data)
            _measure(picture, name)
            claims = _claims(picture)
            if picture.format == "JPEG":
                picture.draft("RGB", (PAGE, PAGE))
            whole = ImageOps.exif_transpose(picture).convert("RGB")
    except Refusal:
        raise
    except Exception as wrong:  # a decoder may raise anything at bytes made by a stranger
        raise NoPhoto(name=name) from wrong
    width, height = claims.pop("size")
    thumb = whole.copy()
    thumb.thumbnail((THUMB, THUMB))
    whole.thumbnail((PAGE, PAGE))
    return Photo(media_type, width, height, _jpeg(whole, 80), _jpeg(thumb, 75), likeness(thumb), **claims)


def _open(data: bytes) -> tuple[Image.Image, str]:
    if data[4:8] == b"ftyp":
        heif = pi_heif.open_heif(io.BytesIO(data))
        picture = Image.frombytes(heif.mode, heif.size, bytes(heif.data), "raw", heif.mode, heif.stride)
        if heif.info.get("exif"):
            picture.info["exif"] = heif.info["exif"]
        return picture, FORMATS["HEIF"]
    if not data.startswith(SIGNS):
        raise UnidentifiedImageError
    picture = Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
    return picture, FORMATS[str(picture.format)]


def _measure(picture: Image.Image, name: str) -> None:
    width, height = picture.size
    if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
        raise PhotoTooLarge(name=name, have=f"{width}×{height}", most=f"{MOST_SIDE}×{MOST_PIXELS // MOST_SIDE}")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(out, "JPEG", quality=quality)
    return out.getvalue()


def likeness(picture: Image.Image) -> int:
    """A 64-bit difference hash (does each of 8x8 cells grow lighter to the right), as a signed number."""
    grey = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    bits = np.packbits((grey[:, 1:] > grey[:, :-1]).ravel())
    return int.from_bytes(bits.tobytes(), "big", signed=True)


def unlike(a: int, b: int) -> int:
    """In how many of 64 bits two likenesses differ: 0 the same view, about 32 two strangers."""
    return ((a ^ b) & 0xFFFFFFFFFFFFFFFF).bit_count()


def _claims(picture: Image.Image) -> dict[str, Any]:
    """Time, device and position that the file claims; broken ones are left out."""
    exif = picture.getexif()
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    found: dict[str, Any] = {"size": picture.size, "taken_at": _taken(inner, exif)}
    device = f"{exif.get(ExifTags.Base.Make, '')} {exif.get(ExifTags.Base.Model, '')}"
    found["device"] = "".join(one for one in device if one.isprintable()).strip()[:120]
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        lat, lon = _degrees(gps[2], str(gps[1])), _degrees(gps[4], str(gps[3]))
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError, ArithmeticError):
        return found
    if abs(lat) <= 90 and abs(lon) <= 180 and (lat or lon):
        found.update(lon=lon, lat=lat, raw_place={"lon": str(lon), "lat": str(lat), "crs": "wgs84", "from": "exif"})
    return found


def _degrees(parts: Any, side: str) -> Decimal:
    degrees = sum(float(part) / 60**power for power, part in enumerate(parts))
    return Decimal(f"{-degrees if side.upper() in {'S', 'W'} else degrees:.6f}")


def _taken(inner: Any, exif: Any) -> datetime | None:
    text = str(inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or "")
    try:
        local = datetime.strptime(text.strip()[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone follows
    except ValueError:
        return None
    offset = str(inner.get(ExifTags.Base.OffsetTimeOriginal) or "")
    try:
        return datetime.fromisoformat(f"{local.isoformat()}{offset}") if offset else local.replace(tzinfo=CHINA)
    except ValueError:
        return local.replace(tzinfo=CHINA)
