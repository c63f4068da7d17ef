"""The twelve counts of a dashboard over ten million cases: the roll-up against the raw rows in SQLite and DuckDB.

Runs in a process of its own (``python -m bench.dashboard``), because the nation is a database of its own.
"""

import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.timing import cpu, row

IDS = [
    *(f"dashboard-{level}" for level in ("nation", "province", "city", "county", "town")),
    *(f"dashboard-{level}-duck" for level in ("nation", "province", "city", "county", "town")),
    "dashboard-upkeep",
]
CASES, ROUNDS, ASKED, SAMPLE = int(os.environ.get("BENCH_CASES", "10000000")), 5, 200, 500
COLUMNS = ("opened", "filed", "dispatched", "handled", "handled_in_time", "closed", "closed_in_time", "due", "phase")
RAW = """
SELECT SUM(opened BETWEEN :first AND :last), SUM(filed BETWEEN :first AND :last),
       SUM(dispatched BETWEEN :first AND :last), SUM(handled BETWEEN :first AND :last),
       SUM(handled_in_time AND handled BETWEEN :first AND :last), SUM(closed BETWEEN :first AND :last),
       SUM(closed_in_time AND closed BETWEEN :first AND :last),
       (SELECT COUNT(*) FROM events WHERE town BETWEEN :low AND :high AND does = 0 AND day BETWEEN :first AND :last),
       (SELECT COUNT(*) FROM events WHERE town BETWEEN :low AND :high AND does = 1 AND day BETWEEN :first AND :last),
       SUM(due BETWEEN 0 AND :last), SUM(phase = 0), SUM(phase = 1)
FROM cases WHERE town BETWEEN :low AND :high
"""


def measure() -> list[dict[str, Any]]:
    """The rows, from a process of its own."""
    done = subprocess.run([sys.executable, "-m", "bench.dashboard"], check=True, stdout=subprocess.PIPE, text=True)
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def chunks(columns: Sequence[Any], size: int = 500_000) -> Iterator[list[tuple[int, ...]]]:
    """Columns of arrays as rows of Python numbers."""
    for begin in range(0, len(columns[0]), size):
        yield list(zip(*(one[begin : begin + size].tolist() for one in columns), strict=True))


def fill_raw(path: Path, cases: Mapping[str, Any], events: Mapping[str, Any]) -> sqlite3.Connection:
    """The rows themselves, with one index that holds all that a dashboard asks, led by the town."""
    database = sqlite3.connect(path, isolation_level=None)
    for word in (
        "journal_mode=OFF",
        "synchronous=OFF",
        "cache_size=-400000",
        "temp_store=FILE",
        f"mmap_size={2 << 30}",
    ):
        database.execute(f"PRAGMA {word}")
    names = ("town", "kind", *COLUMNS)
    database.execute(f"CREATE TABLE cases (id INTEGER PRIMARY KEY, {', '.join(f'{one} INTEGER' for one in names)})")
    database.execute("CREATE TABLE events (town INTEGER, day INTEGER, does INTEGER)")
    database.execute("BEGIN")
    for some in chunks([cases[one] for one in names]):
        database.executemany(f"INSERT INTO cases ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", some)
    for some in chunks([events[one] for one in ("town", "day", "does")]):
        database.executemany("INSERT INTO events VALUES (?, ?, ?)", some)
    database.execute("COMMIT")
    database.execute(f"CREATE INDEX all_of_a_town ON cases (town, {', '.join(COLUMNS)})")
    database.execute("CREATE INDEX events_of_a_town ON events (town, does, day)")
    database.execute("ANALYZE")
    return database


def fill_duck(path: Path, cases: Mapping[str, Any], events: Mapping[str, Any]) -> Any:
    """The same rows in an analytical engine, on disk, with both cores."""
    import duckdb

    duck = duckdb.connect(str(path))
    duck.execute("SET memory_limit = '2GB'; SET threads = 2")
    duck.register("case_arrays", {one: cases[one] for one in ("town", "kind", *COLUMNS)})
    duck.register("event_arrays", {one: events[one] for one in ("town", "day", "does")})
    duck.execute("CREATE TABLE cases AS SELECT * FROM case_arrays")
    duck.execute("CREATE TABLE events AS SELECT * FROM event_arrays")
    duck.execute("CHECKPOINT")
    return duck


