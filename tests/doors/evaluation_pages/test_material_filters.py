"""The list of materials narrowed by how each stands, who may grade there, and a material asked of its lead unit."""

from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from tests.people import AT
from tests.town import MeasuredTown, measure, prove

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.grading_actions import grade, lock_material
from chuangwen.records.measures.models import Grade
from chuangwen.records.standards.models import Requirement

FIRST, LAST = "I-1-1-M1", "I-1-5-M1"


@pytest.fixture
def town(cast: Any) -> MeasuredTown:
    return measure(cast, proven=True)


def required(code: str) -> Requirement:
    return Requirement.objects.get(code=code)


def shown(browser: Any, **said: str) -> list[str]:
    return [row.code for row in browser.get(reverse("materials"), said).context["page"].rows]


def test_each_standing_has_its_part_of_the_list(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    assert shown(limin) == [FIRST, LAST]
    assert (shown(limin, state="counted"), shown(limin, state="missing")) == ([FIRST], [LAST])
    assert shown(limin, state="served") == [FIRST]
    assert (shown(limin, state="ungraded"), shown(limin, state="unproven")) == ([], [])
    prove(required(LAST))
    assert (shown(limin, state="ungraded"), shown(limin, state="missing")) == ([LAST], [])
    assert shown(limin, state="served") == [FIRST, LAST]
    grade(town.round, required(LAST), "A", by=MACHINE, at=AT)
    Grade.objects.filter(requirement__code=LAST).update(proof={})
    assert shown(limin, state="unproven") == [LAST]
    assert shown(limin, q="I-1-5") == [LAST]
    assert shown(limin, q="没有这样的") == []


def test_the_list_goes_out_as_it_was_narrowed(town: MeasuredTown, signed_in_as: Any) -> None:
    answer = signed_in_as("limin").get(reverse("materials_export"), {"state": "missing"})
    rows = [list(row) for row in load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)]
    assert [row[0] for row in rows if str(row[0]).startswith("I-1-")] == [LAST]
    assert any(
        row[:3] == ["编号", "材料", "类别"] and {"评定", "是否计分", "评定人"} <= set(row) for row in rows if row[0]
    )


def test_a_select_left_as_it_was_says_nothing(town: MeasuredTown, signed_in_as: Any) -> None:
    first, notes = required(FIRST), Note.objects.count()
    said = {f"grade-{first.pk}": "B", f"was-{first.pk}": "B", "grade-x": "A", f"grade-{first.pk + 500}": "A"}
    done = signed_in_as("limin").post(reverse("materials"), said, follow=True)
    assert "没有改动任何评定。" in done.content.decode()
    assert Note.objects.count() == notes
    blank = signed_in_as("limin").post(reverse("materials"), {f"grade-{first.pk}": "", f"was-{first.pk}": "B"})
    assert blank.status_code == 302
    assert Grade.objects.get().grade == "B"


def test_the_archivist_grades_and_the_page_says_how_many(town: MeasuredTown, signed_in_as: Any) -> None:
    first = required(FIRST)
    chenjing = signed_in_as("chenjing")
    assert chenjing.get(reverse("materials")).context["may_grade"]
    done = chenjing.post(reverse("materials"), {f"grade-{first.pk}": "A", f"was-{first.pk}": "B"}, follow=True)
    assert "已评定 1 项材料。" in done.content.decode()
    assert Grade.objects.get().graded_by == "陈静"


@pytest.mark.parametrize("username", ["wangjianguo", "liufang", "zhangqiang"])
def test_whoever_grades_nothing_looks_and_changes_nothing(town: MeasuredTown, signed_in_as: Any, username: str) -> None:
    first, browser = required(FIRST), signed_in_as(username)
    page = browser.get(reverse("materials"))
    assert (page.status_code, page.context["may_grade"]) == (200, False)
    assert f'name="grade-{first.pk}"' not in page.content.decode()
    answer = browser.post(reverse("materials"), {f"grade-{first.pk}": "A"})
    assert answer.status_code == 403
    assert Grade.objects.get().grade == "B"


def test_after_the_lock_nobody_is_offered_a_grade_and_none_is_taken(town: MeasuredTown, signed_in_as: Any) -> None:
    lock_material(town.round, by=MACHINE, at=AT)
    limin, first = signed_in_as("limin"), required(FIRST)
    assert not limin.get(reverse("materials")).context["may_grade"]
    answer = limin.post(reverse("materials"), {f"grade-{first.pk}": "A"})
    assert answer.status_code >= 400
    assert "锁定" in answer.content.decode()
    assert Grade.objects.get().grade == "B"


def test_the_figures_above_the_list_are_those_of_the_whole_round(town: MeasuredTown, signed_in_as: Any) -> None:
    context = signed_in_as("limin").get(reverse("materials"), {"state": "missing"}).context
    told = {name: one.value for name, one in context["figures"].items()}
    assert told == {
        "required": 2,
        "served": 1,
        "missing": 1,
        "graded": 1,
        "counted": 1,
        "ungraded": 0,
        "unproven": 0,
    }
    assert {one.scope for one in context["figures"].values()} == {"round:2021"}


def test_a_material_that_nobody_leads_is_asked_of_nobody(town: MeasuredTown, office: Any, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    assert limin.get(reverse("materials")).context["askable"] == set()
    answer = limin.post(reverse("material_ask", args=[required(LAST).pk]))
    assert 400 <= answer.status_code < 500
    assert limin.post(reverse("material_ask", args=[999999])).status_code == 404
    assert limin.get(reverse("material_ask", args=[required(LAST).pk])).status_code == 405
