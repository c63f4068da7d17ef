"""A nation's cases in tables: the raw rows in SQLite and in DuckDB, the roll-up in the product's own database."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
from django.db import transaction

from bench import nation_cases as made
from chuangwen.work.cases import rollup
from chuangwen.work.cases.rollup import COUNTS, FLOWS, STATES

COLUMNS = ("opened", "filed", "dispatched", "handled", "handled_in_time", "closed", "closed_in_time", "due", "phase")
Arrays = Mapping[str, np.ndarray]
SAMPLE = 500
NAMES = ", ".join(f'"{name}"' for name in COUNTS)


def chunks(columns: Sequence[np.ndarray], size: int = 500_000) -> Iterator[list[tuple[int, ...]]]:
    """Columns of arrays as rows of Python numbers."""
    for begin in range(0, len(columns[0]), size):
        yield list(zip(*(one[begin : begin + size].tolist() for one in columns), strict=True))


class Raw:
    """The rows themselves in SQLite, with one index that holds all that a dashboard asks, led by the town."""

    words = """
    SELECT SUM(opened BETWEEN :first AND :last), SUM(filed BETWEEN :first AND :last),
           SUM(dispatched BETWEEN :first AND :last), SUM(handled BETWEEN :first AND :last),
           SUM(handled_in_time AND handled BETWEEN :first AND :last), SUM(closed BETWEEN :first AND :last),
           SUM(closed_in_time AND closed BETWEEN :first AND :last),
           (SELECT COUNT(*) FROM events WHERE town BETWEEN :low AND :high AND does = 0 AND day BETWEEN :first AND :last),
           (SELECT COUNT(*) FROM events WHERE town BETWEEN :low AND :high AND does = 1 AND day BETWEEN :first AND :last),
           SUM(due BETWEEN 0 AND :last), SUM(phase = 0), SUM(phase = 1)
    FROM cases WHERE town BETWEEN :low AND :high
    """

    def __init__(self, path: Path, cases: Arrays, events: Arrays) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", f"mmap_size={2 << 30}"):
            self.database.execute(f"PRAGMA {pragma}")
        names = ("town", "kind", *COLUMNS)
        self.database.execute(
            f"CREATE TABLE cases (id INTEGER PRIMARY KEY, {', '.join(f'{one} INTEGER' for one in names)})"
        )
        self.database.execute("CREATE TABLE events (town INTEGER, day INTEGER, does INTEGER)")
        self.database.execute("BEGIN")
        for some in chunks([cases[one] for one in names]):
            self.database.executemany(
                f"INSERT INTO cases ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", some
            )
        for some in chunks([events[one] for one in ("town", "day", "does")]):
            self.database.executemany("INSERT INTO events VALUES (?, ?, ?)", some)
        self.database.execute("COMMIT")
        self.database.execute(f"CREATE INDEX all_of_a_town ON cases (town, {', '.join(COLUMNS)})")
        self.database.execute("CREATE INDEX events_of_a_town ON events (town, does, day)")
        self.database.execute("ANALYZE")

    def ask(self, area: made.Area, first: int, last: int) -> list[int]:
        """One area's twelve counts: its towns are a range, so that its rows lie together in the index."""
        told = {"low": area.first, "high": area.last, "first": first, "last": last}
        return [int(one or 0) for one in self.database.execute(self.words, told).fetchone()]


class Duck:
    """The same rows in the analytical engine, on disk, with both cores."""

    words = """
    SELECT COUNT(*) FILTER (WHERE opened BETWEEN $first AND $last), COUNT(*) FILTER (WHERE filed BETWEEN $first AND $last),
           COUNT(*) FILTER (WHERE dispatched BETWEEN $first AND $last),
           COUNT(*) FILTER (WHERE handled BETWEEN $first AND $last),
           COUNT(*) FILTER (WHERE handled_in_time = 1 AND handled BETWEEN $first AND $last),
           COUNT(*) FILTER (WHERE closed BETWEEN $first AND $last),
           COUNT(*) FILTER (WHERE closed_in_time = 1 AND closed BETWEEN $first AND $last),
           (SELECT COUNT(*) FROM events WHERE town BETWEEN $low AND $high AND does = 0 AND day BETWEEN $first AND $last),
           (SELECT COUNT(*) FROM events WHERE town BETWEEN $low AND $high AND does = 1 AND day BETWEEN $first AND $last),
           COUNT(*) FILTER (WHERE due BETWEEN 0 AND $last), COUNT(*) FILTER (WHERE phase = 0),
           COUNT(*) FILTER (WHERE phase = 1)
    FROM cases WHERE town BETWEEN $low AND $high
    """

    def __init__(self, path: Path, cases: Arrays, events: Arrays) -> None:
        self.duck = duckdb.connect(str(path))
        self.duck.execute("SET memory_limit = '2GB'; SET threads = 2")
        self.duck.register("case_arrays", {one: cases[one] for one in ("town", "kind", *COLUMNS)})
        self.duck.register("event_arrays", {one: events[one] for one in ("town", "day", "does")})
        self.duck.execute("CREATE TABLE cases AS SELECT * FROM case_arrays")
        self.duck.execute("CREATE TABLE events AS SELECT * FROM event_arrays")
        self.duck.execute("CHECKPOINT")

    def ask(self, area: made.Area, first: int, last: int) -> list[int]:
        """The same question."""
        told = {"low": area.first, "high": area.last, "first": first, "last": last}
        found = self.duck.execute(self.words, told).fetchone()
        assert found is not None
        return [int(one or 0) for one in found]


