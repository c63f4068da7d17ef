"""What the pages do: assign, record, grade, import, see the score move; the number of queries does not grow with rows."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.people import site
from tests.town import MeasuredTown, standard

from chuangwen.records.duties.models import Duty
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.models import Observation, SiteState
from chuangwen.records.standards.models import Edition
from chuangwen.results.scoring.doctor import examine
from chuangwen.results.scoring.queries import score_round


def test_the_office_gives_a_standard_to_a_unit_and_the_ledger_says_so(town: MeasuredTown, signed_in_as: Any) -> None:
    limin, node = signed_in_as("limin"), standard(town, 1)
    answer = limin.post(reverse("duty_assign", args=[node.pk]), {"lead": town.cast.units["market"].pk})
    assert answer.status_code == 302
    assert Duty.objects.get(standard=node).lead.code == "market"
    assert Note.objects.order_by("-number")[0].after["lead"] == "市监所"


def test_a_second_lead_unit_replaces_the_first(town: MeasuredTown, signed_in_as: Any) -> None:
    limin, node = signed_in_as("limin"), standard(town, 1)
    for unit in ("market", "office"):
        limin.post(reverse("duty_assign", args=[node.pk]), {"lead": town.cast.units[unit].pk})
    assert [duty.lead.code for duty in Duty.objects.filter(standard=node)] == ["office"]


def test_a_pasted_duty_table_is_taken_whole_or_not_at_all(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    wrong = "编号\t牵头单位\t责任单位\t责任人\t完成时限\nI-1-1\t市监所\t\t\t\nI-1-9\t市监所\t\t\t\nI-1-2\t没有的所\t\t\t下周"
    answer = limin.post(reverse("duties_bulk"), {"rows": wrong})
    assert answer.status_code == 422
    assert len(answer.context["problems"]) == 3
    assert Duty.objects.count() == 0
    right = "I-1-1\t市监所\t创文办、先锋村\t王建国\t2021-11-30\nI-1-2\t创文办\t\t\t"
    tried = limin.post(reverse("duties_bulk"), {"rows": right})
    assert Duty.objects.count() == 0
    taken = limin.post(reverse("duties_bulk"), {"key": tried.context["sent"].key, "move": "take"})
    assert taken.status_code == 302
    duty = Duty.objects.get(standard__code="I-1-1")
    assert (duty.lead.code, duty.person.name, str(duty.due)) == ("market", "王建国", "2021-11-30")
    assert sorted(unit.code for unit in duty.assisting.all()) == ["V1", "office"]


def test_the_inspector_records_a_visit_and_the_score_moves(town: MeasuredTown, signed_in_as: Any) -> None:
    before = score_round(town.round, town.round.closes).total.expected
    zhang = signed_in_as("limin")
    answer = zhang.post(
        reverse("record"),
        {"site": "S2", "result-C000": "有", "result-C001": "2/20", "visit": "v1", "seen_at": "2021-09-20T09:00"},
    )
    assert answer.status_code == 302
    assert Observation.objects.filter(site__code="S2").count() == 2
    assert score_round(town.round, town.round.closes).total.expected < before
    zhang.post(
        reverse("record"),
        {"site": "S2", "result-C000": "有", "result-C001": "2/20", "visit": "v1", "seen_at": "2021-09-20T09:00"},
    )
    assert Observation.objects.filter(site__code="S2").count() == 2


def test_a_result_that_cannot_be_read_is_told_beside_its_check_and_nothing_is_written(
    town: MeasuredTown, signed_in_as: Any
) -> None:
    answer = signed_in_as("limin").post(
        reverse("record"), {"site": "S2", "result-C000": "合格", "result-C001": "30/20"}
    )
    assert answer.status_code == 422
    assert "合格数不能大于总数" in answer.content.decode()
    assert not Observation.objects.filter(site__code="S2").exists()


def test_the_standard_opens_its_working_down_to_the_counts(town: MeasuredTown, signed_in_as: Any) -> None:
    page = signed_in_as("limin").get(reverse("standard", args=[standard(town, 1).pk]))
    methods = {one.method: one for one in page.context["working"]}
    assert set(methods) == {"field", "material"}
    assert [part.counts for part in methods["material"].parts] == ["B"]
    assert sum(part.seen for part in methods["field"].parts) == 3
    text = page.content.decode()
    assert "第 1 条标准的原文" in text
    assert "据公开资料整理" in text


def test_an_indicator_workbook_becomes_an_official_edition(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    with Path("tests/files/odd-indicators.xlsx").open("rb") as file:
        seen = limin.post(reverse("framework_import"), {"file": file})
    assert seen.status_code == 200, seen.content.decode()[:500]
    said = {"key": seen.context["key"], "move": "install", "id": "official-2021", "edition": "2021.1", "title": "正式指标表",
            "first_year": "2021", "last_year": "2023", "pass_line": "85"}  # fmt: skip
    assert limin.post(reverse("framework_import"), said).status_code == 302
    edition = Edition.objects.get(pack="official-2021")
    assert edition.standing == "official"
    assert edition.nodes.filter(kind="standard").count() == 68
    assert limin.get(reverse("framework_edition", args=[edition.pk])).status_code == 200
    sheet = limin.get(reverse("framework_sheet", args=[edition.pk]))
    assert openpyxl.load_workbook(io.BytesIO(sheet.content)).active.max_row > 68


LISTS = [
    "framework",
    "duties",
    "observations",
    "materials",
    "answers",
    "villages",
    "losses",
    "people",
    "sites",
    "home",
    "rounds",
]


@pytest.mark.parametrize("name", LISTS)
def test_no_page_asks_the_database_more_often_when_there_are_more_rows(
    town: MeasuredTown, signed_in_as: Any, name: str
) -> None:
    limin = signed_in_as("limin")
    limin.get(reverse(name))
    with CaptureQueriesContext(connection) as few:
        limin.get(reverse(name))
    for number in range(12):
        town.sites.append(site(f"X{number}", town.cast.units["V2"], type_code="P02"))
        town.see(len(town.sites) - 1, 0, 5_000)
    with CaptureQueriesContext(connection) as many:
        limin.get(reverse(name))
    assert len(many) <= len(few) + 1, [query["sql"][:90] for query in many.captured_queries]


def test_the_packed_sums_equal_the_rows_after_records_and_rechecks(town: MeasuredTown) -> None:
    from_rows = SiteState.objects.count()
    assert from_rows == 3
    assert [one.code for one in examine(town.round.closes) if one.code == "states"] == []
