"""What may be wrong with a photo as a picture: blurred, compressed too hard (now or earlier), written over, a screenshot.

Pure arithmetic on pixels and tables; the bounds are the town's (``archive.toml``), and a person judges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float32]
LOOKED_AT = 1024
# The luminance table of the JPEG standard (Annex K), from which nearly every program derives its own by one factor.
STANDARD = np.array(
    [16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29,
     51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120,
     101, 72, 92, 95, 98, 112, 100, 103, 99], np.float64,
)  # fmt: skip
WAVES = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2))
EARLIER = range(90, 15, -3)
STEPPED = 0.55  # how strongly the waves keep to the steps of an earlier compression
INK, DARKER, STROKE, PALE = 236, 60, 9, 0.3
REACH, GROUND = 24, 175
RUNS, ROWS = 11, 7


@dataclass(frozen=True)
class Faults:
    """``quality`` is the harder of the present and an earlier compression (1 to 100); ``None`` where it leaves no trace."""

    sharpness: float
    quality: int | None
    earlier: int | None
    written_over: bool
    drawn: bool


def faults_of(picture: Image.Image) -> Faults:
    """Look at a photo read by ``photos.picture_of``: upright, with the tables it was compressed by in its ``info``."""
    now = quality_of(picture.info.get("tables", {}))
    whole = picture.info.get("whole", False)
    grey = np.asarray(picture.convert("L"), np.float32)
    earlier = earlier_quality(grey) if whole and now is not None else None
    earlier = earlier if earlier is not None and now is not None and earlier < now - 6 else None
    small = picture if max(picture.size) <= LOOKED_AT else _smaller(picture)
    quality = min((one for one in (now, earlier) if one is not None), default=None)
    return Faults(sharpness(small), quality, earlier, written_over(small), drawn(small))


def _smaller(picture: Image.Image) -> Image.Image:
    share = LOOKED_AT / max(picture.size)
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.BOX)


def sharpness(picture: Image.Image) -> float:
    """The variance of the Laplacian: how much finest detail there is in the sharpest ninth of the picture."""
    grey = np.asarray(picture.convert("L"), np.float32)
    if min(grey.shape) < 12:
        return 0.0
    bend = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    high, wide = bend.shape[0] // 3, bend.shape[1] // 3
    parts = [bend[y * high : (y + 1) * high, x * wide : (x + 1) * wide] for y in range(3) for x in range(3)]
    return round(float(max(part.var() for part in parts)), 1)


def quality_of(tables: Mapping[int, Sequence[int]]) -> int | None:
    """The quality (1 to 100) by which a JPEG's table comes nearest to the standard's scale."""
    if not tables:
        return None
    table = np.array(tables[min(tables)], np.float64)
    if table.size != STANDARD.size:
        return None
    share = float(np.median(np.sort(table) / np.sort(STANDARD))) * 100
    return max(1, min(100, round((200 - share) / 2 if share <= 100 else 5000 / share)))


def _table(quality: int) -> NDArray[np.float64]:
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    return np.clip(np.floor((STANDARD * scale + 50) / 100), 1, 255).reshape(8, 8)


def earlier_quality(grey: Plane) -> int | None:
    """The quality of an earlier, harder compression: its steps are still to be seen in the waves of each 8x8 block."""
    high, wide = (min(side, 1024) // 8 for side in grey.shape)
    if high < 8 or wide < 8:
        return None
    blocks = grey[: high * 8, : wide * 8].reshape(high, 8, wide, 8).transpose(0, 2, 1, 3)
    rows, places = np.arange(8)[:, None], np.arange(8)[None]
    cosine = np.cos(np.pi * (2 * places + 1) * rows / 16) * np.where(rows == 0, np.sqrt(1 / 8), 0.5)
    waves = np.einsum("ij,abjk,lk->abil", cosine, blocks - 128, cosine, optimize=True)
    for quality in reversed(EARLIER):
        if _stepped(waves, _table(quality)) > STEPPED:
            return quality
    return None


def _stepped(waves: NDArray[np.float64], table: NDArray[np.float64]) -> float:
    """1: every wave is a whole number of steps; 0: none keeps to them. Steps too fine to be seen say nothing."""
    found = []
    for row, column in WAVES:
        step, wave = table[row, column], waves[:, :, row, column]
        wave = wave[np.abs(wave) > step * 0.6]
        if step >= 5 and wave.size >= 60:
            found.append(float(np.cos(2 * np.pi * wave / step).mean()))
    return float(np.median(found)) if len(found) >= 3 else 0.0


def written_over(picture: Image.Image) -> bool:
    """Whether white letters seem to stand on the picture: many short white strokes in rows, on darker ground."""
    grey = np.asarray(picture.convert("L"), np.int16)
    ink = grey >= INK
    wide = np.pad(grey, ((0, 0), (STROKE, STROKE)), mode="edge")
    across = grey.shape[1]
    left = np.minimum.reduce([wide[:, step : step + across] for step in range(STROKE)])
    right = np.minimum.reduce([wide[:, STROKE + 1 + step : STROKE + 1 + step + across] for step in range(STROKE)])
    stroke = ink & (grey - left > DARKER) & (grey - right > DARKER) & (_around(grey) < GROUND)
    starts = (stroke[:, 1:] & ~stroke[:, :-1]).sum(axis=1)
    busy = (starts >= RUNS) & (ink.mean(axis=1) < PALE)
    return bool(np.convolve(busy, np.ones(ROWS), "valid").max(initial=0) >= ROWS)


def _around(grey: NDArray[np.int16]) -> Plane:
    """How light it is to the left and right of each pixel: white gaps between black letters stand on white paper."""
    wide = np.pad(grey, ((0, 0), (REACH + 1, REACH)), mode="edge").cumsum(axis=1, dtype=np.int64)
    return np.asarray((wide[:, 2 * REACH + 1 :] - wide[:, : -2 * REACH - 1]) / (2 * REACH + 1), np.float32)


def drawn(picture: Image.Image) -> bool:
    """Whether the picture is drawn by a program (a screenshot): most pixels are exactly like their neighbours."""
    grey = np.asarray(picture.convert("L"), np.int16)
    if min(grey.shape) < 16:
        return False
    same = (np.abs(grey[1:, 1:] - grey[1:, :-1]) <= 1) & (np.abs(grey[1:, 1:] - grey[:-1, 1:]) <= 1)
    return bool(same.mean() > 0.72)