class Nation:
    """The product's database with the nation's areas and their roll-up."""

    def __init__(self, home: Path, cases: Arrays, events: Arrays) -> None:
        self.cases, self.events = cases, events
        self.areas = list(made.areas())
        self.towns = [one for one in self.areas if one.level == "town"]
        self.bare = sqlite3.connect(home / "chuangwen.sqlite3", isolation_level=None, timeout=60)
        self.bare.execute("PRAGMA cache_size=-200000")

    def settle(self) -> None:
        """Every area as an organisation."""
        self.bare.execute("BEGIN")
        for number, level in enumerate(made.LEVELS):
            self.bare.execute("INSERT INTO township_organisationkind VALUES (?, ?, ?, '[]')", [level, level, number])
        self.bare.executemany(
            'INSERT INTO township_organisation (id, code, name, short, kind_id, parent_id, path, "order", region_code, aliases)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, 0, '', '[]')",
            [(one.key, one.code, one.code, one.code, one.level, one.parent, one.path) for one in self.areas],
        )
        self.bare.execute("COMMIT")

    def prove(self) -> None:
        """The bulk path leaves what the product's own path leaves, on a sample."""
        some = np.random.default_rng(2).choice(len(self.cases["town"]), SAMPLE, replace=False)
        by_hand = self._by_hand(some.tolist())
        mine = np.isin(self.events["case"], some)
        self.fill(
            {name: one[some] for name, one in self.cases.items()},
            {name: one[mine] for name, one in self.events.items()},
        )
        assert self._stored() == by_hand, "the bulk path differs from the product's own"
        assert len(by_hand) > SAMPLE
        self._sweep()

    def _by_hand(self, some: Sequence[int]) -> dict[tuple[int, str], list[int]]:
        """What the product's own ``keep`` leaves of some cases, one step after the other; then swept away."""
        with transaction.atomic():
            for case in some:
                old = rollup.NEW
                for at, new in made.life(self.cases, self.events, case, self.towns[int(self.cases["town"][case])].path):
                    rollup.keep(old, new, at)
                    old = new
        found = self._stored()
        self._sweep()
        return found

    def _stored(self) -> dict[tuple[int, str], list[int]]:
        """All that is kept: by area and day, and by area alone (the present state)."""
        days = self.bare.execute(f"SELECT area_id, day, {NAMES} FROM cases_areaday")
        found = {(area, day): list(counts) for area, day, *counts in days if any(counts)}
        now = self.bare.execute(f"SELECT area_id, {', '.join(STATES)} FROM cases_areanow")
        return found | {(area, ""): list(counts) for area, *counts in now if any(counts)}

    def _sweep(self) -> None:
        self.bare.execute("DELETE FROM cases_areaday")
        self.bare.execute("DELETE FROM cases_areanow")

    def fill(self, cases: Arrays, events: Arrays) -> None:
        """The roll-up in bulk, in the order in which its rows come to be: day by day."""
        counts, first = made.tally(cases, events), made.starts()
        table = np.concatenate([
            np.stack([np.add.reduceat(one, first[level][:-1], axis=0) for one in counts.values()], axis=2)
            for level in made.LEVELS
        ])  # fmt: skip
        self.bare.execute("PRAGMA synchronous=OFF")
        self.bare.execute("BEGIN")
        for day in range(made.HORIZON):
            on = (made.FIRST + timedelta(days=day)).isoformat()
            self._insert("cases_areaday", f"area_id, day, {NAMES}", f"?, '{on}'", table[:, day, :])
        self._insert("cases_areanow", f"area_id, {', '.join(STATES)}", "?", table[:, :, len(FLOWS) :].sum(axis=1))
        self.bare.execute("COMMIT")
        self.bare.execute("PRAGMA synchronous=FULL")
        self.bare.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _insert(self, table: str, names: str, marks: str, rows: np.ndarray) -> None:
        """Rows of counts by area (whose keys run from 1), those of noughts left out."""
        there = np.flatnonzero(rows.any(axis=1))
        width = rows.shape[1]
        for lines in chunks([there + 1, *(rows[there, place] for place in range(width))]):
            self.bare.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}{', ?' * width})", lines)
