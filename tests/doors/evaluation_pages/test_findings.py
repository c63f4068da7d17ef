"""What an inspection finds becomes a case, and only a re-check turns the lost point green."""

import pytest
from django.urls import reverse

from chuangwen.records.measures.models import Observation
from chuangwen.results.scoring.queries import score_round
from chuangwen.work.cases.models import Case, CaseLink


@pytest.fixture
def found(town, office):
    """The dirty site of the small town, and the office that works on cases."""
    return Observation.objects.get(value=0, site__code="S1")


def test_a_finding_opens_one_rectification_at_its_site_and_guards_its_standard(found, office, signed_in_as) -> None:
    browser = signed_in_as("limin")
    answer = browser.post(reverse("finding", args=[found.pk]))
    case = Case.objects.get(kind="mending")
    assert answer["Location"] == reverse("case", args=[case.number])
    assert (case.site, case.state, case.source) == (found.site, "filed", "inspection")
    assert set(case.links.values_list("kind", flat=True)) == {"observation", "finding", "standard"}
    browser.post(reverse("finding", args=[found.pk]))
    assert Case.objects.filter(kind="mending").count() == 1


def test_the_same_thing_found_again_joins_the_case_that_is_open(found, town, office, signed_in_as) -> None:
    browser = signed_in_as("limin")
    browser.post(reverse("finding", args=[found.pk]))
    again = town.see(1, 0, 0, day=9)
    browser.post(reverse("finding", args=[again.pk]))
    assert Case.objects.filter(kind="mending").count() == 1
    assert CaseLink.objects.filter(kind="observation").count() == 2


def test_a_visit_by_page_opens_the_cases_of_what_falls_short(town, office, signed_in_as) -> None:
    said = {"site": "S2", "result-C000": "有", "result-C001": "", "open_cases": "1", "seen_at": "2021-10-12T09:00"}
    answer = signed_in_as("limin").post(reverse("record"), said, follow=True)
    case = Case.objects.get(kind="mending")
    assert case.number in answer.content.decode()
    assert case.area == town.cast.units["V2"]


def test_a_full_mark_opens_nothing(town, office, signed_in_as) -> None:
    full = Observation.objects.get(value=10_000, site__code="S0")
    assert signed_in_as("limin").post(reverse("finding", args=[full.pk])).status_code == 404
    assert not Case.objects.exists()


def test_closing_the_case_turns_nothing_green_but_the_recheck_does(found, town, office, signed_in_as) -> None:
    browser = signed_in_as("limin")
    browser.post(reverse("finding", args=[found.pk]))
    before = score_round(town.round, office.at.date()).total.expected
    Case.objects.filter(kind="mending").update(phase="closed", closed_at=office.at, state="done", outcome="done")
    assert score_round(town.round, office.at.date()).total.expected == before
    browser.post(reverse("recheck", args=[found.pk]), {"result": "没有", "count": "", "seen_at": "2021-10-12T09:00"})
    found.refresh_from_db()
    assert (found.counts, found.replaced_by.value) == (False, 10_000)
    assert score_round(town.round, office.at.date()).total.expected > before


def test_a_recheck_that_cannot_be_read_keeps_what_was_typed(found, office, signed_in_as) -> None:
    answer = signed_in_as("limin").post(reverse("recheck", args=[found.pk]), {"result": "差不多", "count": ""})
    assert answer.status_code == 422
    assert "差不多" in answer.content.decode()
    found.refresh_from_db()
    assert found.counts


def test_the_case_of_a_finding_says_what_was_not_done_and_never_praises(town) -> None:
    """“红旗酒家存在以下问题：从业人员用语文明、服务规范”: the words of a check say how it should be."""
    found = Observation.objects.select_related("site", "check_item").first()
    assert found.as_fault() == f"{found.site.name}：没有做到“{found.check_item.text}”"
    found.check_item.text = "好" * 200
    assert len(found.as_fault()) < 100
