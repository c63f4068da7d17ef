"""A table read by its declaration: nothing is dropped in silence."""

import datetime as dt
import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.tables.cells import Around
from chuangwen.kernel.tables.declared import Field, Kind, Table
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.names import Names
from chuangwen.kernel.tables.reader import read_rows
from chuangwen.kernel.tables.reading import TableReading

TABLE = Table(
    id="matters",
    title="事项表",
    fields=(
        Field(id="title", title="问题", required=True, most=20, merged="ask"),
        Field(id="text", title="详细情况", kind=Kind.LONG, headings=("备注",)),
        Field(id="area", title="村", kind=Kind.NAME, of="areas", headings=("村（社区）",)),
        Field(id="units", title="责任单位", kind=Kind.NAMES, of="areas"),
        Field(id="phone", title="电话", kind=Kind.PHONE),
        Field(id="outer", title="外部编号", kind=Kind.REFERENCE),
        Field(id="id_number", title="身份证号", kind=Kind.ID_NUMBER),
        Field(id="day", title="日期", kind=Kind.DAY),
        Field(id="when", title="接访时间", kind=Kind.MOMENT),
        Field(id="count", title="人数", kind=Kind.WHOLE),
        Field(id="share", title="满意率", kind=Kind.SHARE),
        Field(id="signed", title="是否签到", kind=Kind.YES_NO),
        Field(id="form", title="形式", kind=Kind.CHOICE, options=("坐班接访", "带案下访")),
        Field(id="photo", title="照片", kind=Kind.PICTURE),
    ),
    identity=("outer",),
)
AROUND = Around({"areas": Names("村（社区）", [("V01", ("红旗村",)), ("V02", ("王家湾村",)), ("V03", ("石桥村",))])})
Fill = Callable[[Any, Any], None]


def _book(rows: Sequence[Sequence[object]], fill: Fill | None = None, options: dict[str, Any] | None = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **(options or {})}) as book:
        sheet = book.add_worksheet("台账")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if fill:
            fill(book, sheet)
    return out.getvalue()


def _read(rows: Sequence[Sequence[object]], fill: Fill | None = None, said: Said | None = None) -> TableReading:
    return read_rows(read_table(_book(rows, fill), name="台账.xlsx"), TABLE, AROUND, said)


def _told(reading: TableReading) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.what) for one in reading.sorted_problems()]


def test_a_row_keeps_its_values_and_the_cells_they_came_from() -> None:
    reading = _read(
        [
            ["2021年10月来信来访台账"],
            ["问题", "村（社区）", "责任单位", "电话", "人数", "满意率", "是否签到", "形式"],
            ["路灯不亮", "红旗村", "红旗村、石桥村", 13900001111, 3, "95%", "是", "坐班接访"],
        ]
    )
    assert reading.is_ready
    (row,) = reading.rows
    assert dict(row.values) == {
        "title": "路灯不亮",
        "area": "V01",
        "units": ("V01", "V03"),
        "phone": "13900001111",
        "count": 3,
        "share": Decimal("0.95"),
        "signed": True,
        "form": "坐班接访",
    }
    assert (row.cell("title"), row.cell("phone")) == ("A3", "D3")
    assert [(one.kind, one.sample) for one in reading.unread] == [("above", "2021年10月来信来访台账")]


def test_a_column_that_no_field_takes_is_named_with_a_sample_and_how_many() -> None:
    reading = _read(
        [["问题", "办理结果", "空列", "村"], ["路灯", "已换灯泡", "", "红旗村"], ["下水道", "", "", "石桥村"]]
    )
    assert [(one.where, one.title, one.sample, one.count) for one in reading.unread] == [
        ("B 列", "办理结果", "已换灯泡", 1)
    ]


def test_a_column_without_a_heading_is_named_too() -> None:
    reading = _read([["问题", "村"], ["路灯", "红旗村", "旁注"]])
    assert [(one.kind, one.where, one.sample) for one in reading.unread] == [("column", "C 列", "旁注")]


