"""What is said of a unit never reaches its people: every door is opened and every page read, by people of every role."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver
from PIL import Image

from chuangwen.doors.case_pages.paper_views import feed_link
from chuangwen.doors.case_pages.views import MODES, TABS
from chuangwen.records.archive.actions import keep_file, keep_photo
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.notices.models import Notice
from chuangwen.records.township.models import Assignment, Person
from chuangwen.work.cases import figures
from chuangwen.work.cases.actions import attach, open_case, take
from chuangwen.work.cases.escalating import sweep
from chuangwen.work.cases.merge_actions import merge
from chuangwen.work.cases.models import Attachment, Case, Reporter
from chuangwen.work.cases.said import NewCase, NewReporter, Said
from chuangwen.work.cases.side_actions import comment
from chuangwen.work.cases.types import type_of

SECRET = "暗号"
"""Stands in everything that anybody says of the accused: titles, texts, names, comments, replies, names of files."""
INSIDE = {
    "wangjianguo": [],
    "tangrui": [],
    "yanmo": ["office", "leader", "supervisor", "inspector", "archivist", "village"],
    "shenji": ["auditor"],
    "xitong": ["system_admin"],
    "anquan": ["security_admin"],
}
"""People of the market station, which is accused: its own, and such as hold every role of the town besides."""


def photo(number: int) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").rotate(number * 11).save(out, "JPEG")
    return out.getvalue()


def kept(shipped, number: int) -> StoredFile:
    return keep_photo(photo(number), f"{SECRET}照片{number}.jpg", by=shipped.actor("limin"), at=shipped.at)


def accusation(shipped, kind: str, opener: str, move: str, /, **answers: object) -> Case:
    said = Said(answers, f"{SECRET}经过", [kept(shipped, 1)])
    reporter = NewReporter(f"{SECRET}某", "13900001234", confidential=True)
    new = NewCase(kind, f"{SECRET}：市监所乱收费", f"{SECRET}详情", move, area=shipped.unit("v219"), reporter=reporter)
    return open_case(new, said, by=shipped.actor(opener), at=shipped.at)


@pytest.fixture
def accused(shipped) -> list[Case]:
    """Accusations of the market station in every kind that knows such, each worked on, one a duplicate, all late."""
    for username, roles in INSIDE.items():
        person, _ = Person.objects.get_or_create(
            username=username, defaults={"name": username, "organisation": shipped.unit("sjs"), "joined_at": shipped.at}
        )
        for role in roles:
            Assignment.objects.create(
                person=person, role_id=role, given_at=shipped.at, administrative=role in {"auditor", "system_admin", "security_admin"}
            )  # fmt: skip
    appeal = accusation(shipped, "appeal", "luyi", "register", accused="sjs")  # registered at the accused's own counter
    double = accusation(shipped, "appeal", "limin", "register", accused="sjs")
    petition = accusation(shipped, "petition", "limin", "receive", accused="sjs", kind="检举控告", form="约访")
    accusation(shipped, "accountability", "zhouzheng", "take", accused="sjs", facts=f"{SECRET}事实")
    later = accusation(shipped, "appeal", "limin", "register")  # the accused is named with the dispatch only
    merge(double, appeal, by=shipped.actor("limin"), at=shipped.at)
    appeal, later = (shipped.does(one, "limin", "dispatch", unit="zfd", accused="sjs") for one in (appeal, later))
    appeal = shipped.does(appeal, "u_zfd", "first", contact_how="电话")
    shipped.does(petition, "limin", "accept", unit="zfd", way="信访处理意见书", avoid="yes")
    comment(appeal, f"@王建国 @汤锐 {SECRET}留言", by=shipped.actor("limin"), at=shipped.at)
    paper = keep_file(f"{SECRET}材料".encode(), f"{SECRET}材料.txt", by=shipped.actor("limin"), at=shipped.at)
    attach(appeal, [paper], by=shipped.actor("u_zfd"), at=shipped.at)
    shipped.later(days=40)
    sweep(by=MACHINE, at=shipped.at)
    said = Said({"result": f"{SECRET}结果", "reply": f"{SECRET}答复"}, f"{SECRET}说明")
    take(later, "first", Said({"contact_how": "电话"}), by=shipped.actor("u_zfd"), at=shipped.at)
    take(later, "reply", said, by=shipped.actor("u_zfd"), at=shipped.at)
    rows = list(Case.objects.filter(accused__code="sjs").order_by("pk"))
    assert {one.kind for one in rows} >= {"appeal", "petition", "accountability", "supervision"}
    return rows


@pytest.fixture
def enter(shipped):
    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(shipped.person(username), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def plain_pages() -> Iterator[str]:
    """Every address of the site that takes no argument."""
    for one in get_resolver().url_patterns:
        for row in getattr(one, "url_patterns", [one]):
            path = f"{one.pattern if row is not one else ''}{row.pattern}"
            if "<" not in path and "logout" not in path and "^" not in path and "mfa" not in path:
                yield f"/{path}"


def case_pages(cases: list[Case], person: Person) -> Iterator[str]:
    """Every way that leads to cases: tabs, modes, search, figures, numbers, papers, photos, the feed, the open doors."""
    yield from (f"/cases/?tab={tab}" for tab, _ in TABS)
    yield from (f"/cases/export/?tab={tab}" for tab, _ in TABS)
    yield from (f"/cases/?tab=all&mode={mode}" for mode, _ in MODES)
    yield from (f"/cases/?tab=all&q={SECRET}", f"/cases/export/?tab=all&q={SECRET}", f"/ledger/?q={SECRET}")
    span = "from=2021-01-01&to=2021-12-31"
    yield from (f"/cases/figures/?by={by}&{span}" for by in figures.DIMENSIONS)
    for figure in figures.RULES:
        yield from (f"/cases/?tab=all&figure={figure}&part={part}&{span}" for part in ("top", "base"))
    yield f"/cases/export/?tab=all&figure=reported&{span}"
    for case in cases:
        yield f"/cases/{case.number}/"
        yield f"/cases/?tab=all&link=case:{case.number}"
        yield f"/open311/v2/requests/{case.number}.json"
        yield from (f"/cases/{case.number}/paper/{one.id}/" for one in type_of(case).papers[:1])
        yield from (f"/cases/{case.number}/do/{one.id}/" for one in type_of(case).moves[-2:])
    for pk in Attachment.objects.filter(name__contains=SECRET).values_list("pk", flat=True):
        yield from (f"/cases/files/{pk}/page/", f"/p/photo/{pk}/", f"/open311/v2/media/{pk}.jpg")
    yield from (feed_link(person), "/cases/hand-over/?from=u_zfd", "/p/near/?area=v219")
    for form in ("json", "xml"):
        yield f"/open311/v2/requests.{form}?start_date=2021-01-01T00:00:00Z"
        yield f"/open311/v2/servicerequestupdates.{form}?start_date=2021-01-01T00:00:00Z"


def read(answer) -> str:
    """What a person reads in an answer: pages, JSON, calendars, and the cells of a workbook."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "".join(packed.read(one).decode("utf-8") for one in packed.namelist() if one.endswith(".xml"))
    if answer.get("Content-Type", "").startswith("image/"):
        return f"{SECRET} a picture"
    return body.decode("utf-8").replace("\r\n ", "")  # long lines of a calendar are folded


