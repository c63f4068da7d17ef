"""Rounds opened, locked and closed by page; the list of observations narrowed and sent out; villages; who may do what."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from tests.people import AT
from tests.town import MeasuredTown

from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.models import Observation, Round
from chuangwen.records.measures.visit_actions import recheck
from chuangwen.records.measures.visits import Item
from chuangwen.records.township.models import Site


def said(town: MeasuredTown, **other: Any) -> dict[str, Any]:
    return {
        "code": "2022-mock-1",
        "title": "2022 年第一次模拟",
        "kind": "mock",
        "year": "2022",
        "edition": town.edition.pk,
        "companion": "",
        "opens": "2022-03-01",
        "closes": "2022-03-31",
    } | other


# --- a round is opened


def test_limin_opens_a_round_by_page_and_stands_on_it(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    done = limin.post(reverse("round_open"), said(town), follow=True)
    assert "“2022 年第一次模拟”已开。" in done.content.decode()
    assert done.context["round"].code == "2022-mock-1"
    made = Round.objects.get(code="2022-mock-1")
    assert (made.kind, made.year, made.edition, made.companion) == ("mock", 2022, town.edition, None)
    assert (made.opens, made.closes) == (date(2022, 3, 1), date(2022, 3, 31))
    assert Note.objects.order_by("-number")[0].name == "李敏"


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ({"closes": "2022-02-28"}, "closes", "结束不能早于开始。"),
        ({"code": "2021"}, "code", "这个编号已经用过，请换一个。"),
        ({"code": "2022 模拟"}, "code", ""),
        ({"code": ""}, "code", ""),
        ({"title": ""}, "title", ""),
        ({"kind": "exam"}, "kind", ""),
        ({"year": "1999"}, "year", ""),
        ({"year": "2101"}, "year", ""),
        ({"edition": "999"}, "edition", ""),
        ({"opens": "2022-02-30"}, "opens", ""),
    ],
)
def test_a_round_that_cannot_be_is_told_beside_its_field_and_not_opened(
    town: MeasuredTown, signed_in_as: Any, wrong: dict[str, str], field: str, told: str
) -> None:
    page = signed_in_as("limin").post(reverse("round_open"), said(town, **wrong))
    assert set(page.context["form"].errors) == {field}
    assert told in page.content.decode()
    assert Round.objects.count() == 1


def test_a_round_may_last_a_single_day(town: MeasuredTown, signed_in_as: Any) -> None:
    signed_in_as("limin").post(reverse("round_open"), said(town, closes="2022-03-01"))
    assert Round.objects.filter(code="2022-mock-1").exists()


@pytest.mark.parametrize("username", ["wangjianguo", "liufang", "chenjing", "zhangqiang", "sunyue"])
def test_whoever_runs_no_rounds_opens_none(town: MeasuredTown, signed_in_as: Any, username: str) -> None:
    browser = signed_in_as(username)
    assert browser.get(reverse("round_open")).status_code == 403
    assert browser.post(reverse("round_open"), said(town)).status_code == 403
    assert Round.objects.count() == 1


def test_the_list_offers_a_new_round_only_to_those_who_may_open_one(town: MeasuredTown, signed_in_as: Any) -> None:
    assert reverse("round_open") in signed_in_as("limin").get(reverse("rounds")).content.decode()
    page = signed_in_as("liufang").get(reverse("rounds"))
    assert page.status_code == 200
    assert reverse("round_open") not in page.content.decode()


# --- and locked, and closed


def test_the_material_is_locked_by_page_once_and_the_page_offers_it_no_more(
    town: MeasuredTown, signed_in_as: Any
) -> None:
    limin, address = signed_in_as("limin"), reverse("round_change", args=["2021"])
    assert limin.get(reverse("round", args=["2021"])).context["may_lock"]
    done = limin.post(address, {"move": "lock"}, follow=True)
    assert "材料申报已锁定" in done.content.decode()
    assert not done.context["may_lock"]
    assert done.context["may_close"]
    again = limin.post(address, {"move": "lock"})
    assert again.status_code >= 400
    assert "锁定" in again.content.decode()


def test_a_closed_round_offers_nothing_and_keeps_its_score(town: MeasuredTown, signed_in_as: Any) -> None:
    limin, address = signed_in_as("limin"), reverse("round_change", args=["2021"])
    done = limin.post(address, {"move": "close"}, follow=True)
    assert "已封存，数字从此不变。" in done.content.decode()
    context = done.context
    assert (context["may_lock"], context["may_close"], context["may_state"]) == (False, False, False)
    kept = Round.objects.get(code="2021")
    assert (kept.closed_by, bool(kept.digest)) == ("李敏", True)
    again = limin.post(address, {"move": "close"})
    assert again.status_code >= 400
    assert "已经封存" in again.content.decode()


@pytest.mark.parametrize("username", ["wangjianguo", "liufang"])
@pytest.mark.parametrize("move", ["lock", "close"])
def test_whoever_runs_no_rounds_neither_locks_nor_closes_one(
    town: MeasuredTown, signed_in_as: Any, username: str, move: str
) -> None:
    answer = signed_in_as(username).post(reverse("round_change", args=["2021"]), {"move": move})
    assert answer.status_code == 403
    kept = Round.objects.get()
    assert (kept.closed_at, kept.material_locked_at) == (None, None)


def test_an_unknown_move_changes_nothing(town: MeasuredTown, signed_in_as: Any) -> None:
    notes = Note.objects.count()
    assert signed_in_as("limin").post(reverse("round_change", args=["2021"]), {"move": "melt"}).status_code == 302
    kept = Round.objects.get()
    assert (kept.closed_at, kept.material_locked_at, Note.objects.count()) == (None, None, notes)


def test_a_round_that_is_not_there_is_not_found(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    assert limin.get(reverse("round", args=["2099"])).status_code == 404
    assert limin.post(reverse("round_change", args=["2099"]), {"move": "lock"}).status_code == 404


# --- the observations as a list


def codes(answer: Any) -> list[str]:
    return [f"{row.site.code} {row.check_item.code}" for row in answer.context["page"].rows]


def test_the_list_is_narrowed_by_result_unit_site_check_and_word(town: MeasuredTown, signed_in_as: Any) -> None:
    town.see(4, 0, None, day=3)
    old = Observation.objects.get(site=town.sites[1])
    recheck(old, Item(town.check(0), "无"), seen_at=AT, by=town.cast.actor("limin"), at=AT)
    limin = signed_in_as("limin")

    def shown(**chosen: Any) -> set[str]:
        return set(codes(limin.get(reverse("observations"), chosen)))

    assert shown(state="none") == {"S4 C000"}
    assert shown(state="old") == {"S1 C000"}
    assert shown(state="lost") == {"S0 C001"}
    assert shown(state="full") == {"S0 C000", "S1 C000", "S3 C000"}
    assert shown(unit=town.cast.units["V2"].pk) == {"S3 C000"}
    assert shown(unit=town.cast.units["V1"].pk, state="lost") == {"S0 C001"}
    assert shown(site="S0") == {"S0 C000", "S0 C001"}
    assert shown(check="C001") == {"S0 C001"}
    assert shown(site="S0", check="C000") == {"S0 C000"}
    assert shown(q="点位3") == {"S3 C000"}
    assert shown(q="李敏") == {"S1 C000"}
    assert shown(q="没有这样的") == set()
    assert len(codes(limin.get(reverse("observations")))) == 6


def test_each_sees_the_rows_within_reach_and_an_inspector_his_own(town: MeasuredTown, signed_in_as: Any) -> None:
    town.visit(2, {0: "无"}, by=town.cast.actor("zhangqiang"))
    assert set(codes(signed_in_as("zhangqiang").get(reverse("observations")))) == {"S2 C000"}
    assert set(codes(signed_in_as("liufang").get(reverse("observations")))) == {"S0 C000", "S0 C001", "S1 C000"}
    assert codes(signed_in_as("wangjianguo").get(reverse("observations"))) == []


@pytest.mark.parametrize("sort", ["seen", "-seen", "site", "-value", "unit", "check", "result", "who", "nonsense"])
def test_the_list_is_sorted_by_any_column_and_by_time_where_there_is_none(
    town: MeasuredTown, signed_in_as: Any, sort: str
) -> None:
    rows = signed_in_as("limin").get(reverse("observations"), {"sort": sort}).context["page"].rows
    assert len(rows) == 4
    if sort == "site":
        assert [row.site.code for row in rows] == ["S0", "S0", "S1", "S3"]
    if sort == "-value":
        assert [row.value for row in rows] == sorted((row.value for row in rows), reverse=True)


def test_what_may_be_recorded_is_offered_while_the_round_runs(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    page = limin.get(reverse("observations"))
    assert page.context["may_record"]
    assert reverse("record") in page.content.decode()
    limin.post(reverse("round_change", args=["2021"]), {"move": "close"})
    closed = limin.get(reverse("observations"), {"round": "2021"})
    assert not closed.context["may_record"]
    assert reverse("record") not in closed.content.decode()
    assert not signed_in_as("wangjianguo").get(reverse("observations"), {"round": "2021"}).context["may_record"]


def test_the_rows_go_out_as_the_list_was_narrowed(town: MeasuredTown, signed_in_as: Any) -> None:
    answer = signed_in_as("limin").get(reverse("observations_export"), {"state": "lost"})
    book = load_workbook(BytesIO(answer.content))
    told = [[str(one) for one in row if one is not None] for row in book.active.iter_rows(values_only=True)]
    lost = [row for row in told if any(one.startswith(("S0 ", "S1 ")) for one in row)]
    assert len(lost) == 2
    assert not any("S3 点位3" in row for row in told)
    heads = next(row for row in told if "考察内容" in row)
    assert heads == [
        "时间",
        "点位",
        "所属单位",
        "考察内容",
        "结果",
        "次数/总数",
        "得分率",
        "考察人",
        "备注",
        "照片",
        "状态",
    ]


def test_what_counts_no_more_goes_out_as_superseded(town: MeasuredTown, signed_in_as: Any) -> None:
    old = Observation.objects.get(site=town.sites[1])
    recheck(old, Item(town.check(0), "无"), seen_at=AT, by=town.cast.actor("limin"), at=AT)
    answer = signed_in_as("limin").get(reverse("observations_export"))
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert sum("已被取代" in row for row in rows) == 1


@pytest.mark.parametrize("username", ["liufang", "zhangqiang", "wangjianguo"])
def test_who_may_not_export_takes_no_rows_away(town: MeasuredTown, signed_in_as: Any, username: str) -> None:
    browser = signed_in_as(username)
    for name in ("observations_export", "materials_export", "duties_export"):
        assert browser.get(reverse(name)).status_code == 403, name
    assert browser.get(reverse("observations")).context["export"] == ""


@pytest.mark.parametrize("name", ["observations", "observations_export", "materials", "materials_export"])
def test_before_the_first_round_these_pages_say_what_will_stand_there(cast: Any, signed_in_as: Any, name: str) -> None:
    answer = signed_in_as("limin").get(reverse(name))
    assert "还没有测评轮次" in answer.content.decode()
    assert answer.status_code < 500


# --- villages


def test_villages_and_units_stand_by_their_own_sites_and_are_narrowed_by_kind(
    town: MeasuredTown, signed_in_as: Any
) -> None:
    limin = signed_in_as("limin")

    def units(**chosen: str) -> set[str]:
        return {one.organisation.code for one in limin.get(reverse("villages"), chosen).context["lines"]}

    assert units() == {"V1", "V2", "market"}
    assert units(kind="village") == {"V1", "V2"}
    assert units(kind="unit") == {"market"}
    assert units(kind="province") == set()
    assert limin.get(reverse("villages")).context["kinds"] == ["unit", "village"]


def test_a_village_counts_the_sites_that_were_seen_of_those_it_has(town: MeasuredTown, signed_in_as: Any) -> None:
    Site.objects.create(code="S9", name="点位9", type_code="P02", organisation=town.cast.units["V2"])
    lines = signed_in_as("limin").get(reverse("villages")).context["lines"]
    told = {one.organisation.code: (one.seen_sites, one.sites) for one in lines}
    assert told == {"V1": (2, 2), "V2": (1, 3), "market": (0, 1)}


def test_without_a_round_there_are_no_villages_to_compare(cast: Any, signed_in_as: Any) -> None:
    page = signed_in_as("limin").get(reverse("villages"))
    assert (page.status_code, page.context["lines"], page.context["bands"]) == (200, [], 0)


# --- that there is no site of a type


def test_only_who_edits_the_plan_states_that_there_is_no_site(town: MeasuredTown, signed_in_as: Any) -> None:
    Site.objects.filter(type_code="P02").update(closed=AT.date())
    chosen = {"type": "P02", "move": "state", "reason": "没有"}
    address = reverse("round_absent", args=["2021"])
    assert signed_in_as("liufang").post(address, chosen).status_code == 403
    assert not signed_in_as("liufang").get(reverse("round", args=["2021"])).context["may_state"]
    assert signed_in_as("limin").post(address, chosen)["Location"].endswith("#absent")
