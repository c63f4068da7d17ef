"""The worker: gives each job its turn, keeps the claim alive, writes down how it went, and goes on whatever happens."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import DatabaseError, OperationalError, close_old_connections, connections, transaction

from chuangwen.doors.background.jobs import JOBS, Lane, Line
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, written
from chuangwen.kit import clock
from chuangwen.records.jobs import turns
from chuangwen.records.jobs.models import Job
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.notices.actions import Told, tell
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.queries import assignments_in_force, demo_day

IDLE_SECONDS = 3.0
RENEW_SECONDS = 15.0
HELD_SECONDS = 0.5
SETTLE_PAUSES = (0.2, 1.0, 5.0)
TELL_AFTER = 2  # failures in a row: one may be chance
JOB_FAILS = lasting("后台任务“{title}”连续失败 {count} 次：{error}")

log = logging.getLogger("chuangwen.background")


@dataclass(frozen=True)
class Turn:
    """What one run of a job did."""

    line: Line
    done: int
    error: str = ""


@dataclass
class Drained:
    """What ``until_empty`` did: pieces by job, and the errors of those that failed."""

    done: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def is_wanted(line: Line, row: Job | None) -> bool:
    """Whether there is something to do for a job now, pauses left aside."""
    real = clock.real_now()
    if line.every is not None:
        return row is None or row.last_at is None or bool(row.failures) or row.last_at + line.every <= real
    with clock.live_on(demo_day()):
        return line.waiting is not None and line.waiting(real if line.real else clock.now()) > 0


def take_turn(line: Line, who: str, *, anyway: bool = False) -> Turn | None:
    """One run of a job; None where somebody else has it, or where it pauses after failures (``anyway`` does not)."""
    if not turns.claim(line.name, line.title, who, at=clock.real_now(), anyway=anyway):
        return None
    done, error = 0, ""
    try:
        with _kept_alive(line.name, who), clock.live_on(demo_day()):
            done = line.run(line.limit, by=MACHINE, at=clock.real_now() if line.real else clock.now())
    except Exception as wrong:
        error = _words_of(wrong)
        log.warning("%s: %s", line.name, error, exc_info=not isinstance(wrong, Refusal))
    except BaseException:
        turns.release(line.name, who)
        raise
    row = _settle(line.name, who, done, error)
    if error:
        _tell(row)
    return Turn(line, done, error)


def _settle(name: str, who: str, done: int, error: str) -> Job:
    """Write down how it went; a database that is busy for a moment is asked again, so that no good run counts as broken."""
    for pause in SETTLE_PAUSES:
        try:
            return turns.settle(name, who, done=done, error=error, at=clock.real_now())
        except OperationalError:
            close_old_connections()
            time.sleep(pause)
    return turns.settle(name, who, done=done, error=error, at=clock.real_now())


def _words_of(wrong: Exception) -> str:
    if isinstance(wrong, Refusal):
        return written(wrong.sentence, **wrong.facts)
    return f"{type(wrong).__name__}: {wrong}"


@contextmanager
def _kept_alive(name: str, who: str) -> Iterator[None]:
    """Renew the claim while the work goes on."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(RENEW_SECONDS):
            try:
                turns.renew(name, who, at=clock.real_now())
            except DatabaseError:
                log.warning("%s: the claim could not be renewed", name)
        connections.close_all()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


@transaction.atomic
def _tell(row: Job) -> None:
    """Tell those who look after the system, once for each stretch of failures."""
    if row.failures < TELL_AFTER:
        return
    keepers = {
        one.person_id
        for one in assignments_in_force()
        if one.person.is_active and Permission.MANAGE_SYSTEM in one.role.permissions
    }
    text = written(JOB_FAILS, title=row.title, count=row.failures, error=row.last_error)
    told = Told("warning", text, "", ("job", row.name), f"job:{row.name}:{row.failing_since:%Y%m%d%H%M%S}")
    tell(sorted(keepers), told, by=MACHINE, at=clock.real_now())


def until_empty(
    said: Callable[[Turn], None], lines: Sequence[Line] = JOBS, *, pause: Callable[[float], None] = time.sleep
) -> Drained:
    """Do all that waits, also what pauses after a failure, and what is due by its time; then end.

    Waits for what another worker is at. A job that fails is not tried again here.
    """
    who, drained = turns.name_of_worker(), Drained()
    while True:
        did = held = 0
        rows = Job.objects.in_bulk()
        for line in lines:
            if line.name in drained.failed or not is_wanted(line, rows.get(line.name)):
                continue
            turn = take_turn(line, who, anyway=True)
            if turn is None:
                held += 1
                continue
            did += turn.done
            drained.done[line.name] = drained.done.get(line.name, 0) + turn.done
            if turn.error:
                drained.failed[line.name] = turn.error
            said(turn)
        if not did and not held:
            return drained
        if not did:
            pause(HELD_SECONDS)


def work_for_ever(stop: threading.Event, lines: Sequence[Line] = JOBS) -> None:
    """A thread for each lane until ``stop`` is set: what takes long never holds up what must be on time."""
    who = turns.name_of_worker()
    lanes = [[line for line in lines if line.lane is lane] for lane in Lane]
    threads = [threading.Thread(target=_lane, args=(lane, who, stop), daemon=True) for lane in lanes if lane]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(0.5)  # so that Ctrl+C is heard on Windows too


def _lane(lines: Sequence[Line], who: str, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            busy = _pass(lines, who, stop)
        except DatabaseError:  # locked, or gone for a moment: the next pass is soon
            log.warning("the database did not answer", exc_info=True)
            busy = False
        close_old_connections()
        if not busy:
            stop.wait(IDLE_SECONDS)
    connections.close_all()


def _pass(lines: Sequence[Line], who: str, stop: threading.Event) -> bool:
    """One turn for each job of a lane that has something to do; whether more may wait."""
    busy, rows, now = False, Job.objects.in_bulk(), clock.real_now()
    for line in lines:
        row = rows.get(line.name)
        pauses = row is not None and row.not_before is not None and row.not_before > now
        if stop.is_set() or pauses or not is_wanted(line, row):
            continue
        turn = take_turn(line, who)
        busy |= turn is not None and turn.done > 0 and line.every is None
    return busy
