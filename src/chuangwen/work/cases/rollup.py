"""Keeping the roll-up and reading it: counts by area and day, and the present state (see ``AreaDay``, ``AreaNow``).

Counts are kept for the area of a case and every area above it, in one or two statements for a step. A recount from the
rows gives the same (tested).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from chuangwen.kernel.figures import TOWN, Figure, FigureKind, day_text, declare, stretch
from chuangwen.kernel.words import later
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.township.models import Organisation
from chuangwen.work.cases.figures import KINDS
from chuangwen.work.cases.models import Case, Phase
from chuangwen.work.cases.tally_models import AreaDay, AreaNow

FLOWS = (
    "reported",
    "filed",
    "dispatched",
    "handled",
    "handled_in_time",
    "closed",
    "closed_in_time",
    "reworked",
    "returned",
)
STATES = ("due", "open", "waiting")
COUNTS = FLOWS + STATES
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


def keep(old: Counted, new: Counted, at: datetime) -> None:
    """Write the difference for the area and all areas above it: a statement for the days, one for the present state."""
    changed = {} if new.guarded else deltas(old, new, at)
    if not changed:
        return
    over = paths(new)
    _add(
        "cases_areaday",
        ("day", *COUNTS),
        [(path, [day, *_row(one, COUNTS)]) for path in over for day, one in sorted(changed.items())],
    )
    state = [sum(one.get(name, 0) for one in changed.values()) for name in STATES]
    if any(state):
        _add("cases_areanow", STATES, [(path, state) for path in over])


AT_ONCE = 200


def keep_many(steps: Iterable[tuple[Counted, Counted, datetime]]) -> None:
    """``keep`` for many steps at once: as many statements for a thousand cases as for two hundred areas and days."""
    days = _summed(steps)
    rows = list[tuple[str, Sequence[int | date]]]()
    states = dict[str, list[int]]()
    for (path, day), one in sorted(days.items()):
        rows.append((path, [day, *_row(one, COUNTS)]))
        sums = states.setdefault(path, [0] * len(STATES))
        states[path] = [a + b for a, b in zip(sums, _row(one, STATES), strict=True)]
    for begin in range(0, len(rows), AT_ONCE):
        _add("cases_areaday", ("day", *COUNTS), rows[begin : begin + AT_ONCE])
    now = [(path, counts) for path, counts in sorted(states.items()) if any(counts)]
    for begin in range(0, len(now), AT_ONCE):
        _add("cases_areanow", STATES, now[begin : begin + AT_ONCE])


def _summed(steps: Iterable[tuple[Counted, Counted, datetime]]) -> dict[tuple[str, date], dict[str, int]]:
    """What many steps change, by area (its path) and day."""
    days = dict[tuple[str, date], dict[str, int]]()
    for old, new, at in steps:
        for day, counts in ({} if new.guarded else deltas(old, new, at)).items():
            for path in paths(new):
                mine = days.setdefault((path, day), {})
                for name, amount in counts.items():
                    mine[name] = mine.get(name, 0) + amount
    return days


def _row(counts: Mapping[str, int], names: Iterable[str]) -> list[int]:
    return [counts.get(name, 0) for name in names]


def paths(one: Counted) -> list[str]:
    """Paths of the area and of all above it; a case of no area counts for the town as a whole."""
    codes = [code for code in one.path.split("/") if code]
    return [f"/{'/'.join(codes[: n + 1])}/" for n in range(len(codes))] or [""]


OF_PATH = 'SELECT "id" FROM "township_organisation" WHERE "path" = %s'
OF_TOP = 'SELECT "id" FROM "township_organisation" WHERE "parent_id" IS NULL AND %s = \'\' ORDER BY "id" LIMIT 1'


def _add(table: str, names: Sequence[str], rows: Sequence[tuple[str, Sequence[int | date]]]) -> None:
    """Add counts to the rows of areas (by path), making those that are missing. Areas come from the top down."""
    marks = ", ".join(["%s"] * len(names))
    values = ", ".join(f"(({OF_PATH if path else OF_TOP}), {marks})" for path, _counts in rows)
    keys = ["area_id", *(name for name in names if name == "day")]
    sums = ", ".join(f'"{name}" = "{table}"."{name}" + excluded."{name}"' for name in names if name not in keys)
    sql = f"INSERT INTO {table} ({_names(['area_id', *names])}) VALUES {values} ON CONFLICT ({_names(keys)}) DO UPDATE SET {sums}"  # noqa: S608 - names of our own columns
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for path, counts in rows for value in (path, *counts)])


def _names(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


DASHBOARD = f"""
SELECT {", ".join(f'COALESCE(within."{one}", 0)' for one in FLOWS)},
       {", ".join(f'COALESCE(present."{one}", 0) - COALESCE(later."{one}", 0)' for one in STATES)}
