"""The deadlines of a case: plain data by clock id, changed by pure functions.

Each clock is ``{"term", "start", "due", "warn", "estimated", "left", "stopped", "late", "extended"}``; times are ISO
texts, ``left`` stands only while it is paused, ``stopped`` once it is over. ``since`` and ``rest`` tell when it last ran on
after a pause and with how much; ``added`` lists the extensions granted after that, so that a new calendar finds the same
end; ``was`` is the end before the last of them. ``until`` is a day that somebody set as the end; it stands in place of the
term. ``carried`` names the case from which a running deadline came when that was merged into this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache

from chuangwen.kernel.workdays import CHINA, Due, Measure, Term, WorkCalendar, due, left, resumed
from chuangwen.records.township.calendar_queries import work_calendar
from chuangwen.work.cases.definitions import ClockRow

Clocks = dict[str, dict[str, Any]]
KEPT_SECONDS = 30


def calendar() -> WorkCalendar:
    """The town's working calendar, kept for half a minute per process: it changes once a year."""
    found: WorkCalendar = cache.get_or_set("work_calendar", work_calendar, KEPT_SECONDS)  # type: ignore[assignment]
    return found


def forget_calendar() -> None:
    """A new calendar has come in."""
    cache.delete("work_calendar")


def start(
    clocks: Clocks, row: ClockRow, term: Term, at: datetime, days: WorkCalendar, until: date | None = None
) -> None:
    """Let a clock run from ``at``; one that has stopped begins anew (rework has its own time).

    ``until`` is the day that somebody set as the end. The deadline that a merged case brought along is kept where it comes first.
    """
    old = clocks.get(row.id, {})
    new: dict[str, Any] = {"term": str(term), "start": _text(at), "warn_term": row.warn}
    if until is not None:
        new["until"] = until.isoformat()
    new.update(_end(_plain_end(new, days), row.warn, days))
    if old.get("carried") and runs(old) and _time(old["due"]) <= _time(new["due"]):
        return
    clocks[row.id] = new


def stop(clocks: Clocks, name: str, at: datetime) -> bool | None:
    """Stop a clock; whether it was in time, or ``None`` when it did not run."""
    clock = clocks.get(name)
    if clock is None or clock.get("stopped"):
        return None
    late = "left" not in clock and _time(clock["due"]) < at
    clock.pop("left", None)
    clock.update(stopped=_text(at), late=late)
    return not late


def pause(clocks: Clocks, name: str, at: datetime, days: WorkCalendar) -> None:
    """Rest a running clock (挂账、缓办), keeping what is left of it. One that has passed stays passed."""
    clock = clocks.get(name)
    if clock is None or clock.get("stopped") or "left" in clock or _time(clock["due"]) < at:
        return
    clock["left"] = left(Term.parse(clock["term"]).measure, at, _time(clock["due"]), days)


def resume(clocks: Clocks, name: str, at: datetime, days: WorkCalendar) -> None:
    """Let a paused clock run on."""
    clock = clocks.get(name)
    if clock is None or clock.get("stopped") or "left" not in clock:
        return
    rest = max(0, clock.pop("left"))
    clock.pop("added", None)
    clock.update(since=_text(at), rest=rest)
    clock.update(_end(_plain_end(clock, days), clock["warn_term"], days))


def extend(clocks: Clocks, name: str, term: Term, days: WorkCalendar) -> None:
    """Grant an extension: counted from the old end."""
    clock = clocks.get(name)
    if clock is None or clock.get("stopped"):
        return
    new = _end(due(term, _time(clock["due"]), days), clock["warn_term"], days)
    clock.update(new, was=clock["due"], extended=str(term), added=[*_added(clock), str(term)])


def recompute(clocks: Clocks, days: WorkCalendar) -> bool:
    """Compute every running deadline anew by the present calendar; whether any changed.

    One that touches no day that has changed comes out as it was.
    """
    changed = False
    for clock in clocks.values():
        if not runs(clock):
            continue
        new, end = {}, _plain_end(clock, days)
        for one in _added(clock):
            new["was"] = _text(end.at)
            end = due(Term.parse(one), end.at, days)
        new.update(_end(end, clock["warn_term"], days))
        changed = changed or any(clock.get(key) != value for key, value in new.items())
        clock.update(new)
    return changed


def _added(clock: Mapping[str, Any]) -> list[str]:
    """The extensions since it last began to run; cases of before hold the last one only."""
    said = clock.get("added") or []
    return [said] if isinstance(said, str) else list(said)


def _plain_end(clock: Mapping[str, Any], days: WorkCalendar) -> Due:
    """The end without an extension: the day that was set, else from the start or the last time that it ran on."""
    term = Term.parse(clock["term"])
    if "until" in clock and "since" not in clock:
        day = date.fromisoformat(clock["until"])
        return Due(days.closing(day), days.is_estimate(day) and not days.works_on(day))
    if "since" in clock:
        return resumed(term.measure, clock["rest"], _time(clock["since"]), days)
    return due(term, _time(clock["start"]), days)


def runs(clock: Mapping[str, Any]) -> bool:
    """Whether the clock neither rests nor has stopped."""
    return not clock.get("stopped") and "left" not in clock


@dataclass(frozen=True)
class Nearest:
    """The running clock that ends first."""

    name: str = ""
    due_at: datetime | None = None
    warn_at: datetime | None = None
    estimated: bool = False


def nearest(clocks: Mapping[str, Mapping[str, Any]]) -> Nearest:
    """The deadline that a work list shows."""
    running = [(name, one) for name, one in clocks.items() if runs(one)]
    if not running:
        return Nearest()
    name, one = min(running, key=lambda pair: str(pair[1]["due"]))
    return Nearest(name, _time(one["due"]), _time(one["warn"]), bool(one["estimated"]))


def _end(end: Due, warn: str, days: WorkCalendar) -> dict[str, Any]:
    early = before(Term.parse(warn), end.at, days) if warn else end.at
    return {"due": _text(end.at), "warn": _text(early), "estimated": end.estimated}


def before(term: Term, end: datetime, days: WorkCalendar) -> datetime:
    """The moment that lies so long before the end, in working time where the term counts it."""
    if term.measure is Measure.URGENT_HOUR:
        return end - timedelta(hours=float(term.amount))
    if term.measure is Measure.DAY:
        return end - timedelta(days=int(term.amount))
    day, count = end.date(), 0
    if term.measure is Measure.WORK_DAY:
        while count < int(term.amount):
            day -= timedelta(days=1)
            count += days.works_on(day)
        return datetime.combine(day, end.timetz())
    rest = timedelta(hours=float(term.amount))
    for back in range(60):
        for opens, closes in reversed(list(days.spans_on(end.date() - timedelta(days=back)))):
            last = min(closes, end)
            if last - rest >= opens:
                return last - rest
            rest -= max(timedelta(), last - opens)
    return end


def _text(at: datetime) -> str:
    return at.astimezone(CHINA).isoformat()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
