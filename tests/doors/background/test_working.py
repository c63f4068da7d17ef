"""The worker: does what waits, goes on whatever happens, says what fails, stands in nobody's way."""

import ast
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connections
from tests.people import AT, TODAY

from chuangwen.doors.background import working
from chuangwen.doors.background.jobs import JOBS, Lane, Line
from chuangwen.doors.background.progress import background
from chuangwen.doors.background.working import Turn, is_wanted, take_turn, until_empty, work_for_ever
from chuangwen.kernel.refusal import Refusal
from chuangwen.kit import clock
from chuangwen.records.archive.models import FileCheck, StoredFile
from chuangwen.records.jobs import turns
from chuangwen.records.jobs.models import Job
from chuangwen.records.notices.models import Notice
from chuangwen.records.township.models import Town
from chuangwen.records.township.queries import demo_day
from chuangwen.results.scoring.doctor import examine

SOURCE = Path(__file__).parents[3] / "src" / "chuangwen"


class Heap:
    """Work that waits: so many pieces, some of them poisonous."""

    def __init__(self, pieces: int = 0, *, breaks: int = 0, error: Exception | None = None) -> None:
        self.pieces, self.breaks, self.error, self.seen = pieces, breaks, error or RuntimeError("坏了"), []

    def run(self, limit: int, *, by: object, at: object) -> int:
        self.seen.append((limit, by, at))
        if self.breaks:
            self.breaks -= 1
            raise self.error
        done = min(limit, self.pieces)
        self.pieces -= done
        return done

    def line(self, name: str = "heap", **more: object) -> Line:
        more = {"waiting": lambda _at: self.pieces + self.breaks, "limit": 4, **more}
        return Line(name, name, self.run, **more)  # type: ignore[arg-type]


def drained(*lines: Line) -> tuple[working.Drained, list[Turn]]:
    told: list[Turn] = []
    return until_empty(told.append, lines), told


@pytest.mark.django_db
def test_all_that_waits_is_done_in_small_turns(cast) -> None:
    one, two = Heap(10), Heap(3)
    result, told = drained(one.line("one"), two.line("two"))
    assert (result.done, result.failed) == ({"one": 10, "two": 3}, {})
    assert [(turn.line.name, turn.done) for turn in told] == [("one", 4), ("two", 3), ("one", 4), ("one", 2)]
    assert Job.objects.get(name="one").done == 10


@pytest.mark.django_db
def test_a_job_that_fails_does_not_hold_up_the_others_and_is_told(cast, caplog) -> None:
    bad, good = Heap(3, breaks=5), Heap(9)
    result, _ = drained(bad.line("bad"), good.line("good"))
    assert (result.done["good"], result.failed) == (9, {"bad": "RuntimeError: 坏了"})
    assert "坏了" in caplog.text
    row = Job.objects.get(name="bad")
    assert (row.failures, row.not_before > clock.real_now()) == (1, True)
    assert take_turn(bad.line("bad"), "a:x:1") is None  # it pauses
    assert Notice.objects.count() == 0  # one failure may be chance
    drained(bad.line("bad"))
    told = Notice.objects.select_related("person")
    assert [(one.person.name, one.text) for one in told] == [("赵磊", "后台任务“bad”连续失败 2 次：RuntimeError: 坏了")]
    drained(bad.line("bad"))
    assert Notice.objects.count() == 1
    found = {one.code: one for one in examine(TODAY)}
    assert (found["jobs"].severity, found["jobs"].examples) == ("bad", ("bad：RuntimeError: 坏了",))
    drained(bad.line("bad"))
    drained(bad.line("bad"))
    drained(bad.line("bad"))
    assert Job.objects.get(name="bad").failures == 0
    assert "jobs" not in {one.code for one in examine(TODAY)}


@pytest.mark.django_db
def test_a_refusal_is_written_down_in_the_towns_words(cast) -> None:
    class Poor(Refusal):
        sentence = "磁盘只剩 {free} MB。"

    heap = Heap(1, breaks=1, error=Poor(free=3))
    assert drained(heap.line())[0].failed == {"heap": "磁盘只剩 3 MB。"}


@pytest.mark.django_db
def test_what_is_due_by_its_time_runs_once_and_not_again_before(cast) -> None:
    heap = Heap(100)
    line = heap.line(waiting=None, every=timedelta(minutes=10))
    assert drained(line)[0].done == {"heap": 4}
    assert not is_wanted(line, Job.objects.get())
    Job.objects.update(last_at=clock.real_now() - timedelta(minutes=11))
    assert is_wanted(line, Job.objects.get())


@pytest.mark.django_db
def test_a_job_gets_the_towns_time_or_the_machines(cast) -> None:
    Town.objects.update(demo=True, demo_today=date(2021, 10, 14))
    town, real = Heap(1), Heap(1)
    assert demo_day() == date(2021, 10, 14)
    drained(town.line("town"), real.line("real", real=True))
    assert town.seen[0][2].date() == date(2021, 10, 14)
    assert abs(real.seen[0][2] - clock.real_now()) < timedelta(minutes=1)


