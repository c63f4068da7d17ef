"""The packed state of one site in one round: what every counting observation of it adds up to.

Little-endian int32 triples (check position, count, sum of ten-thousandths), ordered by position. Whole numbers, so the
packed state equals a sum over the rows digit for digit on every engine.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

Sums = dict[int, tuple[int, int]]
_TYPE = np.dtype("<i4")


def pack(sums: Mapping[int, tuple[int, int]]) -> bytes:
    """Bytes of ``{check position: (count, sum)}``; positions whose count is 0 are left out."""
    triples = [(position, count, total) for position, (count, total) in sorted(sums.items()) if count]
    return np.array(triples, dtype=_TYPE).tobytes()


def unpack(packed: bytes) -> Sums:
    """The other way round."""
    return {position: (count, total) for position, count, total in triples(packed).tolist()}


def triples(packed: bytes) -> NDArray[np.int32]:
    """The packed bytes as an (n, 3) array, without copying."""
    return np.frombuffer(packed, dtype=_TYPE).reshape(-1, 3)


def add_up(rows: Iterable[tuple[int, int, int | None]]) -> dict[int, Sums]:
    """Sum observations, given as (site, check position, value or None for "not applicable"), per site."""
    states: dict[int, Sums] = {}
    for site, position, value in rows:
        sums = states.setdefault(site, {})
        if value is not None:
            count, total = sums.get(position, (0, 0))
            sums[position] = (count + 1, total + value)
    return states
