"""A package is whole under its name or not there, whatever kills the machine while it is written and given out."""

import random
import shutil
import time
from pathlib import Path

import pytest
from django.db import connection

from chuangwen.kernel.manifests import verify
from tests.durability.nursery import Nursery, town

PREPARE = """
from tests.people import settle
from tests.results.submission.desk import Desk
desk = Desk(settle(), 6)
for number in range(1, 7):
    desk.brings_everything(number)
desk.composed()
"""


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small town whose submission of six standards is composed, not signed; on SQLite, whatever the other tests ask."""
    if connection.vendor != "sqlite":
        pytest.skip("works on a folder of its own, on SQLite")
    return town(tmp_path_factory.mktemp("composed"), PREPARE)


def standing(nursery: Nursery) -> dict[str, Path]:
    """The packages that stand in the folder under their digest, each verified."""
    found = {one.stem: one for one in (nursery.files / "packages").glob("*.zip")}
    for digest, path in found.items():
        verdict = verify(path)
        assert verdict.holds
        assert verdict.whole == digest
    return found


def kill_again_and_again(home: Path, out: Path, kills: int) -> None:
    dice, sealed, given = random.Random(kills), set(), 0
    with Nursery(home) as nursery:
        begin = time.perf_counter()
        assert nursery.run(f"seal {out / 'whole.zip'}")[-1] == "GAVE"
        length = time.perf_counter() - begin
        for number in range(kills):
            target = out / (f"{number}.zip" if number % 2 else f"{number}")
            said = nursery.run(f"seal {target}", kill_after=dice.uniform(0, length * 1.1))
            sealed |= {one.split()[1] for one in said if one.startswith("ACK")}
            given += said[-1:] == ["GAVE"]
            rows = {str(one) for (one,) in nursery.rows("SELECT whole FROM submission_package")}
            assert sealed <= rows <= standing(nursery).keys()
            assert "GAVE" not in said or target.exists()
            assert not target.exists() or verify(target).holds
        assert nursery.run(f"seal {out / 'last.zip'}")[-1] == "GAVE"
        assert list((nursery.files / "packages").glob(".part-*")) == []
        assert list(out.glob(".part-*")) == []
        numbers = [one for (one,) in nursery.rows("SELECT number FROM submission_package ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert given < kills


def test_no_half_package_is_seen_at_six_random_moments(composed: Path, tmp_path: Path) -> None:
    shutil.copytree(composed, tmp_path / "home")
    kill_again_and_again(tmp_path / "home", tmp_path / "out", 6)


@pytest.mark.long
def test_no_half_package_is_seen_at_two_hundred_random_moments(composed: Path, tmp_path: Path) -> None:
    shutil.copytree(composed, tmp_path / "home")
    kill_again_and_again(tmp_path / "home", tmp_path / "out", 200)
