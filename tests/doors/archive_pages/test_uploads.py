"""Large files over broken lines, as the tus protocol says and as a client that nobody here wrote uses it."""

import base64
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as town_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.people import AT, settle
from tests.records.archive.shelf import Shelf
from tests.samples import photo, word, zipped
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from chuangwen.doors.site.uploads import sent
from chuangwen.kit import clock
from chuangwen.records.archive import storage, uploading
from chuangwen.records.archive.arriving import take_in
from chuangwen.records.archive.models import Arrival, Decision, Document, Upload
from chuangwen.records.archive.queries import damaged, sealed_path
from chuangwen.records.archive.uploading import place_of
from chuangwen.records.ledger.actions import MACHINE

ROOT = "/archive/uploads/"
PDF = b"%PDF-1.4\n" + b"0123456789abcdef" * 200_000


def meta(**said: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())


class Sender:
    """Somebody who sends by hand, header by header."""

    def __init__(self, browser: Client) -> None:
        self.browser = browser

    def ask(self, method: str, path: str, body: bytes = b"", **headers: Any) -> Any:
        said = {"Tus-Resumable": "1.0.0", **{key.replace("_", "-"): str(value) for key, value in headers.items()}}
        return self.browser.generic(method, path, body, "application/offset+octet-stream", headers=said)

    def begin(self, size: int = len(PDF), **said: str) -> str:
        answer = self.ask("POST", ROOT, Upload_Length=size, Upload_Metadata=meta(**(said or {"filename": "扫描.pdf"})))
        assert answer.status_code == 201, answer.content.decode()
        return str(answer["Location"]).partition("testserver")[2]

    def piece(self, path: str, data: bytes, offset: int) -> Any:
        return self.ask("PATCH", path, data, Upload_Offset=offset)


@pytest.fixture
def limin(cast, signed_in_as) -> Sender:
    Shelf(cast)
    return Sender(signed_in_as("limin"))


def test_a_file_in_pieces_becomes_a_document_when_the_last_one_is_there(limin) -> None:
    path = limin.begin(filename="扫描.pdf", unit="market", batch="page-1")
    first = limin.piece(path, PDF[:1_000_000], 0)
    assert (first.status_code, first["Upload-Offset"], first["Tus-Resumable"]) == (204, "1000000", "1.0.0")
    assert Arrival.objects.count() == 0
    head = limin.ask("HEAD", path)
    assert (head.status_code, head["Upload-Offset"], head["Upload-Length"]) == (200, "1000000", str(len(PDF)))
    assert head["Cache-Control"] == "no-store"
    assert head["Upload-Expires"].endswith("GMT")
    assert limin.piece(path, PDF[1_000_000:], 1_000_000)["Chuangwen-Batch"] == "page-1"
    came = Arrival.objects.get()
    assert (came.road, came.unit.code, came.person.username, came.decision) == ("large", "market", "limin", "document")
    assert sealed_path(came.file).read_bytes() == PDF
    assert [one.name for one in (town_settings.FILES / "arriving").iterdir()] == []


def test_a_piece_that_does_not_follow_is_refused_and_nothing_changes(limin) -> None:
    path = limin.begin()
    limin.piece(path, PDF[:100], 0)
    for offset in (0, 50, 101):
        answer = limin.piece(path, b"x" * 10, offset)
        assert (answer.status_code, answer["Tus-Resumable"]) == (409, "1.0.0")
    assert limin.ask("HEAD", path)["Upload-Offset"] == "100"


def test_more_than_was_declared_is_refused(limin) -> None:
    path = limin.begin(50)
    answer = limin.piece(path, PDF[:60], 0)
    assert (answer.status_code, "50 字节" in answer.content.decode()) == (413, True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus_Resumable": "0.2.2", "Upload_Length": 5}, 412),
        ({}, 400),
        ({"Upload_Length": 0}, 400),
        ({"Upload_Length": "many"}, 400),
        ({"Upload_Length": -5}, 400),
        ({"Upload_Length": 5, "Upload_Metadata": "filename ***"}, 400),
        ({"Upload_Length": 5, "Upload_Metadata": meta(unit="nowhere")}, 404),
        ({"Upload_Length": 10**13}, 413),
    ],
)
def test_a_wrong_beginning_is_told(limin, headers: dict[str, object], status: int) -> None:
    answer = limin.ask("POST", ROOT, **headers)
    assert (answer.status_code, bool(answer.content)) == (status, True)
    assert Upload.objects.count() == 0


