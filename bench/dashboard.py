"""The twelve counts of a dashboard over ten million cases: the roll-up against the raw rows in SQLite and DuckDB.

Runs in a process of its own (``python -m bench.dashboard``), because the nation is a database of its own.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench.apart import in_a_home, in_a_process
from bench.timing import cpu, row

AREAS = ("nation", "province", "city", "county", "town")
CASES = int(os.environ.get("BENCH_CASES", "10000000"))
ROUNDS, ASKED, MOVED = 5, 200, 2_000
UPDATE = (
    "UPDATE cases_case SET state = %s, turn_unit_id = %s, clocks = %s, did = %s, due_at = %s, warn_at = %s,"
    " dispatched_at = %s, version = version + 1 WHERE id = %s"
)


def measure() -> list[dict[str, Any]]:
    """The rows, from a process of its own."""
    return in_a_process("bench.dashboard")


def seconds(work: Callable[[], object], times: int) -> tuple[float, float]:
    """Seconds of one of several calls in a row: of the processor, and of the clock."""
    cpu_begin, begin = time.process_time(), time.perf_counter()
    for _ in range(times):
        work()
    return (time.process_time() - cpu_begin) / times, (time.perf_counter() - begin) / times


def tell(word: str) -> None:
    print(time.strftime("%H:%M:%S"), word, file=sys.stderr, flush=True)


def run(home: Path) -> list[dict[str, Any]]:
    """Fill, compare, ask."""
    from bench import nation_cases as made
    from bench.nation_tables import Duck, Nation, Raw
    from chuangwen.work.cases.rollup import dashboard

    cases, events = made.make(CASES)
    nation = Nation(home, cases, events)
    nation.settle()
    nation.prove()
    nation.fill(cases, events)
    tell("rolled up")
    raw, duck = Raw(home / "raw.sqlite3", cases, events), Duck(home / "raw.duckdb", cases, events)
    tell("raw rows in both engines")
    last = made.DAYS - 1
    dice = np.random.default_rng(3)
    for area in dice.choice(np.array(nation.areas, dtype=object), ASKED):
        begins = int(dice.integers(0, made.DAYS))
        kept = list(dashboard(area.key, made.FIRST + timedelta(days=begins), made.LAST).values())
        assert kept == raw.ask(area, begins, last), area
    found = []
    for level in made.LEVELS:
        area = [one for one in nation.areas if one.level == level][made.LEVELS[level] // 2]
        ways = (
            lambda area=area: list(dashboard(area.key, made.FIRST, made.LAST).values()),
            lambda area=area: raw.ask(area, 0, last),
            lambda area=area: duck.ask(area, 0, last),
        )
        found += asked(level, area.last - area.first + 1, ways)
    tell("asked")
    return [*found, upkeep(nation)]


def asked(level: str, towns: int, ways: tuple[Callable[[], list[int]], ...]) -> list[dict[str, Any]]:
    """The same answer in three ways, in interleaved rounds: CPU against SQLite, the clock against an engine of many threads."""
    first, second, third = (way() for way in ways)
    assert first == second == third, level
    times, rounds = (ASKED, 1 if towns > 1_000 else 20, 5), 3 if towns > 10_000 else ROUNDS
    found = [[seconds(way, count) for way, count in zip(ways, times, strict=True)] for _ in range(rounds)]

    def median(way: int, clock: int) -> float:
        return statistics.median(one[way][clock] for one in found) * 1000

    what = f"ms of the twelve counts of a {level} ({towns:,} towns)"
    return [
        row(f"dashboard-{level}", f"CPU {what} / raw rows in SQLite", median(0, 0), median(1, 0), 1 / 500),
        row(f"dashboard-{level}-duck", f"{what} / raw rows in DuckDB", median(0, 1), median(2, 1), 1 / 10),
    ]


def upkeep(nation: Any) -> dict[str, Any]:
    """CPU of a bare update of a case with its roll-up, five areas deep, against the bare update, both durable."""
    from django.db import connection, transaction

    from bench import nation_cases as made
    from chuangwen.work.cases import rollup

    towns, at = nation.towns, made.moment(made.DAYS - 1)
    prepare_cases(towns, at)
    numbers = iter(range(10**9))

    def move(*, kept: bool) -> None:
        number = next(numbers)
        town = towns[number * 7919 % len(towns)]
        clocks = json.dumps({"handle": {"due": at.isoformat(), "n": number}})
        with transaction.atomic():
            with connection.cursor() as cursor:
                due = at + timedelta(seconds=number)
                cursor.execute(UPDATE, [f"s{number}", town.key, clocks, clocks, due, at, at, number % MOVED + 1])
                assert cursor.rowcount == 1
            if kept:
                old = rollup.Counted(1, town.path, marks=(("reported", at - timedelta(days=2), True),), phase="open")
                marks = (*old.marks, ("filed", at, True), ("dispatched", at, True))
                rollup.keep(old, replace(old, marks=marks, due_at=at + timedelta(days=5)), at)

    times = [
        tuple(cpu(lambda kept=kept: [move(kept=kept) for _ in range(300)]) for kept in (True, False)) for _ in range(7)
    ]
    one, two = (statistics.median(column) / 300 * 1000 for column in zip(*times, strict=True))
    return row(
        "dashboard-upkeep", "CPU ms of a case's update with its roll-up over five levels / the bare update", one, two, 3
    )


def prepare_cases(towns: list[Any], at: datetime) -> None:
    """Some cases to be moved, in the product's own table."""
    from chuangwen.work.cases.models import Case, CaseType

    type_ = CaseType.objects.create(code="x", title="x", pack="x", digest="x", content={}, installed_at=at)
    rows = [
        Case(pk=n + 1, type=type_, kind="x", number=f"x{n}", year=2021, serial=n + 1, title="x", state="s", opened_at=at,
             area_id=towns[n * 31 % len(towns)].key, lead_id=towns[n].key)
        for n in range(MOVED)
    ]  # fmt: skip
    Case.objects.bulk_create(rows, batch_size=500)


if __name__ == "__main__":
    in_a_home(run, "migrate", "-v0")
