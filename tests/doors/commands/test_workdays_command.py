"""``chuangwen workdays`` as offices and programs use it: with a town, and before there is one."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from chuangwen.doors.commands.management.commands import workdays
from chuangwen.records.ledger.models import Note
from chuangwen.records.township import township_rows
from chuangwen.records.township.checking import read_township
from chuangwen.records.township.models import Holiday, OfficeSpan

NOTICE = "日期,类别,名称\n" + "".join(f"2027-10-{day:02},放假,国庆节\n" for day in range(1, 12))


SPANS = """节日,开始日期,结束日期,类别,天数
元旦,2026-01-01,2026-01-03,放假,3
元旦,2026-01-04,2026-01-04,调休上班,1
春节,2026-02-15,2026-02-23,放假,9
春节,2026-02-14,2026-02-14,调休上班,1
春节,2026-02-28,2026-02-28,调休上班,1
清明节,2026-04-04,2026-04-06,放假,3
劳动节,2026-05-01,2026-05-05,放假,5
劳动节,2026-05-09,2026-05-09,调休上班,1
端午节,2026-06-19,2026-06-21,放假,3
国庆节,2026-09-20,2026-09-20,调休上班,1
中秋节,2026-09-25,2026-09-27,放假,3
国庆节,2026-10-01,2026-10-07,放假,7
国庆节,2026-10-10,2026-10-10,调休上班,1
"""


@pytest.fixture
def shipped(db: None) -> None:
    """A town with the calendar that the product brings."""
    pack, _ = read_township(settings.PACKS / "township")
    assert pack is not None
    township_rows.write(pack)


def run(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    """Run the command within the test's town and read what it prints."""
    try:
        call_command("workdays", *words)
        ended = 0
    except SystemExit as ending:
        ended = int(str(ending.code))
    told = capsys.readouterr()
    assert ended == code, told
    return json.loads(told.out) if "--json" in words else told.out + told.err


def test_a_term_over_the_golden_week_is_told_with_the_days_stepped_over(
    shipped: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "add", "2024-09-30T15:00", "3 工作日", "--json") == {
        "start": "2024-09-30T15:00:00+08:00",
        "term": "3 工作日",
        "due": "2024-10-10T17:30:00+08:00",
        "estimated": False,
        "stepped": [{"date": f"2024-10-0{day}", "why": "国庆节"} for day in range(1, 8)],
    }
    told = run(capsys, "add", "2024-09-30T15:00", "3", "工作日")
    assert "2024-10-10 17:30（周四）" in told
    assert told.count("跳过") == 7


def test_the_towns_own_office_hours_and_days_decide(shipped: None, capsys: pytest.CaptureFixture[str]) -> None:
    OfficeSpan.objects.filter(start="14:30").update(end="18:00")
    Holiday.objects.create(date="2024-10-08", kind="holiday", name="镇庆")
    assert run(capsys, "add", "2024-09-30T15:00", "3 工作日", "--json")["due"] == "2024-10-11T18:00:00+08:00"


def test_before_there_is_a_town_the_shipped_calendar_counts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workdays, "_is_set_up", lambda: False)
    assert run(capsys, "add", "2024-09-30T15:00", "3 工作日", "--json")["due"] == "2024-10-10T17:30:00+08:00"
    assert "自带的工作日历" in run(capsys, "add", "2024-09-30T15:00", "3 工作日")


@pytest.mark.django_db
def test_a_town_without_office_hours_falls_back_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "add", "2024-09-30", "3 工作日", "--json")["due"] == "2024-10-10T17:30:00+08:00"


def test_a_year_not_announced_says_so(shipped: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "add", "2027-09-30T15:00", "3 工作日", "--json")["estimated"] is True
    assert "待国办通知" in run(capsys, "add", "2027-09-30T15:00", "3 工作日")


@pytest.mark.parametrize(
    ("start", "term", "sentence"),
    [
        ("2024-09-30T15:00", "三天", "不是时限"),
        ("2024-09-30T15:00", "0 工作日", "不是时限"),
        ("去年", "3 工作日", "不是时间"),
        ("2024-02-30", "3 工作日", "不是时间"),
        ("0001-01-01", "3 工作日", "不是时间"),
        ("9999-12-31", "3 工作日", "不是时间"),
    ],
)
def test_what_nobody_can_count_is_refused_in_chinese(
    shipped: None, capsys: pytest.CaptureFixture[str], start: str, term: str, sentence: str
) -> None:
    assert sentence in run(capsys, "add", start, term, code=1)
    assert sentence in run(capsys, "add", start, term, "--json", code=1)["refused"]["message"]


def test_a_notice_is_taken_in_by_command_and_noted(
    shipped: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(NOTICE, "utf-8")
    assert run(capsys, "import", str(file), "--json") == {
        "years": [2027],
        "holiday": 11,
        "makeup": 0,
        "statutory": 0,
        "single": 0,
        "touched": [2027],
        "recomputed": 0,
    }
    assert Note.objects.get().verb == "导入放假安排"
    assert run(capsys, "add", "2027-09-30T15:00", "1 工作日", "--json")["due"].startswith("2027-10-12")
    assert "已换上 2027 年" in run(capsys, "import", str(file))


def test_a_notice_that_is_wrong_is_told_line_by_line(
    shipped: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(NOTICE + "2027-10-12,打牌,国庆节\n下周,放假,国庆节\n", "utf-8")
    told = run(capsys, "import", str(file), "--json", code=1)["refused"]
    assert [one["row"] for one in told["problems"]] == [13, 14]
    assert "找不到文件" in run(capsys, "import", str(tmp_path / "没有.csv"), code=1)
    assert not Note.objects.exists()


def test_a_notice_told_from_day_to_day_counts_every_day_of_it(
    shipped: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "2026.csv"
    file.write_text(SPANS, "utf-8")
    told = run(capsys, "import", str(file), "--json")
    assert (told["years"], told["holiday"], told["makeup"]) == ([2026], 33, 6)
    assert run(capsys, "add", "2026-09-30T15:00", "3 工作日", "--json")["due"].startswith("2026-10-10")


def test_what_is_not_read_of_a_notice_is_told_by_command(
    shipped: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(NOTICE.replace("名称\n", "名称,经办\n", 1).replace("国庆节\n", "国庆节,王某\n"), "utf-8")
    assert "没有读进来：没有读的列 2027.csv D 列 经办" in run(capsys, "import", str(file))
