"""Eight clients at work on one database file: moves a second by the product's actions, against a peer's way and bare rows."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.timing import row

CLIENTS, MOVES, ROUNDS, CASES = 8, 150, 3, 400
ROOT = Path(__file__).parents[1]
PREPARE = """
import sys
from pathlib import Path
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.models import Organisation
from chuangwen.work.cases.actions import open_case
from chuangwen.work.cases.said import NewCase
from tests.durability.test_case_crowd import _town
from tests.work.cases.casting import AT
_town(Path({home!r}))
area = Organisation.objects.get(code="V1")
for n in range({cases}):
    open_case(NewCase(kind="mending", title=str(n), move="find", area=area), by=MACHINE, at=AT)
"""


def environment(home: Path) -> dict[str, str]:
    told = {**os.environ, "CHUANGWEN_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    told.pop("CHUANGWEN_DATABASE", None)
    return told


def prepare(home: Path) -> None:
    """The cast's town with some hundred cases."""
    home.mkdir()
    for command in (["migrate", "-v0"], ["shell", "-v0", "-c", PREPARE.format(home=str(home), cases=CASES)]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment(home), check=True)


def seconds(kind: str, home: Path) -> float:
    """From the word to begin until the last of the clients is done; nobody is told that anything is locked."""
    crowd = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.crowd", kind, str(who), str(MOVES)], cwd=ROOT, env=environment(home), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for who in range(CLIENTS)
    ]  # fmt: skip
    for one in crowd:
        assert one.stdout is not None
        said = one.stdout.readline()
        assert said == "READY\n", one.communicate()[1][-2000:]
    begin = time.perf_counter()
    for one in crowd:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [one.communicate(timeout=600) for one in crowd]
    took = time.perf_counter() - begin
    for one, (out, err) in zip(crowd, told, strict=True):
        assert one.returncode == 0, err[-2000:]
        assert "locked" not in err
        if os.environ.get("TELL"):
            print(kind, out.strip())
    return took


def measure() -> list[dict[str, Any]]:
    """Interleaved rounds, each on a fresh copy of the same town."""
    folder = Path(tempfile.mkdtemp())
    try:
        prepare(folder / "town")
        times: dict[str, list[float]] = {"ours": [], "orm": [], "bare": []}
        for number in range(ROUNDS):
            for kind, found in times.items():
                home = folder / f"{kind}{number}"
                shutil.copytree(folder / "town", home)
                found.append(seconds(kind, home) / (CLIENTS * MOVES) * 1000)
                shutil.rmtree(home)
    finally:
        shutil.rmtree(folder)
    one, peer, two = (statistics.median(found) for found in times.values())
    return [
        row("moves", "milliseconds of a move, 8 clients on one file (200 a second)", one, None, 5),
        row("moves-orm", "the same / the same rows by Django's models without any rule, 8 processes", one, peer, 1),
        row("moves-bare", "the same / the same rows written bare by 8 processes", one, two, 3),
    ]
