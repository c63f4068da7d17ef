"""What comes in: new things become documents, known bytes stand beside their twin, what is refused keeps its problem."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as town_settings
from django.db import OperationalError
from tests.people import AT, CAST
from tests.records.archive.shelf import Shelf
from tests.samples import TAKEN, photo, word, workbook

from chuangwen.kit import clock
from chuangwen.kit.refusals import OutOfReach
from chuangwen.records.archive import arriving, queries, storage
from chuangwen.records.archive.actions import keep_file
from chuangwen.records.archive.arriving import (
    AlreadyDecided,
    Answer,
    Incoming,
    NothingToKeep,
    Road,
    bring_together,
    decide,
    kind_for,
    take_in,
)
from chuangwen.records.archive.document_actions import BadFact, Facts, withdraw
from chuangwen.records.archive.models import Arrival, Decision, Document, StoredFile
from chuangwen.records.archive.queries import damaged, sealed_path
from chuangwen.records.archive.seeing import sees_arrivals
from chuangwen.records.archive.storage import DiskFull
from chuangwen.records.ledger.models import Note


class Hall(Shelf):
    """The archive with a counter where things come in."""

    def brings(
        self, data: bytes, name: str = "方案.docx", who: str = "limin", unit: str = "office", **said: object
    ) -> Arrival:
        batch = str(said.pop("batch", "b1"))
        incoming = Incoming(name, self.cast.units[unit], source=lambda: iter([data]), **said)  # type: ignore[arg-type]
        return take_in(incoming, batch, by=self.cast.actor(who), at=self.at)

    def answers(self, arrival: Arrival, decision: str, who: str = "limin", **said: object) -> Arrival:
        return decide(arrival, Answer(decision, **said), by=self.cast.actor(who), at=self.at)  # type: ignore[arg-type]


@pytest.fixture
def hall(cast) -> Hall:
    return Hall(cast)


def files_left() -> list[str]:
    return sorted(str(one) for one in Path(town_settings.FILES).rglob("*") if one.is_file())


def test_new_bytes_become_a_document_at_once_with_one_note(hall) -> None:
    came = hall.brings(word(), "集贸市场_管理办法 (1).docx")
    assert (came.decision, came.problem, came.twin) == (Decision.DOCUMENT, "", None)
    assert (came.document.title, came.document.kind_id, came.document.road) == ("集贸市场 管理办法", "other", "page")
    assert came.document.files.get().file == came.file
    assert sealed_path(came.file).read_bytes() == word()
    assert [note.verb for note in Note.objects.all()][-1:] == ["立为资料"]
    assert Note.objects.exclude(kind="archive_rules").count() == 1


def test_the_kind_is_guessed_from_what_the_file_is(hall) -> None:
    kinds = {
        name: hall.brings(data, name).document.kind_id
        for name, (ending, data) in TAKEN.items()
        if ending not in {"zip", "heic"}
    }
    assert {name for name, kind in kinds.items() if kind == "picture"} == {
        "照片.jpg", "照片.png", "照片.webp", "照片.gif", "照片.bmp", "扫描.tif"
    }  # fmt: skip
    assert {name for name, kind in kinds.items() if kind == "table"} == {
        "台账.xlsx",
        "旧台账.xls",
        "旧台账.et",
        "名单.csv",
    }
    assert {name for name, kind in kinds.items() if kind == "recording"} == {
        "录音.mp3", "录音2.mp3", "录音.wav", "录音.m4a", "录像.mp4", "录像.mov", "录像.avi"
    }  # fmt: skip
    assert list(damaged()) == []


def test_without_declared_kinds_everything_is_other(hall) -> None:
    Document.objects.all().delete()
    staged = storage.stage(Path(town_settings.FILES), [photo()])
    looked = arriving.look_at(staged, "a.jpg")
    assert kind_for(looked) == "picture"
    hall_kinds = type(hall.document().kind).objects
    hall_kinds.filter(is_photo=True).delete()
    assert kind_for(looked) == "other"


def test_the_same_bytes_stand_beside_their_twin_and_a_person_decides(hall) -> None:
    first = hall.brings(word())
    again = hall.brings(word(), "另一个名字.docx", batch="b2")
    assert (again.twin, again.document, again.decision) == (first.document, None, "")
    assert StoredFile.objects.count() == Document.objects.count() == 1
    assert Note.objects.get(kind="arrival").verb == "收到已有的文件"
    done = hall.answers(again, Decision.SAME)
    assert (done.document, done.decided_by) == (first.document, "李敏")
    assert Note.objects.filter(kind="arrival").count() == 2


def test_the_same_file_of_the_same_batch_again_is_harmless(hall) -> None:
    first = hall.brings(word())
    notes = Note.objects.count()
    assert hall.brings(word()) == first
    bad = hall.brings(b"MZ\x90", "a.exe")
    assert hall.brings(b"MZ\x90", "a.exe") == bad
    assert (Arrival.objects.count(), Note.objects.count()) == (2, notes + 1)


def test_what_was_withdrawn_may_come_again(hall) -> None:
    first = hall.brings(word())
    withdraw(first.document, "传错了", by=hall.cast.actor("limin"), at=hall.at)
    again = hall.brings(word())
    assert again != first
    assert (again.decision, again.document != first.document) == (Decision.DOCUMENT, True)


def test_a_file_that_a_case_keeps_already_becomes_a_document_without_a_second_copy(hall) -> None:
    kept = keep_file(word(), "附件.docx", by=hall.cast.actor("limin"), at=hall.at)
    came = hall.brings(word())
    assert (came.file, came.twin, came.document.title) == (kept, None, "方案")


def test_a_new_version_takes_the_place_of_the_old_one(hall) -> None:
    first = hall.brings(word("初稿"))
    second = hall.brings(word("定稿"), batch="b2")
    assert second.decision == Decision.DOCUMENT  # other bytes: a document of its own
    third = hall.brings(word("定稿"), batch="b3")
    done = hall.answers(third, Decision.VERSION, document=first.document)
    assert [row.edition for row in first.document.files.all()] == [2, 1]
    assert done.document == first.document
    fourth = hall.brings(word("定稿"), batch="b4")
    with pytest.raises(BadFact, match="同一个文件"):
        hall.answers(fourth, Decision.VERSION, document=first.document)


def test_a_document_all_the_same(hall) -> None:
    first = hall.brings(workbook(), "台账.xlsx")
    again = hall.brings(workbook(), "各村台账.xlsx", batch="b2", unit="market")
    done = hall.answers(again, Decision.DOCUMENT)
    assert (done.document.title, done.document.kind_id, done.document.unit.code) == ("各村台账", "table", "market")
    assert done.document != first.document
    assert StoredFile.objects.count() == 1


def test_what_is_refused_is_an_arrival_with_its_problem_and_leaves_no_bytes(hall) -> None:
    came = hall.brings(b"MZ\x90\0", "照片.jpg")
    assert "程序或脚本" in came.problem
    assert (came.file, came.document, came.decision, len(came.sha256)) == (None, None, "", 64)
    assert files_left() == []
    with pytest.raises(NothingToKeep):
        hall.answers(came, Decision.DOCUMENT)
    with pytest.raises(BadFact, match="为什么不收"):
        hall.answers(came, Decision.REFUSED, why=" ")
    assert hall.answers(came, Decision.REFUSED, why="发错了").why == "发错了"


def test_a_broken_photo_and_one_too_large_are_told(hall) -> None:
    assert "不是能打开的照片" in hall.brings(photo()[:600], "半张.jpg").problem
    assert "最多 30 MB" in hall.brings(photo() + b"\0" * 31_000_000, "大.jpg").problem
    assert "20000" in hall.brings(photo("PNG", (20_000, 10)), "宽.png").problem
    assert files_left() == []


def test_a_file_past_the_limit_is_told_and_not_kept(hall, settings) -> None:
    settings.LARGEST_BYTES = 1_000_000
    assert "最多 1 MB" in hall.brings(b"%PDF-" + b"0" * 2_000_000, "大.pdf").problem
    assert files_left() == []


def test_each_thing_is_decided_once(hall) -> None:
    hall.brings(word())
    again = hall.brings(word(), batch="b2")
    hall.answers(again, Decision.SAME)
    with pytest.raises(AlreadyDecided, match="李敏"):
        hall.answers(again, Decision.REFUSED, why="重复")


def test_the_same_as_what_is_asked_only_where_it_is(hall) -> None:
    hall.brings(word())
    again, other = hall.brings(word(), batch="b2"), hall.document()
    with pytest.raises(BadFact, match="含有这个文件"):
        hall.answers(again, Decision.SAME, document=other)
    with pytest.raises(BadFact, match="没有这种处理"):
        hall.answers(again, "eaten")


def test_a_village_brings_and_decides_for_itself_and_for_no_other(hall) -> None:
    with pytest.raises(OutOfReach):
        hall.brings(word(), who="liufang", unit="V2")
    assert Arrival.objects.count() == 0
    hall.brings(word())
    again = hall.brings(word(), batch="b2")
    with pytest.raises(OutOfReach):
        hall.answers(again, Decision.REFUSED, who="liufang", why="不要")


def test_who_sees_the_documents_of_a_unit_sees_what_arrived_for_it(hall) -> None:
    mine = hall.brings(word(), who="liufang", unit="V1")
    other = hall.brings(workbook(), "a.xlsx", unit="market")
    seen = {name: set(queries.arrivals_visible_to(hall.cast.actor(name))) for name, *_ in CAST}
    assert seen["limin"] == {mine, other}
    assert seen["liufang"] == {mine}
    assert seen["wangjianguo"] == {other}
    assert seen["sunyue"] == seen["zhaolei"] == set()
    assert queries.waiting_arrivals(hall.cast.actor("limin")).count() == 0
    assert Arrival.objects.filter(sees_arrivals(hall.cast.actor("zhangqiang"))).count() == 0


def test_a_path_that_changes_while_it_is_read_is_not_taken(hall, tmp_path) -> None:
    path = tmp_path / "扫描.pdf"
    path.write_bytes(b"%PDF-1.4 " + b"a" * 3_000_000)
    pieces = Incoming("扫描.pdf", hall.cast.units["office"], source=path).pieces()
    next(pieces)
    path.write_bytes(b"%PDF-1.4 " + b"b" * 4_000_000)
    with pytest.raises(arriving.StillGrowing, match="还在变化"):
        list(pieces)


def test_a_file_that_is_gone_is_told(hall, tmp_path) -> None:
    incoming = Incoming("没有.pdf", hall.cast.units["office"], Road.COMMAND, source=tmp_path / "没有.pdf")
    came = take_in(incoming, "b1", by=hall.cast.actor("limin"), at=AT)
    assert "读不出来" in came.problem


@pytest.mark.parametrize("call", ["write", "fsync", "mkstemp", "replace"])
def test_a_disk_that_fills_up_at_any_write_leaves_nothing_and_says_so(hall, monkeypatch, call: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    target = {"write": os, "fsync": os, "mkstemp": storage.tempfile, "replace": Path}[call]
    monkeypatch.setattr(target, call, full)
    with pytest.raises(DiskFull, match="No space"):
        hall.brings(photo(), "照片.jpg")
    monkeypatch.undo()
    assert files_left() == []
    assert (Arrival.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert hall.brings(photo(), "照片.jpg").document is not None


def test_a_disk_that_fills_up_at_the_second_write_of_a_photo_leaves_nothing(hall, monkeypatch) -> None:
    for most in range(1, 2):
        real, calls = os.fsync, []

        def full_later(handle: int, calls=calls, most=most, real=real) -> None:
            calls.append(handle)
            if len(calls) > 2 * most:
                raise OSError(28, "No space left on device")
            real(handle)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full_later)
            with pytest.raises(DiskFull):
                hall.brings(photo(), "照片.jpg")
        assert files_left() == [], most


def test_a_database_that_is_full_is_told_in_the_same_words(hall, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(arriving, "row_of", full)
    with pytest.raises(DiskFull, match="disk is full"):
        hall.brings(word())


def test_bytes_are_on_the_disk_before_their_name_and_their_name_before_the_row(hall, monkeypatch) -> None:
    """Written, synced, renamed, the folder synced, and only then told to the database."""
    done: list[str] = []
    real = {"write": os.write, "fsync": os.fsync, "replace": Path.replace, "row_of": arriving.row_of}

    def watched(name: str, what: str):
        def call(*args: object, **named: object) -> object:
            done.append(what)
            return real[name](*args, **named)

        return call

    monkeypatch.setattr(os, "write", watched("write", "write"))
    monkeypatch.setattr(os, "fsync", watched("fsync", "sync"))
    monkeypatch.setattr(Path, "replace", watched("replace", "name"))
    monkeypatch.setattr(arriving, "row_of", watched("row_of", "row"))
    hall.brings(word())
    order = [one for one, before in zip(done, [None, *done], strict=False) if one != before]
    assert order[-5:] == ["write", "sync", "name", "sync", "row"]


def test_a_damaged_original_is_healed_when_the_same_file_comes_again(hall) -> None:
    first = hall.brings(word())
    sealed_path(first.file).write_bytes(b"rotten")
    assert [what for _, what in damaged()] == ["changed"]
    hall.brings(word(), batch="b2")
    assert list(damaged()) == []


def test_memory_stays_flat_however_large_the_file_is(hall) -> None:
    """A piece is let go before the next is asked for: never more than two at once."""
    alive: list[int] = []

    class Piece(bytes):
        def __del__(self) -> None:
            alive.remove(1)

    def pieces() -> Iterator[bytes]:
        yield b"%PDF-1.4\n"
        for _ in range(40):
            alive.append(1)
            assert sum(alive) <= 2
            yield Piece(1 << 20)

    incoming = Incoming("大.pdf", hall.cast.units["office"], source=pieces)
    came = take_in(incoming, "b1", by=hall.cast.actor("limin"), at=AT)
    assert came.file.size == (40 << 20) + 9


def test_leftovers_of_broken_runs_go_after_a_day_and_no_earlier(hall, tmp_path) -> None:
    root = tmp_path / "files"
    fresh = storage.stage(root, [b"half"])
    old = storage.stage(root, [b"half"])
    now = clock.real_now()
    os.utime(old.path, ((now - timedelta(days=2)).timestamp(),) * 2)
    assert storage.clean_leftovers(root, before=now - timedelta(days=1)) == 1
    assert (fresh.path.exists(), old.path.exists()) == (True, False)


def test_files_that_belong_together_become_one_document_and_each_is_an_arrival_with_its_twin(hall) -> None:
    before = hall.brings(b"an old list", "台账.txt").document
    by = hall.cast.actor("limin")
    files = [keep_file(data, name, by=by, at=AT) for data, name in ((b"an old list", "台账.txt"), (b"new", "说明.txt"))]
    incoming = Incoming("整2021-1", hall.cast.units["office"], Road.CASE, inside="整2021-1")
    made = bring_together(files, Facts("报送材料", "report"), incoming, "case-1", by=by, at=AT)
    assert [one.file for one in made.files.order_by("place")] == files
    came = Arrival.objects.filter(batch="case-1").order_by("pk")
    assert [(one.name, one.twin, one.document, one.decision) for one in came] == [
        ("台账.txt", before, made, Decision.DOCUMENT),
        ("说明.txt", None, made, Decision.DOCUMENT),
    ]
    assert {one.road for one in came} == {"case"}
