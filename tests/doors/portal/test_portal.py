"""The residents' pages, as a resident of seventy with a phone uses them."""

import io
from urllib.parse import unquote

import pytest
from PIL import Image
from tests.work.cases.casting import MENDING

from chuangwen.records.archive.models import StoredFile
from chuangwen.records.township.models import Town
from chuangwen.work.cases import merge_actions
from chuangwen.work.cases.models import Case, Reporter


def photo(name: str = "现场.jpg") -> io.BytesIO:
    out = io.BytesIO()
    Image.linear_gradient("L").save(out, "JPEG")
    out.seek(0)
    out.name = name
    return out


@pytest.fixture
def village(office):
    """先锋村 has a region code, as villages do."""
    unit = office.cast.units["V1"]
    unit.region_code = "429004110200"
    unit.save()
    return office


def test_a_photo_a_village_and_a_line_are_one_post(village, client) -> None:
    answer = client.post("/p/", {"photos": photo(), "area": "V1", "text": "路灯不亮", "mark": "m"})
    reporter = Reporter.objects.get()
    assert answer["Location"] == f"/p/done/{reporter.code}/"
    assert (reporter.case.title, reporter.case.attachments.count()) == ("路灯不亮", 1)
    page = client.get(answer["Location"]).content.decode()
    assert reporter.code[:5] in page


def test_sending_twice_makes_one_case(village, client) -> None:
    for _ in range(2):
        client.post("/p/", {"area": "V1", "text": "路灯不亮", "mark": "m"})
    assert Case.objects.count() == 1


