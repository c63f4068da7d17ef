"""The working calendar's page: the year at a glance, the notice sent in, the warning, and nobody else's hand on it."""

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.people import Cast

from chuangwen.records.ledger.models import Note
from chuangwen.records.township import township_rows
from chuangwen.records.township.checking import read_township
from chuangwen.records.township.models import Holiday, RoleDefinition, Town

SHIPPED = Path(__file__).parents[3] / "packs" / "township"
NOTICE = "日期,类别,名称\n" + "".join(f"2027-10-{day:02},放假,国庆节\n" for day in range(1, 12))


@pytest.fixture
def november(cast: Cast) -> Cast:
    """The town with the shipped calendar, in November 2026."""
    pack, _ = read_township(SHIPPED)
    assert pack is not None
    roles = {one.code: (one.permissions, one.retired) for one in RoleDefinition.objects.all()}
    township_rows.write(pack)
    for code, (permissions, retired) in roles.items():
        RoleDefinition.objects.filter(code=code).update(permissions=permissions, retired=retired)
    Town.objects.update(demo=True, demo_today=date(2026, 11, 24))
    return cast


def send(client: Any, text: str, name: str = "2027.csv") -> Any:
    return client.post(reverse("calendar"), {"file": SimpleUploadedFile(name, text.encode())}, follow=True)


def test_the_year_is_told_month_by_month(november: Cast, signed_in_as: Any) -> None:
    page = signed_in_as("zhaolei").get(reverse("calendar"))
    months = page.context["months"]
    assert [len(months), sum(month.worked for month in months)] == [12, 248]
    october = months[9]
    assert [(str(one.first), str(one.last), one.name) for one in october.off] == [
        ("2026-10-01", "2026-10-07", "国庆节")
    ]
    assert [str(one.first) for one in october.made_up] == ["2026-10-10"]
    assert page.context["spans"] == ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
    text = page.content.decode()
    assert "10 月 1 日" in text
    assert "08:30—12:00" in text
    assert "工作日历里还没有 2027 年的放假安排" in text


def test_a_year_not_announced_shows_the_days_of_the_law_as_an_estimate(november: Cast, signed_in_as: Any) -> None:
    page = signed_in_as("zhaolei").get(reverse("calendar"), {"year": "2027"})
    assert not page.context["covered"]
    assert page.content.decode().count("推算</span>") == 7


@pytest.mark.parametrize("year", ["", "abc", "0", "999999999999", "²⁰²⁷", "-1"])
def test_a_year_that_is_none_falls_back_to_this_one(november: Cast, signed_in_as: Any, year: str) -> None:
    assert signed_in_as("zhaolei").get(reverse("calendar"), {"year": year}).context["year"] == 2026


def test_a_notice_sent_in_replaces_the_year_and_ends_the_warning(november: Cast, signed_in_as: Any) -> None:
    zhaolei = signed_in_as("zhaolei")
    page = send(zhaolei, NOTICE)
    assert page.context["year"] == 2027
    assert page.context["warning"] == ""
    assert "已换上 2027 年的工作日历：放假 11 天" in page.content.decode()
    assert (Note.objects.get().username, Holiday.objects.filter(date__year=2027).count()) == ("zhaolei", 11)


def test_what_is_wrong_with_a_notice_is_shown_line_by_line_and_nothing_changes(
    november: Cast, signed_in_as: Any
) -> None:
    zhaolei = signed_in_as("zhaolei")
    for text, wrong in ((NOTICE + "下周,放假,国庆节\n", "下周"), (NOTICE + "2027-10-01,放假,国庆节\n", "第 13 行")):
        answer = send(zhaolei, text)
        assert answer.status_code == 422
        assert wrong in answer.content.decode()
    assert send(zhaolei, "BEGIN:VCALENDAR\n???", "x.ics").status_code == 422
    assert zhaolei.post(reverse("calendar")).status_code == 422
    assert not Note.objects.exists()
    assert Holiday.objects.filter(date__year=2027, kind="statutory").count() == 13


def test_the_office_may_neither_look_nor_send(november: Cast, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    assert limin.get(reverse("calendar")).status_code == 403
    assert send(limin, NOTICE).status_code == 403
    assert reverse("calendar") not in limin.get(reverse("packs")).content.decode()


def test_the_doctor_warns_and_whoever_may_mend_it_is_led_there(november: Cast, signed_in_as: Any) -> None:
    assert "工作日历里还没有 2027 年" in signed_in_as("limin").get(reverse("doctor")).content.decode()
    role = RoleDefinition.objects.get(code="office")
    RoleDefinition.objects.filter(pk=role.pk).update(permissions=[*role.permissions, "manage_system"])
    limin = signed_in_as("limin")
    for name in ("packs", "doctor"):
        assert f'href="{reverse("calendar")}"' in limin.get(reverse(name)).content.decode()


def test_a_longer_calendar_costs_no_more_queries(november: Cast, signed_in_as: Any) -> None:
    zhaolei = signed_in_as("zhaolei")
    zhaolei.get(reverse("calendar"))
    with CaptureQueriesContext(connection) as full:
        zhaolei.get(reverse("calendar"))
    Holiday.objects.exclude(date__year=2026).delete()
    with CaptureQueriesContext(connection) as short:
        zhaolei.get(reverse("calendar"))
    assert len(full) == len(short) <= 16


def test_one_day_is_changed_by_hand_and_a_wrong_one_is_told(november: Cast, signed_in_as: Any) -> None:
    zhaolei = signed_in_as("zhaolei")
    typed = {"date": "2026-11-26", "kind": "holiday", "name": "暴雪停工"}
    page = zhaolei.post(reverse("calendar"), typed, follow=True)
    assert page.context["year"] == 2026
    assert "改了个别日子 1 天" in page.content.decode()
    day = Holiday.objects.get(date=date(2026, 11, 26))
    assert (day.kind, day.name, day.source) == ("holiday", "暴雪停工", "赵磊 2026-11-24 改动")
    for wrong in ({"date": "下周"}, {"date": "2029-11-26"}, {"kind": "打牌"}, {"name": ""}, {"kind": "makeup"}):
        assert zhaolei.post(reverse("calendar"), {**typed, **wrong}).status_code == 422, wrong
    zhaolei.post(reverse("calendar"), {**typed, "kind": "usual", "name": ""})
    assert not Holiday.objects.filter(date=date(2026, 11, 26)).exists()
    assert signed_in_as("limin").post(reverse("calendar"), typed).status_code == 403
