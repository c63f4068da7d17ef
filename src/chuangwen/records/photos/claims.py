"""What a photo claims of itself: when, where, with what device and program. Claims, never trusted blindly."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from PIL import ExifTags, Image

from chuangwen.kernel.workdays import CHINA

YEARS = range(1980, 2200)


@dataclass(frozen=True)
class Claims:
    """``lon`` and ``lat`` in WGS-84; what is broken or impossible is left out."""

    taken_at: datetime | None = None
    device: str = ""
    software: str = ""
    lon: Decimal | None = None
    lat: Decimal | None = None
    raw_place: dict[str, str] = field(default_factory=dict)


def read_claims(picture: Image.Image) -> Claims:
    """Read the head of a photo; a broken head claims nothing."""
    try:
        exif = picture.getexif()
        inner, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:
        return Claims()
    place = _place(gps)
    return Claims(
        taken_at=_taken(inner, exif),
        device=_plain(exif.get(ExifTags.Base.Make), exif.get(ExifTags.Base.Model)),
        software=_plain(exif.get(ExifTags.Base.Software)),
        lon=place[0] if place else None,
        lat=place[1] if place else None,
        raw_place={"lon": str(place[0]), "lat": str(place[1]), "crs": "wgs84", "from": "exif"} if place else {},
    )


def _plain(*words: Any) -> str:
    text = " ".join(str(one) for one in words if isinstance(one, str))
    return "".join(one for one in text if one.isprintable()).strip()[:120]


def _place(gps: Any) -> tuple[Decimal, Decimal] | None:
    """Longitude and latitude; none at all when broken, off the earth, or the 0, 0 of a device without a fix."""
    try:
        lat, lon = _degrees(gps[2], str(gps[1])), _degrees(gps[4], str(gps[3]))
        right = abs(lat) <= 90 and abs(lon) <= 180 and (lat or lon)
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError):
        return None
    return (lon, lat) if right else None


def _degrees(parts: Any, side: str) -> Decimal:
    degrees = sum(float(part) / 60**power for power, part in enumerate(parts))
    return Decimal(f"{-degrees if side.upper() in {'S', 'W'} else degrees:.6f}")


def _taken(inner: Any, exif: Any) -> datetime | None:
    text = str(inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or "")
    try:
        local = datetime.strptime(text.strip()[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone follows
    except ValueError:
        return None
    if local.year not in YEARS:
        return None
    offset = str(inner.get(ExifTags.Base.OffsetTimeOriginal) or "")
    try:
        return datetime.fromisoformat(f"{local.isoformat()}{offset}") if offset else local.replace(tzinfo=CHINA)
    except ValueError:
        return local.replace(tzinfo=CHINA)
