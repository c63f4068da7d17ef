"""An old ledger in Excel becomes cases: read as it is, all problems told, all or nothing, again without harm."""

import io

import openpyxl
import pytest
from django.core.cache import cache
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
    return answer, answer.context["sent"].key


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
    assert Case.objects.count() == 1
    assert "新 0 件，改正 0 件，已有 1 件" in told


def test_all_that_is_wrong_is_told_together_and_nothing_is_opened(clerk) -> None:
    rows = [
        (1, "", "某某村", "", "", "", "", ""),
        (2, "路灯", "", "", "没有的类别", "", "", ""),
        (3, "路灯", "", "", "", "", "", ""),
    ]
    answer, key = sent(clerk, *rows)
    page = answer.content.decode()
    assert answer.status_code == 422
    for told in ("没有填“问题”", "里没有“某某村”", "里没有“没有的类别”"):
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
    assert "没有找到问题整改的表头" in answer.content.decode()


NUMBERED = ("问题", "详细情况", "反映人", "电话", "工单号", "登记日期")


def numbered(clerk: Client, *rows: tuple[object, ...], **answers: str):
    """A hotline's list tried, with answers to what is asked."""
    said = {f"q.{name}": value for name, value in answers.items()}
    answer = clerk.post(URL, {"file": sheet(NUMBERED, *rows), **said})
    return answer.content.decode(), {"key": answer.context["sent"].key, **said}


def test_a_correction_is_shown_old_and_new_before_it_is_written(clerk, office) -> None:
    _page, form = numbered(clerk, ("路灯不亮", "村口", "王某", "13900001111", "A-1", None))
    clerk.post(URL, {**form, "move": "take"})
    page, form = numbered(clerk, ("路灯不亮", "村口", "王某", "13900003333", "A-1", None))
    assert "139****1111" in page
    assert "13900001111" not in page
    assert "13900003333" in page
    assert "改正 1 条" in page
    told = clerk.post(URL, {**form, "move": "take"}, follow=True).content.decode()
    assert "新 0 件，改正 1 件，已有 0 件" in told
    assert Reporter.objects.get().phone == "13900003333"


def test_what_is_asked_must_be_answered_before_anything_is_written(clerk, office) -> None:
    row = ("旧事", "", "", "", "", "2021-09-01")
    page, form = numbered(clerk, row)
    assert "按登记日期起算" not in page, "this opening starts no clock"
    url = f"{URL}?move=report"
    answer = clerk.post(url, {"file": sheet(NUMBERED, row)})
    form = {"key": answer.context["sent"].key, "move": "take"}
    assert "按登记日期起算" in answer.content.decode()
    clerk.post(url, form)
    assert not Case.objects.exists()
    clerk.post(url, {**form, "q.start": "today"})
    assert Case.objects.get().opened_at.year == 2021


def test_a_file_is_found_by_another_process_between_the_steps(clerk, office) -> None:
    _page, form = numbered(clerk, ("路灯不亮", "村口", "王某", "13900001111", "A-1", None))
    cache.clear()
    clerk.post(URL, {**form, "move": "take"})
    assert Case.objects.count() == 1


def test_a_column_may_be_chosen_by_hand(clerk, office) -> None:
    data = sheet(("甲列", "乙列"), ("路灯不亮", "先锋村"))
    answer = clerk.post(URL, {"file": data})
    form = {"key": answer.context["sent"].key, "head.0": "1", "col.0.title": "0", "col.0.area": "1"}
    clerk.post(URL, {**form, "move": "take"})
    assert [(one.title, one.area.code) for one in Case.objects.all()] == [("路灯不亮", "V1")]


def test_who_may_not_open_such_cases_is_refused(client, office) -> None:
    client.force_login(office.cast.people["chenjing"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(URL).status_code == 403


def test_the_pages_of_what_came_in_tell_its_history(clerk, client, office) -> None:
    for phone in ("13900001111", "13900003333"):
        _page, form = numbered(clerk, ("路灯不亮", "村口", "王某", phone, "A-1", None))
        clerk.post(URL, {**form, "move": "take"})
    heads = ("问题", "登记日期", "办结日期", "办理结果")
    answer = clerk.post(URL, {"file": sheet(heads, ("旧事", "2021-03-05", "2021-03-09", "已换灯泡"))})
    clerk.post(URL, {"key": answer.context["sent"].key, "move": "take"})
    open_, past = (clerk.get(f"/cases/{one.number}/").content.decode() for one in Case.objects.order_by("pk"))
    assert "按新表改正" in open_
    assert "139****1111 → 139****3333" in open_
    assert "补录办结" in past
    assert "已换灯泡" in past
    assert "台账.xlsx" in past
    client.force_login(office.cast.people["zhengming"], backend="allauth.account.auth_backends.AuthenticationBackend")
    ledger = client.get("/ledger/")
    assert (ledger.status_code, "从表格登记事项" in ledger.content.decode()) == (200, True)
