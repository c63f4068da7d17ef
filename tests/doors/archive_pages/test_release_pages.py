"""The office's pages of releases: from a document to the public and back, by the people who may."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from tests.people import Cast
from tests.records.releases.counter import OPINION, Counter

from chuangwen.records.releases.checking import findings
from chuangwen.records.releases.models import Release

PLAN = "三年规划"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def counter(cast: Cast) -> Counter:
    return Counter(cast)


def browser(counter: Counter, who: str) -> Client:
    made = Client()
    made.force_login(counter.cast.people[who], backend=BACKEND)
    return made


def typed(counter: Counter, document, **changes: str) -> dict[str, object]:
    """The form as it comes filled in."""
    said = counter.said(document)
    return {
        "title": said.title,
        "category": said.category,
        "issuer": said.issuer,
        "issued_on": said.issued_on.isoformat(),
        "number": said.number,
        "index_number": said.index_number,
        "text": said.text,
        "file": [str(pk) for pk, _ in said.files],
        **{f"name-{pk}": name for pk, name in said.files},
        **changes,
    }


def test_from_a_document_to_the_public_by_two_people(counter) -> None:
    files = [counter.read_file("正文.txt", "联系电话 13986500001"), counter.shelf.file("现场.jpg", is_photo=True)]
    one = counter.of(files, PLAN)
    limin, hewei = browser(counter, "limin"), browser(counter, "hewei")
    assert PLAN in limin.get(reverse("release_choose")).content.decode()
    page = limin.get(reverse("release_new", args=[one.pk]))
    assert page.context["form"]["issuer"].value() == "张沟镇人民政府办公室"
    answer = limin.post(reverse("release_new", args=[one.pk]), typed(counter, one))
    release = Release.objects.get()
    assert answer["Location"] == reverse("release", args=[release.pk])
    here = reverse("release", args=[release.pk])
    page = limin.get(here).content.decode()
    assert "还有 2 处要处理" in page
    assert "139****0001" in page
    assert "13986500001" not in page
    phone, photo = findings(release)
    decisions = {
        f"do-{phone.mark}": "mask",
        f"do-{photo.mark}": "keep",
        f"why-{photo.mark}": "没有人脸",
        "version": "1",
    }
    assert limin.post(reverse("release_decide", args=[release.pk]), decisions).status_code == 302
    review = {"opinion": OPINION, "do": "publish", "version": "2"}
    assert limin.post(reverse("release_review", args=[release.pk]), review).status_code == 409
    assert "由另一个人审查" in limin.get(here).content.decode()
    assert hewei.post(reverse("release_review", args=[release.pk]), review).status_code == 302
    assert "没有人脸" in hewei.get(here).content.decode()
    public = Client().get(f"/open/{release.pk}/").content.decode()
    assert "联系电话 139****0001" in public
    assert "13986500001" not in public
    limin.post(
        reverse("release_validity", args=[release.pk]), {"validity": "lapsed", "why": "到期", "on": "2021-10-01"}
    )
    release.refresh_from_db()
    assert (release.validity, release.validity_on) == ("lapsed", date(2021, 10, 1))
    limin.post(reverse("release_withdraw", args=[release.pk]), {"why": "重发"})
    assert Client().get(f"/open/{release.pk}/").status_code == 410
    assert "审查同意，公开" in limin.get(here).content.decode()


def test_what_was_typed_stays_when_it_is_refused(counter) -> None:
    one = counter.of([counter.read_file("正文.txt", "正文"), counter.read_file("表.xlsx", "表")], PLAN)
    pk = one.files.all()[1].pk
    said = typed(counter, one, number="张政发〔2021〕3号", **{f"name-{pk}": " ", "file": [str(pk)]})
    page = browser(counter, "limin").post(reverse("release_new", args=[one.pk]), said)
    assert page.status_code == 422
    assert "附件名称" in page.content.decode()
    assert page.context["form"]["number"].value() == "张政发〔2021〕3号"
    page = browser(counter, "limin").post(reverse("release_new", args=[one.pk]), typed(counter, one, issued_on="昨天"))
    assert page.status_code == 422


def test_a_reviewer_gives_back_and_the_office_proposes_anew(counter) -> None:
    release = counter.proposed(counter.paper(PLAN, "正文"))
    hewei, limin = browser(counter, "hewei"), browser(counter, "limin")
    hewei.post(reverse("release_review", args=[release.pk]), {"opinion": "请补文号", "do": "return", "version": "1"})
    assert "请补文号" in limin.get(reverse("release_change", args=[release.pk])).content.decode()
    said = typed(counter, release.document, number="张政发〔2021〕3号")
    stale = limin.post(reverse("release_change", args=[release.pk]), {**said, "version": "1"})
    assert stale.status_code == 409
    assert limin.post(reverse("release_change", args=[release.pk]), {**said, "version": "2"}).status_code == 302
    release.refresh_from_db()
    assert (release.state, release.number) == ("proposed", "张政发〔2021〕3号")
    assert hewei.get(reverse("release_change", args=[release.pk])).status_code == 403


def test_an_internal_document_is_refused_with_its_cure(counter) -> None:
    one = counter.paper("内部通报", "正文", confidentiality="internal")
    limin = browser(counter, "limin")
    assert "先由形成单位解除" in limin.get(reverse("release_new", args=[one.pk])).content.decode()
    assert "内部通报" not in limin.get(reverse("release_choose")).content.decode()


def test_a_village_sees_no_release_of_another_unit(counter) -> None:
    release = counter.proposed(counter.paper(PLAN, "正文"))
    liufang = browser(counter, "liufang")
    assert liufang.get(reverse("release", args=[release.pk])).status_code == 404
    assert liufang.get(reverse("releases")).context["page"].total == 0
    assert liufang.get(reverse("release_new", args=[release.document_id])).status_code == 403


def test_the_list_leaves_as_excel_and_the_public_part_as_a_zip(counter) -> None:
    counter.released(counter.paper("=1+1 的方案", "正文"))
    limin = browser(counter, "limin")
    answer = limin.get(reverse("releases_export"))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    told = next(row for row in rows if "=1+1 的方案" in row)
    assert "已公开" in told
    assert OPINION in told
    data = b"".join(limin.get(reverse("releases_zip")).streaming_content)
    assert "index.html" in zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_an_attachment_is_looked_at_before_it_is_public(counter) -> None:
    one = counter.of([counter.read_file("正文.txt", "正文"), counter.read_file("表.xlsx", "表")], PLAN)
    release = counter.proposed(one)
    row = release.files.get()
    assert (
        browser(counter, "hewei").get(reverse("release_file", args=[release.pk, row.pk])).status_code == 404
    )  # no bytes
    assert browser(counter, "liufang").get(reverse("release_file", args=[release.pk, row.pk])).status_code == 404
    assert Client().get(f"/open/{release.pk}/files/{row.pk}/").status_code == 404