def test_the_second_column_of_one_heading_is_asked_about_and_the_answer_holds() -> None:
    rows = [["问题", "问题", "村"], ["旧问题", "新问题", "红旗村"]]
    reading = _read(rows)
    (question,) = reading.open_questions
    assert not reading.is_ready
    assert [one.value for one in question.options] == ["A", "B", "all"]
    assert _read(rows, said=Said({question.id: "B"})).rows[0].text("title") == "新问题"
    assert _read(rows, said=Said({question.id: "A"})).rows[0].text("title") == "旧问题"
    both = _read(rows, said=Said({question.id: "all"}))
    assert both.rows[0].text("title") == "旧问题 新问题"
    assert _read(rows, said=Said({question.id: "Z"})).open_questions


def test_two_columns_that_always_agree_need_no_answer() -> None:
    assert _read([["问题", "问题", "村"], ["路灯", "路灯", "红旗村"]]).is_ready


def test_a_table_whose_guessed_column_is_left_unread_says_what_is_lacking_and_still_asks() -> None:
    rows = [["原问题", "村"], ["旧事", "红旗村"]]
    open_ = _read(rows)
    (question,) = open_.open_questions
    assert (question.id, question.what) == ("guess.0.title", "“原问题”这一列是不是“问题”？")
    left = _read(rows, said=Said({question.id: "leave"}))
    assert [one.id for one in left.questions] == [question.id]
    assert [one.what for one in left.problems] == ["没有找到事项表的表头：缺少“问题”。"]
    assert not left.rows
    assert _read(rows, said=Said({question.id: "A"})).is_ready


def test_a_hidden_column_is_asked_about_before_it_is_read() -> None:
    def hide(_book: Any, sheet: Any) -> None:
        sheet.set_column("B:B", None, None, {"hidden": True})

    rows = [["问题", "电话"], ["路灯", "13900001111"]]
    (question,) = _read(rows, hide).open_questions
    assert "隐藏" in question.what
    assert "phone" not in _read(rows, hide, Said({question.id: "leave"})).rows[0].values
    assert _read(rows, hide, Said({question.id: "read"})).rows[0].values["phone"] == "13900001111"


def test_filtered_rows_are_asked_about_before_they_are_read() -> None:
    def hide(_book: Any, sheet: Any) -> None:
        sheet.set_row(2, None, None, {"hidden": True})

    rows = [["问题", "村"], ["甲", "红旗村"], ["乙", "红旗村"], ["丙", "红旗村"]]
    (question,) = _read(rows, hide).open_questions
    assert question.rows == (3,)
    left = _read(rows, hide, Said({question.id: "leave"}))
    assert [row.text("title") for row in left.rows] == ["甲", "丙"]
    assert [one.kind for one in left.unread] == ["hidden"]
    assert len(_read(rows, hide, Said({question.id: "read"})).rows) == 3


def test_sheets_that_are_not_read_are_named() -> None:
    def more(book: Any, _sheet: Any) -> None:
        book.add_worksheet("说明").write(0, 0, "填写说明：每行一件")
        old = book.add_worksheet("旧表")
        old.write_row(0, 0, ["问题", "村"])
        old.hide()

    reading = _read([["问题", "村"], ["路灯", "红旗村"]], more)
    assert [(one.kind, one.sheet) for one in reading.unread] == [("sheet", "说明"), ("hidden_sheet", "旧表")]


def test_totals_and_remarks_are_no_matters_and_are_named() -> None:
    reading = _read(
        [
            ["问题", "村", "人数"],
            ["路灯", "红旗村", 3],
            ["合 计", "", 3],
            ["填表人：王芳", "", "审核人：陈涛"],
            ["备注：以上均已转办"],
        ]
    )
    assert [row.text("title") for row in reading.rows] == ["路灯"]
    assert [(one.kind, one.where) for one in reading.unread] == [
        ("totals", "第 3 行"),
        ("notes", "第 4 行"),
        ("notes", "第 5 行"),
    ]


