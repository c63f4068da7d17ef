"""What the town has released, read without an account: only what is released, as the original page shows it."""

import re
from pathlib import Path

import pytest
from django.test import Client
from tests.people import AT
from tests.records.archive.test_photos import picture
from tests.records.releases.counter import Counter

from chuangwen.records.archive.actions import keep_file, keep_photo
from chuangwen.records.archive.document_actions import Facts, describe
from chuangwen.records.archive.models import PageText, Reading, StoredFile
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.releases.actions import change_validity, give_back, take_down
from chuangwen.records.releases.models import Release

PLAN = "张沟镇创建全国文明城市工作三年规划（2021—2023年）"
TEXT = "为进一步巩固创建成果……\n一、指导思想\n<script>alert(1)</script>"


@pytest.fixture
def counter(cast) -> Counter:
    return Counter(cast)


def kept(name: str, data: bytes) -> StoredFile:
    """A file with its bytes on the disk, read."""
    file = keep_file(data, name, by=MACHINE, at=AT)
    StoredFile.objects.filter(pk=file.pk).update(reading=Reading.READ)
    PageText.objects.create(file=file, page=1, text="已读")
    return file


def status(client: Client, address: str) -> int:
    """How an address answers; what is streamed is read, which closes the file."""
    answer = client.get(address)
    list(answer)
    return answer.status_code


def with_files(counter: Counter) -> Release:
    """A release with a paper and a photo that claims where it was taken."""
    photo = keep_photo(picture(exif=True), "现场.jpg", by=MACHINE, at=counter.at)
    files = [counter.read_file("正文.txt", TEXT), kept("名单.pdf", b"%PDF-1.7 x"), photo]
    return counter.released(counter.of(files, PLAN))


def test_the_page_has_the_fields_of_the_original(counter, client: Client) -> None:
    release = counter.released(
        counter.paper(PLAN, TEXT), index_number="011378025/2021-28847", number="张政发〔2021〕3号"
    )
    page = client.get(f"/open/{release.pk}/")
    text = page.content.decode()
    told = re.findall(r'<th scope="row">([^<]+)</th><td[^>]*>([^<]*)</td>', text)
    assert told == [
        ("索引号", "011378025/2021-28847"),
        ("信息类别", "规划计划"),
        ("发布机构", "张沟镇人民政府办公室"),
        ("发文日期", "2021-02-03"),
        ("标题", PLAN),
        ("文号", "张政发〔2021〕3号"),
        ("效力状态", "有效"),
    ]
    assert "<h2>一、指导思想</h2>" in text
    assert "<script>alert" not in text
    assert "<svg" in page.context["code"]
    assert page.context["link"].endswith(f"/open/{release.pk}/")


def test_the_public_sees_only_what_is_released(counter, client: Client) -> None:
    waiting = counter.proposed(counter.paper("待审的方案", TEXT))
    returned = give_back(
        counter.proposed(counter.paper("退回的方案", TEXT)), "补", version=1, by=counter.hewei, at=counter.at
    )
    counter.released(counter.paper(PLAN, TEXT))
    for one in (waiting, returned):
        page = client.get(f"/open/{one.pk}/")
        assert page.status_code == 404
        assert one.title not in page.content.decode()
    rows = client.get("/open/").context["page"].rows
    assert [one.title for one in rows] == [PLAN]


def test_what_was_withdrawn_is_gone_and_says_so_without_title_or_reason(counter, client: Client) -> None:
    release = with_files(counter)
    files = [f"/open/{release.pk}/files/{one.pk}/" for one in release.files.all()]
    assert [status(client, one) for one in files] == [200, 200]
    take_down(release, "名单里有个人信息", by=counter.limin, at=counter.at)
    page = client.get(f"/open/{release.pk}/")
    assert page.status_code == 410
    assert "已撤下" in page.content.decode()
    assert PLAN not in page.content.decode()
    assert "名单里有" not in page.content.decode()
    assert [client.get(one).status_code for one in files] == [404, 404]
    assert client.get("/open/").context["page"].total == 0


