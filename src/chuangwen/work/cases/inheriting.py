"""What a duplicate owed goes on with the case that it is merged into: no merging makes a late matter punctual."""

from datetime import datetime
from typing import Any

from chuangwen.work.cases import clocks
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.stepping import handling_clocks, set_due
from chuangwen.work.cases.types import type_of

EARLIEST = ("opened_at", "filed_at", "dispatched_at")
IN_TIME = ("contacted_in_time", "handled_in_time")


def take_over(one: Case, into: Case, at: datetime) -> None:
    """Keep the earliest opening and deadline of the two, the late mark and the rung of the ladder; in memory."""
    for name in EARLIEST:
        mine, theirs = getattr(into, name), getattr(one, name)
        if mine is not None and theirs is not None:
            setattr(into, name, min(mine, theirs))
    late = one.late or one.is_overdue(at)
    rung = max(one.rung, into.rung)
    handle_due = min((due for due in (one.handle_due_at, into.handle_due_at) if due), default=None)
    into.clocks = _clocks_together(one, into)
    set_due(into, type_of(into))
    into.handle_due_at = handle_due
    into.late = into.late or late
    for name in IN_TIME:
        if getattr(one, name) is False and getattr(into, name) is not None:
            setattr(into, name, False)
    if into.handled_at is not None and handle_due is not None and handle_due < into.handled_at:
        into.handled_in_time, into.late = False, True
    if into.due_at is not None and into.due_at < at:
        into.rung = rung
    into.warned = into.warned or one.warned


def _clocks_together(one: Case, into: Case) -> clocks.Clocks:
    """The deadlines of both: of each the earlier; one that the other case has not, or has met, is carried along.

    A deadline for the handling is carried under its own name, so that the handling ends it; any other beside them, until
    the next change of state.
    """
    table: clocks.Clocks = {name: dict(clock) for name, clock in into.clocks.items()}
    handling = handling_clocks(type_of(into))
    for name, clock in one.clocks.items():
        owed = clocks.runs(clock) or (name in handling and clock.get("late") is True)
        mine = table.get(name)
        if not owed:
            continue
        if mine is not None and clocks.runs(mine):
            table[name] = mine if _due(mine) <= _due(clock) else _carried(clock, one)
        elif name in handling and mine is None:
            table[name] = _carried(clock, one)
        elif clocks.runs(clock):
            table[f"{name}@{one.number}"] = _carried(clock, one)
    return table


def _carried(clock: dict[str, Any], one: Case) -> dict[str, Any]:
    kept = {key: value for key, value in clock.items() if key not in {"stopped", "late"}}
    return {**kept, "carried": clock.get("carried", one.number)}


def _due(clock: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(clock["due"])
