"""Archive and worker as programs use them: real processes, a real town, exit codes, JSON."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.samples import MAIL, photo, word, workbook, zipped

from chuangwen.doors.background.watching import REST_SECONDS

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(
    bool(os.environ.get("CHUANGWEN_DATABASE")), reason="works on folders of its own, on SQLite"
)


def run(*words: str, code: int = 0, **settings: str) -> Any:
    """Run a command and read its JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "chuangwen", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env={**os.environ, **settings},
    )
    assert done.returncode == code, done.stdout[-800:] + done.stderr[-800:]
    return json.loads(done.stdout) if "--json" in words else done.stdout + done.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A town without its year of demo data: packs and people alone."""
    folder = tmp_path_factory.mktemp("town")
    code = (
        "from pathlib import Path; from django.conf import settings; from django.core.management import call_command\n"
        "from chuangwen.doors.packs.installing import install\n"
        "from chuangwen.doors.packs.reading import check_folders, folders_in\n"
        "from chuangwen.kit import clock; from chuangwen.records.ledger.actions import MACHINE\n"
        "install(check_folders(folders_in(settings.PACKS)), by=MACHINE, at=clock.real_now())"
    )
    environment = {**os.environ, "CHUANGWEN_HOME": str(folder)}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    subprocess.run([sys.executable, "manage.py", "shell", "-v0", "-c", code], cwd=ROOT, env=environment, check=True)
    return str(folder)


@pytest.fixture
def sealed(home: str) -> Iterator[Any]:
    def of(digest: str) -> Path:
        return Path(home) / "files" / "sealed" / digest[:2] / digest[2:]

    return of


def test_files_folders_zips_and_mails_come_in_each_with_its_state(home: str, sealed: Any, tmp_path: Path) -> None:
    (tmp_path / "照片").mkdir()
    (tmp_path / "照片" / "东门.jpg").write_bytes(photo())
    (tmp_path / "方案.docx").write_bytes(word())
    (tmp_path / "来信.eml").write_bytes(MAIL)
    (tmp_path / "材料.zip").write_bytes(zipped({"台账.xlsx": workbook(), "又是方案.docx": word()}))
    paths = [str(tmp_path / name) for name in ("方案.docx", "照片", "来信.eml", "材料.zip")]
    told = run("archive", "add", *paths, "--unit", "cwb", "--home", home, "--json")
    assert [(one["inside"], one["name"], one["state"]) for one in told] == [
        ("", "方案.docx", "new"),
        ("照片", "东门.jpg", "new"),
        ("", "来信.eml", "new"),
        ("材料.zip", "台账.xlsx", "new"),
        ("材料.zip", "又是方案.docx", "already there"),
    ]
    assert told[0]["digest"] == sha256(word()).hexdigest()
    assert told[4]["id"] == told[0]["id"]
    assert "等人处理" in told[4]["problems"][0]
    assert all(sha256(sealed(one["digest"]).read_bytes()).hexdigest() == one["digest"] for one in told)
    again = run("archive", "add", *paths, "--unit", "cwb", "--home", home, "--json")
    assert {one["state"] for one in again} == {"already there"}
    assert [one["arrival"] for one in again] == [one["arrival"] for one in told]


def test_what_is_refused_is_named_and_ends_with_one(home: str, tmp_path: Path) -> None:
    (tmp_path / "坏.pdf").write_bytes(b"MZ\x90")
    (tmp_path / "好.txt").write_bytes(b"good")
    told = run("archive", "add", str(tmp_path), str(tmp_path / "没有.pdf"), "--home", home, "--json", code=1)
    assert [(one["name"], one["state"]) for one in told] == [
        ("坏.pdf", "refused"),
        ("好.txt", "new"),
        ("没有.pdf", "refused"),
    ]
    assert told[0]["id"] is None
    assert "程序或脚本" in told[0]["problems"][0]
    assert len(told[0]["digest"]) == 64
    assert "没有找到单位" in run("archive", "add", str(tmp_path), "--unit", "月球", "--home", home, code=1)


def test_people_read_a_line_for_each_thing(home: str, tmp_path: Path) -> None:
    (tmp_path / "通知.txt").write_bytes("通知".encode())
    told = run("archive", "add", str(tmp_path / "通知.txt"), "--home", home)
    assert told.startswith(f"新收  {sha256('通知'.encode()).hexdigest()}  通知.txt")


def test_originals_are_proved_and_damage_is_named(home: str, sealed: Any, tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_bytes("甲".encode())
    (tmp_path / "乙.txt").write_bytes("乙".encode())
    two, one = run("archive", "add", str(tmp_path), "--home", home, "--json")
    assert "一个不少" in run("archive", "check", "--home", home)
    whole = sealed(one["digest"]).read_bytes()
    sealed(one["digest"]).unlink()
    sealed(two["digest"]).write_bytes(b"rotten")
    found = run("archive", "check", "--home", home, "--json", code=1)
    assert sorted((row["name"], row["state"]) for row in found) == [("乙.txt", "changed"), ("甲.txt", "missing")]
    assert found[0]["documents"]
    assert "originals" in {row["code"] for row in run("doctor", "--home", home, "--json")["findings"]}
    sealed(one["digest"]).write_bytes(whole)
    run("archive", "add", str(tmp_path), "--home", home, "--batch", "again")  # the same bytes heal it
    assert run("archive", "check", "--home", home, "--json") == []


def test_a_backup_has_the_originals_and_nothing_that_is_on_its_way(home: str, tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_bytes(b"backup")
    (one,) = run("archive", "add", str(tmp_path / "甲.txt"), "--home", home, "--json")
    half = Path(home) / "files" / "arriving" / ".part-half"
    half.write_bytes(b"half")
    run("backup", "--home", home, "--to", str(tmp_path / "backup.zip"))
    names = zipfile.ZipFile(tmp_path / "backup.zip").namelist()
    assert f"files/sealed/{one['digest'][:2]}/{one['digest'][2:]}" in names
    assert [name for name in names if "arriving" in name] == []
    half.unlink()


def test_all_that_waits_is_done_and_the_worker_ends(home: str, tmp_path: Path) -> None:
    folder = tmp_path / "扫描"
    folder.mkdir()
    (folder / "扫描.pdf").write_bytes(b"%PDF-1.4 work test")
    (folder / "坏.pdf").write_bytes(b"MZ")
    settings = {"CHUANGWEN_WATCH": f"{folder}=cwb"}
    time.sleep(REST_SECONDS + 0.5)  # a file is taken when it has come to rest
    told = run("work", "--until-empty", "--home", home, "--json", **settings)
    assert (told["done"]["watch"], told["failed"]) == (2, {})
    assert sorted(one.name for one in folder.rglob("*") if one.is_file()) == ["坏.pdf", "坏.pdf.说明.txt", "扫描.pdf"]
    assert "没有等着的活了" in run("work", "--until-empty", "--home", home, **settings)


def test_a_job_that_fails_ends_with_one_and_stands_in_the_doctors_list(home: str) -> None:
    settings = {"CHUANGWEN_WATCH": "/nowhere/at/all=cwb"}
    told = run("work", "--until-empty", "--home", home, "--json", code=1, **settings)
    assert "CHUANGWEN_WATCH" in told["failed"]["watch"]
    jobs = next(one for one in run("doctor", "--home", home, "--json")["findings"] if one["code"] == "jobs")
    assert "监看文件夹收件" in jobs["examples"][0]
    run("work", "--until-empty", "--home", home, "--json")


@pytest.mark.long
def test_the_worker_lives_beside_the_site_comes_back_and_ends_with_it(home: str, tmp_path: Path) -> None:
    folder = tmp_path / "扫描"
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "CHUANGWEN_WATCH": f"{folder}=cwb"}
    words = [sys.executable, "-m", "chuangwen", "serve", "--home", home, "--port", str(port)]
    site = subprocess.Popen(words, env=environment, cwd=ROOT, start_new_session=True)
    try:
        _wait(lambda: _answers(port))
        _wait(lambda: len(_workers(home)) == 1)
        (first,) = _workers(home)
        os.kill(first, signal.SIGKILL)
        _wait(lambda: _workers(home) not in ([], [first]))
        (folder / "扫描.txt").write_bytes(f"served {time.time()}".encode())
        _wait(lambda: (folder / "done" / "扫描.txt").exists())
        site.kill()  # without warning
        site.wait()
        _wait(lambda: _workers(home) == [])
    finally:
        with suppress(ProcessLookupError):
            os.killpg(site.pid, signal.SIGKILL)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
    except OSError:
        return False
    return True


def _workers(home: str) -> list[int]:
    """Processes of this town's worker, by their command lines."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"work" in words and b"--beside" in words and home.encode() in words:
            found.append(int(path.parent.name))
    return found


def _wait(done: Any, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)
