"""The work list of a person with 500 open cases, in the demo town with 20,000 cases: its queries and its time.

Runs in a process of its own (``python -m bench.inbox``) on a demo town of its own.
"""

import os
import random
import statistics
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.apart import in_a_home, in_a_process
from bench.timing import cpu, row

CASES, MINE = 20_000, 500
BESIDE = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def measure() -> list[dict[str, Any]]:
    """The rows, from a process of its own."""
    return in_a_process("bench.inbox")


def fill(username: str, at: datetime) -> None:
    """Many cases of every type in force, most of them over, and so many open ones for one person."""
    from chuangwen.records.township.models import Organisation, Person
    from chuangwen.work.cases.models import Case
    from chuangwen.work.cases.types import all_in_force, definition

    dice = random.Random(1)
    person = Person.objects.get(username=username)
    units, people = list(Organisation.objects.all()), list(Person.objects.exclude(pk=person.pk)[:40])
    types = [one for one in all_in_force() if not one.guard]
    rows = []
    for number in range(CASES):
        type_, mine = dice.choice(types), number < MINE
        states = [
            one for one in definition(type_).states if (one.kind == "closed") == (not mine and dice.random() < 0.9)
        ]
        state = dice.choice(states or definition(type_).states[:1])
        opened = at - timedelta(hours=dice.randrange(1, 5000))
        closed = opened + timedelta(hours=5) if state.kind == "closed" else None
        rows.append(
            Case(
                type=type_, kind=type_.code, number=f"B{number}", year=2019, serial=number + 1, title=f"第 {number} 件",
                state=state.id, phase=state.kind, outcome=state.outcome, opened_at=opened, closed_at=closed,
                due_at=None if closed else at + timedelta(hours=dice.randrange(-500, 500)), lead=dice.choice(units),
                area=dice.choice(units), holder=person if mine else dice.choice(people),
                turn_person=(person if mine else dice.choice(people)) if closed is None else None,
            )
        )  # fmt: skip
    Case.objects.bulk_create(rows, batch_size=1000)


def run(_home: Path) -> list[dict[str, Any]]:
    """Ask for the page once to warm up, once to count, some times for the clock."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from chuangwen.kit.clock import live_on, now
    from chuangwen.records.township.actors import actor_for
    from chuangwen.records.township.models import Person
    from chuangwen.records.township.queries import demo_day
    from chuangwen.work.cases.queries import my_work

    with live_on(demo_day()):
        fill("limin", now())
    person = Person.objects.get(username="limin")
    owed = my_work(actor_for(person)).filter(number__startswith="B").count()
    assert owed == MINE, owed
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")

    def ask() -> None:
        answer = client.get("/cases/")
        assert answer.status_code == 200
        assert "第 " in answer.content.decode()

    ask()
    cache.clear()  # nothing that a process keeps for some seconds shall hide a query
    with CaptureQueriesContext(connection) as queries:
        ask()
    told = [one["sql"] for one in queries.captured_queries if not one["sql"].startswith(BESIDE)]
    if os.environ.get("TELL"):
        print(*(f"{one['time']} {one['sql'][:200]}" for one in queries.captured_queries), sep="\n", file=sys.stderr)
    seconds = statistics.median(cpu(ask) for _ in range(15))
    return [
        row("inbox-queries", "queries of the work list with 500 open cases among 20,000", float(len(told)), None, 8),
        row("inbox-cpu", "CPU milliseconds of the same page", seconds * 1000, None, 100),
    ]


if __name__ == "__main__":
    in_a_home(run, "demo", "--no-serve", "--json")
