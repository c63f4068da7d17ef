"""Watched folders: a file at rest is taken, moved when it is safely kept, and never lost on the way."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.people import AT, Cast
from tests.records.archive.shelf import Shelf
from tests.samples import MAIL, photo, word, workbook, zipped

from chuangwen.doors.background import watching
from chuangwen.doors.background.watching import NotAllTaken, NoUnitForFolder, NoWatchedFolder, take_watched, waiting
from chuangwen.environment import BadSetting, read_pairs
from chuangwen.records.archive import storage
from chuangwen.records.archive.arriving import Answer, decide
from chuangwen.records.archive.models import Arrival, Document
from chuangwen.records.archive.queries import damaged
from chuangwen.records.archive.storage import DiskFull
from chuangwen.records.ledger.actions import MACHINE


class Tray:
    """A scanner's folder, and the machine that looks into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def lay(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def looks(self, limit: int = 20) -> int:
        return take_watched(limit, by=MACHINE, at=AT)

    def lies(self) -> list[str]:
        return sorted(one.relative_to(self.folder).as_posix() for one in self.folder.rglob("*") if one.is_file())


@pytest.fixture
def tray(cast: Cast, tmp_path: Path, settings, monkeypatch) -> Tray:
    Shelf(cast)
    monkeypatch.setattr(watching, "REST_SECONDS", 0)
    settings.WATCHED = [(str(tmp_path / "扫描"), "office")]
    return Tray(tmp_path / "扫描")


def test_what_a_scanner_lays_down_becomes_a_document_and_is_moved(tray) -> None:
    tray.lay("扫描0001.pdf", b"%PDF-1.4 scan")
    tray.lay("二楼/照片.jpg", photo())
    assert waiting(AT) == 2
    assert tray.looks() == 2
    assert tray.lies() == ["done/二楼/照片.jpg", "done/扫描0001.pdf"]
    assert {(one.title, one.road, one.unit.code) for one in Document.objects.all()} == {
        ("扫描0001", "watch", "office"),
        ("照片", "watch", "office"),
    }
    assert (waiting(AT), tray.looks()) == (0, 0)


def test_a_file_that_is_still_being_written_is_left_alone(tray, monkeypatch) -> None:
    monkeypatch.setattr(watching, "REST_SECONDS", 10)
    path = tray.lay("大.pdf", b"%PDF-1.4 half")
    os.utime(path, (1, 1))  # an old date that came along with the copy
    assert (waiting(AT), tray.looks()) == (0, 0)
    assert tray.lies() == ["大.pdf"]


def test_a_file_that_grows_while_it_is_read_stays_for_the_next_look(tray, monkeypatch) -> None:
    path, real = tray.lay("大.pdf", b"%PDF-1.4 half"), storage.stage

    def growing(pieces: Iterator[bytes]) -> Iterator[bytes]:
        yield next(pieces)
        with path.open("ab") as file:
            file.write(b"more")
        yield from pieces

    with monkeypatch.context() as patch:
        patch.setattr(storage, "stage", lambda root, pieces, **more: real(root, growing(pieces), **more))
        assert tray.looks() == 0
    assert tray.lies() == ["大.pdf"]
    assert Arrival.objects.count() == 0
    tray.looks()
    assert tray.lies() == ["done/大.pdf"]
    assert Document.objects.count() == 1


@pytest.mark.parametrize("name", ["a.part", "b.tmp", "c.crdownload", ".hidden", "~$方案.docx"])
def test_what_programs_keep_for_themselves_is_left_alone(tray, name: str) -> None:
    tray.lay(name, b"x")
    assert (waiting(AT), tray.looks(), tray.lies()) == (0, 0, [name])


def test_what_is_doubtful_goes_to_problems_with_a_text_beside_it(tray, cast) -> None:
    tray.lay("方案.docx", word())
    tray.looks()
    tray.lay("方案.docx", word())
    tray.lay("坏.pdf", b"MZ\x90")
    assert tray.looks() == 2
    assert tray.lies() == [
        "done/方案.docx",
        "problems/坏.pdf",
        "problems/坏.pdf.说明.txt",
        "problems/方案.docx",
        "problems/方案.docx.说明.txt",
    ]
    told = (tray.folder / "problems/方案.docx.说明.txt").read_text("utf-8-sig")
    assert "与已有资料“方案”的文件完全相同" in told
    assert "程序或脚本" in (tray.folder / "problems/坏.pdf.说明.txt").read_text("utf-8-sig")
    twin = Arrival.objects.exclude(twin=None).get()
    assert decide(twin, Answer("same"), by=cast.actor("limin"), at=AT).document == twin.twin


