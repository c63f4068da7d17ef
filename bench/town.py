"""A town's own measures on a real database file: the demo town, made fresh for the run."""

import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.timing import cpu, paired, row

IDS = [
    "demo-seconds",
    "rescore-orm",
    "rescore-from-rows",
    "rescore-one-change",
    "what-if",
    "install-134",
    "install-1209",
    "tree-queries",
    "tree-cpu",
    "open-fifteen",
    "api-record-cpu",
    "api-record-queries",
]
_done: list[dict[str, Any]] = []


def measure() -> list[dict[str, Any]]:
    """All of them, once."""
    if _done:
        return _done
    with tempfile.TemporaryDirectory() as home:
        os.environ["CHUANGWEN_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "chuangwen.settings"
        started = time.perf_counter()
        import django

        django.setup()
        from django.core.management import call_command

        call_command("demo", "--no-serve", "--json", stdout=Path(os.devnull).open("w"))
        _done.append(
            row(
                "demo-seconds", "seconds from an empty folder to the demo town", time.perf_counter() - started, None, 30
            )
        )
        from bench import town_cases

        for case in town_cases.CASES:
            _done.extend(case())
    return _done


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


__all__ = ["IDS", "measure", "median_cpu", "moments", "paired", "raw"]