def test_a_document_made_internal_takes_its_page_along(counter, client: Client) -> None:
    release = counter.released(counter.paper(PLAN, TEXT))
    describe(release.document, Facts(PLAN, kind="norm", confidentiality="internal"), by=counter.limin, at=counter.at)
    assert client.get(f"/open/{release.pk}/").status_code == 410


def test_a_photo_goes_out_as_its_public_copy_and_a_paper_only_to_be_saved(counter, client: Client) -> None:
    release = with_files(counter)
    paper, photo = release.files.all()
    answer = client.get(f"/open/{release.pk}/files/{photo.pk}/")
    data = b"".join(answer.streaming_content)
    assert data.startswith(b"\xff\xd8\xff")
    assert b"Exif" not in data
    assert b"Phone" not in data
    answer = client.get(f"/open/{release.pk}/files/{paper.pk}/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 x"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_file_of_an_unknown_kind_is_bytes_for_the_browser(counter, client: Client) -> None:
    file = kept("页面.txt", "只是文字".encode())
    StoredFile.objects.filter(pk=file.pk).update(media_type="text/html")
    release = counter.released(counter.of([counter.read_file("正文.txt", TEXT), file], PLAN))
    answer = client.get(f"/open/{release.pk}/files/{release.files.get().pk}/")
    assert answer["Content-Type"] == "application/octet-stream"
    assert b"".join(answer) == "只是文字".encode()


def test_a_file_is_asked_for_by_the_release_it_goes_out_with(counter, client: Client) -> None:
    release, other = with_files(counter), counter.released(counter.paper("另一个方案", TEXT))
    assert client.get(f"/open/{other.pk}/files/{release.files.all()[0].pk}/").status_code == 404


def test_pages_may_be_kept_and_are_asked_for_again_cheaply(counter, client: Client) -> None:
    release = counter.released(counter.paper(PLAN, TEXT))
    for address in ("/open/", f"/open/{release.pk}/"):
        page = client.get(address)
        assert page["Cache-Control"] == "public, no-cache"
        assert "Set-Cookie" not in page
        assert "csrf" not in page.content.decode()
        assert client.get(address, headers={"If-None-Match": page["ETag"]}).status_code == 304
        assert client.get(address, headers={"If-None-Match": page["ETag"], "Cookie": "size=large"}).status_code == 200
        change_validity(release, "lapsed", "到期", release.issued_on, by=counter.limin, at=counter.at)
        assert client.get(address, headers={"If-None-Match": page["ETag"]}).status_code == 200
        release.refresh_from_db()


def test_validity_stands_on_the_page_with_its_day_and_basis(counter, client: Client) -> None:
    release = counter.released(counter.paper(PLAN, TEXT))
    change_validity(release, "repealed", "被新规划代替", release.issued_on, by=counter.limin, at=counter.at)
    assert "废止（2021 年 2 月 3 日，被新规划代替）" in client.get(f"/open/{release.pk}/").content.decode()


def test_the_list_is_narrowed_by_year_category_and_words(counter, client: Client) -> None:
    counter.released(counter.paper(PLAN, TEXT))
    counter.released(counter.paper("关于清扫的通知", TEXT), number="张政办〔2021〕9号")

    def titles(query: str) -> list[str]:
        return [one.title for one in client.get(f"/open/?{query}").context["page"].rows]

    assert titles("category=通知公告") == ["关于清扫的通知"]
    assert titles("q=三年规划") == [PLAN]
    assert titles("q=〔2021〕9号") == ["关于清扫的通知"]
    assert len(titles("year=2021")) == 2
    assert len(titles("year=nonsense")) == 2


def test_large_type_is_kept_and_leads_back(counter, client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/open/elder/", {"back": "/open/?q=1"})
    assert answer["Location"] == "/open/?q=1"
    assert 'data-size="large"' in strict.get("/open/").content.decode()
    assert strict.post("/open/elder/", {"back": "https://elsewhere.example/"})["Location"] == "/open/"


def test_missing_bytes_are_a_kind_refusal(counter, client: Client, settings) -> None:
    release = with_files(counter)
    for path in Path(settings.FILES).rglob("*"):
        if path.is_file():
            path.unlink()
    assert client.get(f"/open/{release.pk}/files/{release.files.all()[0].pk}/").status_code == 404
    assert client.get(f"/open/{release.pk}/").status_code == 200
