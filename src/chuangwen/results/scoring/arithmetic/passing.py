"""The chance of passing: the total reaches the pass line while every floor is held.

The systems are independent and normal; the joint chance is an integral over the systems beside the first, by the
midpoints of equal slices of probability (exact to about a thousandth, the same digits every time).
"""

from collections.abc import Sequence
from itertools import product
from statistics import NormalDist

from chuangwen.results.scoring.arithmetic.lines import Line

SLICES = 200


def chance_of(line: Line, wanted: float, z: float) -> float:
    """The chance that one line reaches a score, by the normal curve of its interval."""
    if line.mean is None:
        raise ValueError("Nothing is expected of this line.")
    deviation = (line.down + line.up) / 2 / z
    if deviation <= 0:
        return 1.0 if line.mean >= wanted else 0.0
    return 1 - NormalDist(line.mean, deviation).cdf(wanted)


def chance_of_all(
    lines: Sequence[Line], shares: Sequence[float], floors: Sequence[float], wanted: float, z: float
) -> float:
    """The chance that the weighted mean reaches ``wanted`` and each line its floor; shares add up to 1."""
    slices = SLICES if len(lines) <= 2 else 30
    columns = [_slices(line, z, slices) for line in lines[1:]]
    got = 0.0
    for values in product(*columns):
        weight = 1.0 / slices ** len(columns)
        if any(value < floor for value, floor in zip(values, floors[1:], strict=True)):
            continue
        rest = sum(share * value for share, value in zip(shares[1:], values, strict=True))
        need = max((wanted - rest) / shares[0] if shares[0] else 0.0, floors[0])
        got += weight * chance_of(lines[0], need, z)
    return got


def _slices(line: Line, z: float, slices: int) -> list[float]:
    """The line's values at the middles of equal slices of probability; one lone value where nothing is left to chance."""
    if line.mean is None:
        raise ValueError("Nothing is expected of this line.")
    deviation = (line.down + line.up) / 2 / z
    if deviation <= 0:
        return [line.mean] * slices
    curve = NormalDist(line.mean, deviation)
    return [curve.inv_cdf((place + 0.5) / slices) for place in range(slices)]