def test_a_piece_of_another_kind_is_refused(limin) -> None:
    path = limin.begin()
    answer = limin.browser.generic("PATCH", path, b"x", "text/plain", headers={"Tus-Resumable": "1.0.0"})
    assert answer.status_code == 415


def test_the_server_says_what_it_can(limin) -> None:
    answer = limin.browser.options(ROOT)
    assert (answer.status_code, answer["Tus-Version"]) == (204, "1.0.0")
    assert answer["Tus-Extension"] == "creation,expiration,termination"
    assert answer["Tus-Max-Size"] == str(town_settings.LARGEST_BYTES)


def test_what_one_person_sends_nobody_else_knows_of(limin, cast) -> None:
    path = limin.begin()
    other = Client()
    other.force_login(cast.people["wangjianguo"], backend="allauth.account.auth_backends.AuthenticationBackend")
    for method in ("HEAD", "PATCH", "DELETE"):
        assert Sender(other).ask(method, path, b"x", Upload_Offset=0).status_code == 404
    assert Sender(other).ask("POST", ROOT, Upload_Length=5, Upload_Metadata=meta(unit="V1")).status_code == 403
    assert Sender(Client()).ask("HEAD", path).status_code == 302


def test_an_upload_without_the_token_against_forged_requests_is_refused(limin, cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.people["limin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert Sender(strict).ask("POST", ROOT, Upload_Length=5).status_code == 403


def test_one_person_has_so_many_at_once(limin, monkeypatch) -> None:
    monkeypatch.setattr(uploading, "MOST_OPEN", 2)
    paths = [limin.begin(), limin.begin()]
    answer = limin.ask("POST", ROOT, Upload_Length=5)
    assert (answer.status_code, "没传完" in answer.content.decode()) == (429, True)
    assert limin.ask("DELETE", paths[0]).status_code == 204
    assert limin.ask("HEAD", paths[0]).status_code == 404
    limin.begin()


def test_a_disk_without_room_says_so_before_the_first_byte(limin, monkeypatch) -> None:
    monkeypatch.setattr(storage, "free", lambda _root: 1_000_000)
    answer = limin.ask("POST", ROOT, Upload_Length=5_000_000)
    assert (answer.status_code, "还剩 1 MB" in answer.content.decode()) == (507, True)


def test_a_disk_that_fills_up_between_keeps_what_was_safe(limin, monkeypatch) -> None:
    path = limin.begin()
    limin.piece(path, PDF[:1000], 0)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage.os, "write", full)
        answer = limin.piece(path, PDF[1000:], 1000)
    assert (answer.status_code, "No space" in answer.content.decode()) == (507, True)
    assert limin.ask("HEAD", path)["Upload-Offset"] == "1000"
    limin.piece(path, PDF[1000:], 1000)
    assert sealed_path(Arrival.objects.get().file).read_bytes() == PDF


def test_a_disk_that_fills_up_at_the_very_end_keeps_the_whole_file_for_another_try(limin, monkeypatch) -> None:
    data = photo(size=(900, 700))
    path = limin.begin(len(data), filename="照片.jpg")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage.tempfile, "mkstemp", full)  # where the public copies would be written
        assert limin.piece(path, data, 0).status_code == 507
    assert place_of(Upload.objects.get()).read_bytes() == data
    assert limin.ask("HEAD", path).status_code == 200  # asks again, and is taken in
    assert sealed_path(Arrival.objects.get().file).read_bytes() == data


