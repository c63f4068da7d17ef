"""Two 64-bit hashes of a photo: edited copies stay within 11 bits in at least one of them, strangers in neither.

``likeness`` (does each cell grow lighter to the right) bears stamps best, ``shape`` (the coarsest waves) bears crops
best; see docs/adr/0025-two-hashes-and-a-multi-index.md.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WAVES = 32
NEAR = 11


def _waves(count: int, kept: int) -> NDArray[np.float32]:
    """The first ``kept`` rows of the cosine transform of ``count`` values."""
    rows, places = np.arange(kept)[:, None], np.arange(count)[None]
    return np.cos(np.pi * (2 * places + 1) * rows / (2 * count)).astype(np.float32)


COARSE = _waves(WAVES, 8)


def _packed(bits: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(bits.ravel()).tobytes(), "big", signed=True)


def likeness(picture: Image.Image) -> int:
    """A 64-bit difference hash (does each of 8x8 cells grow lighter to the right), as a signed number."""
    grey = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    return _packed(grey[:, 1:] > grey[:, :-1])


def shape(picture: Image.Image) -> int:
    """A 64-bit hash of the 8x8 coarsest waves (which are stronger than most), as a signed number."""
    grey = np.asarray(picture.convert("L").resize((WAVES, WAVES), Image.Resampling.BOX), np.float32)
    waves = (COARSE @ grey @ COARSE.T).ravel()
    return _packed(waves > np.median(waves[1:]))


def unlike(a: int, b: int) -> int:
    """In how many of 64 bits two hashes differ: 0 the same view, about 32 two strangers."""
    return ((a ^ b) & 0xFFFFFFFFFFFFFFFF).bit_count()
