"""A changed calendar: every running deadline that touches a changed day is computed anew."""

from datetime import datetime

from django.core.cache import cache
from django.db import transaction

from chuangwen.kernel.words import later
from chuangwen.kernel.workdays import WorkCalendar
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases import clocks, rollup, stepping
from chuangwen.work.cases.actions import mark, thing
from chuangwen.work.cases.keeping import fresh, write
from chuangwen.work.cases.models import Case, Phase
from chuangwen.work.cases.types import type_of

COUNTED = "work_calendar_counted"
KEPT_SECONDS = 24 * 3600


@transaction.atomic
def recompute_deadlines(*, by: By, at: datetime) -> int:
    """After the calendar has changed: compute the running deadlines of open cases anew. Returns how many cases moved."""
    must(by, Permission.MANAGE_SYSTEM)
    clocks.forget_calendar()
    days = clocks.calendar()
    rows = Case.objects.exclude(phase=Phase.CLOSED).exclude(clocks={}).order_by("pk").values_list("pk", "clocks")
    touched = [pk for pk, table in rows.iterator(chunk_size=2000) if clocks.recompute(table, days)]
    return sum(_recompute(fresh(pk), days, by=by, at=at) for pk in touched)


def recompute_if_changed(*, by: By, at: datetime) -> int:
    """The same when the calendar is another than the last time this process asked: it came in by a command or a pack.

    Once more at the next call: another process may have counted by the old one for as long as it keeps it.
    """
    days = clocks.calendar()
    print_ = _print(days)
    kept, again = cache.get(COUNTED, ("", False))
    if kept == print_ and not again:
        return 0
    cache.set(COUNTED, (print_, kept != print_), KEPT_SECONDS)
    return recompute_deadlines(by=by, at=at)


def _print(days: WorkCalendar) -> str:
    """What tells one calendar from another."""
    return repr((days.spans, sorted(days.off), sorted(days.made_up), sorted(days.statutory), sorted(days.covered)))


def _recompute(case: Case, days: WorkCalendar, *, by: By, at: datetime) -> bool:
    old, table = rollup.counted(case), {name: dict(clock) for name, clock in case.clocks.items()}
    if not clocks.recompute(table, days):
        return False
    rung, case.clocks = case.rung, table
    stepping.set_due(case, type_of(case))
    if case.due_at is not None and case.due_at < at:
        case.rung = rung  # still late: what the ladder has done is done
    elif case.late and rung:
        case.late = _was_late(case)
    case.version += 1
    write(case)
    told = later("按新的工作日历重算时限")
    mark(case, "calendar", told, by=by, at=at)
    rollup.keep(old, rollup.counted(case), at)
    ledger.note(thing(case), told, by=by, at=at, after={"due": case.due_at})
    return True


def _was_late(case: Case) -> bool:
    """Whether a deadline was missed that stands, besides the one that has moved."""
    return any(one.get("late") for one in case.clocks.values()) or case.steps.filter(in_time=False).exists()