def test_zips_and_mails_are_opened_and_go_to_problems_if_one_thing_in_them_does(tray) -> None:
    tray.lay("好.zip", zipped({"a.txt": b"a", "台账.xlsx": workbook()}))
    tray.lay("半好.zip", zipped({"b.txt": b"b", "c.exe": b"MZ"}))
    tray.lay("来信.eml", MAIL)
    assert tray.looks() == 3
    assert tray.lies() == ["done/好.zip", "done/来信.eml", "problems/半好.zip", "problems/半好.zip.说明.txt"]
    assert Document.objects.filter(road="mail").get().title == "集贸市场材料"
    assert Document.objects.count() == 4


def test_nothing_in_done_is_written_over(tray) -> None:
    for text in ("一", "二", "三"):
        tray.lay("扫描.txt", text.encode())
        tray.looks()
    assert tray.lies() == ["done/扫描 (2).txt", "done/扫描 (3).txt", "done/扫描.txt"]


def test_a_machine_that_dies_before_the_move_takes_the_file_once(tray, monkeypatch) -> None:
    tray.lay("扫描.txt", b"a")

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(watching, "_move", die)
        with pytest.raises(Killed):
            tray.looks()
    assert (tray.lies(), Document.objects.count()) == (["扫描.txt"], 1)
    tray.looks()
    assert (tray.lies(), Document.objects.count(), Arrival.objects.count()) == (["done/扫描.txt"], 1, 1)


def test_the_same_scan_laid_down_anew_another_day_stands_beside_its_twin(tray) -> None:
    path = tray.lay("扫描.txt", b"a")
    os.utime(path, (1_600_000_000, 1_600_000_000))
    tray.looks()
    path = tray.lay("扫描.txt", b"a")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    tray.looks()
    assert Arrival.objects.exclude(twin=None).count() == 1


def test_a_file_that_cannot_be_moved_does_not_hold_up_the_others(tray, monkeypatch) -> None:
    real = Path.rename

    def stuck(self: Path, target: Path) -> Path:
        if self.name == "甲.txt":
            raise PermissionError(13, "Permission denied")
        return real(self, target)

    tray.lay("甲.txt", b"a")
    tray.lay("乙.txt", b"b")
    monkeypatch.setattr(Path, "rename", stuck)
    assert tray.looks() == 1
    assert tray.lies() == ["done/乙.txt", "甲.txt"]
    with pytest.raises(NotAllTaken, match="甲"):
        tray.looks()
    assert Document.objects.count() == 2


def test_a_full_disk_leaves_the_file_where_it_lies(tray, monkeypatch) -> None:
    tray.lay("扫描.txt", b"a")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DiskFull):
            tray.looks()
    assert tray.lies() == ["扫描.txt"]
    assert tray.looks() == 1


def test_a_wrong_setting_is_told(tray, settings) -> None:
    tray.lay("扫描.txt", b"a")
    settings.WATCHED = [(str(tray.folder), "没有这个单位")]
    with pytest.raises(NotAllTaken, match="没有这个单位"):
        tray.looks()
    shutil.rmtree(tray.folder)
    assert waiting(AT) == 1  # so that the trouble is told
    with pytest.raises(NoWatchedFolder, match="CHUANGWEN_WATCH"):
        tray.looks()
    assert NoUnitForFolder.code == "no_unit_for_folder"


def test_links_out_of_the_folder_are_not_followed(tray, tmp_path) -> None:
    (tmp_path / "秘密.txt").write_bytes(b"secret")
    (tray.folder / "链接.txt").symlink_to(tmp_path / "秘密.txt")
    (tray.folder / "链接").symlink_to(tmp_path)
    assert (waiting(AT), tray.looks(), Document.objects.count()) == (0, 0, 0)


def test_what_was_taken_is_whole(tray) -> None:
    tray.lay("方案.docx", word())
    tray.looks()
    assert list(damaged()) == []


def test_the_setting_is_read_as_pairs(monkeypatch) -> None:
    monkeypatch.setenv("CHUANGWEN_WATCH", r"/srv/扫描=cwb, D:\收件\a=b=dzb")
    assert read_pairs("CHUANGWEN_WATCH") == [("/srv/扫描", "cwb"), (r"D:\收件\a=b", "dzb")]
    for wrong in ("/srv/扫描", "=cwb", "/srv="):
        monkeypatch.setenv("CHUANGWEN_WATCH", wrong)
        with pytest.raises(BadSetting, match="文件夹=单位编号"):
            read_pairs("CHUANGWEN_WATCH")
