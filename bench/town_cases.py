"""The cases of ``bench.town``; imported once Django stands."""

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Avg
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.town import small_pack

from bench.timing import median_cpu, moments, paired, raw, row
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.actions import NewRound, open_round
from chuangwen.records.measures.models import Observation, Round, RoundKind
from chuangwen.records.measures.visit_actions import record_visit
from chuangwen.records.measures.visits import Answers, Choice, Item, Visit
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.models import Check, Edition, Node
from chuangwen.records.township.models import Person, Site
from chuangwen.results.scoring import live
from chuangwen.results.scoring.arithmetic.rows import score
from chuangwen.results.scoring.arithmetic.scores import prepare
from chuangwen.results.scoring.arithmetic.whatif import make_ready
from chuangwen.results.scoring.gathering import entries_from_rows, measures_of, plan_of
from chuangwen.results.scoring.queries import score_edition

later = moments()
MANY = 200_000


def running() -> Round:
    return Round.objects.select_related("edition", "companion").get(code="2021-annual")


def a_visit(round_: Round, site: Site, check: Check, number: int) -> Visit:
    """One item, found well or badly by turns, on another day each time."""
    item = Item(check, "合格" if number % 3 else "不合格", mark=f"bench{number}")
    return Visit(round_, site, next(later) + timedelta(days=number % 3_000), [item], seen_by="bench")


def fill(round_: Round) -> None:
    """Many more rows in the running round, written bare."""
    checks = {check.pk: check for check in Check.objects.filter(edition=round_.edition)}
    pairs = [
        (site.pk, pk)
        for site in Site.objects.all()
        for pk, check in checks.items()
        if site.type_code in check.site_types
    ]
    with transaction.atomic():
        Observation.objects.bulk_create(
            [
                Observation(round=round_, site_id=pairs[n % len(pairs)][0], check_item_id=pairs[n % len(pairs)][1],
                            value=(n * 7919) % 10_001, result="x", seen_at=next(later), seen_by="x", source="demo",
                            mark=f"fill{n}", recorded_at=next(later))
                for n in range(MANY)
            ],
            batch_size=2000,
        )  # fmt: skip


def orm() -> list[dict[str, Any]]:
    """CPU per observation against one ORM aggregate per standard (a peer's way)."""
    round_ = running()
    plan, measures = plan_of(round_.edition), measures_of(round_, round_.edition, round_.closes)
    observations = int(measures.entries.count.sum())

    def peer() -> list[Any]:
        codes = Node.objects.filter(edition=round_.edition, kind="standard").values_list("code", flat=True)
        checks = {check.pk: check.standards for check in Check.objects.filter(edition=round_.edition)}
        return [
            Observation.objects.filter(
                round=round_, counts=True, check_item__in=[pk for pk, feeds in checks.items() if code in feeds]
            ).aggregate(Avg("value"))
            for code in codes
        ]

    from bench.national import BLOCK, SEEN, STANDARDS, block
    from chuangwen.results.scoring.arithmetic.national import score_units

    values, points = block(1), np.linspace(0.5, 2, STANDARDS)
    ours = median_cpu(lambda: score_units(values, points)) / (BLOCK * STANDARDS * SEEN)
    base = median_cpu(peer) / observations
    assert score(prepare(plan, measures)).total.expected is not None
    return [row("rescore-orm", "CPU per observation / one ORM aggregate per standard", ours, base, 1 / 2000)]


def from_rows() -> list[dict[str, Any]]:
    """From normalised rows to the score, against the database's bare GROUP BY."""
    round_ = running()
    fill(round_)
    plan, measures = plan_of(round_.edition), measures_of(round_, round_.edition, round_.closes)
    bare = raw(str(settings.HOME))
    sql = (
        "SELECT site_id, check_item_id, COUNT(value), SUM(value), COUNT(*) FROM measures_observation "
        f"WHERE round_id = {round_.pk} AND counts GROUP BY site_id, check_item_id"
    )

    def ours() -> Any:
        entries = entries_from_rows(round_, round_.edition, round_.closes)
        return score(prepare(plan, type(measures)(**{**_fields(measures), "entries": entries})))

    def base() -> Any:
        return bare.execute(sql).fetchall()

    one, two = paired(ours, base)
    Observation.objects.filter(round=round_, mark__startswith="fill").delete()
    return [row("rescore-from-rows", f"score from {MANY:,} rows / the database's bare GROUP BY", one, two, 1.3)]


def _fields(thing: Any) -> dict[str, Any]:
    return {one.name: getattr(thing, one.name) for one in fields(thing)}


