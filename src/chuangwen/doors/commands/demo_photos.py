"""Drawn photos of the demo town, with the time and place that a phone would write, and the tricks that people play."""

import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageEnhance

SIZE = (880, 660)
Pen = ImageDraw.ImageDraw


@dataclass(frozen=True)
class Claims:
    """What the file says of itself."""

    taken: datetime
    lon: Decimal | None = None
    lat: Decimal | None = None


def photo(seed: int, claims: Claims) -> bytes:
    """A scene that no other seed draws: ground, walls, things and people at places of their own. No real place or person."""
    dice = random.Random(seed)  # noqa: S311 - demo data
    picture = _ground(dice)
    pen = ImageDraw.Draw(picture)
    for draw in dice.sample([_walls, _trees, _board, _stalls, _banner, _pond], 3):
        draw(pen, dice)
    _people(pen, dice)
    return saved(picture, claims, dice.choice([84, 88, 90]))


def _ground(dice: random.Random) -> Image.Image:
    """Light and shade of the whole, coarse and different for each scene."""
    rows, columns = dice.randrange(4, 8), dice.randrange(5, 9)
    grid = np.array([[dice.randrange(70, 235) for _ in range(columns)] for _ in range(rows)], dtype=np.uint8)
    tint = [dice.uniform(0.8, 1.0) for _ in range(3)]
    small = np.stack([(grid * one).astype(np.uint8) for one in tint], axis=-1)
    return Image.fromarray(small, "RGB").resize(SIZE, Image.Resampling.BILINEAR)


def _colour(dice: random.Random, low: int = 40, high: int = 230) -> tuple[int, int, int]:
    return dice.randrange(low, high), dice.randrange(low, high), dice.randrange(low, high)


def _walls(pen: Pen, dice: random.Random) -> None:
    x, floor = dice.randrange(0, 200), dice.randrange(330, 470)
    for _ in range(dice.randrange(2, 5)):
        wide, tall = dice.randrange(110, 260), dice.randrange(140, 320)
        pen.rectangle((x, floor - tall, x + wide, floor), fill=_colour(dice, 120))
        for row in range(floor - tall + 20, floor - 40, dice.randrange(44, 70)):
            for column in range(x + 14, x + wide - 30, dice.randrange(34, 52)):
                pen.rectangle((column, row, column + 18, row + 26), fill=(70, 86, 104))
        x += wide + dice.randrange(0, 90)


def _trees(pen: Pen, dice: random.Random) -> None:
    for _ in range(dice.randrange(3, 9)):
        x, y, r = dice.randrange(0, 880), dice.randrange(150, 420), dice.randrange(30, 90)
        pen.rectangle((x - 6, y, x + 6, y + 2 * r), fill=(90, 66, 46))
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(dice.randrange(30, 90), dice.randrange(100, 160), 60))


def _board(pen: Pen, dice: random.Random) -> None:
    x, y = dice.randrange(20, 500), dice.randrange(60, 260)
    wide, tall = dice.randrange(200, 360), dice.randrange(120, 220)
    pen.rectangle((x, y, x + wide, y + tall), fill=_colour(dice, 180, 250), outline=(60, 60, 60), width=5)
    for row in range(y + 24, y + tall - 12, 22):
        pen.line((x + 18, row, x + dice.randrange(wide // 2, wide - 18), row), fill=(90, 90, 96), width=5)


def _stalls(pen: Pen, dice: random.Random) -> None:
    y = dice.randrange(360, 500)
    for x in range(dice.randrange(0, 80), 880, dice.randrange(130, 210)):
        pen.polygon([(x, y - 90), (x + 120, y - 90), (x + 136, y - 40), (x - 16, y - 40)], fill=_colour(dice, 60))
        pen.rectangle((x, y, x + 120, y + 40), fill=_colour(dice, 130))


def _banner(pen: Pen, dice: random.Random) -> None:
    x, y = dice.randrange(0, 260), dice.randrange(30, 200)
    pen.rectangle((x, y, x + dice.randrange(380, 600), y + 56), fill=(196, dice.randrange(20, 60), 44))
    for place in range(x + 20, x + 360, 42):
        pen.rectangle((place, y + 14, place + 26, y + 42), outline=(250, 226, 120), width=4)


def _pond(pen: Pen, dice: random.Random) -> None:
    x, y = dice.randrange(-100, 500), dice.randrange(420, 560)
    pen.ellipse(
        (x, y, x + dice.randrange(300, 600), y + dice.randrange(90, 200)), fill=(96, 140, dice.randrange(150, 200))
    )


def _people(pen: Pen, dice: random.Random) -> None:
    for _ in range(dice.randrange(3, 10)):
        x, y, size = dice.randrange(20, 850), dice.randrange(330, 540), dice.randrange(16, 30)
        pen.ellipse((x - size // 2, y - size, x + size // 2, y), fill=(224, 186, 156))
        pen.rectangle((x - size * 2 // 3, y, x + size * 2 // 3, y + size * 2), fill=_colour(dice, 30))
        pen.rectangle((x - size // 2, y + size * 2, x + size // 2, y + size * 3), fill=(44, 48, 60))


def saved(picture: Image.Image, claims: Claims, quality: int) -> bytes:
    """A JPEG with the time, the device and the place that a phone writes."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Demo", "Camera"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{claims.taken:%Y:%m:%d %H:%M:%S}"
    if claims.lon is not None and claims.lat is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[1], gps[2], gps[3], gps[4] = "N", _degrees(claims.lat), "E", _degrees(claims.lon)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


def _degrees(value: Decimal) -> tuple[float, float, float]:
    whole, rest = divmod(float(value), 1)
    minutes, rest = divmod(rest * 60, 1)
    return whole, minutes, round(rest * 60, 4)


def altered(data: bytes, trick: int, claims: Claims) -> bytes:
    """The same photo dressed up as another: recompressed, resized, brightened, cropped or stamped."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    tricks: list[Callable[[Image.Image], Image.Image]] = [_same, _smaller, _brighter, _cropped, _stamped]
    return saved(tricks[trick % len(tricks)](picture), claims, 62 if trick % len(tricks) == 0 else 86)


def _same(picture: Image.Image) -> Image.Image:
    return picture


def _smaller(picture: Image.Image) -> Image.Image:
    return picture.resize((820, 615), Image.Resampling.BILINEAR)


def _brighter(picture: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(1.14)


def _cropped(picture: Image.Image) -> Image.Image:
    wide, tall = picture.size
    return picture.crop((wide * 3 // 200, tall * 3 // 200, wide * 197 // 200, tall * 197 // 200))


def _stamped(picture: Image.Image) -> Image.Image:
    pen: Any = ImageDraw.Draw(picture)
    pen.text((picture.width - 250, picture.height - 40), "2021-06-18 09:12", fill=(255, 200, 60), font_size=26)
    return picture
