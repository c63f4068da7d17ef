"""A nation's cases as arrays, made by seed: ten million over 38,600 towns, 40 types, 200 days; and their roll-up in bulk.

Days are whole numbers from 0; -1 stands for "has not happened". Areas stand in one tree of contiguous ranges of towns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from chuangwen.kernel.workdays import CHINA
from chuangwen.work.cases.rollup import COUNTS, Counted

LEVELS = {"nation": 1, "province": 31, "city": 333, "county": 2_844, "town": 38_600}
TOWNS, TYPES, DAYS, HORIZON = LEVELS["town"], 40, 200, 230
FIRST = date(2021, 3, 1)
LAST = FIRST + timedelta(days=DAYS - 1)
Arrays = Mapping[str, np.ndarray]
OPEN, WAITING, CLOSED = 0, 1, 2


def make(count: int, seed: int = 1) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The cases in the order of their coming, and the events (a rework, a return) of them."""
    dice = np.random.default_rng(seed)

    def later(day: np.ndarray, most: int, share: float) -> np.ndarray:
        """Some days later for a share of those that got so far and are not in the future."""
        found = day + dice.integers(0, most + 1, count, dtype=np.int16)
        return np.where((day >= 0) & (dice.random(count, dtype=np.float32) < share) & (found < DAYS), found, -1).astype(
            np.int16
        )

    opened = np.sort(dice.integers(0, DAYS, count, dtype=np.int16))
    filed = later(opened, 1, 0.95)
    dispatched = later(filed, 1, 0.97)
    deadline = dispatched + dice.integers(3, 16, count, dtype=np.int16)
    paused = later(dispatched, 3, 0.02)
    handled = np.where(paused < 0, later(dispatched, 20, 0.93), -1).astype(np.int16)
    closed = later(handled, 5, 0.95)
    closed = np.where(filed < 0, opened, closed).astype(np.int16)
    timely = (handled >= 0) & (handled <= deadline)
    waits = (dispatched >= 0) & (paused < 0) & (handled < 0) & (closed < 0)
    cases = {
        "town": dice.integers(0, TOWNS, count, dtype=np.int32),
        "kind": dice.integers(0, TYPES, count, dtype=np.int16),
        "opened": opened, "filed": filed, "dispatched": dispatched, "handled": handled, "closed": closed,
        "handled_in_time": timely.astype(np.int16),
        "closed_in_time": ((closed >= 0) & (timely | (filed < 0))).astype(np.int16),
        "due": np.where(waits, deadline, -1).astype(np.int16),
        "phase": np.where(closed >= 0, CLOSED, np.where(paused >= 0, WAITING, OPEN)).astype(np.int16),
    }  # fmt: skip
    back, again = later(dispatched, 2, 0.02), np.where(dice.random(count, dtype=np.float32) < 0.05, handled, -1)
    parts = [(name, np.flatnonzero(day >= 0), day) for name, day in (("returned", back), ("reworked", again))]
    events = {
        "case": np.concatenate([at for _, at, _ in parts]).astype(np.int32),
        "town": np.concatenate([cases["town"][at] for _, at, _ in parts]),
        "day": np.concatenate([day[at] for _, at, day in parts]).astype(np.int16),
        "does": np.concatenate([np.full(len(at), EVENTS.index(name), np.int16) for name, at, _ in parts]),
    }
    return {**cases, "paused": paused, "deadline": deadline}, events


EVENTS = ("reworked", "returned")


@dataclass(frozen=True)
class Area:
    """One area: its level, its place in it (from 0), its towns from first to last, its key and its path."""

    level: str
    number: int
    key: int
    first: int
    last: int
    path: str
    parent: int | None

    @property
    def code(self) -> str:
        return self.path.split("/")[-2]


def starts() -> dict[str, np.ndarray]:
    """The first town of each area of each level, and one more: a level's ranges join whole ranges of the level below."""
    found, below = {"town": np.arange(TOWNS + 1)}, TOWNS
    for level, count in list(reversed(LEVELS.items()))[1:]:
        first_child = -(-np.arange(count + 1) * below // count)
        found[level] = list(found.values())[-1][first_child]
        below = count
    return found


def areas() -> Iterator[Area]:
    """All areas from the top down."""
    key, above, first = 0, list[Area](), starts()
    for level, count in LEVELS.items():
        these = []
        for number in range(count):
            key += 1
            parent = above[number * len(above) // count] if above else None
            path = f"{parent.path if parent else '/'}{level[:2]}{number}/"
            one, two = int(first[level][number]), int(first[level][number + 1]) - 1
            these.append(Area(level, number, key, one, two, path, parent.key if parent else None))
        yield from these
        above = these


def tally(cases: Arrays, events: Arrays) -> dict[str, np.ndarray]:
    """Counts by town and day, in bulk: the sums that ``rollup.keep`` would have added one by one."""

    def count(towns: np.ndarray, days: np.ndarray, some: np.ndarray | None = None) -> np.ndarray:
        there = days >= 0 if some is None else (days >= 0) & some
        flat = towns[there].astype(np.int64) * HORIZON + days[there]
        return np.bincount(flat, minlength=TOWNS * HORIZON).reshape(TOWNS, HORIZON).astype(np.int32)

    towns, found = cases["town"], dict[str, np.ndarray]()
    for name, column, only in (
        ("reported", "opened", None), ("filed", "filed", None), ("dispatched", "dispatched", None),
        ("handled", "handled", None), ("handled_in_time", "handled", "handled_in_time"),
        ("closed", "closed", None), ("closed_in_time", "closed", "closed_in_time"),
    ):  # fmt: skip
        found[name] = count(towns, cases[column], cases[only] > 0 if only else None)
    for number, name in enumerate(EVENTS):
        found[name] = count(events["town"], events["day"], events["does"] == number)
    found["due"] = count(towns, cases["due"])
    found["waiting"] = count(towns, cases["paused"])
    found["open"] = found["reported"] - found["closed"] - found["waiting"]
    return {name: found[name] for name in COUNTS}


def life(cases: Arrays, events: Arrays, case: int, path: str) -> list[tuple[datetime, Counted]]:
    """What the roll-up counted of one case after each of its steps."""
    day = {name: int(cases[name][case]) for name in ("opened", "filed", "dispatched", "paused", "handled", "closed")}
    mine = np.flatnonzero(events["case"] == case)
    told = [(int(events["day"][at]), EVENTS[int(events["does"][at])]) for at in mine]
    found = []
    for now in sorted({one for one in day.values() if one >= 0} | {one for one, _ in told}):
        at = {name: moment(one) if 0 <= one <= now else None for name, one in day.items()}
        phase = "closed" if at["closed"] else "waiting" if at["paused"] else "open"
        runs = at["dispatched"] and not (at["paused"] or at["handled"] or at["closed"])
        marks = (
            ("reported", at["opened"], True), ("filed", at["filed"], True), ("dispatched", at["dispatched"], True),
            ("handled", at["handled"], True), ("handled_in_time", at["handled"], bool(cases["handled_in_time"][case])),
            ("closed", at["closed"], True), ("closed_in_time", at["closed"], bool(cases["closed_in_time"][case])),
        )  # fmt: skip
        tally = {name: sum(one <= now and what == name for one, what in told) for name in EVENTS}
        due = moment(int(cases["deadline"][case])) if runs else None
        found.append((moment(now), Counted(1, path, False, marks, tally["reworked"], tally["returned"], due, phase)))
    return found


def moment(day: int) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day), time(12), CHINA)
