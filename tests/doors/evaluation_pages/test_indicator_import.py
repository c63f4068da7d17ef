"""李敏 takes the official indicator workbook in: she looks at what each column is taken for before anything is installed."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.people import Cast

from chuangwen.records.duties.models import Duty
from chuangwen.records.standards.models import Edition, Node

TABLE = (
    "编号,测评项目,测评内容,测评标准,测评方法,分值,牵头单位\n"
    "I-1-1,市场,集贸市场,市场内干净整洁,实地考察,2,市监所\n"
    "I-1-2,市场,集贸市场,证照齐全,材料审核,3,创文办\n"
)


def sent(text: str = TABLE, name: str = "县级测评体系2024.csv") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, text.encode(), content_type="text/csv")}


def test_the_first_page_asks_for_the_workbook_and_installs_nothing(cast: Cast, signed_in_as: Any) -> None:
    page = signed_in_as("limin").get(reverse("framework_import"))
    assert [one["state"] for one in page.context["steps"]] == ["now", "", ""]
    assert not Edition.objects.exists()


def test_the_mapping_shows_each_column_with_samples_and_what_it_is_taken_for(cast: Cast, signed_in_as: Any) -> None:
    page = signed_in_as("limin").post(reverse("framework_import"), sent())
    assert page.status_code == 200
    assert [one["state"] for one in page.context["steps"]] == ["done", "now", ""]
    (sheet,) = page.context["mapping"]
    assert [one["title"] for one in sheet["columns"]] == [
        "编号", "测评项目", "测评内容", "测评标准", "测评方法", "分值", "牵头单位",
    ]  # fmt: skip
    assert sheet["columns"][3]["samples"] == ["市场内干净整洁", "证照齐全"]
    chosen = {field: place for field, _title, place in sheet["chosen"]}
    assert (chosen["code"], chosen["standard"], chosen["points"], chosen["lead"]) == (0, 3, 5, 6)
    assert chosen["person"] is None
    assert not Edition.objects.exists()


def test_the_workbook_is_installed_with_its_duties_and_a_second_time_changes_nothing(
    cast: Cast, signed_in_as: Any
) -> None:
    limin = signed_in_as("limin")
    key = limin.post(reverse("framework_import"), sent()).context["key"]
    done = limin.post(reverse("framework_import"), {"key": key, "move": "install"}, follow=True)
    assert "已装为正式文本：2 条标准，2 条责任已按表分好。" in done.content.decode()
    edition = Edition.objects.get()
    assert edition.standing == "official"
    points = dict(Node.objects.filter(edition=edition, kind="standard").values_list("code", "points"))
    assert {code: float(one) for code, one in points.items()} == {"I-1-1": 2, "I-1-2": 3}
    leads = dict(Duty.objects.values_list("standard__code", "lead__code"))
    assert leads == {"I-1-1": "market", "I-1-2": "office"}
    key = limin.post(reverse("framework_import"), sent()).context["key"]
    again = limin.post(reverse("framework_import"), {"key": key, "move": "install"}, follow=True)
    assert "这一版先前已经安装，没有变化。" in again.content.decode()
    assert Edition.objects.count() == 1


def test_a_row_that_cannot_be_read_is_told_and_nothing_is_installed(cast: Cast, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    page = limin.post(reverse("framework_import"), sent(TABLE.replace(",2,市监所", ",两分半,市监所")))
    assert page.status_code == 422
    assert page.context["reading"]["problems"]
    key = page.context["key"]
    assert limin.post(reverse("framework_import"), {"key": key, "move": "install"}).status_code == 422
    assert limin.post(reverse("framework_import"), {"key": key, "move": "errors"}).content[:2] == b"PK"
    assert not Edition.objects.exists()


@pytest.mark.parametrize("username", ["wangjianguo", "liufang", "chenjing", "zhangqiang", "zhaolei"])
def test_only_who_edits_the_framework_takes_it_in(cast: Cast, signed_in_as: Any, username: str) -> None:
    browser = signed_in_as(username)
    assert browser.get(reverse("framework_import")).status_code == 403
    assert browser.post(reverse("framework_import"), sent()).status_code == 403
    assert not Edition.objects.exists()