def test_a_line_that_breaks_keeps_what_had_arrived(limin, cast) -> None:
    limin.begin()
    upload = Upload.objects.get()

    def broken() -> Iterator[bytes]:
        yield PDF[:700_000]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        uploading.go_on(upload, 0, broken(), at=clock.real_now())
    upload.refresh_from_db()
    assert upload.offset == 700_000
    assert place_of(upload).read_bytes() == PDF[:700_000]


def test_a_request_that_hangs_is_overtaken_by_the_next(limin) -> None:
    path = limin.begin()
    upload = Upload.objects.get()

    def hanging() -> Iterator[bytes]:
        yield PDF[:100]
        assert limin.piece(path, PDF[:2_000_000], 0).status_code == 204
        yield PDF[100:300]

    with pytest.raises(uploading.WrongOffset):
        uploading.go_on(upload, 0, hanging(), at=clock.real_now())
    assert limin.ask("HEAD", path)["Upload-Offset"] == "2000000"
    limin.piece(path, PDF[2_000_000:], 2_000_000)
    assert sealed_path(Arrival.objects.get().file).read_bytes() == PDF


def test_a_zip_that_comes_in_pieces_is_opened(limin) -> None:
    data = zipped({"方案.docx": word(), "照片/东门.jpg": photo()})
    path = limin.begin(len(data), filename="材料.zip", batch="b")
    limin.piece(path, data, 0)
    assert [(one.name, one.inside) for one in Arrival.objects.order_by("pk")] == [
        ("方案.docx", "材料.zip"),
        ("东门.jpg", "材料.zip/照片"),
    ]
    assert Upload.objects.get().arrival is not None
    assert not place_of(Upload.objects.get()).exists()


def test_a_large_file_of_a_folder_keeps_its_folder(limin) -> None:
    path = limin.begin(filename="视频.pdf", inside="迎检/./东门?/")
    limin.piece(path, PDF, 0)
    assert Arrival.objects.get().inside == "迎检/东门？"


def test_what_is_refused_at_the_end_is_an_arrival_with_its_problem(limin) -> None:
    path = limin.begin(2000, filename="照片.jpg")
    assert limin.piece(path, b"MZ" + b"\0" * 1998, 0).status_code == 204
    assert "程序" in Arrival.objects.get().problem
    assert not place_of(Upload.objects.get()).exists()


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_file_whose_last_request_died_is_taken_in_by_the_background(limin, monkeypatch, where: str) -> None:
    path = limin.begin()
    limin.piece(path, PDF[:1000], 0)
    upload = Upload.objects.get()
    uploading.go_on(upload, 1000, iter([PDF[1000:]]), at=clock.real_now())
    if where == "after":  # the bytes had their own name already, the row was not written

        class Killed(BaseException):
            pass

        def die(*_: object, **__: object) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr("chuangwen.records.archive.arriving._enter", die)
            with pytest.raises(Killed):
                uploading.finish(Upload.objects.select_related("unit").get(), by=MACHINE, at=clock.now())
        assert not place_of(upload).exists()
    now = clock.real_now()
    assert uploading.finish_waiting(10, by=MACHINE, at=now) == 0  # its own request gets a while first
    assert uploading.waiting(now + timedelta(minutes=6)) == 1
    assert uploading.finish_waiting(10, by=MACHINE, at=now + timedelta(minutes=6)) == 1
    came = Arrival.objects.get()
    assert (came.decision, came.person.username) == (Decision.DOCUMENT, "limin")
    assert sealed_path(came.file).read_bytes() == PDF
    assert list(damaged()) == []
    assert uploading.waiting(now + timedelta(minutes=6)) == 0


def test_a_town_brought_back_from_a_backup_asks_for_the_pieces_again(limin) -> None:
    """A backup has the row of an upload, not its bytes: nothing may stand in for them."""
    path = limin.begin()
    limin.piece(path, PDF[:1_000_000], 0)
    place_of(Upload.objects.get()).unlink()
    assert limin.piece(path, PDF[1_000_000:], 1_000_000).status_code == 409
    assert limin.ask("HEAD", path)["Upload-Offset"] == "0"
    limin.piece(path, PDF, 0)
    assert sealed_path(Arrival.objects.get().file).read_bytes() == PDF
    whole = limin.begin()
    Upload.objects.filter(pk=whole.rstrip("/").rpartition("/")[2]).update(offset=len(PDF))
    late = clock.real_now() + timedelta(minutes=6)
    assert uploading.finish_waiting(10, by=MACHINE, at=late) == 0
    assert uploading.waiting(late) == 0