def one_change() -> list[dict[str, Any]]:
    """One observation recorded with rights, sums and ledger, and the town re-scored, against five bare rows."""
    round_ = running()
    check = Check.objects.filter(edition=round_.edition).order_by("position")[60]
    site = Site.objects.select_related("organisation").filter(type_code__in=check.site_types)[0]
    numbers = iter(range(10_000))
    at, again = next(later), Answers(same_day=Choice.SECOND, outside=Choice.TAKE)

    live.start(round_, round_.edition, round_.closes)

    def ours() -> Any:
        visit = a_visit(round_, site, check, next(numbers))
        record_visit(visit, again, by=MACHINE, at=visit.seen_at)
        return live.total_after(round_, round_.edition, site.pk, round_.closes)

    fixed = iter(range(10_000, 20_000))

    def base() -> None:
        with transaction.atomic():
            for _ in range(5):
                number = next(fixed)
                Observation.objects.create(
                    round=round_, site=site, check_item=check, value=1, result="x", seen_at=at, seen_by="x", source="demo",
                    mark=f"five{number}", recorded_at=at, counts=False,
                )  # fmt: skip

    assert ours() == score_edition(round_, round_.edition, round_.closes).total
    one, two = paired(lambda: [ours() for _ in range(20)], lambda: [base() for _ in range(20)])
    return [row("rescore-one-change", "one change re-scored durably / five rows in one transaction", one, two, 3)]


def what_if() -> list[dict[str, Any]]:
    """One unit's what-if."""
    round_ = running()
    ready = make_ready(score_edition(round_, round_.edition, round_.closes))
    changes = {3: 1.0, 40: 1.0}
    ready.total(changes)
    seconds = median_cpu(lambda: [ready.total(changes) for _ in range(200)]) / 200
    return [row("what-if", "milliseconds of one what-if", seconds * 1000, None, 1)]


def installs() -> list[dict[str, Any]]:
    """Frameworks of 134 and 1,209 nodes."""
    found = []
    for size, bar in ((132, 0.5), (1207, 1.5)):
        pack = small_pack(size, id=f"bench-{size}")
        seconds = median_cpu(lambda pack=pack: install_edition(pack, by=MACHINE, at=next(later)), times=1)
        found.append(row(f"install-{size + 2}", f"CPU seconds to install {size + 2} nodes", seconds, None, bar))
    return found


def tree() -> list[dict[str, Any]]:
    """The tree of 1,209 nodes with its scores, and fifteen evaluations of it opened."""
    edition = Edition.objects.get(pack="bench-1207")
    at = next(later)

    def open_one(number: int) -> Round:
        new = NewRound(f"b{number}", f"b{number}", RoundKind.SELF, 2021, at.date(), at.date())
        return open_round(new, edition, by=MACHINE, at=at)

    seconds = median_cpu(lambda: [open_one(n) for n in range(15)], times=1)
    round_ = Round.objects.select_related("edition").get(code="b1")
    plan_of(edition)

    def read() -> Any:
        rows = list(Node.objects.filter(edition=edition).values_list("code", "title", "points"))
        scored = score_edition_light(round_, edition)
        return [(code, title, points, scored.rows["node", code]) for code, title, points in rows]

    def score_edition_light(round_: Round, edition: Edition) -> Any:
        return score(prepare(plan_of(edition), measures_of(round_, edition, at.date())))

    with CaptureQueriesContext(connection) as queries:
        read()
    return [
        row("open-fifteen", "CPU seconds to open fifteen evaluations of 1,209 nodes", seconds, None, 1.5),
        row("tree-queries", "queries to read 1,209 nodes with scores", float(len(queries)), None, 6),
        row("tree-cpu", "CPU milliseconds to read 1,209 nodes with scores", median_cpu(read) * 1000, None, 250),
    ]


def api() -> list[dict[str, Any]]:
    """One score recorded through the API, with rights and the ledger note."""
    client = Client()
    client.force_login(
        Person.objects.get(username="limin"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    numbers: Iterator[int] = iter(range(100_000))

    def post() -> Any:
        body = {"round": "2021-annual", "site": "P06-001", "check": "P06-03", "result": "合格",
                "seen_at": "2021-10-13T10:00:00+08:00", "mark": f"api{next(numbers)}"}  # fmt: skip
        answer = client.post("/api/observations", json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content
        return answer

    assert reverse("home") == "/"
    post()
    with CaptureQueriesContext(connection) as queries:
        post()
    told = [
        one
        for one in queries.captured_queries
        if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
    ]
    seconds = median_cpu(lambda: [post() for _ in range(30)]) / 30
    return [
        row("api-record-cpu", "CPU milliseconds to record one score by API", seconds * 1000, None, 15),
        row("api-record-queries", "queries to record one score by API", float(len(told)), None, 12),
    ]


CASES = [orm, what_if, one_change, from_rows, installs, tree, api]
