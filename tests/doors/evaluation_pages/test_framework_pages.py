"""The tree of the evaluation system, one standard opened, the duty table and one assignment: who sees and who changes what."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from tests.people import AT, hold
from tests.town import MeasuredTown, standard

from chuangwen.records.duties.actions import Charge, assign
from chuangwen.records.duties.models import Duty
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.standards.models import Edition, Node
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Scope

NOVEMBER = date(2021, 11, 30)


def give(
    town: MeasuredTown, number: int, lead: str, *assisting: str, person: str = "", due: date | None = None
) -> Duty:
    units = town.cast.units
    named = town.cast.people[person] if person else None
    charge = Charge(units[lead], [units[one] for one in assisting], named, due)
    return assign(standard(town, number), charge, by=MACHINE, at=AT)


def sheet_of(answer: Any) -> list[tuple[Any, ...]]:
    book = load_workbook(BytesIO(answer.content))
    return [row for row in book.active.iter_rows(values_only=True) if any(one is not None for one in row)]


# --- the tree


def test_the_tree_adds_the_points_of_standards_up_to_their_branches(town: MeasuredTown, signed_in_as: Any) -> None:
    page = signed_in_as("limin").get(reverse("framework"))
    points = {row["code"]: f"{row['points']:.2f}" for row in page.context["rows"]}
    assert points == {"I": "12.50", "I-1": "12.50"} | {f"I-1-{number}": "2.50" for number in range(1, 6)}
    assert (page.context["count"], page.context["bare"]) == (5, 5)


def test_each_standard_shows_its_methods_its_score_and_who_leads_it(town: MeasuredTown, signed_in_as: Any) -> None:
    give(town, 1, "market", "office", person="wangjianguo")
    page = signed_in_as("limin").get(reverse("framework"))
    rows = {row["code"]: row for row in page.context["rows"]}
    assert (rows["I-1-1"]["duty"].lead, rows["I-1-1"]["duty"].person) == ("市监所", "王建国")
    assert len(rows["I-1-1"]["methods"]) == 2
    assert rows["I-1-4"]["line"].expected == pytest.approx(90)
    assert rows["I-1-5"]["line"].measured == 0
    assert page.content.decode().count('<span class="mute">未测</span>') == 1
    assert page.context["bare"] == 4
    assert "5 条标准，4 条没有牵头单位" in page.content.decode()


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("标准3", ["I", "I-1", "I-1-3"]),
        ("i-1-2", ["I", "I-1", "I-1-2"]),
        ("市监所", ["I", "I-1", "I-1-1"]),
        ("王建国", ["I", "I-1", "I-1-1"]),
        ("第 4 条 原文", ["I", "I-1", "I-1-4"]),
        ("标准1 市监所", ["I", "I-1", "I-1-1"]),
        ("标准2 市监所", []),
        ("集贸", ["I", "I-1"]),
        ("没有这样的", []),
    ],
)
def test_the_search_keeps_the_branches_on_which_the_standards_hang(
    town: MeasuredTown, signed_in_as: Any, word: str, codes: list[str]
) -> None:
    give(town, 1, "market", person="wangjianguo")
    page = signed_in_as("limin").get(reverse("framework"), {"q": f"  {word} "})
    assert [row["code"] for row in page.context["rows"]] == codes
    assert f"“{word}”找到" in page.content.decode()


def test_whoever_may_not_see_scores_sees_the_tree_without_them(town: MeasuredTown, signed_in_as: Any) -> None:
    page = signed_in_as("zhangqiang").get(reverse("framework"))
    assert page.status_code == 200
    assert {row["line"] for row in page.context["rows"]} == {None}
    assert page.context["total"] is None
    assert not page.context["may_edit"]


@pytest.mark.parametrize("username", ["zhaolei", "sunyue"])
def test_whoever_may_not_see_the_framework_opens_none_of_it(
    town: MeasuredTown, signed_in_as: Any, username: str
) -> None:
    browser = signed_in_as(username)
    node = standard(town, 1)
    for address in (
        reverse("framework"),
        reverse("framework_edition", args=[town.edition.pk]),
        reverse("standard", args=[node.pk]),
        reverse("standard_by_code", args=[town.edition.pk, "I-1-1"]),
        reverse("duties"),
        reverse("my_duties"),
        reverse("plan"),
        reverse("rounds"),
        reverse("observations"),
    ):
        assert browser.get(address).status_code == 403, address


def test_before_any_edition_is_installed_the_page_says_where_to_get_one(cast: Any, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    for name in ("framework", "duties", "duties_bulk"):
        page = limin.get(reverse(name)).content.decode()
        assert "还没有装测评体系" in page, name
    assert reverse("framework_import") in limin.get(reverse("framework")).content.decode()


def test_an_edition_that_is_not_there_is_not_found(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    assert limin.get(reverse("framework_edition", args=[town.edition.pk])).status_code == 200
    assert limin.get(reverse("framework_edition", args=[999])).status_code == 404
    assert limin.get(reverse("framework_sheet", args=[999])).status_code == 404
    assert limin.get(reverse("standard", args=[999999])).status_code == 404
    assert limin.get(reverse("standard_by_code", args=[town.edition.pk, "I-9"])).status_code == 404


# --- one standard


def test_a_standard_is_found_by_its_code(town: MeasuredTown, signed_in_as: Any) -> None:
    answer = signed_in_as("limin").get(reverse("standard_by_code", args=[town.edition.pk, "I-1-2"]))
    assert answer["Location"] == reverse("standard", args=[standard(town, 2).pk])


def test_a_standard_shows_its_duty_its_materials_and_what_was_seen_worst_first(
    town: MeasuredTown, signed_in_as: Any
) -> None:
    give(town, 1, "market", person="wangjianguo", due=NOVEMBER)
    page = signed_in_as("limin").get(reverse("standard", args=[standard(town, 1).pk]))
    context = page.context
    assert (context["duty"].lead, context["duty"].person, context["duty"].due) == ("市监所", "王建国", NOVEMBER)
    ((required,),) = [[one["requirement"].code for one in context["requirements"]]]
    assert required == "I-1-1-M1"
    assert context["requirements"][0]["grade"].grade == "B"
    values = [one.value for one in context["observations"]]
    assert values == sorted(values)
    assert context["all_observations"] == len(values) == 3
    assert [note.name for note in context["notes"]] == [MACHINE.name]
    assert [title for title, _ in context["crumbs"]] == ["测评体系", "I 市场", "I-1 集贸市场"]


def test_the_working_of_a_standard_adds_up_to_its_line(town: MeasuredTown, signed_in_as: Any) -> None:
    context = signed_in_as("limin").get(reverse("standard", args=[standard(town, 4).pk])).context
    assert context["got"] == pytest.approx(context["coef"] * 0.9)
    assert context["line"].expected == pytest.approx(90)


def test_a_branch_shows_its_children_and_offers_nobody_to_lead_it(town: MeasuredTown, signed_in_as: Any) -> None:
    branch = Node.objects.get(edition=town.edition, code="I-1")
    context = signed_in_as("limin").get(reverse("standard", args=[branch.pk])).context
    assert [one.code for one in context["children"]] == [f"I-1-{number}" for number in range(1, 6)]
    assert (context["may_assign"], context["working"], context["worth"]) == (False, [], [])
    leaf = signed_in_as("limin").get(reverse("standard", args=[standard(town, 1).pk])).context
    assert (leaf["may_assign"], len(leaf["siblings"]), leaf["children"]) == (True, 5, [])


def test_an_inspector_sees_on_a_standard_only_what_was_seen_by_himself(town: MeasuredTown, signed_in_as: Any) -> None:
    zhang = signed_in_as("zhangqiang")
    address = reverse("standard", args=[standard(town, 1).pk])
    assert zhang.get(address).context["all_observations"] == 0
    town.visit(2, {0: "无"}, by=town.cast.actor("zhangqiang"))
    context = zhang.get(address).context
    assert [one.site.code for one in context["observations"]] == ["S2"]
    assert not context["may_assign"]


# --- the duty table as a list and as Excel


def test_the_duty_list_is_narrowed_by_unit_word_and_what_is_lacking(town: MeasuredTown, signed_in_as: Any) -> None:
    give(town, 1, "market", "office", person="wangjianguo")
    give(town, 2, "market")
    give(town, 3, "V1", person="liufang")
    limin = signed_in_as("limin")

    def codes(**said: Any) -> list[str]:
        return [row.code for row in limin.get(reverse("duties"), said).context["page"].rows]

    assert codes() == [f"I-1-{number}" for number in range(1, 6)]
    assert codes(lead=town.cast.units["market"].pk) == ["I-1-1", "I-1-2"]
    assert codes(state="bare") == ["I-1-4", "I-1-5"]
    assert codes(state="nobody") == ["I-1-2"]
    assert codes(lead=town.cast.units["market"].pk, state="nobody") == ["I-1-2"]
    assert codes(q="刘芳") == ["I-1-3"]
    assert codes(q="先锋村") == ["I-1-3"]
    page = limin.get(reverse("duties")).content.decode()
    assert "5 条标准，2 条还没有牵头单位" in page


def test_the_duty_list_goes_out_with_all_that_it_says(town: MeasuredTown, signed_in_as: Any) -> None:
    give(town, 1, "market", "office", "V1", person="wangjianguo", due=NOVEMBER)
    answer = signed_in_as("limin").get(reverse("duties_export"), {"lead": town.cast.units["market"].pk})
    rows = sheet_of(answer)
    told = [tuple(str(one or "") for one in row) for row in rows if "I-1-1" in [str(one) for one in row]]
    assert len(told) == 1
    assert {"标准1", "市监所", "创文办、先锋村", "王建国"} <= set(told[0])
    assert not any("I-1-2" in row for row in rows)


def test_who_may_not_export_gets_no_list_and_sees_no_link(town: MeasuredTown, signed_in_as: Any) -> None:
    wang = signed_in_as("wangjianguo")
    assert wang.get(reverse("duties_export")).status_code == 403
    page = wang.get(reverse("duties"))
    assert (page.context["export"], page.context["may_assign"]) == ("", False)
    assert reverse("duties_bulk") not in page.content.decode()


def test_the_large_sheet_holds_every_standard_with_its_branches(town: MeasuredTown, signed_in_as: Any) -> None:
    give(town, 1, "market", "office", person="wangjianguo", due=NOVEMBER)
    answer = signed_in_as("limin").get(reverse("framework_sheet", args=[town.edition.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="duties-small-1.xlsx"'
    heap = [" ".join(str(one) for one in row if one is not None) for row in sheet_of(answer)]
    (mine,) = [line for line in heap if "第 1 条标准的原文" in line]
    for word in ("市场", "集贸市场", "市监所", "创文办", "王建国", "管理情况说明", "2021-11-30"):
        assert word in mine, word
    assert sum("条标准的原文" in line for line in heap) == 5
    assert any("依据：小测评体系" in line for line in heap)


# --- one assignment


def test_limin_gives_a_standard_by_page_and_takes_it_back(town: MeasuredTown, signed_in_as: Any) -> None:
    limin, units = signed_in_as("limin"), town.cast.units
    address = reverse("duty_assign", args=[standard(town, 1).pk])
    said = {
        "lead": units["market"].pk,
        "assisting": [units["V1"].pk, units["V2"].pk],
        "person": town.cast.people["wangjianguo"].pk,
        "due": "2021-11-30",
    }
    done = limin.post(address, said, follow=True)
    assert "“I-1-1 标准1”已由“市监所”牵头。" in done.content.decode()
    kept = Duty.objects.get()
    assert (kept.lead.code, kept.person.name, kept.due) == ("market", "王建国", NOVEMBER)
    assert {unit.code for unit in kept.assisting.all()} == {"V1", "V2"}
    shown = limin.get(address).context["form"].initial
    assert (shown["lead"], shown["due"], sorted(shown["assisting"])) == (
        units["market"].pk,
        NOVEMBER,
        sorted([units["V1"].pk, units["V2"].pk]),
    )
    back = limin.post(address, {"move": "withdraw"}, follow=True)
    assert "责任已收回，现在没有牵头单位" in back.content.decode()
    assert not Duty.objects.exists()


def test_a_lead_that_assists_itself_is_told_on_the_page_and_changes_nothing(
    town: MeasuredTown, signed_in_as: Any
) -> None:
    give(town, 1, "office")
    market = town.cast.units["market"].pk
    address = reverse("duty_assign", args=[standard(town, 1).pk])
    answer = signed_in_as("limin").post(address, {"lead": market, "assisting": [market]})
    assert answer.status_code >= 400
    assert "“市监所”已是牵头单位" in answer.content.decode()
    assert Duty.objects.get().lead.code == "office"


@pytest.mark.parametrize(
    "said", [{"lead": ""}, {"lead": "999999"}, {"lead": "x"}, {"lead": "market", "due": "2021-13-01"}], ids=str
)
def test_an_assignment_that_cannot_be_read_changes_nothing(
    town: MeasuredTown, signed_in_as: Any, said: dict[str, Any]
) -> None:
    if said.get("lead") == "market":
        said = said | {"lead": town.cast.units["market"].pk}
    answer = signed_in_as("limin").post(reverse("duty_assign", args=[standard(town, 1).pk]), said)
    assert answer.context["form"].errors
    assert not Duty.objects.exists()


def test_a_dissolved_unit_and_a_disabled_person_are_not_offered(town: MeasuredTown, signed_in_as: Any) -> None:
    Organisation.objects.filter(code="V10").update(closed=AT.date())
    wang = town.cast.people["wangjianguo"]
    wang.is_active, wang.disabled_at = False, AT
    wang.save()
    form = signed_in_as("limin").get(reverse("duty_assign", args=[standard(town, 1).pk])).context["form"]
    assert "V10" not in {one.code for one in form.fields["lead"].queryset}
    assert "V10" not in {one.code for one in form.fields["assisting"].queryset}
    assert "王建国" not in {one.name for one in form.fields["person"].queryset}


def test_who_assigns_for_the_own_unit_is_told_whom_to_ask(town: MeasuredTown, signed_in_as: Any) -> None:
    hold(town.cast.people["wangjianguo"], town.cast.roles["office"], scope=Scope.OWN)
    address = reverse("duty_assign", args=[standard(town, 1).pk])
    wang = signed_in_as("wangjianguo")
    assert wang.post(address, {"lead": town.cast.units["office"].pk}).status_code == 403
    assert not Duty.objects.exists()
    assert wang.post(address, {"lead": town.cast.units["market"].pk}).status_code == 302
    assert Duty.objects.get().lead.code == "market"


def test_only_standards_are_assigned_by_page_and_only_by_those_who_may(town: MeasuredTown, signed_in_as: Any) -> None:
    branch = Node.objects.get(edition=town.edition, code="I-1")
    assert signed_in_as("limin").get(reverse("duty_assign", args=[branch.pk])).status_code == 404
    for username in ("wangjianguo", "liufang", "zhangqiang"):
        address = reverse("duty_assign", args=[standard(town, 1).pk])
        assert signed_in_as(username).get(address).status_code == 403
        assert signed_in_as(username).post(address, {"lead": town.cast.units["market"].pk}).status_code == 403


# --- what i owe


def test_my_duties_are_mine_and_my_units_the_late_ones_marked(town: MeasuredTown, signed_in_as: Any) -> None:
    give(town, 1, "market", due=date(2020, 1, 1))
    give(town, 2, "office", person="wangjianguo", due=date(2099, 1, 1))
    give(town, 3, "market")
    give(town, 4, "office")
    page = signed_in_as("wangjianguo").get(reverse("my_duties"))
    assert [one.standard.code for one in page.context["owed"]] == ["I-1-1", "I-1-2", "I-1-3"]
    assert (page.context["all_owed"].value, page.context["own"].value, page.context["more"]) == (3, 1, 0)
    text = page.content.decode()
    assert text.count("tag tag-bad") == 1
    assert "未定" in text


def test_whoever_owes_nothing_is_told_so(town: MeasuredTown, signed_in_as: Any) -> None:
    page = signed_in_as("liufang").get(reverse("my_duties")).content.decode()
    assert "没有落到我名下的责任" in page


def test_two_editions_are_told_apart(town: MeasuredTown, signed_in_as: Any) -> None:
    page = signed_in_as("limin").get(reverse("framework"))
    assert [one.pk for one in page.context["editions"]] == [town.edition.pk]
    assert page.context["edition"] == Edition.objects.get()