def test_what_nobody_goes_on_with_is_given_up_after_a_day(limin) -> None:
    path = limin.begin()
    limin.piece(path, PDF[:1000], 0)
    place, now = place_of(Upload.objects.get()), clock.real_now()
    assert uploading.expire(100, by=MACHINE, at=now + timedelta(hours=23)) == 0
    assert place.exists()
    assert uploading.expire(100, by=MACHINE, at=now + timedelta(hours=25)) == 1
    assert (Upload.objects.count(), place.exists()) == (0, False)
    place.write_bytes(b"of somebody who is gone")
    assert uploading.expire(100, by=MACHINE, at=now) == 0
    assert uploading.expire(100, by=MACHINE, at=now + timedelta(hours=25)) == 1
    assert not place.exists()


def test_what_is_whole_was_confirmed_and_is_never_given_up(limin) -> None:
    limin.begin()
    upload = Upload.objects.get()
    uploading.go_on(upload, 0, iter([PDF]), at=clock.real_now())
    late = clock.real_now() + timedelta(days=9)
    assert uploading.expire(100, by=MACHINE, at=late) == 0
    assert uploading.finish_waiting(10, by=MACHINE, at=late) == 1
    assert sealed_path(Arrival.objects.get().file).read_bytes() == PDF
    assert uploading.expire(100, by=MACHINE, at=late) == 1


def test_many_files_of_a_form_come_in_and_the_one_too_large_is_told(cast, settings, rf) -> None:
    Shelf(cast)
    settings.UPLOAD_MOST_BYTES = 1_000_000
    sizes = {"方案.docx": word(), "大.pdf": PDF, "材料.zip": zipped({"东门.jpg": photo()}), "空.txt": b""}
    files = [SimpleUploadedFile(name, data) for name, data in sizes.items()]
    request = rf.post("/", {"files": files})
    came = [take_in(one, "form", by=cast.actor("limin"), at=AT) for one in sent(request, "files", cast.units["office"])]
    assert [(one.name, one.road, bool(one.problem)) for one in came] == [
        ("方案.docx", "page", False),
        ("大.pdf", "page", True),
        ("东门.jpg", "zip", False),
        ("空.txt", "page", True),
    ]
    assert "超过 1 MB" in came[1].problem


@pytest.mark.django_db(transaction=True)
def test_a_client_that_nobody_here_wrote_sends_a_file_breaks_off_and_goes_on(live_server, transactional_db) -> None:
    cast = settle()
    Shelf(cast)
    browser = Client()
    browser.force_login(cast.people["limin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    browser.get("/")
    token = browser.cookies["csrftoken"].value if "csrftoken" in browser.cookies else "a" * 32
    cookies = f"sessionid={browser.cookies['sessionid'].value}; csrftoken={token}"
    client = TusClient(f"{live_server.url}{ROOT}", headers={"Cookie": cookies, "X-CSRFToken": token})
    said = {"filename": "扫描 200 页.pdf"}
    sender = client.uploader(file_stream=io.BytesIO(PDF), chunk_size=500_000, metadata=said)
    sender.upload(stop_at=1_500_000)
    again = client.uploader(file_stream=io.BytesIO(PDF), chunk_size=700_000, url=sender.url)
    assert again.offset == 1_500_000
    again.upload()
    assert (Document.objects.get().title, Document.objects.get().road) == ("扫描 200 页", "large")
    assert sealed_path(Arrival.objects.get().file).read_bytes() == PDF
    stranger = TusClient(f"{live_server.url}{ROOT}", headers={"Cookie": cookies})
    with pytest.raises(TusCommunicationError):
        stranger.uploader(file_stream=io.BytesIO(PDF), chunk_size=700_000, metadata=said).upload()
