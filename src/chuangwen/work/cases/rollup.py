"""Keeping the roll-up: one statement for a step, whatever areas and days it touches (see ``AreaDay``).

Counts are kept for the area of a case and every area above it. A recount from the rows gives the same (tested).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from chuangwen.kernel.workdays import CHINA
from chuangwen.records.township.models import Organisation
from chuangwen.work.cases.models import Case, Phase
from chuangwen.work.cases.tally_models import AreaDay

COUNTS = (
    "reported",
    "filed",
    "dispatched",
    "handled",
    "handled_in_time",
    "closed",
    "closed_in_time",
    "reworked",
    "returned",
    "due",
    "open",
    "waiting",
)
Deltas = dict[date, dict[str, int]]


@dataclass(frozen=True)
class Counted:
    """What the roll-up counts of a case, before and after a step. ``guarded`` cases count nowhere, a duplicate not beside

    the case that it was merged into.
    """

    area: int | None = None
    path: str = ""
    guarded: bool = False
    marks: tuple[tuple[str, datetime | None, bool], ...] = ()
    reworks: int = 0
    returns: int = 0
    due_at: datetime | None = None
    phase: str = ""


def counted(case: Case) -> Counted:
    """Take down what the roll-up counts, before the step changes it."""
    merged = case.merged_into_id is not None
    return Counted(
        area=case.area_id,
        path=case.area.path if case.area else "",
        guarded=case.guard == "guarded",
        marks=(
            ("reported", case.opened_at, not merged),
            ("filed", case.filed_at, not merged),
            ("dispatched", case.dispatched_at, not merged),
            ("handled", case.handled_at, not merged),
            ("handled_in_time", case.handled_at, case.handled_in_time is True and not merged),
            ("closed", case.closed_at, not merged),
            ("closed_in_time", case.closed_at, case.closed_in_time is True and not merged),
        ),
        reworks=case.reworks,
        returns=case.returns,
        due_at=case.due_at if case.phase != Phase.CLOSED else None,
        phase=case.phase,
    )


NEW = Counted()


def deltas(old: Counted, new: Counted, at: datetime) -> Deltas:
    """What a step adds and takes away, by day."""
    found: Deltas = {}

    def add(moment: datetime | None, name: str, amount: int) -> None:
        if moment is not None and amount:
            day = found.setdefault(moment.astimezone(CHINA).date(), {})
            day[name] = day.get(name, 0) + amount

    for side, sign in ((old, -1), (new, 1)):
        for name, moment, counts in side.marks:
            add(moment if counts else None, name, sign)
        add(side.due_at, "due", sign)
        add(at, side.phase if side.phase in {"open", "waiting"} else "", sign if side.phase != "closed" else 0)
    add(at, "reworked", new.reworks - old.reworks)
    add(at, "returned", new.returns - old.returns)
    return {day: kept for day, one in found.items() if (kept := {key: n for key, n in one.items() if n and key})}


def keep(old: Counted, new: Counted, at: datetime, towns: "Towns") -> None:
    """Write the difference for the area and all areas above it, in one statement."""
    if new.guarded:
        return
    changed = deltas(old, new, at)
    areas = towns.areas(new)
    if changed and areas:
        write([(area, day, counts) for area in areas for day, counts in changed.items()])


def write(rows: Iterable[tuple[int, date, dict[str, int]]]) -> None:
    """Add counts to the rows of areas and days, making those that are missing."""
    rows = sorted(rows, key=lambda row: (row[0], row[1]))
    table = AreaDay._meta.db_table  # noqa: SLF001 - Django's own public name
    values = ", ".join(["(" + ", ".join(["%s"] * (2 + len(COUNTS))) + ")"] * len(rows))
    sums = ", ".join(f'"{name}" = "{table}"."{name}" + excluded."{name}"' for name in COUNTS)
    names = ", ".join(f'"{name}"' for name in ("area_id", "day", *COUNTS))
    sql = f'INSERT INTO "{table}" ({names}) VALUES {values} ON CONFLICT ("area_id", "day") DO UPDATE SET {sums}'  # noqa: S608 - names of our own columns
    told: list[Any] = []
    for area, day, counts in rows:
        told += [area, day, *(counts.get(name, 0) for name in COUNTS)]
    with connection.cursor() as cursor:
        cursor.execute(sql, told)


class Towns:
    """The areas above an area, read once for many cases."""

    def __init__(self) -> None:
        self._by_code: dict[str, int] = {}

    def areas(self, one: Counted) -> list[int]:
        """The area itself and all above it; a case of no area counts for the town as a whole."""
        codes = [code for code in one.path.split("/") if code]
        if not codes:
            return [self._top()]
        missing = [code for code in codes if code not in self._by_code]
        if missing:
            self._by_code.update(Organisation.objects.filter(code__in=missing).values_list("code", "pk"))
        return [self._by_code[code] for code in codes]

    def _top(self) -> int:
        if "" not in self._by_code:
            self._by_code[""] = Organisation.objects.filter(parent=None).order_by("pk").values_list("pk", flat=True)[0]
        return self._by_code[""]


def recount() -> dict[tuple[int, date], dict[str, int]]:
    """The roll-up counted anew from the cases and their steps: what the kept one must equal."""
    towns, found = Towns(), dict[tuple[int, date], dict[str, int]]()
    cases = Case.objects.exclude(guard="guarded").select_related("area").prefetch_related("steps")
    for case in cases.iterator(chunk_size=500):
        end = counted(case)
        for area in towns.areas(end):
            for day, counts in _history(case, end).items():
                mine = found.setdefault((area, day), {})
                for name, amount in counts.items():
                    mine[name] = mine.get(name, 0) + amount
    return found


def _history(case: Case, end: Counted) -> Deltas:
    """What one case has left in the roll-up over its whole life, from its rows."""
    kinds = {state["id"]: state["kind"] for state in case.type.content["states"]}
    bare = Counted(marks=end.marks, due_at=end.due_at)
    found = deltas(NEW, bare, case.opened_at)

    def add(at: datetime, name: str, amount: int) -> None:
        day = found.setdefault(at.astimezone(CHINA).date(), {})
        day[name] = day.get(name, 0) + amount

    phase = ""
    for step in case.steps.all():
        now = kinds.get(step.after, "closed") if step.does != "merge" else "closed"
        if now != phase:
            for side, sign in ((phase, -1), (now, 1)):
                if side in {"open", "waiting"}:
                    add(step.at, side, sign)
        if step.does in {"rework", "return"}:
            add(step.at, "reworked" if step.does == "rework" else "returned", 1)
        phase = now
    return {day: kept for day, one in found.items() if (kept := {key: n for key, n in one.items() if n})}
