"""The roll-up of cases by area and day: it equals a recount, and a dashboard asks it alone."""

import random
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.models import Organisation
from chuangwen.work.cases import rollup
from chuangwen.work.cases.actions import open_case, take
from chuangwen.work.cases.merge_actions import merge
from chuangwen.work.cases.models import Case, Step
from chuangwen.work.cases.said import NewCase, Said
from tests.office import Office
from tests.work.cases.tallying import assert_equals_a_recount

AREAS = ("T", "V1", "V1-1", "V10", None)
ANSWERS = {"unit": "market", "extension": "2 工作日"}


def walk(office: Office, steps: int, seed: int) -> None:
    """The cast's town at work: cases opened in every kind of area, any open move taken, some merged, days passing."""
    dice = random.Random(seed)
    for number in range(steps):
        if dice.random() < 0.3:
            area = office.cast.units.get(dice.choice(AREAS))
            open_case(NewCase(kind="mending", title=f"{number}", move="find", area=area), by=MACHINE, at=office.at)
        elif dice.random() < 0.1 and Case.objects.exclude(phase="closed").count() > 1:
            one, into = dice.sample(list(Case.objects.exclude(phase="closed")), 2)
            with suppress(Refusal):  # into a paused case, say
                merge(one, into, by=office.cast.actor("limin"), at=office.at, sure=True)
        elif (case := Case.objects.select_related("type").order_by("?").first()) is not None:
            moves = [one["id"] for one in case.type.content["moves"] if case.state in one["from"]]
            try:
                take(case, dice.choice(moves), Said(ANSWERS, "说明", [office.photo()]), by=MACHINE, at=office.at)
            except (Refusal, IndexError):
                continue
        office.later(hours=dice.choice((0, 1, 7, 30)))


def day(moment: Any) -> date | None:
    return moment and moment.astimezone(CHINA).date()


def from_the_rows(area: Organisation, first: date, last: date) -> dict[str, int]:
    """The twelve counts from the raw cases and steps, one by one."""
    here = Q(area__path__startswith=area.path) | (Q(area=None) if area.parent_id is None else Q(pk__in=[]))
    cases = list(Case.objects.filter(here).exclude(guard="guarded"))
    steps = Step.objects.filter(case__in=cases)

    def count(name: str, *, only: str = "") -> int:
        some = [one for one in cases if one.merged_into_id is None and (not only or getattr(one, only))]
        return sum((on := day(getattr(one, name))) is not None and first <= on <= last for one in some)

    def done(does: str) -> int:
        return sum(first <= one.at.astimezone(CHINA).date() <= last for one in steps.filter(does=does))

    return {
        "reported": count("opened_at"),
        "filed": count("filed_at"),
        "dispatched": count("dispatched_at"),
        "handled": count("handled_at"),
        "handled_in_time": count("handled_at", only="handled_in_time"),
        "closed": count("closed_at"),
        "closed_in_time": count("closed_at", only="closed_in_time"),
        "reworked": done("rework"),
        "returned": done("return"),
        "due": sum(one.phase != "closed" and (on := day(one.due_at)) is not None and on <= last for one in cases),
        "open": sum(one.phase == "open" for one in cases),
        "waiting": sum(one.phase == "waiting" for one in cases),
    }


def test_the_roll_up_equals_a_recount_whatever_happens(office: Office) -> None:
    for seed in range(3):
        walk(office, 60, seed)
        assert_equals_a_recount()
    assert Case.objects.filter(phase="closed").exists()
    assert Step.objects.filter(does__in=["rework", "return", "merge", "pause", "relapse"]).count() > 5


def test_a_dashboard_of_any_area_and_period_tells_what_the_rows_tell(office: Office) -> None:
    begun = office.at.astimezone(CHINA).date()
    walk(office, 120, 7)
    today = office.at.astimezone(CHINA).date()
    for area in Organisation.objects.all():
        for first in (begun, begun + timedelta(days=2), today):
            assert rollup.dashboard(area.pk, first, today) == from_the_rows(area, first, today), area.code
    assert sum(rollup.dashboard(office.cast.units["V1"].pk, begun, today).values()) > 0


def test_how_it_stood_on_an_earlier_day_is_told_without_that_days_rows(office: Office) -> None:
    walk(office, 60, 3)
    then, town = office.at.astimezone(CHINA).date(), office.cast.units["T"].pk
    stood = rollup.dashboard(town, then, then)
    office.later(days=1)
    walk(office, 40, 4)
    now = rollup.dashboard(town, then, then)
    assert (now["open"], now["waiting"]) == (stood["open"], stood["waiting"])
    assert stood["open"] > 0


def test_a_dashboard_is_one_query_and_an_area_without_cases_has_noughts(office: Office) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = rollup.dashboard(office.cast.units["V2"].pk, date(2021, 1, 1), date(2021, 12, 31))
    assert len(queries) == 1
    assert found == dict.fromkeys(rollup.COUNTS, 0)


def test_guarded_cases_are_counted_nowhere(office: Office) -> None:
    open_case(NewCase(kind="clue", title="线索", area=office.cast.units["V1"]), by=MACHINE, at=office.at)
    today = office.at.astimezone(CHINA).date()
    assert rollup.dashboard(office.cast.units["T"].pk, today, today) == dict.fromkeys(rollup.COUNTS, 0)