def test_a_totals_row_merged_over_its_columns_is_still_one() -> None:
    reading = _read([["问题", "村"], ["路灯", "红旗村"]], lambda _book, sheet: sheet.merge_range("A3:B3", "合计：1 件"))
    assert len(reading.rows) == 1
    assert reading.unread[-1].kind == "totals"


def test_a_matter_that_begins_like_a_total_is_a_matter() -> None:
    table = TABLE.model_copy(
        update={
            "fields": tuple(one.model_copy(update={"required": one.id in {"title", "area"}}) for one in TABLE.fields)
        }
    )
    reading = read_rows(read_table(_book([["问题", "村"], ["合计面积有误", "红旗村"]]), name="a.xlsx"), table, AROUND)
    assert [row.text("title") for row in reading.rows] == ["合计面积有误"]


def test_long_numbers_that_excel_cut_are_refused() -> None:
    reading = _read(
        [["问题", "外部编号", "电话", "身份证号"], ["甲", 2.021100100001235e17, "1.39E+10", 429004198001011234]]
    )
    assert [(row, column) for row, column, _ in _told(reading)] == [
        (2, "B 列“外部编号”"),
        (2, "C 列“电话”"),
        (2, "D 列“身份证号”"),
    ]
    assert all("文本" in one.cure for one in reading.problems)
    assert not reading.rows


def test_a_landline_that_lost_its_zero_is_refused() -> None:
    assert [what for *_, what in _told(_read([["问题", "电话"], ["甲", 2728888888]]))] == [
        "“2728888888”不是完整的电话号码。"
    ]
    assert _read([["问题", "电话"], ["甲", "027-28888888"], ["乙", "4001234567"], ["丙", "12345"]]).is_ready


def test_a_text_that_is_too_long_is_refused_with_its_length_never_cut() -> None:
    reading = _read([["问题", "村"], ["一" * 21, "红旗村"]])
    assert _told(reading) == [(2, "A 列“问题”", "写了 21 个字，最多 20 个字。")]


def test_an_unknown_village_gets_the_nearest_name() -> None:
    (problem,) = _read([["问题", "村"], ["路灯", "石乔村"]]).problems
    assert problem.what == "村（社区）里没有“石乔村”。"
    assert "石桥村" in problem.cure


def test_pictures_in_cells_and_over_cells_are_said_not_to_come_along() -> None:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082".replace(
            " ", ""
        )
    )

    def picture(_book: Any, sheet: Any) -> None:
        sheet.write_string("B2", '=DISPIMG("ID_01",1)')
        sheet.insert_image("D5", "a.png", {"image_data": io.BytesIO(png)})

    reading = _read([["问题", "照片"], ["路灯"]], picture)
    assert [(one.kind, one.where, one.count) for one in reading.unread] == [("picture", "B2", 1), ("picture", "", 1)]
    assert "photo" not in reading.rows[0].values


def test_a_moment_keeps_its_time_and_a_day_that_cuts_it_says_so() -> None:
    reading = _read(
        [["问题", "日期", "接访时间"], ["甲", "2021-10-12 09:30", dt.datetime(2021, 10, 12, 9, 30).isoformat(" ")]]
    )
    assert reading.rows[0].values["when"] == dt.datetime(2021, 10, 12, 9, 30)
    assert [(one.kind, one.where) for one in reading.unread] == [("time", "B2")]


def test_a_bare_number_read_as_a_day_is_told_and_counts_from_the_workbooks_first_day() -> None:
    data = _book([["问题", "日期"], ["甲", 43019]], options={"date_1904": True})
    reading = read_rows(read_table(data, name="a.xlsx"), TABLE, AROUND)
    assert reading.rows[0].values["day"] == dt.date(2021, 10, 12)
    assert [(one.kind, one.sample) for one in reading.unread] == [("serial", "43019 → 2021-10-12")]


def test_a_weekday_that_contradicts_its_date_is_a_problem() -> None:
    assert [what for *_, what in _told(_read([["问题", "日期"], ["甲", "2021-10-12（周三）"]]))] == [
        "2021-10-12 是周二，表里写的是“2021-10-12（周三）”。"
    ]


