"""A table of shifts as offices keep it: columns in any order, days without a year, spaced names; all problems told."""

from dataclasses import replace
from datetime import date, datetime, time

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.sheet_writing import TableColumn, TableText, write_table
from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.tables.heads import Said
from chuangwen.work.rotas.pattern import bounds
from chuangwen.work.rotas.sheet_rows import Asked, ShiftTable, Standing, names_of, read_shifts

PEOPLE = [
    (1, "hewei", "何伟", "副镇长", "镇政府"),
    (2, "chengliqun", "程立群", "", "司法所"),
    (3, "zw1", "张伟", "", "财政所"),
    (4, "zw2", "张伟", "", "水务站"),
]
ASKED = Asked("接访领导", time(8, 30), time(11, 30), 2021, *names_of(PEOPLE))


def read(*lines: str, asked: Asked = ASKED) -> ShiftTable:
    return read_shifts(read_table("\n".join(lines).encode(), name="接访表.csv"), asked)


def told(problems: Problems) -> list[tuple[int, str, str]]:
    return [(one.row, one.column.partition("“")[2].rstrip("”"), one.what) for one in sorted(problems)]


def test_a_notice_as_it_hangs_on_the_wall_is_understood() -> None:
    table = read(
        "张沟镇2021年10月领导接访安排表\t\t\t\t\t",
        "序号\t接访日期\t星期\t接访领导\t时间\t地点\t备注",
        "1\t10月12日\t星期二\t何 伟（副镇长）\t8:30—11:00\t大厅\t带案下访",
        "2\t2021.10.14\t四\tchengliqun\t\t\t",
        "3\t10月19日（周二）\t\t程立群\t上午8时至11时30分\t\t",
    )
    assert told(table.problems) == []
    assert [(one.row, f"{one.starts_at:%m-%d %H:%M}", f"{one.ends_at:%H:%M}", one.person) for one in table.rows] == [
        (3, "10-12 08:30", "11:00", 1),
        (4, "10-14 08:30", "11:30", 2),
        (5, "10-19 08:00", "11:30", 2),
    ]
    assert (table.rows[0].place, table.rows[0].note, table.rows[1].place) == ("大厅", "带案下访", "")


def test_who_is_away_by_a_bracket_is_not_put_on() -> None:
    table = read(
        "日期,接访领导,替补",
        '10月12日,"程立群（出差，改由何伟）",',
        "10月13日,何伟,程立群（借调）",
        "10月14日,程立群（司法所）,何伟（副镇长）",
    )
    assert [(row, column) for row, column, _ in told(table.problems)] == [(2, "接访领导"), (3, "替补")]
    assert "出差，改由何伟" in told(table.problems)[0][2]
    assert [(one.row, one.person, one.stand_in) for one in table.rows] == [(4, 2, 1)]


def test_everything_that_is_wrong_is_told_with_its_row_and_column() -> None:
    table = read(
        "日期,星期,开始,结束,接访领导,替补",
        "10月12日,星期三,8:30,11:30,何伟,",
        "10月13日,,25:00,11:30,何伟,何伟",
        "某日,,,,何伟、程立群,",
        "10月15日,,,,,",
        "10月16日,,,,张伟,",
        "2021-02-30,,,,王五,",
        "10月18日,,下午,,何伟,何伟",
    )
    assert [(row, column) for row, column, _ in told(table.problems)] == [
        (2, "星期"),
        (3, "开始"),
        (3, "替补"),
        (4, "日期"),
        (4, "接访领导"),
        (5, "接访领导"),
        (6, "接访领导"),
        (7, "日期"),
        (7, "接访领导"),
        (8, "开始"),
        (8, "替补"),
    ]
    said = [what for _, _, what in told(table.problems)]
    assert said[0] == "2021-10-12 是周二，表里写的是“星期三”"
    assert "写了 2 个人" in said[4]
    assert table.rows == []


