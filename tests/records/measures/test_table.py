"""The table that a third-party team hands over."""

import datetime

import pytest

from chuangwen.kernel.sheets import Sheet, Workbook, read_table
from chuangwen.records.measures.table import (
    Judged,
    KnownCheck,
    KnownSite,
    NoObservationTable,
    Register,
    TableReading,
    Unreadable,
    read_observations,
)

SITES = (
    KnownSite("S001", "东门农贸市场", "P06", "农贸市场", ("东门市场",)),
    KnownSite("S002", "西门农贸市场", "P06", "农贸市场"),
    KnownSite("S003", "文化广场", "P09", "公共广场"),
    KnownSite("S004", "文化广场", "P10", "公园"),
)
CHECKS = (
    KnownCheck("C01", "无乱停乱放", frozenset({"P06", "P09"})),
    KnownCheck("C02", "设有公平秤", frozenset({"P06"})),
    KnownCheck("C03", "有公益广告"),
)


def judge(check: str, result: str, quantity: str) -> Judged:
    """A stand-in rule: counts must be whole; "p/t" is a rate that may not pass 1."""
    text = quantity or result
    if "/" in text:
        passed, total = (int(part) for part in text.split("/"))
        if passed > total:
            raise Unreadable(f"{text} 大于 1。", "请核对。")
        return Judged(10_000 * passed // total, passed, total)
    if text in {"合格", "有"}:
        return Judged(10_000)
    if not text.isdigit():
        raise Unreadable(f"“{text}”读不懂。", "请填次数。")
    return Judged(0 if int(text) else 10_000)


REGISTER = Register(SITES, CHECKS, judge, latest=datetime.date(2021, 12, 31))
HEAD = "点位名称,点位类型,检查内容,检查结果,次数/总数,检查时间,检查人,备注\n"


def _read(rows: str, register: Register = REGISTER) -> TableReading:
    return read_observations(read_table((HEAD + rows).encode("gbk"), name="观测.csv"), register)


def test_zhang_qiangs_rows_are_matched_and_judged() -> None:
    reading = _read(
        "东门农贸市场,农贸市场,无乱停乱放,,\uff13,2021年10月14日,张强,门口\n"
        "S002,,C02,有,,2021/10/14,张强,\n"
        "东门 市场,农贸市场,有公益广告,合格,18/20,20211014,张强,\n"
    )
    assert not reading.problems
    assert [(r.row, r.site, r.check, r.value, r.passed, r.total) for r in reading.rows] == [
        (2, "S001", "C01", 0, None, None),
        (3, "S002", "C02", 10_000, None, None),
        (4, "S001", "C03", 9_000, 18, 20),
    ]
    assert {r.when for r in reading.rows} == {datetime.date(2021, 10, 14)}
    assert reading.rows[0].note == "门口"


def test_unknown_sites_and_checks_are_told_with_the_nearest_names() -> None:
    reading = _read("东门农贸市厂,,无乱停乱放,,0,2021-10-14,张强,\n东门农贸市场,,乱停放,,0,2021-10-14,张强,\n")
    assert not reading.rows
    found = {(p.row, p.column): p.cure for p in reading.problems}
    assert "东门农贸市场" in found[(2, "点位名称")]
    assert "无乱停乱放" in found[(3, "检查内容")]


def test_two_sites_of_one_name_are_told_apart_by_their_type() -> None:
    reading = _read("文化广场,公园,有公益广告,有,,2021-10-14,张强,\n文化广场,,有公益广告,有,,2021-10-14,张强,\n")
    assert [r.site for r in reading.rows] == ["S004"]
    assert [(p.row, "S003、S004" in p.cure) for p in reading.problems] == [(3, True)]


def test_all_that_is_wrong_with_a_file_is_told_at_once() -> None:
    reading = _read(
        "东门农贸市场,公园,无乱停乱放,,0,2021-10-14,张强,\n"
        "文化广场,公共广场,设有公平秤,有,,2021-10-14,张强,\n"
        "东门农贸市场,,无乱停乱放,,21/20,2021-10-14,张强,\n"
        "东门农贸市场,,无乱停乱放,,0,十月,张强,\n"
        "东门农贸市场,,无乱停乱放,,0,2022-10-14,张强,\n"
        "东门农贸市场,,无乱停乱放,,,2021-10-14,张强,\n"
        ",,,,0,2021-10-14,张强,\n"
        "东门农贸市场,,无乱停乱放,,0,,张强,\n"
    )
    assert not reading.rows
    assert sorted({p.row for p in reading.problems}) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert all(p.cure for p in reading.problems)


def test_the_same_row_twice_is_told() -> None:
    row = "东门农贸市场,,无乱停乱放,,0,2021-10-14,张强,\n"
    reading = _read(row + row)
    assert len(reading.rows) == 1
    assert [(p.row, "第 2 行填过" in p.what) for p in reading.problems] == [(3, True)]


def test_a_missing_day_is_the_rounds_day_where_the_round_gives_one() -> None:
    day = datetime.date(2021, 10, 1)
    reading = _read("东门农贸市场,,无乱停乱放,,0,,张强,\n", Register(SITES, CHECKS, judge, day=day))
    assert [r.when for r in reading.rows] == [day]


def test_three_of_twenty_that_excel_took_for_a_day_comes_back() -> None:
    rows = [
        ["点位", "考察内容", "次数/总数", "时间"],
        ["S001", "C01", datetime.date(2026, 3, 20), datetime.date(2021, 10, 14)],
    ]
    reading = read_observations(Workbook("a", "xlsx", (Sheet("表", rows),)), REGISTER)  # type: ignore[arg-type]
    assert [(r.passed, r.total) for r in reading.rows] == [(3, 20)]


def test_nearest_names_are_looked_up_for_two_hundred_unknown_names_at_most() -> None:
    reading = _read("".join(f"无名点位{n},,无乱停乱放,,0,2021-10-14,张强,\n" for n in range(300)))
    assert len(reading.problems) == 300


def test_a_table_without_sites_is_refused() -> None:
    with pytest.raises(NoObservationTable, match="没有找到观测表"):
        read_observations(read_table("姓名,电话\n张强,1\n".encode(), name="a.csv"), REGISTER)


def test_the_same_observation_on_two_sheets_is_told() -> None:
    head = ["点位", "考察内容", "结果", "时间"]
    row = ["S001", "C01", "0", "2021-10-14"]
    sheets = tuple(Sheet(name, [head, row]) for name in ("上午", "下午"))  # type: ignore[list-item]
    reading = read_observations(Workbook("a", "xlsx", sheets), REGISTER)
    assert [r.sheet for r in reading.rows] == ["上午"]
    assert [p.file for p in reading.problems] == ["下午"]
