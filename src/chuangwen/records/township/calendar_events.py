"""Events of a published calendar (iCalendar, RFC 5545) as days: lengths, recurrences, exceptions and cancellations obeyed.

What an event says and this reader does not obey is a problem with the number of the event; nothing is passed over.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from dateutil.rrule import rruleset, rrulestr
from icalendar import Event

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import later, listed, say
from chuangwen.kernel.workdays import CHINA

Moment = datetime.date | datetime.datetime

LONGEST_HOLIDAY = 31
MOST_TIMES = 366
OF_TIME = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "EXRULE"})
DAILY_OR_LONGER = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
ONE_DAY = datetime.timedelta(days=1)
NOTHING = datetime.timedelta(0)

UNREADABLE = later("事项“{text}”的 {what} 读不懂")
BOTH = later("事项“{text}”既写了结束（DTEND）又写了时长（DURATION）")
WRONG_SPAN = later("事项“{text}”的起止日期不对")
NO_END = later("事项“{text}”的重复规则没有写到哪一天为止")
TOO_MANY = later("事项“{text}”重复了 {most} 次以上")
NOT_BY_DAYS = later("事项“{text}”的重复规则不是按天、周、月、年")
OTHER_START = later("事项“{text}”的起始日不在它自己的重复规则里")
NOT_OBEYED = later("事项“{text}”写了“{what}”，本系统不能照办")
TENTATIVE = later("事项“{text}”标着“暂定”（TENTATIVE）")


class NotObeyed(Exception):
    """An event that cannot be told as days; ``column`` names the property, the text says why."""

    def __init__(self, column: str, what: str) -> None:
        self.column = column
        super().__init__(what)


@dataclass
class Family:
    """Events of one UID: whether all of them are cancelled, and which times of a recurrence another event replaces."""

    cancelled: bool = False
    replaced: set[Moment] = field(default_factory=set)


def families(events: Sequence[Event]) -> dict[str, Family]:
    """What events of the same UID say of each other."""
    found: dict[str, Family] = {}
    for event in events:
        family = found.setdefault(_uid(event), Family())
        again = event.get("RECURRENCE-ID")
        if again is not None:
            family.replaced.add(_plain(again.dt))
        elif _status(event) == "CANCELLED":
            family.cancelled = True
    return found


def days_of_event(
    event: Event, known: dict[str, Family], place: tuple[str, int], title: str, problems: Problems
) -> list[datetime.date]:
    """The days on which the event is held, each once, in order; none when it is cancelled or a problem."""
    try:
        family = known[_uid(event)] if event.get("UID") is not None else Family()
        if family.cancelled or _status(event) == "CANCELLED":
            return []
        _refuse_unreadable(event, title)
        _refuse_unknown(event, title)
        length = _length(event, title)
        return sorted({day for start in _starts(event, family, title) for day in _days(start, length)})
    except NotObeyed as why:
        cure = say("请在日历里改正这个事项，或改用 CSV 表格。")
        problems.add(file=place[0], row=place[1], column=why.column, what=str(why), cure=cure)
        return []


def _uid(event: Event) -> str:
    return str(event.get("UID", ""))


def _status(event: Event) -> str:
    return str(event.get("STATUS", "")).strip().upper()


def _refuse_unreadable(event: Event, title: str) -> None:
    for name, _why in event.errors:
        if str(name).upper() in OF_TIME:
            raise NotObeyed(str(name).upper(), say(UNREADABLE, text=title, what=str(name).upper()))
    for name in ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID"):
        if isinstance(event.get(name), list) or (event.get(name) is not None and _read(event, name) is None):
            raise NotObeyed(name, say(UNREADABLE, text=title, what=name))
    if _read(event, "DTSTART") is None:
        raise NotObeyed("DTSTART", say(WRONG_SPAN, text=title))


def _refuse_unknown(event: Event, title: str) -> None:
    if _status(event) == "TENTATIVE":
        raise NotObeyed("STATUS", say(TENTATIVE, text=title))
    if "EXRULE" in event:
        raise NotObeyed("EXRULE", say(NOT_OBEYED, text=title, what="EXRULE"))
    again = event.get("RECURRENCE-ID")
    if again is not None and "RANGE" in again.params:
        raise NotObeyed("RECURRENCE-ID", say(NOT_OBEYED, text=title, what="RANGE"))


def _read(event: Event, key: str) -> Any:
    said = event.get(key)
    found = getattr(said, "dt", None) if said is not None else None
    found = getattr(said, "td", None) if found is None and key == "DURATION" else found
    return found if isinstance(found, datetime.timedelta if key == "DURATION" else datetime.date) else None


def _length(event: Event, title: str) -> datetime.timedelta:
    """How long one time lasts: a date without an end is one day, a moment without one no time at all."""
    start, end, length = (_read(event, key) for key in ("DTSTART", "DTEND", "DURATION"))
    by_moments = isinstance(start, datetime.datetime)
    if end is not None and length is not None:
        raise NotObeyed("DTEND", say(BOTH, text=title))
    if end is not None:
        if isinstance(end, datetime.datetime) is not by_moments:
            raise NotObeyed("DTEND", say(WRONG_SPAN, text=title))
        length = _plain(end) - _plain(start)
    wrong = length is not None and (length < NOTHING or (not by_moments and length % ONE_DAY))
    if wrong or (length or NOTHING) > LONGEST_HOLIDAY * ONE_DAY:
        raise NotObeyed("DTSTART", say(WRONG_SPAN, text=title))
    if by_moments:
        return length or NOTHING
    return length or ONE_DAY


def _starts(event: Event, family: Family, title: str) -> Iterator[Moment]:
    """When each time begins; exceptions and times that another event replaces left out."""
    start = _plain(_read(event, "DTSTART"))
    if event.get("RECURRENCE-ID") is not None:
        yield start
        return
    left_out = {*_listed(event, "EXDATE", title), *family.replaced}
    dates = {one for one in left_out if not isinstance(one, datetime.datetime)}
    for one in _times(event, start, title):
        day = one.date() if isinstance(one, datetime.datetime) else one
        if one not in left_out and day not in dates:
            yield one


def _times(event: Event, start: Moment, title: str) -> list[Moment]:
    rules = event.get("RRULE")
    more = _listed(event, "RDATE", title)
    if rules is None:
        return [start, *(one for one in more if one != start)]
    by_days = not isinstance(start, datetime.datetime)
    begin = datetime.datetime.combine(start, datetime.time()) if by_days else start
    found = rruleset()
    for rule in rules if isinstance(rules, list) else [rules]:
        found.rrule(_rule(rule, begin, title))
    times = list(islice(found, MOST_TIMES + 1))
    if len(times) > MOST_TIMES:
        raise NotObeyed("RRULE", say(TOO_MANY, text=title, most=MOST_TIMES))
    if not times or times[0] != begin:
        raise NotObeyed("RRULE", say(OTHER_START, text=title))
    return [*(one.date() if by_days else one for one in times), *more]


def _rule(rule: Any, begin: datetime.datetime, title: str) -> Any:
    if not {str(one).upper() for one in rule.get("FREQ", [])} <= DAILY_OR_LONGER or not rule.get("FREQ"):
        raise NotObeyed("RRULE", say(NOT_BY_DAYS, text=title))
    if "COUNT" not in rule and "UNTIL" not in rule:
        raise NotObeyed("RRULE", say(NO_END, text=title))
    said = dict(rule)
    until = said.pop("UNTIL", None)
    text = ";".join(f"{key}={listed_plainly(values)}" for key, values in said.items())
    if until:
        text += f";UNTIL={_until(until[0], begin)}"
    try:
        return rrulestr(text, dtstart=begin)
    except (ValueError, TypeError) as wrong:
        raise NotObeyed("RRULE", say(UNREADABLE, text=title, what="RRULE")) from wrong


def listed_plainly(values: Iterable[object]) -> str:
    """Values of one part of a rule, as the format writes them."""
    rows = values if isinstance(values, list | tuple) else [values]
    return ",".join(str(one.to_ical().decode()) if hasattr(one, "to_ical") else str(one) for one in rows)


def _until(until: Any, begin: datetime.datetime) -> str:
    """The last moment in the town's time; a bare day is meant whole."""
    last = _plain(getattr(until, "dt", until))
    if not isinstance(last, datetime.datetime):
        last = datetime.datetime.combine(last, datetime.time(23, 59, 59))
    return f"{last:%Y%m%dT%H%M%S}"