def test_one_time_is_held_by_one_person() -> None:
    starts, ends = bounds(ASKED.start, ASKED.end, date(2021, 10, 19))
    asked = Asked("接访领导", time(8, 30), time(11, 30), 2021, *names_of(PEOPLE), {starts: Standing(1, ends, 2)})
    table = read("日期,接访领导,替补", "10月12日,何伟,程立群", "10月12日,程立群,", asked=asked)
    assert [(row, what) for row, _, what in told(table.problems)] == [(3, "与第 2 行是同一时间")]
    again = read("日期,接访领导,替补", "10月19日,何伟,何伟", asked=asked)
    assert told(again.problems) == [(2, "替补", "自己不能替补自己")]


def test_what_stands_is_known_and_another_person_or_place_corrects_it() -> None:
    starts, ends = bounds(ASKED.start, ASKED.end, date(2021, 10, 19))
    was = Standing(1, ends, None, "大厅")
    asked = replace(ASKED, standing={starts: was})
    (known,) = read("日期,接访领导", "10月19日,何伟", asked=asked).rows
    assert (known.known, known.was, known.place) == (True, None, "大厅")
    (other,) = read("日期,接访领导", "10月19日,程立群", asked=asked).rows
    assert (other.known, other.was, other.person, other.place) == (False, was, 2, "大厅")
    (later,) = read("日期,接访领导,结束", "10月19日,何伟,12:00", asked=asked).rows
    assert (later.was, f"{later.ends_at:%H:%M}") == (was, "12:00")


def test_a_cancelled_shift_does_not_come_back_by_a_table() -> None:
    starts, ends = bounds(ASKED.start, ASKED.end, date(2021, 10, 19))
    asked = replace(ASKED, standing={starts: Standing(1, ends, cancelled=True)})
    assert [what for *_, what in told(read("日期,接访领导", "10月19日,何伟", asked=asked).problems)] == [
        "2021-10-19 08:30 这一次已经取消"
    ]


def test_our_own_export_with_a_cancelled_shift_changes_nothing() -> None:
    starts, ends = bounds(ASKED.start, ASKED.end, date(2021, 10, 19))
    asked = replace(ASKED, standing={starts: Standing(1, ends, cancelled=True)}, title="领导接访")
    table = read("轮值,日期,接访领导,状态", "领导接访,2021-10-19,何伟,取消：外出开会", asked=asked)
    assert (told(table.problems), [one.known for one in table.rows]) == ([], [True])


def test_a_row_that_says_it_was_cancelled_makes_no_shift_and_cancels_none() -> None:
    starts, ends = bounds(ASKED.start, ASKED.end, date(2021, 10, 19))
    asked = replace(ASKED, standing={starts: Standing(1, ends)})
    table = read("日期,接访领导,状态", "10月12日,何伟,已取消", "10月19日,何伟,取消：外出", asked=asked)
    assert [(row, what) for row, _, what in told(table.problems)] == [
        (2, "这一行写明已经取消"),
        (3, "这一行写明已经取消"),
    ]
    assert table.rows == []


def test_a_row_of_another_rota_is_not_taken_for_this_one() -> None:
    table = read("轮值,日期,接访领导", "节假日值班,10月12日,何伟", asked=replace(ASKED, title="领导接访"))
    assert [what for *_, what in told(table.problems)] == ["这一行是“节假日值班”的"]


def test_a_table_without_a_person_says_so() -> None:
    assert [what for *_, what in told(read("日期,地点", "10月12日,大厅").problems)] == [
        "没有找到排班表的表头：缺少“接访领导”。"
    ]


def test_an_unknown_leader_gets_the_nearest_name_and_a_shared_name_the_user_names() -> None:
    cures = [one.cure for one in sorted(read("日期,接访领导", "10月12日,陈立群", "10月14日,张伟").problems)]
    assert "程立群" in cures[0]
    assert "zw1、zw2" in cures[1]


def test_the_time_beside_the_day_is_the_start() -> None:
    (row,) = read("日期,接访领导", "2021-10-12 09:00,何伟").rows
    assert f"{row.starts_at:%H:%M}" == "09:00"


