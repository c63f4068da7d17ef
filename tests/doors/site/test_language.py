"""Pages speak Chinese whatever the browser prefers; who chooses English gets English, and the records stay Chinese."""

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from docx import Document
from tests.office import Office
from tests.people import AT
from tests.town import MeasuredTown
from tests.work.cases.casting import MENDING, write_pack

from chuangwen.kernel.problems import Problems
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.notices.models import Notice
from chuangwen.work.cases.actions import open_case
from chuangwen.work.cases.checking import read_content
from chuangwen.work.cases.installing import install_content
from chuangwen.work.cases.said import NewCase, Said
from chuangwen.work.cases.telling import called


def english(client: Client) -> Client:
    """The same browser, after its person has chosen English."""
    client.cookies["django_language"] = "en"
    return client


def test_a_browser_that_prefers_english_still_gets_chinese(db: None) -> None:
    page = Client(headers={"Accept-Language": "en-US"}).get("/accounts/login/")
    assert '<html lang="zh-hans"' in page.content.decode()
    assert "登录" in page.content.decode()
    assert page["Content-Language"] == "zh-hans"


def test_an_unknown_choice_means_chinese(db: None) -> None:
    client = Client()
    client.cookies["django_language"] = "xx"
    assert "登录" in client.get("/accounts/login/").content.decode()


def test_english_is_chosen_at_the_entrance_and_kept_for_a_year(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/accounts/login/").content.decode()
    assert '<button class="plain" name="language" value="en"' in page
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    said = {"language": "en", "next": "/accounts/login/", "csrfmiddlewaretoken": token}
    answer = client.post("/language/", said)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert answer.cookies["django_language"]["max-age"] == 31_536_000
    page = client.get("/accounts/login/")
    assert '<html lang="en"' in page.content.decode()
    assert "Sign in" in page.content.decode()
    assert "Cookie" in page["Vary"]


def test_another_site_cannot_choose_for_somebody(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/language/", {"language": "en"}).status_code == 403


def test_choosing_a_language_leads_nowhere_else(db: None) -> None:
    answer = Client().post("/language/", {"language": "en", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("address", ["/", "/cases/?tab=all", "/p/", "/p/near/"])
def test_every_frame_offers_the_other_language_and_comes_back(town: MeasuredTown, signed_in_as: Any, address) -> None:
    browser = signed_in_as("limin")
    page = browser.get(address).content.decode()
    assert 'value="en" lang="en"' in page
    assert f'name="next" value="{address}"' in page
    assert 'value="zh-hans" lang="zh-hans"' in english(browser).get(address).content.decode()


def test_a_refusal_is_told_in_the_language_of_its_reader(town: MeasuredTown, signed_in_as: Any) -> None:
    page = english(signed_in_as("sunyue")).get("/ledger/")
    assert page.status_code == 403
    assert "You do not have the permission “See the ledger”." in page.content.decode()


def test_the_ledger_keeps_the_towns_words_and_shows_the_readers(town: MeasuredTown, signed_in_as: Any) -> None:
    said = {"username": "heping", "name": "何平", "organisation": town.cast.units["market"].pk}
    assert english(signed_in_as("zhaolei")).post("/people/add/", said).status_code == 302
    assert Note.objects.order_by("-number")[0].verb == "开户"
    page = english(signed_in_as("zhengming")).get("/ledger/").content.decode()
    assert "Open an account" in page
    assert "开户" not in page


def test_a_notice_is_kept_in_the_towns_words_and_read_in_the_readers(office: Office, client: Client) -> None:
    case = office.sent()
    client.force_login(office.cast.people["limin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert english(client).post(f"/cases/{case.number}/comment/", {"text": "请抓紧"}).status_code == 302
    told = Notice.objects.filter(person__username="wangjianguo").order_by("-pk")[0]
    assert told.text == f"李敏在 {case.number}“{called(case)}”里留言。"
    client.force_login(office.cast.people["wangjianguo"], backend="allauth.account.auth_backends.AuthenticationBackend")
    page = english(client).get("/notices/").content.decode()
    assert f"李敏 comments in {case.number} “{called(case)}”." in page
    assert f"{case.number} “{called(case)}” is your turn" in page


def test_an_exported_list_has_the_readers_headings(town: MeasuredTown, signed_in_as: Any) -> None:
    for choose, heading in ((lambda one: one, "姓名"), (english, "Name")):
        answer = choose(signed_in_as("limin")).get("/people/export/")
        cells = [cell.value for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active for cell in row]
        assert heading in cells


def test_a_table_that_comes_in_is_answered_in_the_readers_language(town: MeasuredTown, signed_in_as: Any) -> None:
    page = english(signed_in_as("limin")).post("/duties/bulk/", {"rows": "编号\t牵头单位\nI-1-1\t\nIX-9-9\t创文办\n"})
    told = page.content.decode()
    assert "No lead unit, and none was assigned before" in told
    assert "没有牵头单位" not in told


PAPERED = """
[[field]]
id = "at_once"
title = "当场整改"
kind = "yes_no"

[[paper]]
id = "note"
title = "告知书"
template = "告知书.docx"
"""


def test_a_paper_is_chinese_whoever_prints_it(office: Office, client: Client, settings: Any, tmp_path: Path) -> None:
    settings.PACKS = tmp_path
    type_ = MENDING.replace('id = "mending"', 'id = "papered"', 1).replace('letter = "整"', 'letter = "文"', 1)
    type_ = type_.replace('fields = ["category", "owner"]', 'fields = ["category", "owner", "at_once"]', 1)
    folder = write_pack(tmp_path / "small", type_ + PAPERED)
    template = Document()
    template.add_paragraph("{{ paper_number }} {{ today|date_cn }} {{ f.at_once }}")
    (folder / "papers").mkdir()
    template.save(folder / "papers" / "告知书.docx")
    install_content("small", read_content(folder, Problems()), by=MACHINE, at=AT)
    new = NewCase(kind="papered", title="垃圾未清", move="find", area=office.cast.units["V1"])
    case = open_case(new, Said(answers={"at_once": "yes"}), by=office.cast.actor("limin"), at=AT)
    client.force_login(office.cast.people["limin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    page = english(client).get(f"/cases/{case.number}/")
    assert "<dd>Yes</dd>" in page.content.decode()
    answer = client.get(f"/cases/{case.number}/paper/note/")
    text = Document(io.BytesIO(answer.content)).paragraphs[0].text
    assert re.fullmatch(r"张创办文〔2021〕1号 \d{4}年\d{1,2}月\d{1,2}日 是", text)