def doors_of(username: str, cases: list[Case], person: Person) -> list[str]:
    """All of them for the one who holds every role; for the others those that their own rights change."""
    pages = [*case_pages(cases, person), *plain_pages()]
    few = (
        "/cases/?tab=all",
        "/cases/?tab=mine",
        "/cases/export",
        "/notices",
        "/ledger",
        "/cases/feed",
        "/people",
        "/packs",
    )
    return pages if username == "yanmo" else [one for one in pages if one.startswith(few) and "figure=" not in one]


def test_nobody_of_the_accused_unit_reads_a_word_of_it_by_any_door(shipped, accused, enter) -> None:
    numbers = [one.number for one in accused]
    for username in INSIDE:
        client = enter(username)
        for path in doors_of(username, accused, shipped.person(username)):
            answer = client.get(path)
            text = read(answer).replace(f"q={SECRET}", "").replace(f'value="{SECRET}"', "").replace(f"“{SECRET}”", "")
            assert answer.status_code < 500, path
            assert SECRET not in text, f"{username} {path}"
            if answer.status_code == 200 and not path.startswith("/ledger") and "link=case" not in path:
                assert [one for one in numbers if one in text] == [], f"{username} {path}"


def test_nobody_of_the_accused_unit_does_anything_to_it(shipped, accused, enter) -> None:
    for username in ("wangjianguo", "yanmo"):
        client = enter(username)
        for case in {one.kind: one for one in accused}.values():
            version = Case.objects.get(pk=case.pk).version
            for path in ("comment/", "look/", "merge/", "assist/", "hand-over/", "connect/", "attach/"):
                said = {"text": "x", "what": "reporters", "into": accused[0].number, "unit": "sjs", "person": "luyi"}
                assert client.post(f"/cases/{case.number}/{path}", said).status_code in {403, 404}, f"{username} {path}"
            for move in type_of(case).moves[-3:]:
                assert client.post(f"/cases/{case.number}/do/{move.id}/", {"text": "x"}).status_code == 404
            client.post("/cases/bulk/", {"case": [case.number], "move": "accept"})
            assert Case.objects.get(pk=case.pk).version == version


