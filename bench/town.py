"""A town's own measures on a real database file: the demo town, made fresh for the run."""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.timing import row

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