def test_real_excel_days_and_times_are_read() -> None:
    heads = [TableColumn(name) for name in ("日期", "开始", "结束", "接访领导")]
    rows = [[date(2021, 10, 12), "9:00", "10:30:00", "何伟"]]
    book = read_table(write_table(heads, rows, TableText("接访", "接访")), name="接访.xlsx")
    (row,) = read_shifts(book, ASKED).rows
    assert (f"{row.starts_at:%Y-%m-%d %H:%M}", f"{row.ends_at:%H:%M}") == ("2021-10-12 09:00", "10:30")


def test_a_watch_over_midnight_ends_on_the_next_day() -> None:
    (row,) = read("日期,时间,接访领导", "10月12日,20:00至6:00,何伟").rows
    assert (row.ends_at - row.starts_at).total_seconds() == 10 * 3600


def at(start: time, end: time, person: int, day: date = date(2021, 11, 25)) -> dict[datetime, Standing]:
    starts, ends = bounds(start, end, day)
    return {starts: Standing(person, ends)}


def answered(lines: str, asked: Asked, **answers: str) -> ShiftTable:
    said = Said(answers={key.replace("__", "."): answer for key, answer in answers.items()})
    return read_shifts(read_table(lines.encode(), name="接访表.csv"), asked, said)


def test_the_same_person_at_an_overlapping_time_is_a_corrected_time_and_no_second_shift() -> None:
    asked = replace(ASKED, standing=at(time(8, 30), time(11, 30), 1))
    (row,) = read("日期,时间,接访领导", "2021-11-25,09:00—11:30,何伟", asked=asked).rows
    assert (f"{row.moves:%H:%M}", row.was is not None, row.known) == ("08:30", True, False)


def test_another_time_of_the_day_or_another_person_at_an_overlapping_time_is_asked_about() -> None:
    asked = replace(ASKED, standing=at(time(8, 30), time(11, 30), 1))
    for text in ("2021-11-25,14:30—17:00,何伟", "2021-11-25,09:00—11:30,程立群"):
        lines = f"日期,时间,接访领导\n{text}"
        table = answered(lines, asked)
        (question,) = table.reading.open_questions
        assert "2021-11-25 08:30" in question.what
        assert answered(lines, asked, **{question.id: "move"}).rows[0].moves is not None
        assert answered(lines, asked, **{question.id: "new"}).rows[0].moves is None


def test_a_second_shift_beside_one_that_the_table_names_too_is_a_second_shift() -> None:
    asked = replace(ASKED, standing=at(time(8, 30), time(11, 30), 1))
    table = read("日期,时间,接访领导", "2021-11-25,08:30—11:30,何伟", "2021-11-25,14:30—17:00,何伟", asked=asked)
    assert table.reading.questions == []
    assert [(one.known, one.was, one.moves) for one in table.rows] == [(True, None, None), (False, None, None)]


def test_january_behind_december_without_a_year_is_asked_about_and_never_put_back_eleven_months() -> None:
    lines = "日期,接访领导\n12月28日,何伟\n12月30日,程立群\n1月4日,何伟\n1月6日,程立群"
    (question,) = answered(lines, ASKED).reading.open_questions
    assert question.rows == (4, 5)
    assert "1月4日" in question.what
    later = answered(lines, ASKED, turn_of_year="next")
    assert [str(one.starts_at.date()) for one in later.rows] == ["2021-12-28", "2021-12-30", "2022-01-04", "2022-01-06"]
    assert str(answered(lines, ASKED, turn_of_year="this").rows[2].starts_at.date()) == "2021-01-04"


def test_a_day_without_a_year_that_lies_half_a_year_back_is_asked_about_and_one_with_a_year_is_not() -> None:
    asked = replace(ASKED, today=date(2021, 12, 20))
    assert [one.id for one in answered("日期,接访领导\n1月4日,何伟", asked).reading.open_questions] == ["turn_of_year"]
    assert answered("日期,接访领导\n2021年1月4日,何伟", asked).reading.questions == []
    assert answered("日期,接访领导\n2021-12-28,何伟\n2021-01-04,程立群", ASKED).reading.questions == []
