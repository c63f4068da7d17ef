"""When and where residents are received: eight weeks, name and post, no phone, no reason; the same as a calendar."""

from datetime import date

import pytest
from django.test import Client
from ics import Calendar
from tests.people import Cast
from tests.work.rotas.turns import Turns

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.models import Town
from chuangwen.work.rotas.actions import Slot, cancel_shift, change_shift, plan_shifts
from chuangwen.work.rotas.models import Rota

PAGE, FEED = "/p/reception/", "/p/reception.ics"


@pytest.fixture
def october(turns: Turns) -> Turns:
    """Thursday 14 October 2021; autumn is planned, and a night watch that is nobody's business."""
    Town.objects.update(demo=True, demo_today=date(2021, 10, 14))
    turns.plan(last=date(2021, 12, 31))
    night = turns.people("limin")
    plan_shifts(turns.watch, night, date(2021, 10, 14), date(2021, 10, 20), by=MACHINE, at=turns.at)
    return turns


def test_a_resident_reads_eight_weeks_without_an_account(october: Turns, client: Client) -> None:
    page = client.get(PAGE)
    ((rota, shifts),) = page.context["rotas"]
    assert (rota.code, str(shifts[0].day), str(shifts[-1].day)) == ("reception", "2021-10-14", "2021-12-09")
    text = page.content.decode()
    for told in ("10 月 19 日", "周二", "许文娟", "副书记", "08:30—11:30", "便民服务大厅", "多人来访请推选代表"):
        assert told in text
    assert "19900067890" not in text
    assert "李敏" not in text


def test_a_cancelled_day_says_so_without_the_reason_and_no_stand_in_is_named(october: Turns, client: Client) -> None:
    shift = october.on(date(2021, 10, 19))
    he = october.people("hewei")[0]
    to = Slot(shift.starts_at, shift.ends_at, shift.person, stand_in=he, note="内部备注")
    change_shift(shift, to, by=MACHINE, at=october.at)
    cancel_shift(shift, "身体不适", by=MACHINE, at=october.at)
    for address in (PAGE, FEED):
        text = client.get(address).content.decode()
        assert "取消" in text
        assert "身体不适" not in text
        assert "内部备注" not in text


def test_the_portals_pages_lead_there_and_large_type_is_kept(october: Turns, client: Client) -> None:
    assert f'href="{PAGE}"' in client.get("/p/").content.decode()
    assert client.post("/p/elder/", {"back": PAGE})["Location"] == PAGE
    assert 'data-size="large"' in client.get(PAGE).content.decode()


def test_nothing_published_is_said_kindly(turns: Turns, client: Client) -> None:
    assert "近八周的日程还没有公布" in client.get(PAGE).content.decode()
    Rota.objects.update(public=False)
    assert "这里还没有公布日程" in client.get(PAGE).content.decode()


def test_a_town_without_rotas_has_the_page_too(cast: Cast, client: Client) -> None:
    assert "这里还没有公布日程" in client.get(PAGE).content.decode()
    assert len(Calendar(client.get(FEED).content.decode()).events) == 0


def test_the_public_calendar_is_read_by_a_second_parser(october: Turns, client: Client) -> None:
    october.plan(date(2021, 9, 1), date(2021, 9, 30))
    cancel_shift(october.on(date(2021, 10, 26)), "外出", by=MACHINE, at=october.at)
    answer = client.get(FEED)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    events = sorted(Calendar(answer.content.decode()).events, key=lambda one: one.begin)
    assert (f"{events[0].begin.datetime:%m-%d}", f"{events[-1].begin.datetime:%m-%d}") == ("09-16", "12-09")
    by_day = {f"{one.begin.datetime:%m-%d}": one for one in events}
    assert by_day["10-19"].name == "领导接访：许文娟 副书记"
    assert by_day["10-26"].status == "CANCELLED"
    assert {one.status for day, one in by_day.items() if day != "10-26"} == {"CONFIRMED"}
    assert len({one.uid for one in events}) == len(events)
    assert {one.uid for one in Calendar(client.get(FEED).content.decode()).events} == {one.uid for one in events}


def test_a_longer_schedule_takes_no_more_queries(october: Turns, client: Client, django_assert_max_num_queries) -> None:
    client.get(PAGE)
    with django_assert_max_num_queries(8) as many:
        client.get(PAGE)
    october.rota.shifts.exclude(pk=october.on(date(2021, 10, 19)).pk).delete()
    with django_assert_max_num_queries(len(many)):
        client.get(PAGE)
