"""The losses page: the town's points over all systems, what bars it first, one count of what failed, what work cannot."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from tests.paired import Paired, pair
from tests.town import AT, MeasuredTown

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.models import Observation
from chuangwen.results.scoring.actions import close_round
from chuangwen.results.scoring.queries import score_round
from chuangwen.work.cases.models import Case, CaseLink


@pytest.fixture
def paired(town: MeasuredTown) -> Paired:
    """The small town with the minors' system counting a fifth, its floor missed."""
    return pair(town)


def rows_of(page):
    return [row for group in page.context["groups"] for row in group.rows]


def test_what_bars_the_town_stands_first_and_its_losses_are_a_fifth_of_its_own_points(paired, signed_in_as) -> None:
    page = signed_in_as("limin").get(reverse("losses"))
    (floor,) = page.context["floors"]
    assert floor["system"].title == "小未成年人"
    assert floor["system"].bars
    lost = [row.line for row in floor["rows"]]
    assert lost
    assert all(one.own == pytest.approx(one.regain / 0.2) for one in lost)
    assert "挡着参评" in page.content.decode()


def test_losses_and_risks_of_both_systems_are_what_the_town_lacks(paired, signed_in_as) -> None:
    result = score_round(paired.round, paired.on)
    page = signed_in_as("limin").get(reverse("losses"))
    sums = page.context["sums"]
    assert sums["lost"] + sums["risk"] == pytest.approx(100 - result.total.low)


def test_ticking_losses_tells_the_town_after_as_the_page_and_as_json(paired, signed_in_as) -> None:
    limin = signed_in_as("limin")
    result = score_round(paired.round, paired.on)
    keys = [one.key for one in result.losses if one.needs == "work"]
    box = limin.get(reverse("losses"), {"tick": keys, "part": "whatif"})
    assert box.templates[0].name == "rounds/_whatif.html"
    after = box.context["supposed"].total["expected"]
    assert after > result.total.expected
    told = limin.get(reverse("losses"), {"tick": keys, "json": "1"}).json()["total"]
    assert told["expected"] == after
    assert f"{after:.1f}" in box.content.decode()


def test_at_first_the_smallest_set_is_ticked_and_nothing_when_all_is_unticked(paired, signed_in_as) -> None:
    limin = signed_in_as("limin")
    first = limin.get(reverse("losses"))
    ticked = {row.line.key for row in rows_of(first) if row.ticked}
    ticked |= {row.line.key for floor in first.context["floors"] for row in floor["rows"] if row.ticked}
    assert ticked == set(first.context["smallest"])
    none = limin.get(reverse("losses"), {"none": "1"})
    assert none.context["supposed"] is None
    assert not any(row.ticked for row in rows_of(none))


def test_a_loss_says_how_many_failed_of_how_many(town, signed_in_as) -> None:
    page = signed_in_as("limin").get(reverse("losses"), {"method": "field"})
    told = " ".join(row.line.where for row in rows_of(page))
    assert "2 处看了，1 处不合格" in told


def test_a_survey_is_never_promised_back_for_days_of_work(town, signed_in_as) -> None:
    page = signed_in_as("limin").get(reverse("losses"), {"method": "survey"})
    (row,) = rows_of(page)
    assert (row.line.regain, row.line.how) == (0, "等下次问卷")
    assert "18 / 25（72%），满分要 90%" in row.line.where
    assert row.open_link == ""
    assert not row.ticked


def test_a_method_of_which_nothing_is_written_down_says_so_and_promises_nothing(town, signed_in_as) -> None:
    lines = [row.line for row in rows_of(signed_in_as("limin").get(reverse("losses")))]
    assert all(one.regain == 0 for one in lines if one.needs == "definition")


def test_the_open_case_and_its_day_stand_in_the_row_and_another_is_not_offered(town, office, signed_in_as) -> None:
    case = office.finds()
    key = f"{town.edition.pk}:I-1-1"
    CaseLink.objects.create(case=case, kind="standard", key=key, title="标准1")
    page = signed_in_as("limin").get(reverse("losses"))
    row = next(one for one in rows_of(page) if one.line.link_key == key)
    assert [one.number for one in row.cases] == [case.number]
    assert case.number in page.content.decode()
    uncased = signed_in_as("limin").get(reverse("losses"), {"uncased": "1"})
    assert key not in {one.line.link_key for one in rows_of(uncased)}
    Case.objects.filter(pk=case.pk).update(phase="closed", closed_at=office.at, state="done", outcome="done")
    again = signed_in_as("limin").get(reverse("losses"))
    assert not next(one for one in rows_of(again) if one.line.link_key == key).cases


def test_the_list_is_narrowed_by_word_unit_method_and_branch(town, signed_in_as) -> None:
    limin = signed_in_as("limin")
    everything = len(rows_of(limin.get(reverse("losses"))))
    assert everything > len(rows_of(limin.get(reverse("losses"), {"q": "标准1"}))) > 0
    assert rows_of(limin.get(reverse("losses"), {"branch": "I-1"}))
    assert not rows_of(limin.get(reverse("losses"), {"lead": "nobody"}))
    assert {one.line.loss.method for one in rows_of(limin.get(reverse("losses"), {"method": "material"}))} == {
        "material"
    }


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "²", "x", ""])
def test_an_odd_page_number_shows_a_page(town, signed_in_as, page: str) -> None:
    assert signed_in_as("limin").get(reverse("losses"), {"page": page}).status_code == 200


def test_before_anything_is_measured_nothing_is_said_to_be_lost(town, signed_in_as) -> None:
    """The page said NaN 分 and 37 项失分，能挽回 100.0 分."""
    Observation.objects.all().delete()
    for rows in (town.round.grades, town.round.tallies, town.round.figure_values, town.round.site_states):
        rows.all().delete()
    page = signed_in_as("limin").get(reverse("losses")).content.decode()
    assert "还没有观测，不说失了多少" in page
    assert "NaN" not in page


def test_without_a_round_the_page_leads_to_opening_one(cast, signed_in_as) -> None:
    limin = signed_in_as("limin")
    assert limin.get(reverse("losses"))["Location"] == reverse("rounds")
    assert limin.get(reverse("losses_export"))["Location"] == reverse("rounds")


def test_of_a_closed_round_the_losses_stand_as_they_were_and_nothing_can_be_ticked(town, signed_in_as) -> None:
    before = [(one.key, one.lost) for one in score_round(town.round, AT.date()).losses]
    close_round(town.round, by=MACHINE, at=AT + timedelta(days=3))
    page = signed_in_as("limin").get(reverse("losses"))
    assert sorted((row.line.key, row.line.lost) for row in rows_of(page)) == sorted(before)
    assert 'name="tick"' not in page.content.decode()
    assert page.context["smallest"] == []


def test_the_excel_list_holds_the_same_points_as_the_page(paired, signed_in_as) -> None:
    limin = signed_in_as("limin")
    sheet = openpyxl.load_workbook(io.BytesIO(limin.get(reverse("losses_export")).content)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] in {"小体系", "小未成年人"}]
    result = score_round(paired.round, paired.on)
    assert sum(row[6] + row[7] for row in rows) == pytest.approx(100 - result.total.low, abs=0.01)
    assert len(rows) == len(result.losses)
