"""On which days a rota is held in a stretch of time: plain arithmetic over weekdays and the town's calendar."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import CHINA, WorkCalendar

LONGEST = 366
FARTHEST_MOVE = 31


class BadStretch(Refusal):
    """Days that nobody can plan."""

    code = "bad_stretch"
    sentence = later("{first} 至 {last} 排不了：{why}。请改好起止日期再排。")
    status = 422


@dataclass(frozen=True)
class Held:
    """A day on which it is held; ``instead_of`` is the day off that it was moved from."""

    day: date
    instead_of: date | None = None


@dataclass(frozen=True)
class Stretch:
    """The days held, in order, and the days left out with the reason."""

    held: list[Held] = field(default_factory=list)
    left_out: list[tuple[date, str]] = field(default_factory=list)


def bounds(start: time, end: time, day: date) -> tuple[datetime, datetime]:
    """The moments of a turn that begins on that day; an end not after the start is on the next day."""
    last = day + timedelta(days=1) if end <= start else day
    return datetime.combine(day, start, CHINA), datetime.combine(last, end, CHINA)


def span_text(starts: datetime, ends: datetime) -> str:
    """From when to when, as a table shows it."""
    one, other = starts.astimezone(CHINA), ends.astimezone(CHINA)
    if other.date() == one.date():
        return f"{one:%H:%M}—{other:%H:%M}"
    return say("{start}—次日 {end}", start=f"{one:%H:%M}", end=f"{other:%H:%M}")


def stretch(days: Collection[int], day_off: str, first: date, last: date, calendar: WorkCalendar) -> Stretch:
    """The days from ``first`` to ``last``, both included, on which something held on these weekdays (1 to 7) is held.

    ``day_off``: a day on which nobody works is left out (``skip``), moved on to the next working day that is not one of
    these weekdays and not taken by another (``move``), or held all the same (``hold``).
    """
    _check(first, last)
    found = Stretch()
    wanted = [day for n in range((last - first).days + 1) if (day := first + timedelta(days=n)).isoweekday() in days]
    moved: set[date] = set()
    for day in wanted:
        why = "" if day_off == "hold" else calendar.why_off(day)
        if not why:
            found.held.append(Held(day))
            continue
        to = _next(day, days, moved, calendar) if day_off == "move" else None
        if to is None:
            found.left_out.append((day, why))
        else:
            moved.add(to)
            found.held.append(Held(to, day))
    found.held.sort(key=lambda one: one.day)
    return found


def _check(first: date, last: date) -> None:
    why = ""
    if last < first:
        why = say("结束早于开始")
    elif (last - first).days >= LONGEST:
        why = say("超过一年")
    if why:
        raise BadStretch(first=first, last=last, why=why)


def _next(day: date, days: Collection[int], moved: Collection[date], calendar: WorkCalendar) -> date | None:
    for step in range(1, FARTHEST_MOVE + 1):
        to = day + timedelta(days=step)
        if calendar.works_on(to) and to.isoweekday() not in days and to not in moved:
            return to
    return None
