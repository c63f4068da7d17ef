"""The pages of the inbox."""

import io
import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from PIL import Image
from tests.office import Office
from tests.people import hold
from tests.town import measure

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.notices.models import Notice
from chuangwen.records.township.models import Town
from chuangwen.work.cases.actions import open_case
from chuangwen.work.cases.models import Attachment, Case, CaseType
from chuangwen.work.cases.said import NewCase


@pytest.fixture
def desk(office: Office, client: Client):
    """Signs a person of the office in."""

    def sign_in(username: str) -> Client:
        client.force_login(office.cast.people[username], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def photo(name: str = "现场.jpg", colour: int = 90):
    out = io.BytesIO(b"")
    Image.linear_gradient("L").rotate(colour).save(out, "JPEG")
    out.seek(0)
    out.name = name
    return out


def test_my_work_lists_what_is_mine_to_do(office, desk) -> None:
    mine, _other = office.sent(), office.sent(unit="V2")
    page = desk("wangjianguo").get("/cases/").content.decode()
    assert mine.number in page
    assert _other.number not in page


@pytest.mark.parametrize("mode", ["list", "board", "calendar", "map"])
@pytest.mark.parametrize("tab", ["mine", "unit", "waiting", "overdue", "revisit", "all"])
def test_every_shape_of_every_set_can_be_looked_at(office, desk, mode: str, tab: str) -> None:
    office.sent()
    assert desk("limin").get("/cases/", {"mode": mode, "tab": tab}).status_code == 200


def words_of(answer: HttpResponse) -> str:
    """What people read of a page: its text without the marks."""
    return re.sub(r"<[^>]+>", "", answer.content.decode())


@pytest.mark.parametrize("username", ["wangjianguo", "limin"])
def test_a_list_of_500_cases_takes_eight_queries_as_one_of_5(
    office, desk, django_assert_max_num_queries, username: str
) -> None:
    measure(office.cast)  # a round to choose stands in the head
    hold(office.cast.people["wangjianguo"], office.cast.roles["contact"], chosen=(office.cast.units["V2"],))
    for _ in range(5):
        office.sent()
        office.finds()
    browser = desk(username)
    browser.get("/cases/")
    cache.clear()
    with django_assert_max_num_queries(8):
        assert "我要办的 5 件" in words_of(browser.get("/cases/"))
    for state, letter in (("handling", "甲"), ("filed", "乙")):
        first = Case.objects.filter(state=state)[0]
        told = {one.attname: getattr(first, one.attname) for one in Case._meta.concrete_fields if one.attname != "id"}
        numbers = [{"number": f"{letter}{n}", "serial": 9000 + n, "year": 2000 + len(state)} for n in range(495)]
        Case.objects.bulk_create([Case(**{**told, **one}) for one in numbers])
    cache.clear()
    with django_assert_max_num_queries(8):
        assert "我要办的 500 件" in words_of(browser.get("/cases/"))


def test_searching_within_a_set_stays_in_that_set(office, desk) -> None:
    office.sent()
    page = desk("limin").get("/cases/", {"tab": "all", "mode": "board", "q": "垃圾"}).content.decode()
    assert '<input type="hidden" name="tab" value="all">' in page
    assert 'href="?tab=all&amp;mode=board">清除条件' in page


def test_late_is_late_by_the_towns_clock_not_the_machines(office, desk) -> None:
    office.sent()
    Town.objects.update(demo=True, demo_today=date(2021, 10, 11))
    browser = desk("limin")
    assert browser.get("/cases/", {"tab": "all", "phase": "late"}).context["page"].total == 0
    Town.objects.update(demo_today=date(2021, 12, 1))
    cache.clear()
    assert browser.get("/cases/", {"tab": "all", "phase": "late"}).context["page"].total == 1


def test_a_case_is_opened_sent_mended_and_accepted_by_page(office, desk) -> None:
    browser = desk("limin")
    made = browser.post(
        "/cases/new/mending/",
        {"move": "find", "title": "垃圾未清", "area": "V1", "f-category": "0102", "photos": photo(), "mark": "m1"},
    )
    case = Case.objects.get()
    assert made.status_code == 302
    assert (case.category, case.area.code, case.attachments.count()) == ("0102", "V1", 1)
    browser.post(f"/cases/{case.number}/do/send/", {"f-unit": "market", "version": "1"})
    page = desk("wangjianguo").get(f"/cases/{case.number}/").content.decode()
    assert "报完成" in page
    assert "核查通过" not in page
    client = desk("wangjianguo")
    client.post(f"/cases/{case.number}/do/mend/", {"photos": photo("后.jpg", 10), "version": "2", "text": "已清"})
    client = desk("limin")
    client.post(f"/cases/{case.number}/do/accept/", {"version": "3"})
    assert Case.objects.get().phase == "closed"
    assert client.get(f"/cases/{case.number}/").status_code == 200


def test_what_goes_forward_is_offered_before_what_refuses_or_sends_back(office, desk) -> None:
    case = office.finds()
    refuse = CaseType.objects.get(code="mending")
    refuse.content["moves"] = [
        {**one, "tone": "bad" if one["id"] == "refuse" else ""} for one in refuse.content["moves"]
    ]
    refuse.digest = "offered-first"
    refuse.save()
    offered = desk("limin").get(f"/cases/{case.number}/").context["forms"]
    assert [one["move"].id for one in offered] == ["send", "refuse"]


def test_the_lead_unit_is_named_once(office, desk) -> None:
    case = office.sent()
    page = desk("wangjianguo").get(f"/cases/{case.number}/")
    assert "市监所" in page.content.decode()
    assert [one for one in page.context["facts"] if one[0] == "责任单位"] == []


def test_a_refused_form_keeps_what_was_typed_and_the_photos(office, desk) -> None:
    case = office.sent()
    answer = desk("wangjianguo").post(
        f"/cases/{case.number}/do/send_back/", {"text": "", "photos": photo(), "version": "2"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="kept"' in page
    assert "要写明情况或理由" in page


def test_the_second_of_two_people_loses_nothing_typed(office, desk) -> None:
    case = office.sent()
    office.does(case, "limin", "pause")
    answer = desk("wangjianguo").post(f"/cases/{case.number}/do/send_back/", {"text": "不归我们管", "version": "2"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "刚被李敏办了“挂账”" in page


def test_script_in_a_text_is_shown_as_text(office, desk) -> None:
    case = office.does(office.finds(), "limin", "send", unit="market", text="<script>alert(1)</script>")
    page = desk("limin").get(f"/cases/{case.number}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_photo_is_served_to_those_who_see_the_case_only(office, desk) -> None:
    browser = desk("limin")
    browser.post("/cases/new/mending/", {"move": "find", "title": "垃圾", "area": "V1", "photos": photo(), "mark": "m"})
    file = Attachment.objects.get()
    answer = browser.get(f"/cases/files/{file.pk}/thumb/")
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    assert desk("sunyue").get(f"/cases/files/{file.pk}/thumb/").status_code in {403, 404}


def test_looking_at_a_reporter_is_a_press_and_a_note(office, desk) -> None:
    browser = desk("limin")
    said = {
        "move": "find",
        "title": "路灯不亮",
        "area": "V1",
        "reporter_name": "吴奶奶",
        "reporter_phone": "13900001234",
    }
    browser.post("/cases/new/mending/", {**said, "mark": "m"})
    case = Case.objects.get()
    assert "吴奶奶" not in browser.get(f"/cases/{case.number}/").content.decode()
    assert "吴奶奶" in browser.post(f"/cases/{case.number}/look/", {"what": "reporters"}).content.decode()
    assert Note.objects.filter(verb="查看反映人信息", username="limin").count() == 1


def test_a_bulk_move_tells_what_was_refused(office, desk) -> None:
    cases = [office.does(office.sent(), "wangjianguo", "mend", photos=1) for _ in range(2)]
    waiting = office.sent()
    numbers = [one.number for one in (*cases, waiting)]
    answer = desk("limin").post("/cases/bulk/", {"case": numbers, "move": "accept"}, follow=True)
    page = answer.content.decode()
    assert "办了 2 件" in page
    assert waiting.number in page
    assert Case.objects.filter(phase="closed").count() == 2


def test_every_figure_opens_exactly_the_cases_it_counts(office, desk) -> None:
    case = office.does(office.sent(), "wangjianguo", "mend", photos=1)
    office.does(case, "limin", "accept")
    office.sent()
    browser = desk("limin")
    office.cast.people["limin"].refresh_from_db()
    for dimension in ("unit", "village", "person", "category", "kind"):
        query = {"from": "2021-10-01", "to": "2021-10-31", "by": dimension}
        page = browser.get("/cases/figures/", query)
        assert page.status_code == 200
    for value in (one.value for one in page.context["values"]):
        for part, count in (("top", value.top), ("base", value.base)):
            if count is not None:
                query = {"tab": "all", "figure": value.rule.id, "part": part, "from": "2021-10-01", "to": "2021-10-31"}
                assert browser.get("/cases/", query).context["page"].total == count, (value.rule.id, part)


def test_a_kind_that_counts_in_no_figure_makes_no_line_of_noughts_and_is_named(office, desk) -> None:
    """周正 read 问责线索 0 of 0 under the whole town, where his own list held fifteen."""
    office.sent()
    open_case(NewCase(kind="clue", title="吃拿卡要"), by=MACHINE, at=office.at)
    asked = {"from": "2021-01-01", "to": "2021-12-31", "by": "kind"}
    page = desk("zhouzheng").get("/cases/figures/", asked)
    assert "问责线索" not in [label for label, _values in page.context["lines"]]
    assert page.context["left_out"] == [("问责线索", "/cases/?tab=all&kind=clue")]
    assert "只限少数人知道的类型不计入统计" in page.content.decode()
    assert desk("liufang").get("/cases/figures/", asked).context["left_out"] == []


def test_the_list_leaves_as_excel(office, desk) -> None:
    office.sent()
    answer = desk("limin").get("/cases/export/", {"tab": "all"})
    assert answer.content[:2] == b"PK"


def test_being_told_and_reading_it(office, desk) -> None:
    office.sent()
    assert Notice.objects.filter(person__username="wangjianguo", read_at=None).count() == 1
    assert office.at + timedelta(0) == office.at


def test_papers_units_and_standards_are_added_beside_the_steps(office, town, desk) -> None:
    case = office.sent()
    browser = desk("wangjianguo")
    browser.post(f"/cases/{case.number}/attach/", {"files": photo()})
    browser.post(f"/cases/{case.number}/assist/", {"unit": ["V1", "V2"]})
    answer = browser.post(f"/cases/{case.number}/connect/", {"standard": "I-1-1"}, follow=True)
    case.refresh_from_db()
    assert case.attachments.count() == 1
    assert sorted(one.code for one in case.assisting.all()) == ["V1", "V2"]
    assert case.links.get().key == f"{town.edition.pk}:I-1-1"
    assert "I-1-1" in answer.content.decode()


def test_whoever_only_sees_a_case_may_not_name_its_units(office, desk) -> None:
    case = office.sent()
    assert desk("zhangqiang").post(f"/cases/{case.number}/assist/", {"unit": ["V2"]}).status_code in {403, 404}
    assert not case.assisting.exists()


def test_the_counts_of_the_whole_town_stand_before_those_who_may_know_of_every_case(office, desk) -> None:
    office.does(office.sent(), "wangjianguo", "mend", photos=1)
    office.finds()
    asked = {"from": "2021-01-01", "to": "2021-12-31"}
    page = desk("limin").get("/cases/figures/", asked).content.decode()
    assert "全镇合计" in page
    told = re.findall(r"<div><dt>([^<]+)</dt><dd><b><span [^>]+>(-?\d+)</span></b>", page)
    expected = {"期内登记": "2", "期内派遣": "1", "期内处置": "1", "期内结案": "0", "在办": "2"}
    assert dict(told) | expected == dict(told)
    assert len(told) == 12
    for username in ("wangjianguo", "liufang", "zhangqiang"):
        assert "全镇合计" not in desk(username).get("/cases/figures/", asked).content.decode()
    assert "全镇合计" not in desk("limin").get("/cases/figures/", {**asked, "kind": "mending"}).content.decode()
