"""What a page can show of the background: how much waits, what is being done, what fails."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chuangwen.doors.background.jobs import JOBS
from chuangwen.kernel.words import say
from chuangwen.kit import clock
from chuangwen.records.jobs.models import Job

ASLEEP_AFTER = timedelta(minutes=20)


@dataclass(frozen=True)
class Standing:
    """One kind of work as it stands: ``waiting`` pieces, whether somebody is at it, when it last went well or badly."""

    name: str
    title: str
    waiting: int
    running: bool
    since: datetime | None
    done: int
    last_at: datetime | None
    failures: int
    error: str


@dataclass(frozen=True)
class Background:
    """All of it; ``asleep``: no worker has been at anything for a while, so waiting work will go on waiting."""

    jobs: tuple[Standing, ...]
    asleep: bool

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.jobs)


def background(at: datetime) -> Background:
    """How the background stands; ``at`` is the town's time (what waits is asked of the town's rows)."""
    rows, real = Job.objects.in_bulk(), clock.real_now()
    found = []
    for line in JOBS:
        row = rows.get(line.name) or Job(name=line.name)
        running = row.lease_until is not None and row.lease_until > real
        found.append(
            Standing(
                name=line.name,
                title=say(line.title),
                waiting=line.waiting(real if line.real else at) if line.waiting else 0,
                running=running,
                since=row.claimed_at if running else None,
                done=row.done,
                last_at=row.last_at,
                failures=row.failures,
                error=row.last_error,
            )
        )
    seen = max((row.last_at for row in rows.values() if row.last_at), default=None)
    asleep = not any(one.running for one in found) and (seen is None or seen + ASLEEP_AFTER < real)
    return Background(tuple(found), asleep)
