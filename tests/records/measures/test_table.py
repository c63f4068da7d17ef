"""The table that a third-party team hands over."""

import datetime

from chuangwen.kernel.sheets import Sheet, Workbook, read_table
from chuangwen.records.measures.table import KnownCheck, KnownSite, ObservationReading, Register, read_observations

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


REGISTER = Register(SITES, CHECKS)
HEAD = "点位名称,点位类型,检查内容,检查结果,次数/总数,检查时间,检查人,备注\n"


def _read(rows: str, register: Register = REGISTER) -> ObservationReading:
    return read_observations(read_table((HEAD + rows).encode("gbk"), name="观测.csv"), register)


def _places(reading: ObservationReading) -> list[tuple[int, str]]:
    return [(one.row, one.column[:1]) for one in reading.reading.sorted_problems()]


def test_zhang_qiangs_rows_are_matched_and_left_raw_for_the_action_to_judge() -> None:
    reading = _read(
        "东门农贸市场,农贸市场,无乱停乱放,,\uff13,2021年10月14日,张强,门口\n"
        "S002,,C02,有,,2021/10/14,张强,\n"
        "东门 市场,农贸市场,有公益广告,合格,18/20,20211014,张强,\n"
    )
    assert reading.reading.is_ready
    assert [(r.place, r.site, r.check, r.result, r.quantity) for r in reading.rows] == [
        (("观测.csv", 2), "S001", "C01", "", "\uff13"),
        (("观测.csv", 3), "S002", "C02", "有", ""),
        (("观测.csv", 4), "S001", "C03", "合格", "18/20"),
    ]
    assert {(r.when, r.clock) for r in reading.rows} == {(datetime.date(2021, 10, 14), None)}
    assert reading.rows[0].read.text("note") == "门口"


def test_unknown_sites_and_checks_are_told_with_the_nearest_names() -> None:
    reading = _read("东门农贸市厂,,无乱停乱放,,0,2021-10-14,张强,\n东门农贸市场,,乱停放,,0,2021-10-14,张强,\n")
    assert not reading.rows
    first, second = reading.reading.sorted_problems()
    assert (first.row, first.column, "东门农贸市场" in first.cure) == (2, "A 列“点位名称”", True)
    assert (second.row, second.column, "无乱停乱放" in second.cure) == (3, "C 列“检查内容”", True)


def test_two_sites_of_one_name_are_told_apart_by_their_type() -> None:
    reading = _read("文化广场,公园,有公益广告,有,,2021-10-14,张强,\n文化广场,,有公益广告,有,,2021-10-14,张强,\n")
    assert [r.site for r in reading.rows] == ["S004"]
    assert [(p.row, "S003、S004" in p.cure) for p in reading.reading.problems] == [(3, True)]


def test_all_that_is_wrong_with_a_file_is_told_at_once() -> None:
    reading = _read(
        "东门农贸市场,公园,无乱停乱放,,0,2021-10-14,张强,\n"
        "文化广场,公共广场,设有公平秤,有,,2021-10-14,张强,\n"
        "东门农贸市场,车站,无乱停乱放,,21/20,2021-10-14,张强,\n"
        "东门农贸市场,,无乱停乱放,,0,十月,张强,\n"
        "东门农贸市场,,无乱停乱放,,,2021-10-14,张强,\n"
        ",,,,0,2021-10-14,张强,\n"
        "东门农贸市场,,无乱停乱放,,0,,张强,\n"
    )
    assert not reading.rows
    assert _places(reading) == [(2, "A"), (3, "C"), (4, "A"), (5, "F"), (6, "D"), (7, "A"), (7, "C"), (8, "F")]
    assert all(p.cure for p in reading.reading.problems)


def test_the_same_row_twice_is_told() -> None:
    row = "东门农贸市场,,无乱停乱放,,0,2021-10-14,张强,\n"
    reading = _read(row + row)
    assert len(reading.rows) == 1
    assert [(p.row, "第 2 行填过" in p.what) for p in reading.reading.problems] == [(3, True)]


def test_a_row_that_says_of_itself_that_it_was_superseded_is_no_twin() -> None:
    head, row = "点位,考察内容,结果,时间,状态\n", "S001,C01,有,2021-10-14,"
    reading = read_observations(read_table(f"{head}{row}已被取代\n{row}\n".encode(), name="a.csv"), REGISTER)
    assert [r.stands for r in reading.rows] == [False, True]


def test_three_of_twenty_that_excel_took_for_a_day_comes_back_and_two_columns_make_one_count() -> None:
    head = ["点位", "考察内容", "次数", "总数", "时间"]
    rows = [
        head,
        ["S001", "C01", datetime.date(2026, 3, 20), "", datetime.date(2021, 10, 14)],
        ["S002", "C01", 18.0, 20.0, datetime.datetime(2021, 10, 14, 15, 30)],
    ]
    reading = read_observations(Workbook("a", "xlsx", (Sheet("表", rows),)), REGISTER)  # type: ignore[arg-type]
    assert [(r.quantity, r.clock) for r in reading.rows] == [("3/20", None), ("18/20", datetime.time(15, 30))]


def test_nearest_names_are_looked_up_for_two_hundred_unknown_names_at_most() -> None:
    reading = _read("".join(f"无名点位{n},,无乱停乱放,,0,2021-10-14,张强,\n" for n in range(300)))
    assert len(reading.reading.problems) == 300


def test_a_table_without_sites_says_what_is_lacking() -> None:
    reading = read_observations(read_table("姓名,电话\n张强,1\n".encode(), name="a.csv"), REGISTER)
    assert [p.what for p in reading.reading.problems] == [
        "没有找到观测表的表头：缺少“点位”“考察内容”“结果或次数/总数或问题数”。"
    ]


def test_the_same_observation_on_two_sheets_is_told() -> None:
    head = ["点位", "考察内容", "结果", "时间"]
    row = ["S001", "C01", "0", "2021-10-14"]
    sheets = tuple(Sheet(name, [head, row]) for name in ("上午", "下午"))  # type: ignore[list-item]
    reading = read_observations(Workbook("a", "xlsx", sheets), REGISTER)
    assert [r.place[0] for r in reading.rows] == ["上午"]
    assert [p.file for p in reading.reading.problems] == ["下午"]