def ask_raw(database: sqlite3.Connection, area: Any, first: int, last: int) -> list[int]:
    """One area's twelve counts from the raw rows."""
    told = {"low": area.first, "high": area.last, "first": first, "last": last}
    return [int(one or 0) for one in database.execute(RAW, told).fetchone()]


def ask_duck(duck: Any, area: Any, first: int, last: int) -> list[int]:
    """The same question to the analytical engine."""
    return [
        int(one or 0)
        for one in duck.execute(DUCK, {"low": area.first, "high": area.last, "first": first, "last": last}).fetchone()
    ]


def _duck_words() -> str:
    words = RAW
    for name in COLUMNS[:7]:
        words = words.replace(f"SUM({name} ", f"COUNT(*) FILTER (WHERE {name} ")
    for one, two in (("SUM(due ", "COUNT(*) FILTER (WHERE due "), ("SUM(phase ", "COUNT(*) FILTER (WHERE phase ")):
        words = words.replace(one, two)
    for name in ("low", "high", "first", "last"):
        words = words.replace(f":{name}", f"${name}")
    return words.replace("handled_in_time AND", "handled_in_time = 1 AND").replace(
        "closed_in_time AND", "closed_in_time = 1 AND"
    )


DUCK = _duck_words()


class Nation:
    """The product's database with the nation's areas and their roll-up."""

    def __init__(self, home: Path, cases: Mapping[str, Any], events: Mapping[str, Any]) -> None:
        from bench import nation_cases

        self.made = nation_cases
        self.cases, self.events = cases, events
        self.areas = list(nation_cases.areas())
        self.bare = sqlite3.connect(home / "chuangwen.sqlite3", isolation_level=None, timeout=60)

    def settle(self) -> None:
        """Every area as an organisation."""
        self.bare.execute("PRAGMA cache_size=-200000")
        self.bare.execute("BEGIN")
        for number, level in enumerate(self.made.LEVELS):
            self.bare.execute("INSERT INTO township_organisationkind VALUES (?, ?, ?, '[]')", [level, level, number])
        self.bare.executemany(
            'INSERT INTO township_organisation (id, code, name, short, kind_id, parent_id, path, "order", region_code, aliases)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, 0, '', '[]')",
            [
                (one.key, code := one.path.split("/")[-2], code, code, one.level, one.parent, one.path)
                for one in self.areas
            ],
        )
        self.bare.execute("COMMIT")

    def by_hand(self, some: Sequence[int]) -> dict[tuple[int, str], list[int]]:
        """The roll-up that the product's own ``keep`` leaves of some cases, one step after the other; then swept away."""
        from django.db import transaction

        from chuangwen.work.cases import rollup

        towns = {one.number: one.path for one in self.areas if one.level == "town"}
        with transaction.atomic():
            for case in some:
                old = rollup.NEW
                for at, new in self.made.life(self.cases, self.events, case, towns[int(self.cases["town"][case])]):
                    rollup.keep(old, new, at)
                    old = new
        found = self.stored()
        self.bare.execute("DELETE FROM cases_areaday")
        self.bare.execute("DELETE FROM cases_areanow")
        return found

    def stored(self) -> dict[tuple[int, str], list[int]]:
        """All that is kept: by area and day, and by area alone (the present state)."""
        from chuangwen.work.cases.rollup import COUNTS, STATES

        days = self.bare.execute(f"SELECT area_id, day, {', '.join(COUNTS)} FROM cases_areaday")
        found = {(area, day): list(counts) for area, day, *counts in days if any(counts)}
        now = self.bare.execute(f"SELECT area_id, {', '.join(STATES)} FROM cases_areanow")
        return found | {(area, ""): list(counts) for area, *counts in now if any(counts)}

    def fill(self, some: Mapping[str, Any], events: Mapping[str, Any]) -> None:
        """The roll-up in bulk, in the order in which its rows come to be: day by day."""
        import numpy as np

        counts = self.made.tally(some, events)
        first = self.made.starts()
        levels = [
            np.stack([np.add.reduceat(counts[one], first[level][:-1], axis=0) for one in counts], axis=2)
            for level in self.made.LEVELS
        ]
        table = np.concatenate(levels)
        del levels, counts
        self.bare.execute("PRAGMA synchronous=OFF")
        self.bare.execute("BEGIN")
        for day in range(self.made.HORIZON):
            rows = table[:, day, :]
            there = np.flatnonzero(rows.any(axis=1))
            columns = [there + 1, *(rows[there, place] for place in range(rows.shape[1]))]
            on = (self.made.FIRST + timedelta(days=day)).isoformat()
            for lines in chunks(columns) if len(there) else ():
                self.bare.executemany(
                    f"INSERT INTO cases_areaday (area_id, day, {NAMES}) VALUES (?, '{on}'{', ?' * 12})", lines
                )
        states = table[:, :, 9:].sum(axis=1)
        there = np.flatnonzero(states.any(axis=1))
        for lines in chunks([there + 1, *(states[there, place] for place in range(3))]):
            self.bare.executemany(
                'INSERT INTO cases_areanow (area_id, due, "open", waiting) VALUES (?, ?, ?, ?)', lines
            )
        self.bare.execute("COMMIT")
        self.bare.execute("PRAGMA synchronous=FULL")
        self.bare.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def prove(self) -> None:
        """The bulk path leaves what the product's own path leaves, on a sample."""
        import numpy as np

        some = np.random.default_rng(2).choice(len(self.cases["town"]), SAMPLE, replace=False)
        by_hand = self.by_hand([int(one) for one in some])
        cases = {name: column[some] for name, column in self.cases.items()}
        mine = np.isin(self.events["case"], some)
        self.fill(cases, {name: column[mine] for name, column in self.events.items()})
        assert self.stored() == by_hand, "the bulk path differs from the product's own"
        assert len(by_hand) > SAMPLE
        self.bare.execute("DELETE FROM cases_areaday")
        self.bare.execute("DELETE FROM cases_areanow")


