"""The rota's pages: looked at, planned, changed, cancelled, taken in from a table, printed, sent away as Excel."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.work.rotas.turns import Turns

from chuangwen.kernel.sheets import read_table
from chuangwen.records.ledger.models import Note
from chuangwen.records.township.models import Town
from chuangwen.work.rotas.models import Rota, Shift

ROTAS = "/rotas/"
PLAN, SHEET = "/rotas/reception/plan/", "/rotas/reception/sheet/"


@pytest.fixture
def october(turns: Turns) -> Turns:
    """Thursday 14 October 2021; October is planned."""
    Town.objects.update(demo=True, demo_today=date(2021, 10, 14))
    turns.plan()
    return turns


def order(turns: Turns, *usernames: str) -> dict[str, str]:
    return {f"order-{turns.cast.people[one].pk}": str(place) for place, one in enumerate(usernames, start=1)}


def test_whoever_sees_cases_reads_this_month_and_next(october: Turns, signed_in_as: Any) -> None:
    page = signed_in_as("liufang").get(ROTAS)
    text = page.content.decode()
    assert page.context["page"].total == 6
    assert "程立群" in text
    assert "19900067890" not in text
    assert "排班</a>" not in text
    assert reverse("shift", args=[october.on(date(2021, 10, 19)).pk]) not in text
    assert "11 月领导接访排了 0 次，每月至少 1 次" in text
    assert reverse("rotas") in signed_in_as("wangjianguo").get("/").content.decode()


def test_the_headline_names_who_is_on_duty_next(october: Turns, signed_in_as: Any) -> None:
    page = signed_in_as("limin").get(ROTAS)
    assert page.context["next"].person.name in {"程立群", "许文娟"}  # by the hour of the machine: today's or the next
    Shift.objects.all().delete()
    page = signed_in_as("limin").get(ROTAS)
    assert "领导接访还没有排到以后" in page.content.decode()
    assert "这两个月还没有排班" in page.content.decode()
    assert PLAN in page.content.decode()


def test_without_any_rota_the_page_says_what_will_stand_here(cast: Any, signed_in_as: Any) -> None:
    assert "还没有轮值" in signed_in_as("limin").get(ROTAS).content.decode()


def test_the_month_shows_who_and_why_nobody(october: Turns, signed_in_as: Any) -> None:
    page = signed_in_as("limin").get(ROTAS, {"mode": "month"})
    found = {one["day"].day: one["lines"] for week in page.context["weeks"] for one in week if one["inside"]}
    assert [found[day][0].person.name for day in (12, 14, 19)] == ["何伟", "程立群", "许文娟"]
    assert page.context["off"][date(2021, 10, 5)] == "国庆节"
    page = signed_in_as("limin").get(ROTAS, {"mode": "month", "month": "2021-13"})
    assert page.context["month"] == date(2021, 10, 1)
    page = signed_in_as("limin").get(ROTAS, {"mode": "month", "month": "2021-11"})
    assert (page.context["before"], page.context["after"]) == ("2021-10", "2021-12")
    assert not any(one["lines"] for week in page.context["weeks"] for one in week)


def test_mine_are_those_i_stand_or_stand_in_for(october: Turns, signed_in_as: Any) -> None:
    shift = october.on(date(2021, 10, 14))
    Shift.objects.filter(pk=shift.pk).update(stand_in=october.cast.people["hewei"])
    page = signed_in_as("hewei").get(ROTAS, {"tab": "mine"})
    assert [one.day.day for one in page.context["page"].rows] == [12, 14, 21]
    assert "没有排到你" in signed_in_as("limin").get(ROTAS, {"tab": "mine"}).content.decode()


def test_a_longer_list_takes_no_more_queries(
    october: Turns, signed_in_as: Any, django_assert_max_num_queries: Any
) -> None:
    limin = signed_in_as("limin")
    for query in ({"tab": "all"}, {"tab": "all", "mode": "month", "month": "2021-10"}):
        limin.get(ROTAS, query)
        with django_assert_max_num_queries(22) as few:
            limin.get(ROTAS, query)
        if "mode" not in query:
            october.plan(date(2021, 1, 1), date(2021, 9, 30))
            october.plan(date(2021, 11, 1), date(2022, 6, 30))
        with django_assert_max_num_queries(len(few)):
            limin.get(ROTAS, query)
    assert Shift.objects.count() > 120


def test_a_stretch_is_tried_first_and_then_planned(october: Turns, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    form = limin.get(PLAN)
    assert form.context["form"]["first"].value() == date(2021, 10, 29)
    assert form.context["form"]["last"].value() == date(2021, 11, 30)
    assert [one.name for one, _ in form.context["people"]] == ["何伟", "程立群", "许文娟"]
    said = {"first": "2021-10-01", "last": "2021-11-04", **order(october, "xuwenjuan", "hewei"), "move": "try"}
    tried = limin.post(PLAN, said)
    proposal = tried.context["proposal"]
    assert [len(proposal.fresh), len(proposal.standing), len(proposal.left_out)] == [2, 6, 2]
    assert "还没有写入" in tried.content.decode()
    assert "国庆节" in tried.content.decode()
    assert Shift.objects.count() == 6
    done = limin.post(PLAN, {**said, "move": "take"}, follow=True)
    assert "排好了 2 次" in done.content.decode()
    assert [october.on(date(2021, 11, day)).person.name for day in (2, 4)] == ["许文娟", "何伟"]


def test_what_is_wrong_with_a_plan_is_said_and_what_was_typed_stays(october: Turns, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    answer = limin.post(PLAN, {"first": "2021-11-01", "last": "2021-10-01", **order(october, "hewei"), "move": "take"})
    assert answer.status_code == 422
    assert "结束早于开始" in answer.content.decode()
    assert 'value="2021-11-01"' in answer.content.decode()
    nobody = limin.post(PLAN, {"first": "2021-11-01", "last": "2021-11-30", f"order-{0}": "1", "move": "take"})
    assert "没有选人" in nobody.content.decode()
    assert limin.post(PLAN, {"first": "x", "last": "2021-11-30", "move": "try"}).status_code == 422
    assert Shift.objects.count() == 6


def test_a_year_not_yet_announced_is_warned_of(october: Turns, signed_in_as: Any) -> None:
    said = {"first": "2022-01-01", "last": "2022-01-31", **order(october, "hewei"), "move": "try"}
    assert "2022 年的放假安排还没有导入" in signed_in_as("limin").post(PLAN, said).content.decode()


def change(client: Client, shift: Shift, **said: object) -> Any:
    facts = {
        "person": shift.person_id,
        "stand_in": shift.stand_in_id or "",
        "day": "2021-10-19",
        "start": "08:30",
        "end": "11:30",
        "place": shift.place,
        "note": shift.note,
        "version": shift.version,
    }
    return client.post(reverse("shift", args=[shift.pk]), {**facts, **said})


def test_a_shift_is_changed_cancelled_and_held_after_all_by_page(october: Turns, signed_in_as: Any) -> None:
    limin, shift = signed_in_as("limin"), october.on(date(2021, 10, 19))
    page = limin.get(reverse("shift", args=[shift.pk])).content.decode()
    assert "何伟（分管副镇长）" in page
    assert "孙悦" not in page
    answer = change(limin, shift, person=october.cast.people["hewei"].pk, start="09:00", place="先锋村")
    assert answer.status_code == 302
    shift = october.on(date(2021, 10, 19))
    assert (shift.person.name, shift.span, shift.place) == ("何伟", "09:00—11:30", "先锋村")
    limin.post(reverse("shift_cancel", args=[shift.pk]), {"why": "防汛应急"})
    text = limin.get(ROTAS).content.decode()
    assert "防汛应急" in text
    assert "这一次已经取消" in limin.get(reverse("shift", args=[shift.pk])).content.decode()
    limin.post(reverse("shift_restore", args=[shift.pk]))
    assert not october.on(date(2021, 10, 19)).is_cancelled
    assert set(Note.objects.values_list("verb", flat=True)) >= {"改班", "取消班次", "恢复班次"}


def test_the_second_of_two_people_is_told(october: Turns, signed_in_as: Any) -> None:
    limin, shift = signed_in_as("limin"), october.on(date(2021, 10, 19))
    assert change(limin, shift, note="一").status_code == 302
    answer = change(limin, shift, note="二")
    assert answer.status_code == 409
    assert "刚被别人改过" in answer.content.decode()
    assert change(limin, shift, day="").status_code == 422
    assert october.on(date(2021, 10, 19)).note == "一"


def test_nobody_but_the_planners_reaches_a_shift(october: Turns, signed_in_as: Any) -> None:
    shift = october.on(date(2021, 10, 19))
    for username in ("hewei", "liufang", "zhouzheng"):
        browser = signed_in_as(username)
        for name in ("shift", "shift_cancel", "shift_restore"):
            assert browser.post(reverse(name, args=[shift.pk]), {"why": "试"}).status_code == 403
    assert signed_in_as("limin").get("/rotas/watch/plan/").status_code == 403
    assert signed_in_as("limin").get(reverse("shift", args=[shift.pk + 1000])).status_code == 404


PASTED = "日期\t接访领导\t时间\n11月2日\t何伟\t9:00-11:00\n11月4日\t程立群\t\n"


def test_a_pasted_table_is_tried_and_taken_in_once(october: Turns, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    assert "空白模板" in limin.get(SHEET).content.decode()
    tried = limin.post(SHEET, {"rows": PASTED, "year": "2021"})
    assert "写入 2 条，改正 0 条，已有 0 条" in tried.content.decode()
    assert Shift.objects.count() == 6
    said = {"key": tried.context["sent"].key, "year": "2021", "move": "take"}
    assert "排入 2 次，改正 0 次；0 次先前已有" in limin.post(SHEET, said, follow=True).content.decode()
    assert [october.on(date(2021, 11, day)).span for day in (2, 4)] == ["09:00—11:00", "08:30—11:30"]
    assert october.on(date(2021, 11, 4)).place == "便民服务大厅"
    again = limin.post(SHEET, {"rows": PASTED, "year": "2021"})
    assert "写入这" not in again.content.decode()
    assert again.content.decode().count("已有</span>") == 2
    said = {"key": again.context["sent"].key, "year": "2021", "move": "take"}
    assert "排入 0 次，改正 0 次；2 次先前已有" in limin.post(SHEET, said, follow=True).content.decode()


def test_a_table_that_puts_somebody_else_on_shows_the_correction_before_it_is_made(
    october: Turns, signed_in_as: Any
) -> None:
    limin = signed_in_as("limin")
    was = october.on(date(2021, 10, 14)).person
    other = next(one for one in october.people("hewei", "chengliqun", "xuwenjuan") if one != was)
    tried = limin.post(SHEET, {"rows": f"日期\t接访领导\n10月14日\t{other.name}\n", "year": "2021"})
    assert "写入 0 条，改正 1 条，已有 0 条" in tried.content.decode()
    (change,) = tried.context["run"].changes
    assert was.name in change.old
    assert other.name in change.new
    limin.post(SHEET, {"key": tried.context["sent"].key, "year": "2021", "move": "take"})
    assert october.on(date(2021, 10, 14)).person == other
    assert Note.objects.filter(verb="改班").count() == 1


def test_an_excel_with_mistakes_comes_back_with_all_of_them(october: Turns, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    bad = "日期,接访领导,旧编号\n某日,何伟,7\n11月4日,李敏,\n".encode()
    answer = limin.post(SHEET, {"file": SimpleUploadedFile("接访表.csv", bad), "year": "2021"})
    assert answer.status_code == 422
    assert len(answer.context["problems"]) == 2
    assert "旧编号" in answer.content.decode()
    key = answer.context["sent"].key
    marked = limin.post(SHEET, {"key": key, "year": "2021", "move": "errors"})
    rows = read_table(marked.content, name="x.xlsx").sheets[0].rows
    assert "不是日期" in str(rows[1][-1])
    assert limin.post(SHEET, {"key": key, "year": "2021", "move": "take"}).status_code == 422
    assert limin.post(SHEET, {}).status_code == 422
    assert Shift.objects.count() == 6


def test_a_sent_table_with_another_hour_corrects_the_shift_and_leaves_one(october: Turns, signed_in_as: Any) -> None:
    shift = Shift.objects.filter(rota__code="reception").select_related("person").earliest("starts_at")
    rows = f"日期,时间,接访领导\n{shift.day},09:00—11:30,{shift.person.name}"
    limin = signed_in_as("limin")
    page = limin.post(SHEET, {"rows": rows, "year": "2021"})
    assert "08:30—11:30" in page.content.decode()  # what stands, beside what it becomes
    limin.post(SHEET, {"key": page.context["sent"].key, "year": "2021", "move": "take"})
    mine = Shift.objects.filter(rota__code="reception", starts_at__date=shift.day)
    assert [f"{one.starts_at:%H:%M}" for one in mine] == ["01:00"]


def test_the_template_reads_as_what_it_is(october: Turns, signed_in_as: Any) -> None:
    answer = signed_in_as("limin").get("/rotas/reception/sheet/template.xlsx")
    cells = [cell for row in read_table(answer.content, name="x.xlsx").shown[0].rows for cell in row]
    assert {"日期", "接访领导", "替补"} <= set(cells)


def test_the_list_leaves_as_excel_with_the_rows_asked_for(october: Turns, signed_in_as: Any) -> None:
    answer = signed_in_as("limin").get("/rotas/export/", {"tab": "all", "q": "何伟"})
    rows = read_table(answer.content, name="x.xlsx").shown[0].rows
    names = [cell for row in rows for cell in row if cell in {"何伟", "程立群", "许文娟"}]
    assert names == ["何伟", "何伟"]
    assert not any("19900067890" in str(cell) for row in rows for cell in row)


def test_searching_within_a_set_stays_in_that_set(october: Turns, signed_in_as: Any) -> None:
    october.plan(date(2021, 1, 1), date(2021, 3, 31))
    page = signed_in_as("limin").get(ROTAS, {"tab": "all", "mode": "list", "q": "何伟"})
    assert '<input type="hidden" name="tab" value="all">' in page.content.decode()
    assert '<input type="hidden" name="mode" value="list">' in page.content.decode()
    assert page.context["page"].total > 2


def test_a_retired_rota_is_planned_no_more(october: Turns, signed_in_as: Any) -> None:
    Rota.objects.filter(code="reception").update(retired=True)
    assert signed_in_as("limin").get(PLAN).status_code == 404
