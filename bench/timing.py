"""CPU seconds, interleaved; one row of the results; what the parts measure with."""

import gc
import sqlite3
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
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


def raw(home: str) -> sqlite3.Connection:
    """A bare connection with the settings of the product."""
    connection = sqlite3.connect(Path(home) / "chuangwen.sqlite3", isolation_level=None, timeout=30)
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def median_cpu(work: Callable[[], object], times: int = 5) -> float:
    """Median CPU seconds of several calls."""
    return statistics.median(cpu(work) for _ in range(times))


def moments() -> Any:
    """Ever later moments, so that every observation is new."""
    at = datetime(2021, 10, 1, tzinfo=UTC)
    while True:
        at += timedelta(seconds=1)
        yield at