def test_a_mistake_keeps_the_words_and_the_photos(village, client) -> None:
    answer = client.post("/p/", {"photos": photo(), "text": "路灯不亮，晚上看不见", "mark": "m"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请点“用我的位置”" in page
    assert "路灯不亮，晚上看不见" in page
    assert 'name="kept"' in page


def test_a_file_that_is_no_photo_keeps_the_words(village, client) -> None:
    bad = io.BytesIO(b"not a photo")
    bad.name = "x.jpg"
    page = client.post("/p/", {"photos": bad, "area": "V1", "text": "路灯不亮", "mark": "m"}).content.decode()
    assert "不是能打开的照片" in page
    assert "路灯不亮" in page
    assert Case.objects.count() == 0


def test_the_code_shows_the_way_but_nobody_by_name(village, client) -> None:
    said = {"area": "V1", "text": "路灯不亮", "name": "吴奶奶", "phone": "13900001234", "mark": "m"}
    client.post("/p/", said)
    code = Reporter.objects.get().code
    village.does(Case.objects.get(), "limin", "confirm", text="内部说明不公开")
    page = client.get(f"/p/t/{code}/").content.decode()
    assert "核实立案" in page
    for hidden in ("吴奶奶", "13900001234", "内部说明不公开", "李敏"):
        assert hidden not in page
    assert client.get("/p/t/", {"code": f" {code.lower()[:5]} {code.lower()[5:]}"}).status_code == 302
    assert "没有找到这个查询码" in client.get("/p/t/", {"code": "AAAAA"}).content.decode()


def test_a_resident_says_whether_it_was_solved(village, client) -> None:
    client.post("/p/", {"area": "V1", "text": "路灯不亮", "mark": "m"})
    code = Reporter.objects.get().code
    village.does(Case.objects.get(), "limin", "refuse", text="已有人报")
    client.post(f"/p/t/{code}/", {"solved": "yes", "stars": "5", "text": "很快"})
    case = Case.objects.get()
    assert (case.solved, case.stars, Reporter.objects.get().said) == (True, 5, "很快")


def test_the_same_matter_gets_another_reporter_not_another_case(village, client) -> None:
    client.post("/p/", {"area": "V1", "text": "路灯不亮", "mark": "m"})
    case = Case.objects.get()
    assert "路灯不亮" not in client.get("/p/near/").content.decode()
    village.does(case, "limin", "confirm")
    assert "路灯不亮" in client.get("/p/near/", {"area": "V1"}).content.decode()
    client.post(f"/p/near/{case.number}/too/")
    assert (Case.objects.count(), Reporter.objects.count()) == (1, 2)


def test_script_is_shown_as_text(village, client) -> None:
    client.post("/p/", {"area": "V1", "text": "<script>alert(1)</script>", "mark": "m"})
    page = client.get(f"/p/t/{Reporter.objects.get().code}/").content.decode()
    assert "<script>alert" not in page


def test_a_place_outside_the_town_is_refused(village, client) -> None:
    Town.objects.update(lon="113.22", lat="30.27")
    answer = client.post("/p/", {"lon": "116.4", "lat": "39.9", "text": "路灯不亮", "mark": "m"})
    assert answer.status_code == 422
    assert "不在本镇范围" in answer.content.decode()


def test_one_phone_is_held_back_after_ten_an_hour(village, client) -> None:
    client.get("/p/")
    for n in range(10):
        assert client.post("/p/", {"area": "V1", "text": "路灯", "mark": f"m{n}"}).status_code == 302
    assert client.post("/p/", {"area": "V1", "text": "路灯", "mark": "m11"}).status_code == 429
    client.cookies.clear()
    client.get("/p/")
    assert client.post("/p/", {"area": "V1", "text": "路灯", "mark": "m12"}).status_code == 302


def test_what_is_guarded_or_accuses_somebody_never_appears(village, client) -> None:
    client.post("/p/", {"area": "V1", "text": "反映市监所", "mark": "m"})
    village.does(Case.objects.get(), "limin", "confirm")
    Case.objects.update(accused=village.cast.units["market"])
    assert "反映市监所" not in client.get("/p/near/").content.decode()
    assert "public = true" in MENDING


def test_tracking_codes_cannot_be_counted_up(village, client) -> None:
    for n in range(5):
        client.post("/p/", {"area": "V1", "text": "路灯", "mark": f"m{n}"})
    codes = list(Reporter.objects.values_list("code", flat=True))
    assert len({code[:4] for code in codes}) == 5
    assert all(len(code) == 10 for code in codes)


@pytest.mark.parametrize("path", ["/p/", "/p/t/", "/p/near/", "/p/privacy/"])
def test_every_page_opens_without_an_account(village, client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_the_elder_mode_stays_on_the_phone(village, client) -> None:
    client.post("/p/elder/", {"back": "/p/near/"})
    assert client.cookies["size"].value == "large"
    assert 'data-size="large"' in client.get("/p/").content.decode()


def test_a_merged_report_follows_the_other_without_showing_the_numbers_in_its_words(village, client) -> None:
    client.post("/p/", {"area": "V1", "text": "路灯不亮", "mark": "m1"})
    client.post("/p/", {"area": "V1", "text": "路灯坏了，找李嫂13912345678", "mark": "m2"})
    first, second = Case.objects.order_by("pk")
    merge_actions.merge(first, second, by=village.cast.actor("limin"), at=village.at)
    page = client.get(f"/p/t/{first.reporters.get().code}/").content.decode()
    assert "路灯坏了" in page
    assert "13912345678" not in page
    assert "13912345678" in client.get(f"/p/t/{second.reporters.get().code}/").content.decode()


def test_who_scanned_a_villages_code_sees_at_once_what_is_reported_there(village, client) -> None:
    assert 'hx-trigger="load, change' in client.get("/p/", {"area": "V1"}).content.decode()
    assert 'hx-trigger="change' in client.get("/p/").content.decode()


def test_a_report_being_written_shows_what_is_reported_there_already(village, client) -> None:
    client.post("/p/", {"area": "V1", "text": "路灯不亮", "mark": "m"})
    village.does(Case.objects.get(), "limin", "confirm")
    told = client.get("/p/near/", {"partial": "1", "area": "V1"}).content.decode()
    assert f"/p/near/{Case.objects.get().number}/too/" in unquote(told)
    assert client.get("/p/near/", {"partial": "1"}).content.decode().strip() == ""


def test_photos_are_not_stored_past_the_limit_of_a_phone(village, client) -> None:
    client.get("/p/")
    for n in range(10):
        client.post("/p/", {"area": "V1", "text": "路灯", "mark": f"m{n}"})
    before = StoredFile.objects.count()
    assert client.post("/p/", {"photos": photo(), "area": "V1", "text": "路灯", "mark": "m11"}).status_code == 429
    assert StoredFile.objects.count() == before


def test_nobody_hands_in_a_file_that_another_sent(village, client) -> None:
    sealed = village.photo()
    client.post("/p/", {"kept": sealed.sha256, "area": "V1", "text": "路灯不亮", "mark": "m"})
    assert Case.objects.get().attachments.count() == 0