@pytest.mark.django_db
def test_what_another_worker_is_at_is_waited_for(cast) -> None:
    heap = Heap(4)
    turns.claim("heap", "heap", "elsewhere:1:a", at=clock.real_now())
    waited: list[float] = []

    def pause(_seconds: float) -> None:
        waited.append(1)
        if len(waited) == 3:
            Job.objects.update(lease_until=clock.real_now() - timedelta(seconds=1))

    result = until_empty(lambda _turn: None, [heap.line()], pause=pause)
    assert (len(waited), result.done) == (3, {"heap": 4})


@pytest.mark.django_db
def test_a_worker_that_is_stopped_in_the_middle_gives_its_job_back(cast) -> None:
    heap = Heap(4, breaks=1)
    heap.error = KeyboardInterrupt()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        take_turn(heap.line(), "a:x:1")
    row = Job.objects.get()
    assert (row.claimed_by, row.failures) == ("", 0)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_busy_for_a_moment_does_not_make_a_good_run_a_broken_one(
    transactional_db, monkeypatch
) -> None:
    real, tries = turns.settle, []

    def busy(*args: object, **named: object) -> Job:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("database is locked")
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(working, "SETTLE_PAUSES", (0, 0, 0))
    monkeypatch.setattr(turns, "settle", busy)
    turn = take_turn(Heap(4).line(), "a:x:1")
    assert turn is not None
    row = Job.objects.get()
    assert (turn.done, row.done, row.claimed_by, row.failures) == (4, 4, "", 0)


@pytest.mark.django_db(transaction=True)
def test_the_claim_is_kept_alive_while_the_work_goes_on(transactional_db, monkeypatch) -> None:
    monkeypatch.setattr(working, "RENEW_SECONDS", 0.05)
    leases = []

    def long_work(_limit: int, *, by: object, at: object) -> int:
        for _ in range(60):
            time.sleep(0.05)
            leases.append(Job.objects.values_list("lease_until", flat=True).get())
            if len(set(leases)) > 2:
                return 1
        return 0

    turn = take_turn(Line("long", "long", long_work, waiting=lambda _at: 1), "a:x:1")
    assert turn is not None
    assert turn.done == 1
    assert sorted(leases) == leases


@pytest.mark.django_db(transaction=True)
def test_slow_work_does_not_stand_in_the_way_of_what_must_be_on_time(transactional_db, monkeypatch) -> None:
    monkeypatch.setattr(working, "IDLE_SECONDS", 0.02)
    stop, quick = threading.Event(), threading.Event()
    said: list[str] = []

    def slow(_limit: int, *, by: object, at: object) -> int:
        said.append("slow")
        assert quick.wait(20)
        stop.set()
        return 0

    def fast(_limit: int, *, by: object, at: object) -> int:
        said.append("fast")
        if "slow" in said:
            quick.set()
        return 0

    lines = [
        Line("slow", "slow", slow, waiting=lambda _at: 1, lane=Lane.LONG),
        Line("fast", "fast", fast, waiting=lambda _at: 1),
    ]
    work_for_ever(stop, lines)
    assert {"slow", "fast"} <= set(said)
    assert Job.objects.exclude(claimed_by="").count() == 0
    connections.close_all()


@pytest.mark.django_db
def test_pages_can_show_how_much_waits_and_what_is_being_done(cast) -> None:
    assert background(AT).asleep
    StoredFile.objects.create(sha256="a" * 64, size=1, media_type="text/plain", name="a.txt", kept_at=AT)
    turns.claim("archive_check", "核查原件", "elsewhere:1:a", at=clock.real_now())
    shown = background(AT)
    check = next(one for one in shown.jobs if one.name == "archive_check")
    assert (check.title, check.waiting, check.running, shown.asleep) == ("核查原件", 1, True, False)
    assert shown.waiting == 1
    assert [one.name for one in shown.jobs] == [line.name for line in JOBS]


def test_every_line_of_the_table_is_whole() -> None:
    assert len({line.name for line in JOBS}) == len(JOBS)
    for line in JOBS:
        assert len(line.name) <= 40
        assert (line.waiting is None) != (line.every is None), line.name


def test_everything_that_waits_stands_in_the_table() -> None:
    """Each ``…_waiting(limit, *, by, at)`` of the rooms is called by the worker: none is forgotten."""
    named = {
        f"{path.stem}.{node.name}"
        for floor in ("records", "work", "results")
        for path in (SOURCE / floor).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and node.name.endswith("_waiting")
        and [one.arg for one in node.args.args] == ["limit"]
        and {"by", "at"} <= {one.arg for one in node.args.kwonlyargs}
    }
    called = {f"{_module(line.run)}.{line.run.__name__}" for line in JOBS}  # type: ignore[attr-defined]
    assert named
    assert named - called == set()


def _module(run: Callable[..., int]) -> str:
    return run.__module__.rpartition(".")[2]


@pytest.mark.django_db
def test_the_whole_table_runs_in_an_empty_town_and_ends(cast) -> None:
    result = until_empty(lambda _turn: None)
    assert result.failed == {}
    assert {"cases_sweep", "notices_send", "ledger_verify", "tidy_up"} <= result.done.keys()
    assert FileCheck.objects.count() == 0
