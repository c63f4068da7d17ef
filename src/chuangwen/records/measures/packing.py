"""The packed state of one site in one round: what every counting observation of it adds up to.

Little-endian int32 rows (check position, count, sum of ten-thousandths, "not applicable" ones), ordered by position.
Whole numbers, so the packed state equals a sum over the rows digit for digit on every engine.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_TYPE = np.dtype("<i4")
WIDTH = 4


class Sum(NamedTuple):
    """One check at one site: how many values, what they add up to, how many said "not applicable"."""

    seen: int = 0
    total: int = 0
    skipped: int = 0

    def moved(self, sign: int, value: int | None) -> "Sum":
        """With one more (``sign`` +1) or one fewer (-1) observation of this value."""
        if value is None:
            return Sum(self.seen, self.total, self.skipped + sign)
        return Sum(self.seen + sign, self.total + sign * value, self.skipped)


Sums = dict[int, Sum]


def pack(sums: Mapping[int, Sum]) -> bytes:
    """Bytes of sums by check position; empty sums are left out."""
    rows = [(position, *one) for position, one in sorted(sums.items()) if one.seen or one.skipped]
    return np.array(rows, dtype=_TYPE).tobytes()


def unpack(packed: bytes) -> Sums:
    """The other way round."""
    return {row[0]: Sum(*row[1:]) for row in rows_of(packed).tolist()}


def rows_of(packed: bytes) -> NDArray[np.int32]:
    """The packed bytes as an (n, 4) array, without copying."""
    return np.frombuffer(packed, dtype=_TYPE).reshape(-1, WIDTH)


def add_up(rows: Iterable[tuple[int, int, int | None]]) -> dict[int, Sums]:
    """Sum observations, given as (site, check position, value or None for "not applicable"), per site."""
    states: dict[int, Sums] = {}
    for site, position, value in rows:
        sums = states.setdefault(site, {})
        sums[position] = sums.get(position, Sum()).moved(1, value)
    return states
