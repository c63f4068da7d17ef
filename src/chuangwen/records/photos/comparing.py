"""A finer look at two photos that are near by their hashes: the same photo once more, or only the same view.

Both are laid over each other as an edited copy would lie (shifted and stretched along the sides by a crop, never
tilted), then looked at piece by piece in their fine structure. An edited copy agrees in nearly every piece that its
stamp does not hide; the same place on another day agrees in few: the standpoint, shadows, people and leaves differ.
A sheet of paper has none of these, but it has its light (another day lights one side more, an edit changes all sides
alike), and where a copy agrees, it agrees better than two photos of one thing ever do.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float32]
SIDE = 192
COARSE, PIECE, REACH = 16, 24, 5
STRETCH, SURE, TONES = 0.12, 0.6, 8
FLAT = 3.0  # grey levels of structure below which a piece says nothing
FEWEST = 6  # pieces with structure: fewer tell nothing for sure
AGREES, RESEMBLES, TONE_OFF = 0.8, 0.7, 10.0
SAME_SHARE, VIEW_SHARE = 0.65, 0.3  # chosen, as the bounds below, on drawn photos: docs/adr/0025-*
# How well the best quarter of pieces must agree in a copy, by how many grey levels from side to side its light may slant.
SLANTS = ((0.998, 256.0), (0.995, 8.0), (0.976, 3.0), (0.97, 1.0))
APART = 4  # half-pieces that two strips must lie apart to tell a slant


class Sight(StrEnum):
    """What a finer look finds."""

    SAME = "same"
    VIEW = "view"
    OTHER = "other"


@dataclass(frozen=True)
class Look:
    """The verdict, and the shares (0 to 1) it rests on: pieces that agree, of those with structure to compare."""

    sight: Sight
    agreeing: float
    pieces: int


def planes_of(one: Image.Image, two: Image.Image) -> tuple[Plane, Plane]:
    """Both photos as grey squares that are equally sharp: a small one must not differ for being small."""
    least = min(*one.size, *two.size)
    return _plane(one, least), _plane(two, least)


def _plane(picture: Image.Image, least: int) -> Plane:
    grey = picture.convert("L")
    if least < SIDE:
        share = least / min(grey.size)
        size = (max(1, round(grey.width * share)), max(1, round(grey.height * share)))
        grey = grey.resize(size, Image.Resampling.BOX)
    return np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float32)


def _softened(plane: Plane) -> Plane:
    """Every pixel a little like its neighbours, so that reading between pixels costs no agreement."""
    wide = np.pad(plane, 1, mode="edge")
    rows = wide[:-2] + 2 * wide[1:-1] + wide[2:]
    return np.asarray((rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 16)


def _blurred(plane: Plane, reach: int) -> Plane:
    """Mean over a square of ``2 * reach + 1``, by running sums."""
    wide = np.pad(plane, ((reach + 1, reach), (reach + 1, reach)), mode="edge")
    sums = wide.cumsum(0, dtype=np.float64).cumsum(1)
    step = 2 * reach + 1
    total = sums[step:, step:] - sums[:-step, step:] - sums[step:, :-step] + sums[:-step, :-step]
    return np.asarray(total / step**2, np.float32)


def _structure(plane: Plane, reach: int) -> tuple[Plane, Plane]:
    """Fine structure freed from light and contrast, and how strong it was in grey levels."""
    fine = plane - _blurred(plane, reach)
    strength = np.sqrt(np.maximum(_blurred(fine * fine, reach), 0))
    return np.asarray(fine / (strength + FLAT), np.float32), np.asarray(strength, np.float32)


def _tiles(plane: Plane, size: int) -> Plane:
    """The plane cut into square pieces: (rows, columns, pixels)."""
    count = plane.shape[0] // size
    cut = plane[: count * size, : count * size].reshape(count, size, count, size)
    return cut.transpose(0, 2, 1, 3).reshape(count, count, size * size)


def _unit(tiles: Plane) -> Plane:
    """Each piece freed from its mean and of length one."""
    centred = tiles - tiles.mean(axis=-1, keepdims=True)
    length = np.sqrt((centred * centred).sum(axis=-1, keepdims=True))
    return np.asarray(centred / np.maximum(length, 1e-6))


def _scores(one: Plane, two: Plane, size: int, reach: int) -> Plane:
    """How well each piece of ``one`` agrees with ``two`` at every shift: (down, right, row, column)."""
    wanted = _unit(_tiles(one, size))
    wide, side = np.pad(two, reach, mode="edge"), two.shape[0]
    steps = range(2 * reach + 1)
    found = [(wanted * _unit(_tiles(wide[y : y + side, x : x + side], size))).sum(-1) for y in steps for x in steps]
    return np.stack(found).reshape(len(steps), len(steps), *wanted.shape[:2])


def _shifts(scores: Plane) -> tuple[Plane, Plane, Plane]:
    """For each piece the best agreement and the shift to it, down and right, between pixels by a parabola."""
    count = scores.shape[0]
    flat = scores.reshape(count * count, -1)
    place, pieces = flat.argmax(axis=0), np.arange(flat.shape[1])
    down, right = place // count, place % count
    inner = scores.reshape(count, count, -1)
    best = inner[down, right, pieces]
    found = []
    for at, step in ((down, (1, 0)), (right, (0, 1))):
        before = inner[np.maximum(down - step[0], 0), np.maximum(right - step[1], 0), pieces]
        after = inner[np.minimum(down + step[0], count - 1), np.minimum(right + step[1], count - 1), pieces]
        bend = before - 2 * best + after
        inside = (at > 0) & (at < count - 1) & (bend < -1e-6)
        part = np.where(inside, 0.5 * (before - after) / np.where(inside, bend, 1), 0)
        found.append((at + part - count // 2).astype(np.float32))
    return best, found[0], found[1]


Line = tuple[float, float]


def _line(at: Plane, shift: Plane, sure: NDArray[np.bool_]) -> Line:
    """A straight line through most of the sure points, whatever the others do: slope and height."""
    if sure.sum() < 4:
        return 0.0, 0.0
    x, y = at[sure], shift[sure]
    apart = x[:, None] - x[None]
    far = apart > SIDE / 8
    slope = float(np.median((y[:, None] - y[None])[far] / apart[far])) if far.any() else 0.0
    slope = min(STRETCH, max(-STRETCH, slope))
    return slope, float(np.median(y - slope * x))


def _lines(one: Plane, two: Plane, size: int, reach: int) -> tuple[Line, Line]:
    """How ``two`` is shifted and stretched against ``one``, down and right, in pixels of these planes."""
    scores = _scores(one, two, size, reach)
    best, down, right = _shifts(scores)
    centre = (np.arange(scores.shape[2], dtype=np.float32) + 0.5) * size
    rows, columns = (plane.ravel() for plane in np.meshgrid(centre, centre, indexing="ij"))
    return _line(rows, down, best > SURE), _line(columns, right, best > SURE)


def _after(first: Line, then: Line) -> Line:
    """Two stretches one after the other."""
    return (1 + first[0]) * (1 + then[0]) - 1, then[1] * (1 + first[0]) + first[1]


def _laid_over(one: Plane, two: Plane) -> Plane:
    """``two`` shifted and stretched along the sides so that it lies on ``one``: roughly, then finely."""
    small = [_structure(plane.reshape(SIDE // 2, 2, SIDE // 2, 2).mean(axis=(1, 3)), 5)[0] for plane in (one, two)]
    down, right = ((slope, height * 2) for slope, height in _lines(small[0], small[1], COARSE, REACH))
    fine = _structure(one, 8)[0]
    for reach in (2, 1):
        over = _structure(_moved(two, down, right), 8)[0]
        more = _lines(fine, over, PIECE, reach)
        down, right = _after(down, more[0]), _after(right, more[1])
    return _moved(two, down, right)


def _moved(plane: Plane, down: Line, right: Line) -> Plane:
    """The plane read at stretched and shifted places, between pixels by straight lines."""
    out = plane
    for axis, (slope, height) in enumerate((down, right)):
        at = np.clip(np.arange(SIDE) * (1 + slope) + height, 0, SIDE - 1.001)
        low = at.astype(int)
        part = (at - low).astype(np.float32)
        part = part[:, None] if axis == 0 else part[None]
        out = out.take(low, axis) * (1 - part) + out.take(low + 1, axis) * part
    return out


def _light(one: Plane, two: Plane, spent: NDArray[np.bool_]) -> Plane:
    """How much lighter each half-piece of ``two`` is than one change of tone for the whole photo explains."""
    first, second = (_tiles(plane, PIECE // 2).mean(-1) for plane in (one, two))
    told = ~spent if (~spent).sum() >= 4 * TONES else np.ones_like(spent)
    order = first[told].argsort()
    steps = np.array_split(order, TONES)
    x = np.array([np.median(first[told][step]) for step in steps])
    y = np.array([np.median(second[told][step]) for step in steps])
    x, y = _longer(x, y, float(first.min()), float(first.max()))
    return np.asarray(second - np.interp(first, x, y), np.float32)


def _tone(light: Plane) -> Plane:
    """The same for each piece, lighter or darker."""
    side = light.shape[0] // 2
    return np.asarray(np.abs(light).reshape(side, 2, side, 2).mean(axis=(1, 3)), np.float32)


def _slant(light: Plane, spent: NDArray[np.bool_]) -> float:
    """By how many grey levels one side is lighter than the other, whichever; a stamp in a corner counts for nothing."""
    found = [0.0]
    for rows, gone in ((light, spent), (light.T, spent.T)):
        at = np.flatnonzero(~gone.all(axis=1))
        values = np.array([np.median(rows[place][~gone[place]]) for place in at])
        before, after = np.triu_indices(len(at), APART)
        if len(before):
            slopes = (values[after] - values[before]) / (at[after] - at[before])
            found.append(abs(float(np.median(slopes))) * len(rows))
    return max(found)


def _longer(x: Any, y: Any, first: float, last: float) -> tuple[Any, Any]:
    """The curve drawn on to the darkest and the lightest piece, as steep as it is there."""
    low = (y[1] - y[0]) / max(x[1] - x[0], 1.0)
    high = (y[-1] - y[-2]) / max(x[-1] - x[-2], 1.0)
    ends = (y[0] - low * (x[0] - first), y[-1] + high * (last - x[-1]))
    return np.array([first - 1e-3, *x, last + 1e-3]), np.clip(np.array([ends[0], *y, ends[1]]), 0, 255)


def _burnt(plane: Plane) -> NDArray[np.bool_]:
    """Pieces that are mostly pure white or pure black: nothing is left in them to compare."""
    return np.asarray(_tiles(((plane > 249) | (plane < 5)).astype(np.float32), PIECE).mean(-1) > 0.3)


def _spent(plane: Plane) -> NDArray[np.bool_]:
    """Half-pieces in which something is so light or so dark that its light can change no more."""
    return np.asarray(_tiles(((plane > 247) | (plane < 6)).astype(np.float32), PIECE // 2).mean(-1) > 0.02)


def _fine(best: Plane, usable: NDArray[np.bool_], spent: NDArray[np.bool_]) -> float:
    """How well the best quarter of pieces agrees, of those in which nothing is spent where there are enough of them."""
    side = best.shape[0]
    whole = usable & ~spent.reshape(side, 2, side, 2).any(axis=(1, 3))
    return float(np.percentile(best[whole if whole.sum() >= FEWEST else usable], 75))


def look(one: Plane, two: Plane) -> Look:
    """The finer look at two photos whose hashes are near."""
    one, two = _softened(one), _softened(two)
    over = _laid_over(one, two)
    (first, strong), (second, other) = _structure(one, 8), _structure(over, 8)
    best = _shifts(_scores(first, second, PIECE, 1))[0].reshape(SIDE // PIECE, -1)
    structure = np.maximum(_tiles(strong, PIECE).mean(-1), _tiles(other, PIECE).mean(-1))
    usable = (structure > FLAT) & ~_burnt(one) & ~_burnt(over)
    pieces = int(usable.sum())
    if pieces < FEWEST:
        return Look(Sight.OTHER, 0.0, pieces)
    spent = _spent(one) | _spent(over)
    light = _light(one, over, spent)
    same = float(((best > AGREES) & (_tone(light) < TONE_OFF))[usable].mean())
    alike = float((best > RESEMBLES)[usable].mean())
    fine, slant = _fine(best, usable, spent), _slant(light, spent)
    if same >= SAME_SHARE and any(fine >= least and slant < most for least, most in SLANTS):
        return Look(Sight.SAME, same, pieces)
    return Look(Sight.VIEW if alike >= VIEW_SHARE else Sight.OTHER, same, pieces)
