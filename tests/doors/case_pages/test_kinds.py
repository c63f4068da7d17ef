"""How each kind of case goes, on a page: who may read it, what it shows, where a case stands in it."""

import pytest
from django.test import Client
from tests.office import Office
from tests.work.cases.casting import MENDING, write_pack

from chuangwen.kernel.problems import Problems
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.work.cases.checking import read_content
from chuangwen.work.cases.installing import install_content
from chuangwen.work.cases.models import CaseType


@pytest.fixture
def desk(office: Office, client: Client):
    """Signs a person of the office in."""

    def sign_in(username: str) -> Client:
        client.force_login(office.cast.people[username], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def test_the_page_tells_the_whole_declaration(office, desk) -> None:
    page = desk("limin").get("/cases/kinds/mending/").content.decode()
    row = CaseType.objects.get(code="mending")
    for part in ("states", "moves", "clocks"):
        for one in row.content[part]:
            assert one["title"] in page
    assert page.count('class="flow" viewBox') == 2
    for told in ("照片至少 1 张", "做过“报完成”的人不能做", "只能一次", "暂停处置时限", "类别有自己的期限时用类别的"):
        assert told in page
    assert "暴露垃圾" in page
    assert "4 工作时" in page
    assert "移交纪检" in page


def test_the_village_secretary_reads_it_too_and_is_not_offered_to_open_what_she_may_not(office, desk) -> None:
    page = desk("liufang").get("/cases/kinds/order/").content.decode()
    assert "待回复" in page
    assert "/cases/new/order/" not in page
    assert "/cases/new/order/" in desk("limin").get("/cases/kinds/order/").content.decode()


def test_of_a_guarded_kind_read_those_who_may_work_on_it(office, desk) -> None:
    for username in ("limin", "wangjianguo", "zhangqiang"):
        browser = desk(username)
        assert browser.get("/cases/kinds/clue/").status_code == 404
        assert "clue" not in browser.get("/cases/kinds/").content.decode()
    discipline = desk("zhouzheng")
    assert "待研判" in discipline.get("/cases/kinds/clue/").content.decode()
    assert "问责线索" in discipline.get("/cases/kinds/").content.decode()


def test_whoever_may_see_no_cases_reads_nothing(office, desk) -> None:
    assert desk("sunyue").get("/cases/kinds/").status_code == 403
    assert desk("chenjing").get("/cases/kinds/mending/").status_code == 403


def test_come_to_from_a_case_it_marks_where_the_case_stands(office, desk) -> None:
    case = office.sent()
    page = desk("wangjianguo").get("/cases/kinds/mending/", {"case": case.number}).content.decode()
    assert page.count("flow-box flow-open flow-now") == 2
    assert "这件事现在在“处置中”。" in page
    assert f"/cases/kinds/mending/?case={case.number[1:]}" in desk("wangjianguo").get(
        f"/cases/{case.number}/"
    ).content.decode().replace("%E6%95%B4", "")


def test_a_case_that_one_may_not_see_marks_nothing(office, desk) -> None:
    case = office.sent(unit="V2")
    assert desk("liufang").get("/cases/kinds/mending/").status_code == 200
    assert desk("wangjianguo").get("/cases/kinds/mending/", {"case": case.number}).status_code == 404


def test_a_case_of_another_kind_is_not_found(office, desk) -> None:
    case = office.sent()
    assert desk("limin").get("/cases/kinds/order/", {"case": case.number}).status_code == 404
    assert desk("limin").get("/cases/kinds/nothing/").status_code == 404


def test_a_case_is_shown_by_the_edition_it_was_opened_under(office, desk, tmp_path) -> None:
    case = office.sent()
    folder = write_pack(tmp_path / "newer")
    newer = MENDING.replace('title = "待核查"', 'title = "等人核查"')
    (folder / "cases" / "mending.toml").write_text(newer, encoding="utf-8")
    install_content("small", read_content(folder, Problems()), by=MACHINE, at=office.at)
    browser = desk("limin")
    assert "等人核查" in browser.get("/cases/kinds/mending/").content.decode()
    own = browser.get("/cases/kinds/mending/", {"case": case.number}).content.decode()
    assert "等人核查" not in own
    assert "按登记时的第 1 版办理" in own
    assert 'href="/cases/new/mending/"' not in own


def test_a_merged_case_stands_nowhere(office, desk) -> None:
    one, into = office.finds(), office.finds()
    browser = desk("limin")
    browser.post(f"/cases/{one.number}/merge/", {"into": into.number})
    assert "flow-now" not in browser.get("/cases/kinds/mending/", {"case": one.number}).content.decode()
