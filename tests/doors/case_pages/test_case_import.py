"""An old ledger in Excel becomes cases: read as it is, all problems told, all or nothing, again without harm."""

import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from tests.office import Office
from tests.people import site

from chuangwen.work.cases.models import Case, Reporter

URL = "/cases/new/mending/sheet/"


@pytest.fixture
def clerk(office: Office, client: Client) -> Client:
    """李敏 at her desk; villages have region codes, as in a real town."""
    for number, code in enumerate(("T", "V1", "V2")):
        office.cast.units[code].region_code = f"42900411000{number}"
        office.cast.units[code].save()
    site("P01-1", office.cast.units["V1"], name="红星街")
    client.force_login(office.cast.people["limin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def sheet(*rows: tuple[object, ...]) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    out.name = "台账.xlsx"
    return out


HEADS = ("序号", "反映事项", "所在村", "点位名称", "类别", "反映人", "联系电话", "当事人")


def sent(clerk: Client, *rows: tuple[object, ...]):
    answer = clerk.post(URL, {"file": sheet(("问题台账",), HEADS, *rows)})
    return answer, answer.context["key"]


def test_a_ledger_is_tried_first_and_then_taken_in(clerk, office) -> None:
    village = office.cast.units["V1"].name
    rows = [
        (1, "垃圾池满溢", village, "", "暴露垃圾", "吴奶奶", 13900001234, "钱多多"),
        (2, "路面破损", "", "红星街", "", "", "", ""),
    ]
    answer, key = sent(clerk, *rows)
    assert (answer.status_code, Case.objects.count()) == (200, 0)
    clerk.post(URL, {"key": key, "move": "take"})
    first, second = Case.objects.order_by("serial")
    assert (first.title, first.area.code, first.category, first.hidden) == (
        "垃圾池满溢",
        "V1",
        "0102",
        {"owner": "钱多多"},
    )
    assert Reporter.objects.get().phone == "13900001234"
    assert (second.site.code, second.area.code, second.source) == ("P01-1", "V1", "sheet")


def test_taking_the_same_ledger_in_again_opens_nothing_twice(clerk, office) -> None:
    for _ in range(2):
        _, key = sent(clerk, (1, "垃圾池满溢", "", "", "", "", "", ""))
        told = clerk.post(URL, {"key": key, "move": "take"}, follow=True).content.decode()
        office.later(hours=1)
    assert Case.objects.count() == 1
    assert "1 件先前已有" in told


def test_all_that_is_wrong_is_told_together_and_nothing_is_opened(clerk) -> None:
    rows = [
        (1, "", "某某村", "", "", "", "", ""),
        (2, "路灯", "", "", "没有的类别", "", "", ""),
        (3, "路灯", "", "", "", "", "", ""),
    ]
    answer, key = sent(clerk, *rows)
    page = answer.content.decode()
    assert answer.status_code == 422
    for told in ("没有写问题", "不认识“某某村”", "不认识“没有的类别”"):
        assert told in page
    clerk.post(URL, {"key": key, "move": "take"})
    assert not Case.objects.exists()
    marked = openpyxl.load_workbook(io.BytesIO(clerk.post(URL, {"key": key, "move": "errors"}).content))
    assert marked.active.max_row >= 5


def test_the_template_is_read_back_by_its_own_headings(clerk) -> None:
    book = openpyxl.load_workbook(io.BytesIO(clerk.get(reverse("case_import_template", args=["mending"])).content))
    heads = (
        [cell.value for cell in book.active[1]]
        if book.active.max_row == 1
        else [c.value for c in book.active[book.active.max_row]]
    )
    assert {"问题", "村（社区）", "类别", "当事人"} <= set(heads)


def test_a_table_without_a_heading_is_refused_with_the_cure(clerk) -> None:
    answer = clerk.post(URL, {"file": sheet(("甲", "乙"), (1, 2))})
    assert answer.status_code == 422
    assert "没有找到事项表" in answer.content.decode()
