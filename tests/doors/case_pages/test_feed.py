"""The calendar that phones subscribe to, read by a second parser: deadlines and own shifts, cancelled ones said to be so."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from ics import Calendar
from tests.office import Office
from tests.people import with_password
from tests.work.rotas.turns import Turns

from chuangwen.doors.case_pages.paper_views import feed_link
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.models import Town
from chuangwen.work.rotas.actions import Slot, cancel_shift, change_shift


@pytest.fixture
def october(turns: Turns) -> Turns:
    Town.objects.update(demo=True, demo_today=date(2021, 10, 14))
    turns.plan()
    return turns


def feed(client: Client, turns: Turns, username: str) -> dict[str, Any]:
    """The person's own calendar, by the days of its entries."""
    answer = client.get(feed_link(turns.cast.people[username]))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {f"{one.begin.datetime:%m-%d}": one for one in Calendar(answer.content.decode()).events}


def test_own_shifts_stand_in_the_own_calendar(october: Turns, client: Client) -> None:
    found = feed(client, october, "hewei")
    assert sorted(found) == ["10-12", "10-21"]
    one = found["10-12"]
    assert (one.name, one.location, one.status) == ("领导接访", "便民服务大厅", "CONFIRMED")
    assert (f"{one.begin.datetime:%H:%M}", one.duration) == ("08:30", timedelta(hours=3))
    assert one.url.endswith("/rotas/?tab=mine")


def test_uids_stay_and_a_cancelled_one_is_marked(october: Turns, client: Client) -> None:
    before = feed(client, october, "hewei")["10-21"]
    shift = october.on(date(2021, 10, 21))
    cancel_shift(shift, "身体不适", by=MACHINE, at=october.at)
    after = feed(client, october, "hewei")["10-21"]
    assert (after.uid, after.status) == (before.uid, "CANCELLED")
    raw = client.get(feed_link(october.cast.people["hewei"])).content.decode()
    assert "SEQUENCE:2" in raw
    assert "身体不适" not in raw


def test_a_stand_in_is_told_so_and_whoever_was_swapped_out_has_it_no_more(october: Turns, client: Client) -> None:
    shift = october.on(date(2021, 10, 21))
    xu, he = october.people("xuwenjuan", "hewei")
    change_shift(shift, Slot(shift.starts_at, shift.ends_at, xu, stand_in=he), by=MACHINE, at=october.at)
    assert feed(client, october, "hewei")["10-21"].name == "替补：领导接访"
    change_shift(shift, Slot(shift.starts_at, shift.ends_at, xu), by=MACHINE, at=october.at)
    assert sorted(feed(client, october, "hewei")) == ["10-12"]


def test_what_is_long_over_leaves_the_calendar(october: Turns, client: Client) -> None:
    october.plan(date(2021, 7, 1), date(2021, 7, 31))
    assert all(day > "08" for day in feed(client, october, "hewei"))


def test_deadlines_and_shifts_stand_side_by_side(office: Office, turns: Turns, client: Client) -> None:
    Town.objects.update(demo=True, demo_today=date(2021, 10, 12))
    turns.plan()
    case = office.sent()
    entries = Calendar(client.get(feed_link(turns.cast.people["wangjianguo"])).content.decode()).events
    assert [one.name for one in entries] == ["到期：垃圾未清"]
    assert next(iter(entries)).uid == f"{case.number}@chuangwen"


def test_the_address_is_a_key_that_ends_with_the_password(october: Turns, client: Client) -> None:
    he = october.cast.people["hewei"]
    link = feed_link(he)
    assert client.get(link).status_code == 200
    assert client.get(link[:-2] + "x/").status_code == 404
    with_password(he)
    assert client.get(link).status_code == 404
