"""The page of materials: what is there, what counts and why not; many graded with one form; the same as Excel."""

import io
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from tests.town import MeasuredTown, measure, prove

from chuangwen.records.archive.models import Use
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.material_queries import MaterialCounts
from chuangwen.records.measures.models import Grade
from chuangwen.records.standards.models import Requirement


@pytest.fixture
def town(cast) -> MeasuredTown:
    return measure(cast, proven=True)


def test_many_materials_are_graded_with_one_form_and_the_page_says_which_count(
    town: MeasuredTown, signed_in_as: Any
) -> None:
    limin, bare = signed_in_as("limin"), Requirement.objects.last()
    first = Requirement.objects.first()
    assert first is not None
    assert bare is not None
    page = limin.get(reverse("materials"))
    assert page.context["counts"] == MaterialCounts(required=2, served=1, missing=1, graded=1, counted=1)
    assert f'name="grade-{bare.pk}"' not in page.content.decode()  # nothing to grade, so it is asked for
    prove(bare)
    page = limin.get(reverse("materials"))
    seen = {f"seen-{pk}": one.stamp for pk, one in page.context["found"].items()}
    said = {f"grade-{first.pk}": "B", f"was-{first.pk}": "B", f"grade-{bare.pk}": "A", f"was-{bare.pk}": "", **seen}
    answer = limin.post(reverse("materials"), {**said, "back": "q=I"})
    assert answer["Location"] == f"{reverse('materials')}?q=I#m-{bare.pk}"
    assert [one.verb for one in Note.objects.filter(kind="grade", key__endswith=bare.code)] == ["评定材料"]
    assert limin.get(reverse("materials")).context["counts"].counted == 2
    wrong = limin.post(reverse("materials"), {**said, f"grade-{bare.pk}": "Z"})
    assert wrong.status_code == 409
    assert "可用的档" in wrong.content.decode()
    assert Grade.objects.get(requirement=bare).grade == "A"


def test_what_is_replaced_while_the_reviewer_looks_is_not_graded_unseen(town: MeasuredTown, signed_in_as: Any) -> None:
    limin, first = signed_in_as("limin"), Requirement.objects.first()
    assert first is not None
    stamp = limin.get(reverse("materials")).context["found"][first.pk].stamp
    prove(first)
    said = {f"grade-{first.pk}": "A", f"was-{first.pk}": "B", f"seen-{first.pk}": stamp}
    answer = limin.post(reverse("materials"), said)
    assert answer.status_code == 409
    assert "请看过现在的资料再评" in answer.content.decode()
    assert Grade.objects.get(requirement=first).grade == "B"


def test_the_list_of_materials_goes_out_with_what_counts_and_why_not(town: MeasuredTown, signed_in_as: Any) -> None:
    Use.objects.filter(kind="requirement").delete()
    answer = signed_in_as("limin").get(reverse("materials_export"))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    told = [[str(cell) for cell in row if cell] for row in rows]
    assert any("所评的资料已取消关联或不能再用，不计分" in row and "B" in row for row in told)
    assert any("没有资料" in row for row in told)
