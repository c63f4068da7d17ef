"""A nation's units: 690,000 x 150 standards x 4 observations, in blocks, against a plain dense matrix kernel."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from bench.timing import paired, row
from chuangwen.results.scoring.arithmetic.national import score_units

UNITS, STANDARDS, SEEN, BLOCK = 690_000, 150, 4, 16_384


def block(seed: int, units: int = BLOCK) -> np.ndarray:
    """One block of units; one observation in ten is missing."""
    dice = np.random.default_rng(seed)
    values = dice.integers(0, 10_001, size=(units, STANDARDS, SEEN), dtype=np.int16)
    values[dice.random(values.shape, dtype=np.float32) < 0.1] = -1
    return values


def dense(values: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The plain kernel: mask, sum, divide, multiply. It gives low and expected only."""
    known = values >= 0
    count = known.sum(axis=2)
    total = np.where(known, values, 0).sum(axis=2, dtype=np.int64)
    mean = total / (np.maximum(count, 1) * 10_000.0)
    return mean @ points / points.sum() * 100


def measure() -> Iterator[dict[str, Any]]:
    """The whole nation, its time and its memory."""
    yield measure_time()
    yield measure_memory()


def measure_time() -> dict[str, Any]:
    """The same block again and again, so that only the arithmetic is timed."""
    values, points = block(1), np.linspace(0.5, 2, STANDARDS)
    times = UNITS // BLOCK + 1
    assert np.allclose(score_units(values, points).low, dense(values, points), atol=1e-9)
    ours, base = paired(
        lambda: [score_units(values, points) for _ in range(times)],
        lambda: [dense(values, points) for _ in range(times)],
    )
    return row("rescore-national", "690,000 units x 150 x 4 re-scored / plain dense matrix kernel", ours, base, 3)


def measure_memory() -> dict[str, Any]:
    """Peak memory of a fresh process that makes and scores every block."""
    done = subprocess.run([sys.executable, "-m", "bench.national"], check=True, capture_output=True, text=True)
    return row("rescore-memory", "peak MB of a full national re-score", float(done.stdout), None, 600)


if __name__ == "__main__":
    weights = np.linspace(0.5, 2, STANDARDS)
    for number in range(UNITS // BLOCK + 1):
        score_units(block(number), weights)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
