"""Many units at once: the same arithmetic on dense blocks, in bounded memory.

One block holds (units, standards, observations) whole ten-thousandths as int16; -1 is "not observed". The sums are
whole numbers, so every engine and every block size gives the same digits.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chuangwen.results.scoring.arithmetic.inputs import FULL, Floats

BLOCK = 16_384


@dataclass(frozen=True)
class Units:
    """Per unit, in points of 100: what is sure, what is likely, what is possible, and the measured share."""

    low: Floats
    expected: Floats
    high: Floats
    measured: Floats


def score_units(values: NDArray[np.int16], points: Floats, block: int = BLOCK) -> Units:
    """Score many units by the same standards.

    ``values`` (units, standards, observations), -1 where nothing was observed; ``points`` (standards). A standard's
    attainment is the mean of its observations; an unobserved one is unknown, and counts as the unit's mean.
    """
    results = [np.empty(len(values)) for _ in range(4)]
    for start, stop in _blocks(len(values), block):
        for result, column in zip(results, _score_block(values[start:stop], points), strict=True):
            result[start:stop] = column
    return Units(*results)


def _blocks(count: int, size: int) -> Iterator[tuple[int, int]]:
    for start in range(0, count, size):
        yield start, min(start + size, count)


def _score_block(values: NDArray[np.int16], points: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Sums over the few observations are made column by column: no copy of the whole block in a wider type."""
    count = np.zeros(values.shape[:2], dtype=np.int16)
    total = np.zeros(values.shape[:2], dtype=np.int32)
    for column in range(values.shape[2]):
        one = values[:, :, column]
        seen = one >= 0
        count += seen
        np.add(total, one, out=total, where=seen)
    known = count > 0
    mean = total / (np.maximum(count, 1) * np.float64(FULL))
    whole = points.sum()
    got = mean @ points
    sure = known @ points
    low = got / whole * 100
    expected = np.divide(got, sure, out=np.full(len(got), np.nan), where=sure > 0) * 100
    return low, expected, low + (whole - sure) / whole * 100, sure / whole
