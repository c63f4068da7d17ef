"""The command chuangwen as programs use it: real processes, real folders, exit codes, JSON."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.demo_home import demo_home

from chuangwen.cli import COMMANDS, main

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(
    bool(os.environ.get("CHUANGWEN_DATABASE")), reason="works on folders of its own, on SQLite"
)


def run(*words: str, code: int = 0) -> Any:
    """Run a command and read its JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "chuangwen", *words], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == code, done.stdout[-800:] + done.stderr[-800:]
    return (
        json.loads(done.stdout)
        if "--json" in words and done.stdout.startswith(("{", "["))
        else done.stdout + done.stderr
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("town")
    demo_home(folder)
    yield str(folder)
    shutil.rmtree(folder, ignore_errors=True)


def test_the_score_and_the_losses_are_the_promised_objects(home: str) -> None:
    score = run("score", "--home", home, "--year", "2021", "--json")
    assert {"edition", "round", "composition", "total", "methods", "nodes", "bars"} <= score.keys()
    assert {"low", "expected", "high", "measured", "interval", "level"} <= score["total"].keys()
    assert score["total"]["low"] <= score["total"]["expected"] <= score["total"]["high"]
    assert len(score["nodes"]) == 195
    losses = run("losses", "--home", home, "--year", "2021", "--json")
    promised = {"standard", "method", "lost", "at_risk", "regain", "effort_days", "lead_unit"}
    assert losses[0].keys() == promised | {"system", "needs", "under_floor"}


def test_running_the_demo_again_changes_nothing(home: str) -> None:
    first = run("score", "--home", home, "--year", "2021", "--json")
    run("demo", "--no-serve", "--home", home, "--json")
    assert run("score", "--home", home, "--year", "2021", "--json") == first


@pytest.mark.long
def test_the_same_seed_gives_the_same_digits(home: str, tmp_path: Path) -> None:
    run("demo", "--no-serve", "--home", str(tmp_path), "--json")
    told = [run("score", "--home", folder, "--year", "2021", "--json") for folder in (home, str(tmp_path))]
    assert told[0] == told[1]


def test_a_reader_who_has_read_enough_is_no_fault(home: str) -> None:
    words = [sys.executable, "-m", "chuangwen", "cases", "list", "--home", home]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert (running.stderr.read(), running.wait()) == (b"", 0)


def test_the_ledger_proves_itself_and_names_the_first_broken_link(home: str, tmp_path: Path) -> None:
    assert run("ledger", "verify", "--home", home, "--json")["holds"]
    shutil.copytree(home, tmp_path / "town")
    database = sqlite3.connect(tmp_path / "town" / "chuangwen.sqlite3")
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("UPDATE ledger_note SET name = '别人' WHERE number = 7")
    database.execute("DROP TRIGGER ledger_note_no_update")
    database.execute("UPDATE ledger_note SET name = '别人' WHERE number = 7")
    database.commit()
    database.close()
    assert "第 7 条" in run("ledger", "verify", "--home", str(tmp_path / "town"), code=1)


def test_a_backup_restores_to_the_same_score_and_a_damaged_one_is_refused(home: str, tmp_path: Path) -> None:
    file, new = tmp_path / "backup.zip", tmp_path / "new"
    run("backup", "--home", home, "--to", str(file))
    run("restore", str(file), "--home", str(new))
    assert run("score", "--home", str(new), "--year", "2021", "--json") == run(
        "score", "--home", home, "--year", "2021", "--json"
    )
    assert "已有数据库" in run("restore", str(file), "--home", str(new), code=1)
    file.write_bytes(file.read_bytes()[:-4000])
    assert "不是创文的备份" in run("restore", str(file), "--home", str(tmp_path / "other"), code=1)


def test_the_plan_is_read_as_one_object() -> None:
    plan = run("plan", "read", "packs/zhanggou/plan-2021-2023.txt", "--json")
    assert (len(plan["areas"]), len(plan["phases"]), len(plan["requirements"]), len(plan["campaigns"])) == (6, 3, 4, 8)


def test_an_indicator_workbook_is_read_without_a_town() -> None:
    read = run("packs", "read-workbook", "tests/files/odd-indicators.xlsx", "--json")
    assert {"columns", "items", "contents", "standards", "problems"} <= read.keys()
    assert {"code", "text", "points", "methods", "lead_unit", "row"} <= read["standards"][0].keys()


def test_packs_are_checked_with_an_exit_code(tmp_path: Path) -> None:
    assert [one["problems"] for one in run("packs", "check", "--json")["packs"]] == [[], [], [], []]
    shutil.copytree(ROOT / "packs" / "minors-2021", tmp_path / "bad")
    (tmp_path / "bad" / "framework.toml").write_text("title = ", "utf-8")
    told = run("packs", "check", str(tmp_path / "bad"), "--json", code=1)
    assert told["refused"]["problems"][0]["file"] == "framework.toml"


def test_observations_come_in_by_command_once(home: str, tmp_path: Path) -> None:
    table = tmp_path / "观测.csv"
    table.write_bytes("点位,考察内容,结果,时间,考察人\nP06-001,P06-05,7/10,2021-10-12,甲方公司\n".encode("gb18030"))
    tried = run("observations", "import", str(table), "--home", home, "--dry-run", "--json")
    assert (tried["rows"], tried["new"], tried["known"], tried["written"]) == (1, 1, 0, False)
    assert run("observations", "import", str(table), "--home", home, "--json")["new"] == 1
    assert run("observations", "import", str(table), "--home", home, "--json")["known"] == 1
    table.write_text("点位,考察内容,结果,时间,考察人\n月球,P06-05,7/10,2021-10-12,甲\n", "utf-8")
    assert "月球" in run("observations", "import", str(table), "--home", home, code=1)


def test_a_correction_a_question_and_an_unread_column_are_told_by_command_too(home: str, tmp_path: Path) -> None:
    table = tmp_path / "改正.csv"
    table.write_text("点位,考察内容,结果,结果,时间,天气\nP06-002,P06-05,7/10,8/10,2021-10-12,晴\n", "utf-8")
    told = run("observations", "import", str(table), "--home", home, "--dry-run")
    assert "没有读的列：改正.csv F 列 天气（晴）" in told
    assert "--answer double.0.result=" in told
    assert "要您决定" in run("observations", "import", str(table), "--home", home, code=1)
    answered = ("observations", "import", str(table), "--home", home, "--answer", "double.0.result=D", "--json")
    assert run(*answered)["new"] == 1
    table.write_text("点位,考察内容,结果,时间\nP06-002,P06-05,9/10,2021-10-12\n", "utf-8")
    assert "改正 1 条" in (told := run("observations", "import", str(table), "--home", home))
    assert "8/10 → 9/10" in told
    by_hand = ("observations", "import", str(table), "--home", home, "--column", "结果=Z9", "--dry-run")
    assert "写得不对" in run(*by_hand, code=1)


def test_the_doctor_tells_what_is_left_over(home: str) -> None:
    found = {one["code"]: one for one in run("doctor", "--home", home, "--json")["findings"]}
    assert found["no_lead"]["count"] == 7
    assert "ledger" not in found


@pytest.mark.parametrize("words", [(), ("nonsense",), ("score",), ("packs",)])
def test_wrong_usage_ends_with_two(words: tuple[str, ...]) -> None:
    run(*words, code=2)


def test_a_folder_without_a_town_is_refused_with_the_cure(tmp_path: Path) -> None:
    assert "chuangwen setup" in run("score", "--home", str(tmp_path), "--year", "2021", code=1)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps_with_an_example(name: str, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["chuangwen", name, "--help"])
    with pytest.raises(SystemExit, match="0"):
        main()
    assert f"chuangwen {name}" in capsys.readouterr().out.split("例子")[1]


def test_a_wrong_folder_of_the_town_is_told_at_once_and_nothing_is_made(tmp_path: Path) -> None:
    """It worked for half a minute and then blamed people.csv."""
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "chuangwen",
            "setup",
            "--home",
            str(tmp_path / "home"),
            "--town",
            "没有的文件夹",
            "--admin",
            "a",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "没有 town.toml" in told.stderr
    assert not (tmp_path / "home" / "chuangwen.sqlite3").exists()
