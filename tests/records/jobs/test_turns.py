"""Whose turn a job is: one worker's at a time, nobody's for ever."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from tests.people import AT

from chuangwen.records.jobs.models import Job
from chuangwen.records.jobs.turns import LEASE, claim, name_of_worker, release, renew, settle

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def take(who: str, at=AT, **more: bool) -> bool:
    return claim("reading", "识别", who, at=at, **more)


def test_of_two_workers_one_has_the_job() -> None:
    assert (take("a:x:1"), take("b:x:2")) == (True, False)
    settle("reading", "a:x:1", done=5, at=AT)
    assert take("b:x:2")
    row = Job.objects.get()
    assert (row.done, row.last_done, row.title) == (5, 5, "识别")


def test_a_claim_that_is_renewed_lasts_and_one_that_is_not_ends() -> None:
    take("elsewhere:1:a")
    assert renew("reading", "elsewhere:1:a", at=AT + LEASE / 2)
    assert not take("b:x:2", at=AT + LEASE + SECOND)
    assert take("b:x:2", at=AT + LEASE * 1.5 + SECOND)
    assert not renew("reading", "elsewhere:1:a", at=AT + LEASE * 2)
    settle("reading", "elsewhere:1:a", done=9, at=AT + LEASE * 2)  # too late: the other goes on undisturbed
    assert Job.objects.get().claimed_by == "b:x:2"
    assert Job.objects.get().done == 0


def test_a_worker_of_this_machine_that_is_gone_loses_its_job_at_once() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    host = name_of_worker().split(":")[0]
    take(f"{host}:{child.pid}:aaaaaa")
    assert take("b:x:2", at=AT + SECOND)
    assert Job.objects.get().failures == 1
    assert not claim("reading", "识别", "c:x:3", at=AT + SECOND)


def test_a_worker_of_this_machine_that_lives_keeps_its_job() -> None:
    assert take(name_of_worker())
    assert not take("b:x:2", at=AT + SECOND)
    assert name_of_worker().split(":")[1] == str(os.getpid())


def test_work_that_kills_its_worker_gets_a_pause_after_the_second_time() -> None:
    at = AT
    take("elsewhere:1:a", at=at)
    at += LEASE + SECOND
    assert take("elsewhere:2:b", at=at)  # a first break may be a power cut
    at += LEASE + SECOND
    assert not take("elsewhere:3:c", at=at)
    row = Job.objects.get()
    assert (row.failures, row.claimed_by, row.last_error) == (2, "", "上次没有做完就中断了")
    assert row.failing_since == AT + LEASE + SECOND
    assert take("elsewhere:3:c", at=row.not_before)


def test_the_pause_after_failures_grows_to_an_hour_and_ends_with_success() -> None:
    at, pauses = AT, []
    for _ in range(9):
        assert take("a:x:1", at=at)
        row = settle("reading", "a:x:1", done=0, error="坏了", at=at)
        pauses.append(row.not_before - at)
        assert not take("a:x:1", at=row.not_before - SECOND)
        at = row.not_before
    assert [int(one.total_seconds() // 60) for one in pauses] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert take("a:x:1", at=at - SECOND, anyway=True)
    row = settle("reading", "a:x:1", done=1, at=at)
    assert (row.failures, row.last_error, row.not_before, row.failing_since) == (0, "", None, None)


def test_a_worker_that_is_asked_to_stop_gives_its_job_back_without_a_mark() -> None:
    take("a:x:1")
    release("reading", "a:x:1")
    row = Job.objects.get()
    assert (row.claimed_by, row.failures, row.last_at) == ("", 0, None)
