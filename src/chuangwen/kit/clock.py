"""What time it is: the only place that asks the machine.

A demo town lives on one day of the past. Whoever opens a door (the middleware, a command) says so once with
``live_on``; from then on ``now`` gives that day with the machine's time of day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_today: ContextVar[date | None] = ContextVar("today", default=None)


def real_now() -> datetime:
    """The machine's time, for what the demo's day must not move: sessions, locks, waiting times."""
    return timezone.now()  # noqa: TID251


def now() -> datetime:
    """The town's time: now, or the demo's day at this time of day. Aware, in the town's time zone."""
    local = timezone.localtime(real_now())
    day = _today.get()
    return local if day is None else local.replace(year=day.year, month=day.month, day=day.day)


def today() -> date:
    """The town's day."""
    return now().date()


@contextmanager
def live_on(day: date | None) -> Iterator[None]:
    """Within this block the town lives on ``day``; ``None`` means the real day."""
    token = _today.set(day)
    try:
        yield
    finally:
        _today.reset(token)