FROM (SELECT {", ".join(f'SUM("{one}") AS "{one}"' for one in FLOWS)}
      FROM cases_areaday WHERE area_id = %s AND day BETWEEN %s AND %s) AS within
CROSS JOIN (SELECT {", ".join(f'SUM("{one}") AS "{one}"' for one in STATES)}
      FROM cases_areaday WHERE area_id = %s AND day > %s) AS later
LEFT JOIN cases_areanow AS present ON present.area_id = %s
"""  # noqa: S608 - names of our own columns


def dashboard(area: int, first: date, last: date) -> dict[str, int]:
    """The twelve counts of an area of any level, in one query.

    What happened from the first day to the last, and how it stood at the end of the last; ``due`` counts what is open
    now and was to be done by then.
    """
    with connection.cursor() as cursor:
        cursor.execute(DASHBOARD, [area, first, last, area, last, area])
        return dict(zip(COUNTS, cursor.fetchone(), strict=True))


FLOW_KINDS: Mapping[str, FigureKind] = {
    name: declare(f"cases.in_period.{name}", title, meaning)
    for name, title, meaning in (
        ("reported", later("期内登记"), later("登记时间在期内的件数，含后来撤回的，并入别件的不算")),
        ("filed", later("期内立案"), later("立案时间在期内的件数")),
        ("dispatched", later("期内派遣"), later("派遣时间在期内的件数")),
        ("handled", later("期内处置"), later("最近一次处置在期内的件数")),
        (
            "handled_in_time",
            later("期内处置且按期"),
            later("最近一次处置在期内并且没有超期的件数，不管截止时间在不在期内"),
        ),
        ("closed", later("期内结案"), later("结案时间在期内的件数")),
        ("closed_in_time", later("期内结案且按期"), later("结案时间在期内并且没有超期的件数")),
        ("reworked", later("返工次数"), later("期内退回重办的次数，一件退两次算两次")),
        ("returned", later("退件次数"), later("期内退件的次数，一件退两次算两次")),
        ("due", later("期末到期未结"), later("期末还没办结、截止时间在期末当天或以前的件数")),
    )
}
STATE_KINDS = {"open": KINDS["at_work"], "waiting": KINDS["paused"]}


def whole(first: date, last: date) -> list[Figure]:
    """The twelve counts of the whole town, each with its name; nothing before it is set up."""
    top = Organisation.objects.filter(parent=None).order_by("pk").values_list("pk", flat=True).first()
    if top is None:
        return []
    during, end = stretch(first, last), day_text(last)
    return [
        Figure(STATE_KINDS[name], count, TOWN, end)
        if name in STATE_KINDS
        else Figure(FLOW_KINDS[name], count, TOWN, during)
        for name, count in dashboard(top, first, last).items()
    ]


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


def present(days: Mapping[tuple[int, date], Mapping[str, int]]) -> dict[int, dict[str, int]]:
    """The present state of each area by a recount: the sum over its days."""
    found: dict[int, dict[str, int]] = {}
    for (area, _day), counts in days.items():
        mine = found.setdefault(area, dict.fromkeys(STATES, 0))
        for name in STATES:
            mine[name] += counts.get(name, 0)
    return found


def count_anew() -> None:
    """Write the whole roll-up from a recount: after areas have moved in the town's tree."""
    days = recount()
    AreaDay.objects.all().delete()
    AreaNow.objects.all().delete()
    AreaDay.objects.bulk_create(
        [AreaDay(area_id=area, day=day, **counts) for (area, day), counts in sorted(days.items())], batch_size=500
    )
    AreaNow.objects.bulk_create([AreaNow(area_id=area, **counts) for area, counts in sorted(present(days).items())])


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