NAMES = 'reported, filed, dispatched, handled, handled_in_time, closed, closed_in_time, reworked, returned, due, "open", waiting'


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Wall-clock seconds of one of several calls in a row: the analytical engine works on both cores."""
    begin = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begin) / times


def tell(word: str, began: float) -> None:
    print(f"{word}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)


def run(home: Path) -> list[dict[str, Any]]:
    """Fill, compare, ask."""
    import numpy as np

    from bench import nation_cases as made
    from chuangwen.work.cases.rollup import dashboard

    began = time.perf_counter()
    cases, events = made.make(CASES)
    nation = Nation(home, cases, events)
    nation.settle()
    nation.prove()
    tell("proved", began)
    nation.fill(cases, events)
    tell("rolled up", began)
    raw = fill_raw(home / "raw.sqlite3", cases, events)
    tell("raw", began)
    duck = fill_duck(home / "raw.duckdb", cases, events)
    tell("duck", began)
    first, last = 0, made.DAYS - 1
    days = made.FIRST, made.LAST
    dice = np.random.default_rng(3)
    for area in [nation.areas[0], *dice.choice(np.array(nation.areas, dtype=object), ASKED)]:
        begins = int(dice.integers(0, made.DAYS))
        kept = list(dashboard(area.key, made.FIRST + timedelta(days=begins), made.LAST).values())
        assert kept == ask_raw(raw, area, begins, last), area
    tell("compared", began)
    found = []
    for level in made.LEVELS:
        area = [one for one in nation.areas if one.level == level][made.LEVELS[level] // 2]
        assert (
            list(dashboard(area.key, *days).values())
            == ask_raw(raw, area, first, last)
            == ask_duck(duck, area, first, last)
        )
        times = 1 if level in {"nation", "province"} else 5
        rounds = [
            (
                seconds(lambda: dashboard(area.key, *days), ASKED),
                seconds(lambda: ask_raw(raw, area, first, last), times),
                seconds(lambda: ask_duck(duck, area, first, last), 5),
            )
            for _ in range(ROUNDS)
        ]
        ours, base, engine = (statistics.median(column) for column in zip(*rounds, strict=True))
        size = f"{area.last - area.first + 1:,} towns"
        found += [
            row(
                f"dashboard-{level}",
                f"ms of twelve counts of a {level} ({size}) / raw rows in SQLite",
                ours * 1000,
                base * 1000,
                1 / 500,
            ),
            row(
                f"dashboard-{level}-duck",
                f"ms of twelve counts of a {level} / raw rows in DuckDB",
                ours * 1000,
                engine * 1000,
                1 / 10,
            ),
        ]
    tell("asked", began)
    return [*found, upkeep(nation)]


def upkeep(nation: Nation) -> dict[str, Any]:
    """CPU of a bare update of a case with its roll-up, five areas deep, against the bare update, both durable."""
    from dataclasses import replace

    from django.db import connection, transaction

    from chuangwen.work.cases import rollup

    made = nation.made
    towns = [one for one in nation.areas if one.level == "town"]
    at = made.moment(made.DAYS - 1)
    prepare_cases(nation, towns, at)
    numbers = iter(range(10**9))
    sql = (
        "UPDATE cases_case SET state = %s, turn_unit_id = %s, clocks = %s, did = %s, due_at = %s, warn_at = %s,"
        " dispatched_at = %s, version = version + 1 WHERE id = %s AND version = %s"
    )

    def bare(number: int, key: int) -> None:
        clocks = json.dumps({"handle": {"due": at.isoformat(), "n": number}})
        with connection.cursor() as cursor:
            told = [
                f"s{number}",
                towns[number * 7919 % len(towns)].key,
                clocks,
                clocks,
                at + timedelta(seconds=number),
                at,
                at,
                key,
                number // MOVED + 1,
            ]
            cursor.execute(sql, told)
            assert cursor.rowcount == 1

    def move(kept: bool) -> None:
        number = next(numbers)
        key = number % MOVED + 1
        with transaction.atomic():
            bare(number, key)
            if kept:
                town = towns[(number * 104_729) % len(towns)]
                old = rollup.Counted(1, town.path, marks=(("reported", at - timedelta(days=2), True),), phase="open")
                marks = (*old.marks, ("filed", at, True), ("dispatched", at, True))
                rollup.keep(old, replace(old, marks=marks, due_at=at + timedelta(days=5)), at)

    times = [
        (cpu(lambda: [move(True) for _ in range(300)]), cpu(lambda: [move(False) for _ in range(300)]))
        for _ in range(7)
    ]
    one, two = (statistics.median(column) / 300 * 1000 for column in zip(*times, strict=True))
    return row(
        "dashboard-upkeep", "CPU ms of a case's update with its roll-up over five levels / the bare update", one, two, 3
    )


MOVED = 2_000


def prepare_cases(nation: Nation, towns: Sequence[Any], at: datetime) -> None:
    """Some cases to be moved, in the product's own table."""
    from chuangwen.work.cases.models import Case, CaseType

    type_ = CaseType.objects.create(code="x", title="x", pack="x", digest="x", content={}, installed_at=at)
    Case.objects.bulk_create(
        [
            Case(pk=n + 1, type=type_, kind="x", number=f"x{n}", year=2021, serial=n + 1, title="x", state="s", opened_at=at,
                 area_id=towns[n * 31 % len(towns)].key, lead_id=towns[n].key)
            for n in range(MOVED)
        ],
        batch_size=500,
    )  # fmt: skip


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    os.environ["CHUANGWEN_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "chuangwen.settings"
    os.environ.pop("CHUANGWEN_DATABASE", None)
    try:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(json.dumps(run(folder)))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
