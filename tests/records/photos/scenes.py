"""Drawn photos that behave like photos: places with depth and grain, seen on several days by several hands.

A ``Place`` keeps its buildings, trees, ground and their grain; a day brings its own sky, light, shadows, people, cars
and goods; each shot has its own standpoint (so near things move against far ones), tilt, exposure and sensor noise.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

SIZE = (1024, 768)
MARGIN = 1.25
KINDS = ("street", "market", "village", "field", "hall", "board", "paper")
Dice = np.random.Generator


@dataclass(frozen=True)
class Place:
    """``layout`` gives where things stand, ``detail`` their grain and small differences; look-alikes share a layout."""

    kind: str
    layout: int
    detail: int


@dataclass(frozen=True)
class Hand:
    """Where the one who takes the photo stands: shifts as shares of the picture, degrees of tilt, zoom, light."""

    x: float = 0.0
    y: float = 0.0
    tilt: float = 0.0
    zoom: float = 1.0
    light: float = 1.0


def place(number: int) -> Place:
    """The ``number``-th place of the benchmark: kinds in turn."""
    return Place(KINDS[number % len(KINDS)], 1000 + number, 5000 + number)


def alike(one: Place, number: int = 1) -> Place:
    """Another place that looks like this one: the same kind of layout, other grain, other things."""
    return Place(one.kind, one.layout, one.detail + 100_000 * number)


def hand(seed: int, *, careful: bool = False) -> Hand:
    """A hand that stands roughly where somebody stood before; a careful one stands almost there."""
    dice = np.random.default_rng(seed)
    much = 0.15 if careful else 1.0
    x, y, tilt, zoom = dice.normal(0, 1, 4) * much
    return Hand(x * 0.02, y * 0.012, tilt * 1.2, 1 + zoom * 0.02, 1 + float(dice.normal(0, 0.12)))


def shot(where: Place, day: int, by: Hand = Hand(), size: tuple[int, int] = SIZE) -> Image.Image:
    """A photo of a place on a day."""
    dice = np.random.default_rng([where.layout, where.detail, day])
    far, near = _still(where, size)
    whole = _seen(far, by, 0.6, size)
    _sky(whole, where, dice)
    whole.paste(front := _seen(near, by, 1.0, size), mask=front.getchannel("A"))
    moving = Image.new("RGBA", _wide(size))
    _moving(ImageDraw.Draw(moving), where, dice, moving.size)
    whole.paste(last := _seen(moving, by, 1.5, size), mask=last.getchannel("A"))
    return _exposed(whole.convert("RGB"), by, dice)


def _wide(size: tuple[int, int]) -> tuple[int, int]:
    return int(size[0] * MARGIN), int(size[1] * MARGIN)


def _seen(layer: Image.Image, by: Hand, depth: float, size: tuple[int, int]) -> Image.Image:
    """The layer from this standpoint: near layers move more."""
    width, height = layer.size
    turn = np.deg2rad(by.tilt)
    scale = (1 / by.zoom) if depth < 1.4 else 1 / (1 + (by.zoom - 1) * 1.4)
    cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
    x, y = width / 2 + by.x * depth * width, height / 2 + by.y * depth * height
    a, b = cos, sin
    c = x - a * size[0] / 2 - b * size[1] / 2
    d, e = -sin, cos
    f = y - d * size[0] / 2 - e * size[1] / 2
    return layer.transform(size, Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.BILINEAR)


def grain(dice: Dice, width: int, height: int, rough: float = 0.6, top: int = 4) -> np.ndarray:
    """Fractal noise of mean 0 and deviation 1: walls, leaves, earth, clouds."""
    total = np.zeros((height, width), np.float32)
    step, weight = max(width, height) // top, 1.0
    while step >= 2:
        small = dice.normal(0, 1, (height // step + 2, width // step + 2)).astype(np.float32)
        big = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
        total += weight * np.asarray(big)
        step, weight = step // 2, weight * rough
    total -= total.mean()
    return total / (total.std() or 1)


def _textured(picture: Image.Image, dice: Dice, much: float) -> Image.Image:
    """Grain that belongs to the things drawn."""
    rgb = np.asarray(picture.convert("RGB"), np.float32)
    noise = grain(dice, *picture.size, rough=0.8, top=12)
    out = Image.fromarray(np.clip(rgb * (1 + much * noise[..., None]), 0, 255).astype(np.uint8))
    out.putalpha(picture.getchannel("A") if picture.mode == "RGBA" else 255)
    return out


@lru_cache(maxsize=6)
def _still(where: Place, size: tuple[int, int]) -> tuple[Image.Image, Image.Image]:
    """What stays: the far layer and the near one."""
    wide = _wide(size)
    layout, detail = np.random.default_rng(where.layout), np.random.default_rng(where.detail)
    far, near = Image.new("RGBA", wide, (150, 160, 165, 255)), Image.new("RGBA", wide)
    DRAW[where.kind](ImageDraw.Draw(far), ImageDraw.Draw(near), layout, detail, wide)
    return _textured(far, detail, 0.10), _textured(near, detail, 0.14)


def _jitter(detail: Dice, value: float, much: float = 0.04) -> float:
    return value * (1 + float(detail.normal(0, much)))


def _colour(dice: Dice, low: int = 60, high: int = 220) -> tuple[int, int, int, int]:
    base = int(dice.integers(low, high))
    r, g, b = np.clip(base + dice.integers(-30, 30, 3), 0, 255)
    return int(r), int(g), int(b), 255


def _houses(draw: ImageDraw.ImageDraw, layout: Dice, detail: Dice, wide: tuple[int, int], foot: float) -> None:
    """A row of houses with windows and doors."""
    width, height = wide
    x = -float(layout.uniform(0, 0.1)) * width
    while x < width:
        across, tall = layout.uniform(0.12, 0.3) * width, layout.uniform(0.2, 0.48) * height
        across, tall = _jitter(detail, across), _jitter(detail, tall)
        wall, top = _colour(detail, 110, 230), foot * height - tall
        draw.rectangle((x, top, x + across, foot * height), fill=wall)
        draw.rectangle((x - 4, top - tall * 0.06, x + across + 4, top), fill=_colour(detail, 50, 120))
        rows, cols = int(detail.integers(1, 4)), int(detail.integers(2, 6))
        for row in range(rows):
            for col in range(cols):
                left, over = x + across * (col + 0.25) / cols, top + tall * (row + 0.25) / (rows + 0.8)
                wide_, high = across * 0.5 / cols, tall * 0.5 / (rows + 0.8)
                draw.rectangle((left, over, left + wide_, over + high), fill=_colour(detail, 20, 110))
                draw.line((left + wide_ / 2, over, left + wide_ / 2, over + high), fill=wall, width=3)
        door = x + across * float(detail.uniform(0.1, 0.7))
        draw.rectangle(
            (door, foot * height - tall * 0.25, door + across * 0.15, foot * height), fill=_colour(detail, 30, 160)
        )
        if detail.random() < 0.5:
            sign = _colour(detail, 120, 240)
            draw.rectangle((x + across * 0.1, top + tall * 0.62, x + across * 0.9, top + tall * 0.72), fill=sign)
            _letters(draw, detail, (x + across * 0.14, top + tall * 0.63), tall * 0.075, 7, (250, 240, 220, 255))
        x += across * float(layout.uniform(0.95, 1.15))


def _letters(
    draw: ImageDraw.ImageDraw, dice: Dice, at: tuple[float, float], high: float, count: int, ink: tuple[int, ...]
) -> None:
    """A line of made-up characters: each a few strokes in a square."""
    x, y = at
    pen = max(1, int(high / 9))
    for _ in range(count):
        if dice.random() > 0.08:
            for _stroke in range(int(dice.integers(3, 6))):
                a, b, c, d = dice.uniform(0.05, 0.95, 4) * high
                if dice.random() < 0.45:
                    d = b
                elif dice.random() < 0.7:
                    c = a
                draw.line((x + a, y + b, x + c, y + d), fill=ink, width=pen)
        x += high * 1.08


def _trees(draw: ImageDraw.ImageDraw, layout: Dice, detail: Dice, wide: tuple[int, int], foot: float) -> None:
    width, height = wide
    for _ in range(int(layout.integers(1, 5))):
        x, tall = _jitter(detail, layout.uniform(0, width), 0.02), _jitter(detail, layout.uniform(0.2, 0.5) * height)
        base = foot * height + layout.uniform(0, 0.1) * height
        draw.rectangle((x - tall * 0.03, base - tall * 0.5, x + tall * 0.03, base), fill=(80, 60, 45, 255))
        for _leaf in range(60):
            dx, dy = detail.normal(0, 0.16, 2) * tall
            r = detail.uniform(0.03, 0.08) * tall
            green = (int(detail.integers(20, 70)), int(detail.integers(60, 130)), int(detail.integers(20, 60)), 255)
            cx, cy = x + dx, base - tall * 0.75 + dy
            draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=green)


def _ground(draw: ImageDraw.ImageDraw, layout: Dice, detail: Dice, wide: tuple[int, int], foot: float) -> None:
    width, height = wide
    draw.rectangle((0, foot * height, width, height), fill=_colour(layout, 90, 170))
    middle = layout.uniform(0.3, 0.7) * width
    road = _colour(layout, 60, 110)
    draw.polygon(
        (
            middle - 60,
            foot * height,
            middle + 60,
            foot * height,
            middle + width * 0.4,
            height,
            middle - width * 0.4,
            height,
        ),
        fill=road,
    )
    for _ in range(int(detail.integers(4, 14))):
        x, y = detail.uniform(0, width), detail.uniform(foot + 0.02, 1) * height
        a, b = detail.uniform(10, 90), detail.uniform(3, 18)
        draw.ellipse((x - a, y - b, x + a, y + b), fill=_colour(detail, 50, 190))


def _street(far, near, layout, detail, wide) -> None:
    foot = float(layout.uniform(0.5, 0.68))
    _houses(far, layout, detail, wide, foot)
    _ground(near, layout, detail, wide, foot)
    _trees(near, layout, detail, wide, foot)
    for _ in range(int(layout.integers(0, 3))):
        x = layout.uniform(0, wide[0])
        near.rectangle((x - 5, 0.15 * wide[1], x + 5, (foot + 0.1) * wide[1]), fill=(90, 90, 95, 255))


def _market(far, near, layout, detail, wide) -> None:
    width, height = wide
    far.rectangle((0, 0, width, height), fill=_colour(layout, 100, 190))
    for beam in range(int(layout.integers(3, 8))):
        y = height * (0.04 + beam * 0.05)
        far.line((0, y, width, y + layout.uniform(-60, 60)), fill=_colour(layout, 40, 100), width=8)
    foot = float(layout.uniform(0.4, 0.55))
    _ground(near, layout, detail, wide, foot)
    columns = int(layout.integers(3, 7))
    for number in range(columns):
        x, y = width * number / columns, foot * height
        across, tall = _jitter(detail, width / columns * 0.85), _jitter(detail, height * 0.16)
        near.rectangle((x, y, x + across, y + tall), fill=_colour(detail, 120, 230))
        near.rectangle((x, y - tall * 1.1, x + across, y - tall * 0.75), fill=_colour(detail, 100, 240))
        _letters(
            near, detail, (x + 12, y - tall * 1.06), tall * 0.28, int(across / (tall * 0.32)), (240, 240, 230, 255)
        )


def _village(far, near, layout, detail, wide) -> None:
    width, height = wide
    foot = float(layout.uniform(0.48, 0.6))
    points = [(x, foot * height - abs(layout.normal(0, 0.08)) * height) for x in np.linspace(0, width, 9)]
    far.polygon([(0, foot * height), *points, (width, foot * height)], fill=_colour(layout, 70, 120))
    _houses(far, layout, detail, wide, foot)
    _ground(near, layout, detail, wide, foot)
    _trees(near, layout, detail, wide, foot + 0.05)
    for number in range(int(layout.integers(6, 22))):
        x = width * number / 18
        near.rectangle((x, (foot + 0.06) * height, x + 6, (foot + 0.15) * height), fill=(200, 190, 170, 255))


def _field(far, near, layout, detail, wide) -> None:
    width, height = wide
    foot = float(layout.uniform(0.35, 0.5))
    points = [(x, foot * height - abs(layout.normal(0, 0.05)) * height) for x in np.linspace(0, width, 14)]
    far.polygon([(0, foot * height), *points, (width, foot * height)], fill=_colour(layout, 60, 110))
    near.rectangle(
        (0, foot * height, width, height), fill=(int(layout.integers(80, 150)), int(layout.integers(110, 170)), 60, 255)
    )
    for _ in range(int(layout.integers(5, 14))):
        a, b = layout.uniform(-0.3, 1.3, 2) * width
        near.line(
            (width / 2 + (a - width / 2) * 0.2, foot * height, b, height),
            fill=_colour(detail, 60, 150),
            width=int(detail.integers(6, 30)),
        )
    for _ in range(200):
        x, y = detail.uniform(0, width), detail.uniform(foot, 1) * height
        near.line(
            (x, y, x + detail.normal(0, 5), y - 14),
            fill=(int(detail.integers(60, 160)), int(detail.integers(100, 190)), 50, 255),
            width=3,
        )
    _trees(near, layout, detail, wide, foot)


def _hall(far, near, layout, detail, wide) -> None:
    width, height = wide
    far.rectangle((0, 0, width, height), fill=_colour(layout, 170, 235))
    foot = float(layout.uniform(0.6, 0.75))
    far.rectangle((0, foot * height, width, height), fill=_colour(layout, 110, 180))
    for number in range(int(layout.integers(2, 6))):
        x = width * (0.05 + number * 0.19)
        frame = (x, height * 0.18, x + _jitter(detail, width * 0.14), _jitter(detail, height * 0.45))
        far.rectangle(frame, fill=_colour(detail, 150, 250), outline=(120, 90, 60, 255), width=5)
        for line in range(int(detail.integers(3, 9))):
            _letters(
                far,
                detail,
                (x + 10, height * (0.22 + line * 0.028)),
                height * 0.02,
                int(detail.integers(3, 8)),
                (70, 60, 60, 255),
            )
    far.rectangle((0, height * 0.04, width, height * 0.12), fill=(190, 30, 30, 255))
    _letters(far, detail, (width * 0.12, height * 0.05), height * 0.06, 14, (250, 230, 120, 255))
    for row in range(int(layout.integers(2, 4))):
        y = height * (foot - 0.02 + row * 0.12)
        for number in range(6):
            x = width * (number + row * 0.1) / 6
            near.rectangle((x, y, x + width * 0.12, y + height * 0.09), fill=_colour(detail, 70, 160))
            near.rectangle((x + 8, y - height * 0.06, x + width * 0.07, y), fill=_colour(detail, 40, 120))


def _board(far, near, layout, detail, wide) -> None:
    width, height = wide
    far.rectangle((0, 0, width, height), fill=_colour(layout, 120, 200))
    left, top = layout.uniform(0.03, 0.12) * width, layout.uniform(0.06, 0.14) * height
    near.rectangle(
        (left, top, width - left, height * 0.82), fill=_colour(layout, 200, 245), outline=(90, 95, 100, 255), width=14
    )
    _letters(near, detail, (width * 0.3, top + height * 0.02), height * 0.07, 6, (190, 30, 30, 255))
    columns = int(layout.integers(2, 5))
    for column in range(columns):
        x, across = left + (width - 2 * left) * (column + 0.06) / columns, (width - 2 * left) * 0.88 / columns
        y = top + height * 0.12
        while y < height * 0.76:
            if detail.random() < 0.3:
                tall = height * float(detail.uniform(0.08, 0.16))
                near.rectangle((x, y, x + across, min(y + tall, height * 0.79)), fill=_colour(detail, 60, 220))
                y += tall + 8
            else:
                _letters(
                    near,
                    detail,
                    (x, y),
                    height * 0.024,
                    int(detail.integers(4, across / (height * 0.027))),
                    (50, 50, 55, 255),
                )
                y += height * 0.034


def _paper(far, near, layout, detail, wide) -> None:
    width, height = wide
    far.rectangle((0, 0, width, height), fill=_colour(layout, 60, 150))
    left, top = 0.17 * width, 0.03 * height
    right, foot = 0.83 * width, 0.97 * height
    lean = layout.normal(0, 0.02, 4) * width
    near.polygon(
        (left + lean[0], top, right + lean[1], top, right + lean[2], foot, left + lean[3], foot),
        fill=(238, 236, 230, 255),
    )
    head = detail.random() < 0.4
    y = top + height * (0.15 if head else 0.07)
    if head:
        _letters(near, detail, (left + width * 0.1, top + height * 0.04), height * 0.06, 8, (200, 30, 30, 255))
        near.line((left + width * 0.05, y - 14, right - width * 0.05, y - 14), fill=(200, 30, 30, 255), width=4)
    _letters(near, detail, (left + width * 0.14, y), height * 0.035, int(detail.integers(6, 11)), (40, 40, 40, 255))
    y += height * 0.06
    full = int(0.56 * width / (height * 0.0226))
    while y < foot - height * 0.08:
        first = detail.random() < 0.25
        count = int(detail.integers(4, full)) if detail.random() < 0.25 else full - 2 * first
        _letters(
            near, detail, (left + width * 0.05 + first * height * 0.045, y), height * 0.021, count, (45, 45, 50, 255)
        )
        y += height * 0.032
    if detail.random() < 0.5:
        x, y, r = right - width * 0.16, foot - height * 0.16, height * 0.08
        near.ellipse((x - r, y - r, x + r, y + r), outline=(205, 40, 40, 255), width=6)
        _letters(near, detail, (x - r * 0.6, y - 10), r * 0.3, 4, (205, 40, 40, 255))


DRAW: dict[str, Callable[..., None]] = {
    "street": _street, "market": _market, "village": _village, "field": _field, "hall": _hall, "board": _board, "paper": _paper,
}  # fmt: skip
OUTDOORS = {"street", "village", "field"}


def _sky(whole: Image.Image, where: Place, dice: Dice) -> None:
    """The day's sky, where one is seen: everything that still has the far layer's ground colour, lit from above."""
    if where.kind not in OUTDOORS:
        return
    width, height = whole.size
    clouds = np.asarray(Image.fromarray(grain(dice, width // 4, height // 4, 0.55)).resize((width, height)))
    rgb = np.asarray(whole.convert("RGB"), np.float32)
    upper = int(height * 0.6)
    red, blue = rgb[:upper, :, 0], rgb[:upper, :, 2]
    plain = np.zeros((height, width), bool)
    plain[:upper] = (np.abs(red - 150) < 46) & (np.abs(blue - red - 15) < 12)
    tone = np.array([int(dice.integers(120, 210)), int(dice.integers(160, 220)), int(dice.integers(190, 250))])
    sky = tone + clouds[..., None] * float(dice.uniform(4, 26)) + np.linspace(-30, 25, height)[:, None, None]
    rgb[plain] = sky[plain]
    whole.paste(Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8)))


def _moving(draw: ImageDraw.ImageDraw, where: Place, dice: Dice, wide: tuple[int, int]) -> None:
    """What a day brings: people, cars, goods, bags; on paper a hand or a pen, a shadow."""
    width, height = wide
    if where.kind == "paper":
        if dice.random() < 0.5:
            x = dice.uniform(0, width)
            draw.line((x, height, x + dice.normal(0, 100), height * 0.8), fill=(60, 60, 160, 255), width=14)
        return
    for _ in range(int(dice.integers(2, 9))):
        x, foot, tall = dice.uniform(0, width), dice.uniform(0.62, 0.95) * height, dice.uniform(0.1, 0.34) * height
        if dice.random() < 0.65:
            draw.rectangle((x, foot - tall * 0.8, x + tall * 0.28, foot - tall * 0.4), fill=_colour(dice, 20, 240))
            draw.rectangle((x + tall * 0.03, foot - tall * 0.4, x + tall * 0.24, foot), fill=_colour(dice, 20, 120))
            draw.ellipse((x + tall * 0.05, foot - tall, x + tall * 0.22, foot - tall * 0.8), fill=(190, 150, 125, 255))
        else:
            draw.rectangle((x, foot - tall * 0.45, x + tall * 1.3, foot - tall * 0.1), fill=_colour(dice, 30, 240))
            draw.rectangle(
                (x + tall * 0.2, foot - tall * 0.75, x + tall, foot - tall * 0.45), fill=_colour(dice, 30, 90)
            )
            for wheel in (0.25, 0.95):
                draw.ellipse(
                    (x + tall * wheel, foot - tall * 0.2, x + tall * (wheel + 0.22), foot), fill=(25, 25, 25, 255)
                )
    for _ in range(int(dice.integers(0, 12))):
        x, y, r = dice.uniform(0, width), dice.uniform(0.6, 1) * height, dice.uniform(4, 26)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=_colour(dice, 20, 240))


def _exposed(whole: Image.Image, by: Hand, dice: Dice) -> Image.Image:
    """Light from one side, shadows, exposure, colour of the light, sensor noise."""
    width, height = whole.size
    rgb = np.asarray(whole, np.float32)
    gx, gy = dice.normal(0, 0.16, 2)
    light = 1 + gx * np.linspace(-1, 1, width)[None] + gy * np.linspace(-1, 1, height)[:, None]
    shadow = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(shadow)
    for _ in range(int(dice.integers(0, 4))):
        x, y = dice.uniform(-0.2, 1) * width, dice.uniform(0.4, 1) * height
        a, b = dice.uniform(0.1, 0.5) * width, dice.uniform(0.05, 0.2) * height
        pen.polygon((x, y, x + a, y - b * 0.3, x + a * 1.2, y + b, x + a * 0.1, y + b * 1.2), fill=150)
    light = light * np.asarray(shadow.filter(ImageFilter.GaussianBlur(6)), np.float32) / 255
    tint = 1 + dice.normal(0, 0.04, 3)
    rgb = rgb * (light.astype(np.float32) * np.float32(by.light))[..., None] * tint.astype(np.float32)
    rgb += dice.standard_normal(rgb.shape, np.float32) * np.float32(dice.uniform(2, 5))
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


# -- what is done to a photo that is handed in once more


def jpeg(picture: Image.Image, quality: int = 90, **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, **more)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def stamped(picture: Image.Image, dice: Dice) -> Image.Image:
    """A watermark as phones put it: lines of text in a corner, a logo, or a slanted pale word."""
    made = picture.copy()
    pen = ImageDraw.Draw(made, "RGBA")
    width, height = made.size
    kind = int(dice.integers(0, 4))
    if kind == 0:
        font = ImageFont.load_default(height * float(dice.uniform(0.03, 0.055)))
        lines = f"09:3{dice.integers(0, 10)}  2021-10-1{dice.integers(0, 10)}\nZhanggou Town, Xiantao\nCivilised City Office"
        pen.multiline_text(
            (width * 0.03, height * 0.8),
            lines,
            fill=(255, 255, 255, 255),
            font=font,
            stroke_width=1,
            stroke_fill=(0, 0, 0, 120),
        )
    elif kind == 1:
        font = ImageFont.load_default(height * float(dice.uniform(0.03, 0.05)))
        box = (width * 0.02, height * 0.72, width * 0.45, height * 0.97)
        pen.rectangle(box, fill=(20, 60, 150, 150))
        pen.multiline_text(
            (width * 0.04, height * 0.74),
            "INSPECTION\n2021-10-14 09:30\nNo. 8 Market Road",
            fill=(255, 255, 255, 255),
            font=font,
        )
    elif kind == 2:
        r = height * float(dice.uniform(0.06, 0.11))
        x, y = (width - r * 1.3, r * 1.3) if dice.random() < 0.5 else (r * 1.3, r * 1.3)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(255, 255, 255, 230), outline=(200, 30, 30, 255), width=6)
        pen.text((x, y), "ZG", fill=(200, 30, 30, 255), font=ImageFont.load_default(r), anchor="mm")
    else:
        pale = Image.new("RGBA", made.size)
        font = ImageFont.load_default(height * 0.11)
        ImageDraw.Draw(pale).text(
            (width / 2, height / 2), "ZHANGGOU  2021", fill=(255, 255, 255, 130), font=font, anchor="mm"
        )
        made.paste(turned := pale.rotate(25), mask=turned.getchannel("A"))
    return made


def cropped(picture: Image.Image, side: int, share: float = 0.03) -> Image.Image:
    """Cut off a strip at one side: 0 left, 1 top, 2 right, 3 bottom; 4 all round."""
    width, height = picture.size
    x, y = width * share, height * share
    left, top = x * (side in {0, 4}), y * (side in {1, 4})
    right, foot = width - x * (side in {2, 4}), height - y * (side in {3, 4})
    return picture.crop((int(left), int(top), int(right), int(foot)))


def wechat(picture: Image.Image) -> bytes:
    """As a chat program sends it on: at most 1280 on the longer side, quality about 60, twice over."""
    made = picture.copy()
    made.thumbnail((1280, 1280))
    made = opened(jpeg(made, 70, subsampling=2))
    made.thumbnail((1080, 1080))
    return jpeg(made, 60, subsampling=2)


def alterations(picture: Image.Image, dice: Dice) -> Iterator[tuple[str, bytes]]:
    """The photo as it comes again, by family of alteration."""
    width, height = picture.size
    yield "recompressed", jpeg(picture, int(dice.integers(30, 96)))
    scale = float(dice.uniform(0.25, 2.0))
    yield "resized", jpeg(picture.resize((int(width * scale), int(height * scale)), Image.Resampling.LANCZOS), 85)
    yield "brightness", jpeg(ImageEnhance.Brightness(picture).enhance(float(dice.choice([0.75, 1.25]))), 85)
    yield "contrast", jpeg(ImageEnhance.Contrast(picture).enhance(float(dice.choice([0.75, 1.25]))), 85)
    yield "stamped", jpeg(stamped(picture, dice), 85)
    yield "cropped", jpeg(cropped(picture, int(dice.integers(0, 4))), 85)
    claims = Image.Exif()
    claims[0x0112] = 6
    yield "turned", jpeg(picture.rotate(90, expand=True), 85, exif=claims)
    yield "wechat", wechat(picture)
    mixed = stamped(ImageEnhance.Brightness(cropped(picture, 4, 0.015)).enhance(1.1), dice)
    yield "mixed", jpeg(mixed.resize((width // 2, height // 2)), 60)