def test_one_matter_of_three_reporters_is_asked_about() -> None:
    def merge(_book: Any, sheet: Any) -> None:
        sheet.merge_range("A2:A4", "下水道堵")

    rows = [["问题", "电话"], ["下水道堵", 13900001111], ["", 13900002222], ["", 13900003333]]
    (question,) = _read(rows, merge).open_questions
    assert question.rows == (2, 3, 4)
    assert [row.part_of for row in _read(rows, merge, Said({question.id: "one"})).rows] == [None, 2, 2]
    assert [row.part_of for row in _read(rows, merge, Said({question.id: "each"})).rows] == [None, None, None]


def test_the_same_thing_twice_in_one_file_is_a_problem() -> None:
    reading = _read([["问题", "外部编号"], ["甲", "001"], ["乙", "001"]])
    assert _told(reading) == [(3, "B 列“外部编号”", "外部编号与第 2 行相同。")]
    assert [row.row for row in reading.rows] == [2]


def test_a_filled_cell_that_cannot_be_read_makes_the_row_a_problem() -> None:
    reading = _read(
        [
            ["问题", "人数", "满意率", "形式", "是否签到"],
            ["甲", "三五个", "120%", "电话", "大概"],
            ["", 3, "90%", "坐班接访", "否"],
        ]
    )
    assert [(one.row, one.column[0]) for one in reading.sorted_problems()] == [
        (2, "B"),
        (2, "C"),
        (2, "D"),
        (2, "E"),
        (3, "A"),
    ]
    assert not reading.rows


def test_an_excel_error_and_a_formula_never_calculated_are_problems_of_their_cells() -> None:
    reading = read_rows(read_table("问题,人数\n甲,#DIV/0!\n".encode(), name="a.csv"), TABLE, AROUND)
    assert [(one.row, one.column) for one in reading.problems] == [(2, "B 列“人数”")]


def test_a_file_without_the_head_says_what_is_lacking_and_can_be_mapped_by_hand() -> None:
    rows = [["序号", "什么", "哪里"], [1, "路灯不亮", "红旗村"]]
    reading = _read(rows)
    assert "缺少“问题”" in reading.problems.found[0].what
    by_hand = Said(heading_rows={"台账": 1}, columns={"台账": {"title": 1, "area": 2}})
    mapped = _read(rows, said=by_hand)
    assert [(row.text("title"), row.values["area"]) for row in mapped.rows] == [("路灯不亮", "V01")]
    assert [one.title for one in mapped.unread] == ["序号"]


def test_a_person_may_take_a_column_out() -> None:
    mapped = _read([["问题", "电话"], ["甲", "不详"]], said=Said(columns={"台账": {"phone": None}}))
    assert mapped.is_ready
    assert [one.title for one in mapped.unread] == ["电话"]


def test_two_merged_head_rows_are_read() -> None:
    def head(_book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:A2", "问题")
        sheet.merge_range("B1:C1", "反映人")
        sheet.merge_range("D1:D2", "村")

    reading = _read(
        [["问题", "反映人", "", "村"], ["", "姓名", "电话", ""], ["路灯", "王某", "13900001111", "红旗村"]], head
    )
    assert reading.rows[0].values == {"title": "路灯", "phone": "13900001111", "area": "V01"}
    assert [(one.kind, one.where, one.title) for one in reading.unread] == [
        ("column", "B 列", "姓名"),
        ("head", "第 1—2 行", ""),
    ]


def test_a_head_repeated_for_printing_is_no_matter() -> None:
    reading = _read([["问题", "村"], ["甲", "红旗村"], ["问题", "村"], ["乙", "石桥村"]])
    assert [row.text("title") for row in reading.rows] == ["甲", "乙"]
    assert [one.kind for one in reading.unread] == ["heading"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_in_any_encoding_reads_the_same(encoding: str) -> None:
    reading = read_rows(read_table("问题,村\n路灯㐂,红旗村\n".encode(encoding), name="a.csv"), TABLE, AROUND)
    assert [(row.text("title"), row.values["area"]) for row in reading.rows] == [("路灯㐂", "V01")]
