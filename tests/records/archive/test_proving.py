"""Every original is proved daily: missing and changed ones by name, in pieces, after a break from where it stood."""

from datetime import timedelta

import pytest
from tests.people import AT, TODAY
from tests.records.archive.shelf import Shelf

from chuangwen.records.archive import proving
from chuangwen.records.archive.actions import keep_file
from chuangwen.records.archive.models import FileCheck, StoredFile
from chuangwen.records.archive.proving import check_all, check_waiting, waiting
from chuangwen.records.archive.queries import last_check, sealed_path
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.results.scoring.doctor import examine

DAY = timedelta(days=1)


@pytest.fixture
def kept(cast) -> list[StoredFile]:
    Shelf(cast)
    return [keep_file(f"第 {n} 份".encode(), f"{n}.txt", by=MACHINE, at=AT) for n in range(50)]


def look(limit: int, at=AT) -> int:
    return check_waiting(limit, by=MACHINE, at=at)


def test_missing_and_changed_files_are_told_by_name(kept) -> None:
    sealed_path(kept[3]).unlink()
    sealed_path(kept[47]).write_bytes(b"rotten")
    assert sum(check_all(by=MACHINE, at=AT)) == 50
    check = last_check()
    assert [(one["name"], one["state"]) for one in check.damaged] == [("3.txt", "missing"), ("47.txt", "changed")]
    assert (check.files, check.bytes) == (50, sum(one.size for one in kept))
    assert Note.objects.get(kind="file_check").after["files"] == 50
    found = {one.code: one for one in examine(TODAY)}
    assert (found["originals"].severity, found["originals"].examples) == ("bad", ("3.txt", "47.txt"))


def test_the_daily_look_goes_in_pieces_and_begins_again_a_day_later(kept) -> None:
    assert (waiting(AT), look(20)) == (50, 20)
    assert (waiting(AT), look(20), look(20), look(20)) == (30, 20, 10, 0)
    assert (FileCheck.objects.count(), waiting(AT + DAY / 2)) == (1, 0)
    assert (waiting(AT + DAY), look(60, AT + DAY)) == (50, 50)
    assert Note.objects.filter(kind="file_check").count() == 2


def test_a_look_that_was_broken_off_is_gone_on_with_by_the_command(kept) -> None:
    look(20)
    steps = list(check_all(by=MACHINE, at=AT))
    assert sum(steps) == 30
    assert (FileCheck.objects.count(), last_check().files) == (1, 50)


def test_of_two_that_look_at_once_each_file_is_counted_once(kept, monkeypatch) -> None:
    real = proving.state_of
    first = []

    def between(file: StoredFile) -> str:
        if not first:
            first.append(1)
            look(20)
        return real(file)

    monkeypatch.setattr(proving, "state_of", between)
    look(20)
    assert FileCheck.objects.get().files == 20
    list(check_all(by=MACHINE, at=AT))
    assert last_check().files == 50


def test_a_file_that_comes_during_a_look_is_looked_at_too(kept) -> None:
    look(20)
    keep_file(b"late", "late.txt", by=MACHINE, at=AT)
    assert sum(check_all(by=MACHINE, at=AT)) == 31


def test_an_even_number_of_files_comes_to_its_end_too(kept) -> None:
    StoredFile.objects.filter(pk__in=[one.pk for one in kept[40:]]).delete()
    assert [look(20), look(20), look(20)] == [20, 20, 0]
    assert last_check().files == 40
    assert (look(20), FileCheck.objects.count()) == (0, 1)


def test_an_empty_archive_is_not_looked_at(cast) -> None:
    assert (waiting(AT), look(20), FileCheck.objects.count()) == (0, 0, 0)
