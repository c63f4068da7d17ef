"""``chuangwen cases import``: what a file would do, what must be answered, and the same file again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from tests.shipped import Shipped

from chuangwen.records.ledger.models import Note
from chuangwen.work.cases.models import Case

FILES = Path(__file__).parents[2] / "files" / "case_tables"


Run = Callable[..., Any]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], shipped: Shipped) -> Run:
    """Run the command in the shipped town and read what it prints."""

    def running(*words: str, code: int = 0) -> Any:
        try:
            call_command("cases", "import", *words)
            ended = 0
        except SystemExit as ending:
            ended = int(str(ending.code))
        told = capsys.readouterr()
        assert ended == code, told
        return json.loads(told.out) if "--json" in words else told.out + told.err

    return running


def test_a_dry_run_tells_and_writes_nothing(run: Run) -> None:
    told = run(str(FILES / "hotline_day1.xlsx"), "--kind", "appeal", "--dry-run", "--json")
    assert (told["rows"], told["new"], told["known"], Case.objects.count()) == (2, 2, 0, 0)


def test_two_days_of_a_hotline_by_command(run: Run) -> None:
    run(str(FILES / "hotline_day1.xlsx"), "--kind", "appeal")
    told = run(str(FILES / "hotline_day2.xlsx"), "--kind", "appeal")
    assert "改正" in told
    assert "139****1111 → 139****1112" in told
    assert "新 1 件，改正 2 件，已有 0 件" in told
    assert Case.objects.count() == 3
    assert set(Case.objects.values_list("opener", flat=True)) == {None}


def test_a_question_is_answered_in_the_command_itself(run: Run) -> None:
    told = run(str(FILES / "old_ledger.xlsx"), "--kind", "appeal", code=1)
    assert "--answer start=opened 按登记日期起算" in told
    assert not Case.objects.exists()
    run(str(FILES / "old_ledger.xlsx"), "--kind", "appeal", "--answer", "start=opened")
    assert sorted(Case.objects.values_list("phase", flat=True)) == ["closed", "open"]
    assert Note.objects.filter(kind="cases").get().after["answers"] == {"start": "opened"}


def test_a_wrong_file_is_refused_with_a_marked_copy(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "错误.xlsx"
    told = run(str(FILES / "numbers_as_excel_stores.xlsx"), "--kind", "appeal", "--errors", str(wrong), code=1)
    assert "文本" in told
    texts = [str(cell.value) for row in openpyxl.load_workbook(wrong).active for cell in row if cell.value]
    assert any("文本" in one for one in texts)
    assert "找不到" in run(str(tmp_path / "没有.xlsx"), "--kind", "appeal", code=1)


def test_a_dry_run_says_how_many_and_which(run: Run) -> None:
    run(str(FILES / "hotline_day1.xlsx"), "--kind", "appeal")
    told = run(str(FILES / "hotline_day2.xlsx"), "--kind", "appeal", "--dry-run")
    assert "试读：新 1 件，改正 2 件，已有 0 件；没有写入。" in told
    assert [line.partition("：")[2].split()[0] for line in told.splitlines() if "行：" in line] == [
        "改正",
        "改正",
        "新",
    ]
    assert Case.objects.count() == 2