def _listed(event: Event, key: str, title: str) -> list[Moment]:
    """The dates of EXDATE or RDATE; a period among them is not obeyed."""
    said = event.get(key)
    found: list[Moment] = []
    for part in said if isinstance(said, list) else [said] if said is not None else []:
        for one in getattr(part, "dts", ()):
            if not isinstance(one.dt, datetime.date):
                raise NotObeyed(key, say(NOT_OBEYED, text=title, what=listed([key, "PERIOD"])))
            found.append(_plain(one.dt))
    return found


def _plain(moment: Moment) -> Any:
    """A moment in the town's time, without its zone; a bare day stays a day."""
    if isinstance(moment, datetime.datetime) and moment.tzinfo is not None:
        return moment.astimezone(CHINA).replace(tzinfo=None)
    return moment


def _days(start: Moment, length: datetime.timedelta) -> Iterator[datetime.date]:
    """The days that one time touches: an end is the first moment (or day) that no longer belongs to it."""
    if isinstance(start, datetime.datetime):
        last = start + length - (datetime.timedelta(microseconds=1) if length else NOTHING)
        first, end = start.date(), last.date()
    else:
        first, end = start, start + length - ONE_DAY
    for step in range((end - first).days + 1):
        yield first + datetime.timedelta(days=step)
