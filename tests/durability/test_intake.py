"""What was confirmed is there, whatever kills the machine in between: nothing half, nothing twice, nothing lost."""

import os
import random
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection

from chuangwen.records.archive.models import Arrival, Document, StoredFile
from tests.durability.nursery import Nursery, town
from tests.people import settle
from tests.records.archive.shelf import Shelf
from tests.samples import MAIL, photo, word, workbook, zipped

ROOT = Path(__file__).parents[2]
DAY = 86_400


PREPARE = "from tests.people import settle; from tests.records.archive.shelf import Shelf; Shelf(settle())"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small town with an empty archive, made once; on SQLite, whatever database the other tests ask."""
    if connection.vendor != "sqlite":
        pytest.skip("works on a folder of its own, on SQLite")
    return town(tmp_path_factory.mktemp("fresh"), PREPARE)


@pytest.fixture
def nursery(fresh: Path, tmp_path: Path) -> Iterator[Nursery]:
    shutil.copytree(fresh, tmp_path / "home")
    with Nursery(tmp_path / "home", CHUANGWEN_WATCH=f"{tmp_path / 'tray'}=office") as found:
        yield found


def lay(folder: Path, number: int) -> None:
    """A delivery that was never there before: photos, papers, a zip, a mail, and one thing that is refused."""
    (folder / "照片").mkdir(parents=True)
    for n in range(3):
        (folder / "照片" / f"{n}.jpg").write_bytes(photo(size=(400 + number, 300 + n), tint=number % 256))
    (folder / "说明.txt").write_bytes(f"第 {number} 次".encode())
    (folder / "扫描.pdf").write_bytes(b"%PDF-1.4 " + number.to_bytes(4, "big") * 400_000)
    (folder / "坏.exe").write_bytes(b"MZ" + number.to_bytes(4, "big"))
    (folder / "来信.eml").write_bytes(MAIL + str(number).encode())
    (folder / "材料.zip").write_bytes(zipped({"a.txt": f"zip {number}".encode(), "b.docx": word(f"{number}")}))


def kill_again_and_again(nursery: Nursery, folder: Path, kills: int) -> None:
    dice, kept, went_through = random.Random(kills), set(), 0
    lay(folder / "0", 0)
    begin = time.perf_counter()
    kept |= set(nursery.acknowledged(f"add {folder / '0'} b0"))
    length = time.perf_counter() - begin
    refused = sha256(b"MZ\0\0\0\0").hexdigest()
    assert len(kept) == 9
    kept.remove(refused)
    for number in range(1, kills + 1):
        lay(folder / str(number), number)
        bad = sha256(b"MZ" + number.to_bytes(4, "big")).hexdigest()
        said = nursery.acknowledged(f"add {folder / str(number)} b{number}", kill_after=dice.uniform(0, length * 1.1))
        went_through += len(said) == 9
        kept |= set(said) - {bad}
        nursery.check(kept)
        again = nursery.acknowledged(f"add {folder / str(number)} b{number}")  # the broken run is simply run again
        assert len(again) == 9
        kept |= set(again) - {bad}
        shutil.rmtree(folder / str(number))
    nursery.check(kept)
    assert went_through < kills
    things = 9 * (kills + 1)
    assert nursery.rows("SELECT COUNT(*), COUNT(DISTINCT mark) FROM archive_arrival") == [(things, things)]
    assert nursery.rows("SELECT COUNT(*) FROM archive_document") == [(things - kills - 1,)]
    _leftovers_go(nursery)


def _leftovers_go(nursery: Nursery) -> None:
    """What broken runs left on their way is no file of anybody, and goes after a day."""
    left = [one for one in (nursery.files / "arriving").iterdir() if one.is_file()]
    for path in left:
        os.utime(path, (time.time() - 2 * DAY,) * 2)
    nursery.run("work")
    assert list((nursery.files / "arriving").iterdir()) == []


def test_no_confirmed_file_is_lost_at_six_random_moments(nursery: Nursery, tmp_path: Path) -> None:
    (tmp_path / "tray").mkdir()
    kill_again_and_again(nursery, tmp_path / "in", 6)


@pytest.mark.long
def test_no_confirmed_file_is_lost_at_two_hundred_random_moments(nursery: Nursery, tmp_path: Path) -> None:
    (tmp_path / "tray").mkdir()
    kill_again_and_again(nursery, tmp_path / "in", 200)


def test_killed_at_every_single_step_of_one_photo(nursery: Nursery, tmp_path: Path) -> None:
    step, kept = 0, set()
    while True:
        step += 1
        folder = tmp_path / "in" / str(step)
        folder.mkdir(parents=True)
        (folder / "照片.jpg").write_bytes(photo(size=(300 + step, 200)))
        said = nursery.acknowledged(f"add {folder} s{step} {step}")
        kept |= set(said)
        nursery.check(kept)
        if said:
            break
    assert step > 12
    assert nursery.rows("SELECT COUNT(*) FROM archive_document") == nursery.rows(
        "SELECT COUNT(*) FROM archive_storedfile"
    )


def test_a_worker_that_is_killed_loses_nothing_that_lay_in_its_folder(nursery: Nursery, tmp_path: Path) -> None:
    tray, dice, count = tmp_path / "tray", random.Random(3), 0
    tray.mkdir()
    for turn in range(6):
        for n in range(12):
            (tray / f"{turn}-{n}.txt").write_bytes(f"{turn} {n}".encode())
            count += 1
        nursery.run("work", kill_after=dice.uniform(0.02, 0.8))
        nursery.check(set())
    assert nursery.run("work")[-1] == "DRAINED"
    assert sorted(one.name for one in tray.rglob("*.txt")) == sorted(one.name for one in (tray / "done").iterdir())
    assert len(list((tray / "done").iterdir())) == count
    assert nursery.rows("SELECT COUNT(*) FROM archive_document") == [(count,)]
    assert nursery.rows("SELECT COUNT(*) FROM jobs_job WHERE claimed_by<>'' OR failures>0") == [(0,)]


@pytest.mark.long
def test_memory_stays_flat_for_a_file_of_two_gigabytes(nursery: Nursery) -> None:
    said = nursery.run(f"big {2 << 30}")
    assert nursery.sealed(said[0].split()[1]).stat().st_size == (2 << 30) + 9
    grown = int(next(one for one in said if one.startswith("GREW")).split()[1])
    sys.stdout.write(f"{grown / 1024:.0f} MB more for 2 GB\n")
    assert grown < 60 * 1024


def _database() -> dict[str, str]:
    if connection.vendor != "postgresql":
        return {}
    facts = connection.settings_dict
    where = f"{facts['HOST']}:{facts['PORT']}" if facts["PORT"] else facts["HOST"]
    return {"CHUANGWEN_DATABASE": f"postgresql://{facts['USER']}:{facts['PASSWORD']}@{where}/{facts['NAME']}"}


def _together(first: Nursery, second: Nursery, folder: Path) -> list[list[str]]:
    found: list[list[str]] = [[], []]

    def go(place: int, nursery: Nursery) -> None:
        found[place] = nursery.acknowledged(f"add {folder} together{place}")

    threads = [threading.Thread(target=go, args=pair) for pair in enumerate((first, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _twenty(folder: Path) -> set[str]:
    folder.mkdir()
    for n in range(20):
        data = photo(size=(200 + n, 150)) if n % 2 else workbook(f"{n}")
        (folder / f"{n:02d}.{'jpg' if n % 2 else 'xlsx'}").write_bytes(data)
    return {sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_two_processes_that_bring_the_same_files_at_once_keep_each_once(nursery: Nursery, tmp_path: Path) -> None:
    wanted = _twenty(tmp_path / "in")
    with Nursery(nursery.home) as other:
        one, two = _together(nursery, other, tmp_path / "in")
    assert set(one) == set(two) == wanted
    nursery.check(wanted)
    assert nursery.rows("SELECT COUNT(*) FROM archive_storedfile") == [(20,)]
    assert nursery.rows("SELECT COUNT(*) FROM archive_document") == [(20,)]
    assert nursery.rows("SELECT COUNT(*) FROM archive_arrival WHERE twin_id IS NOT NULL") == [(20,)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the other database has its own test above")
def test_two_processes_that_bring_the_same_files_at_once_on_postgresql(tmp_path: Path) -> None:
    Shelf(settle())
    wanted = _twenty(tmp_path / "in")
    with Nursery(tmp_path / "home", **_database()) as first, Nursery(tmp_path / "home", **_database()) as second:
        one, two = _together(first, second, tmp_path / "in")
    assert set(one) == set(two) == wanted
    assert (StoredFile.objects.count(), Document.objects.count(), Arrival.objects.count()) == (20, 20, 40)
    assert Arrival.objects.exclude(twin=None).count() == 20