def test_nobody_of_the_accused_unit_is_told_of_it(shipped, accused) -> None:
    told = Notice.objects.filter(person__organisation__code="sjs", thing_key__in=[one.number for one in accused])
    assert list(told.values_list("person__username", "text")) == []


def test_those_who_work_on_it_read_all_of_it(shipped, accused, enter) -> None:
    """The other side, without which the tests above would prove nothing."""
    appeal = Case.objects.get(kind="appeal", opener__username="luyi")
    client = enter("limin")
    page = client.get(f"/cases/{appeal.number}/").content.decode()
    for word in ("：市监所乱收费", "详情", "经过", "留言", "材料.txt"):
        assert f"{SECRET}{word}" in page, word
    assert SECRET in read(client.get("/cases/export/?tab=all"))
    family = [appeal.pk, *appeal.merged.values_list("pk", flat=True)]
    photos = Attachment.objects.filter(file__is_photo=True, name__contains=SECRET, case__in=family)
    assert photos.count() >= 2
    for pk in photos.values_list("pk", flat=True):
        assert read(enter("u_zfd").get(f"/cases/files/{pk}/thumb/")) == f"{SECRET} a picture"
    told = "".join(Notice.objects.filter(person__username="u_zfd").values_list("text", flat=True))
    assert appeal.number in told
    assert SECRET not in told  # a notice goes out to groups and mail: it names the kind, the case itself says the rest
    assert SECRET in read(enter("zhouzheng").get(f"/cases/?tab=all&q={SECRET}"))


def test_the_reporter_follows_it_by_the_own_code(shipped, accused, client) -> None:
    appeal = Case.objects.get(kind="appeal", opener__username="luyi")
    for reporter in Reporter.objects.filter(case__in=[appeal.pk, *appeal.merged.values_list("pk", flat=True)]):
        assert SECRET in client.get(f"/p/t/{reporter.code}/").content.decode()
        token = client.get(f"/open311/v2/tokens/{reporter.code}.json").json()
        assert token[0]["service_request_id"] == appeal.number


def test_a_new_one_is_hidden_the_moment_the_unit_is_named(shipped, enter) -> None:
    case = shipped.opens("appeal", "luyi", "register", title=f"{SECRET}：市监所乱收费")
    assert enter("luyi").get(f"/cases/{case.number}/").status_code == 200
    shipped.at += timedelta(hours=1)
    shipped.does(case, "limin", "dispatch", unit="zfd", accused="sjs")
    assert enter("luyi").get(f"/cases/{case.number}/").status_code == 404
