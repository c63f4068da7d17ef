"""CPU seconds, interleaved; one row of the results."""

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 5


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def paired(ours: Callable[[], object], base: Callable[[], object]) -> tuple[float, float]:
    """Medians of five interleaved rounds."""
    times = [(cpu(ours), cpu(base)) for _ in range(ROUNDS)]
    return statistics.median(one for one, _ in times), statistics.median(two for _, two in times)


def row(name: str, what: str, ours: float, base: float | None, bar: float) -> dict[str, Any]:
    """A result; without a base the bar is absolute."""
    ratio = ours if base is None else ours / base
    return {"id": name, "what": what, "ours": ours, "base": base, "ratio": ratio, "bar": bar, "met": ratio <= bar}
