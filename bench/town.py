"""A town's own measures on a real database file: the demo town, made fresh for the run."""

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.timing import row


def measure() -> Iterator[dict[str, Any]]:
    """All of them, each case as it is done."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["CHUANGWEN_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "chuangwen.settings"
        started, worked = time.perf_counter(), processor()
        import django

        django.setup()
        from django.core.management import call_command

        call_command("demo", "--no-serve", "--json", stdout=Path(os.devnull).open("w"))
        took, busy = time.perf_counter() - started, processor() - worked
        yield row("demo-seconds", "seconds by the clock from an empty folder to the demo town", took, None, 30)
        yield row("demo-cpu", "CPU seconds of that, of all its processes", busy, None, 30)
        from bench import town_cases

        for case in town_cases.CASES:
            yield from case()


def processor() -> float:
    """CPU seconds of this process and of those it has ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)
