"""Many people at once on the same cases: nobody is told “database is locked”, nothing acknowledged is lost."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from chuangwen.records.archive.models import StoredFile
from chuangwen.records.ledger.models import Note
from chuangwen.records.ledger.verifying import verify
from chuangwen.work.cases.models import Case, Step
from tests.people import settle
from tests.work.cases.casting import AT, install, write_pack
from tests.work.cases.tallying import assert_equals_a_recount

CROWD = Path(__file__).with_name("case_crowd.py")
ROOT = Path(__file__).parents[2]


def _environment(home: Path) -> dict[str, str]:
    environment = {**os.environ, "CHUANGWEN_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    if connection.vendor == "postgresql":
        facts = connection.settings_dict
        user, password = facts["USER"], facts["PASSWORD"]
        where = f"{facts['HOST']}:{facts['PORT']}" if facts["PORT"] else facts["HOST"]
        environment["CHUANGWEN_DATABASE"] = f"postgresql://{user}:{password}@{where}/{facts['NAME']}"
    return environment


def _run(workers: int, moves: int, environment: dict[str, str]) -> list[tuple[str, int]]:
    crowd = [
        subprocess.Popen(
            [sys.executable, str(CROWD), str(who), str(moves)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
        )
        for who in range(workers)
    ]
    acknowledged = []
    for one in crowd:
        out, err = one.communicate(timeout=1200)
        assert one.returncode == 0, err[-2000:]
        assert "locked" not in err
        acknowledged += [(line.split()[1], int(line.split()[2])) for line in out.splitlines() if line.startswith("ACK")]
    return acknowledged


def _check(acknowledged: list[tuple[str, int]]) -> None:
    steps = {(one.case.number, one.number) for one in Step.objects.select_related("case").defer("case__type")}
    assert set(acknowledged) <= steps
    assert len(set(acknowledged)) == len(acknowledged) == len(steps)
    for case in Case.objects.all():
        numbers = sorted(number for name, number in steps if name == case.number)
        assert numbers == list(range(1, case.version + 1)), case.number
    notes = Counter(Note.objects.filter(kind="case").values_list("key", flat=True))
    assert notes == Counter(name for name, _ in steps)
    assert verify().holds
    assert_equals_a_recount()


def _town(tmp_path: Path) -> None:
    install(settle(), write_pack(tmp_path / "pack"))
    for n in range(3):
        StoredFile.objects.create(
            sha256=f"{n:064d}", size=1, media_type="image/jpeg", name="x.jpg", is_photo=True, kept_at=AT + timedelta(n)
        )


@pytest.mark.long
def test_eight_processes_take_5000_moves_on_one_sqlite_file(tmp_path: Path) -> None:
    environment = {**os.environ, "CHUANGWEN_HOME": str(tmp_path / "home"), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    environment.pop("CHUANGWEN_DATABASE", None)
    (tmp_path / "home").mkdir()
    prepare = (
        f"from tests.durability.test_case_crowd import _town; from pathlib import Path; _town(Path({str(tmp_path)!r}))"
    )
    check = (
        "import json,sys; from tests.durability.test_case_crowd import _check; "
        "_check([tuple(one) for one in json.load(sys.stdin)])"
    )
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    subprocess.run([sys.executable, "manage.py", "shell", "-v0", "-c", prepare], cwd=ROOT, env=environment, check=True)
    begin = time.perf_counter()
    acknowledged = _run(8, 625, environment)
    took = time.perf_counter() - begin
    told = json.dumps(acknowledged)
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", check],
        cwd=ROOT,
        env=environment,
        check=True,
        input=told,
        text=True,
    )
    assert len(acknowledged) == 5000
    sys.stdout.write(f"{len(acknowledged) / took:.0f} moves a second\n")


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the other database has its own test above")
def test_eight_processes_take_5000_moves_on_postgresql(tmp_path: Path) -> None:
    _town(tmp_path)
    _check(_run(8, 625, _environment(tmp_path)))
