"""An official indicator table becomes a tree, whatever its city did to it."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from chuangwen.kernel.sheet_writing import copy_with_problems
from chuangwen.kernel.sheets import Sheet, Workbook, read_table
from chuangwen.records.standards.indicator_cells import (
    read_code,
    read_materials,
    read_methods,
    read_points,
    read_units,
    stated_points,
)
from chuangwen.records.standards.official import OfficialFacts, as_framework_data
from chuangwen.records.standards.sheets_out import DutyRow, duty_table
from chuangwen.records.standards.workbook import (
    NoIndicatorTable,
    WorkbookReading,
    guess_columns,
    guess_workbook,
    problems_by_row,
    read_indicators,
)

ODD = Path(__file__).parents[2] / "files" / "odd-indicators.xlsx"


def _csv(text: str) -> WorkbookReading:
    return read_indicators(read_table(text.encode(), name="表.csv"))


def _odd() -> WorkbookReading:
    return read_indicators(read_table(ODD.read_bytes(), name="odd.xlsx"))


def test_a_citys_own_table_with_merged_cells_and_odd_headings_is_read_whole() -> None:
    reading = _odd()
    assert (len(reading.items), len(reading.contents), len(reading.standards)) == (5, 17, 68)
    assert not reading.problems
    assert sum(s.points or 0 for s in reading.standards) == 68
    first = reading.standards[0]
    assert (first.row, first.lead_unit, first.person, first.due) == (5, "市监所", "李敏", "2021-10-14")
    assert {s.due for s in reading.standards} == {"2021-10-14"}
    assert reading.items[0].title == "政务环境"
    assert reading.contents[0].title == "学习教育"


def test_the_guess_says_which_column_holds_what_and_how_sure_it_is() -> None:
    heading = guess_workbook(read_table(ODD.read_bytes(), name="odd.xlsx"))[0]
    assert (heading.first_row, heading.last_row) == (3, 4)
    assert {name: column.index for name, column in heading.columns.items()} == {
        "code": 0,
        "item": 1,
        "content": 2,
        "methods": 3,
        "standard": 4,
        "points": 5,
        "lead": 6,
        "assisting": 7,
        "person": 8,
        "materials": 9,
        "due": 10,
    }
    assert heading.columns["lead"].confidence == 1.0
    assert 0.5 < heading.columns["materials"].confidence < 1.0


def test_columns_may_stand_in_any_order_and_be_misspelt() -> None:
    reading = _csv("分植,测评内客,测评标准,测评方发\n2,公开栏,每季度更新,实地考察\n")
    assert set(reading.headings[0].columns) == {"content", "standard", "methods"}
    assert reading.headings[0].unread == ("分植",)
    assert [(s.text, dict(s.methods.shares)) for s in reading.standards] == [("每季度更新", {"field": Decimal(100)})]


def test_li_min_corrects_a_column_that_was_guessed_wrong() -> None:
    book = read_table("内容,要点,分值\n公开栏,每季度更新,2\n".encode(), name="表.csv")
    heading = guess_columns(book.sheets[0])
    assert "standard" not in heading.columns
    reading = read_indicators(book, [heading.corrected({"standard": 1})])
    assert [(s.text, s.content) for s in reading.standards] == [("每季度更新", "1-1")]


@pytest.mark.parametrize(
    ("text", "full", "own", "rest"),
    [
        ("I-1-1 学习", "I-1-1", None, "学习"),
        ("Ⅰ-1-1学习", "I-1-1", None, "学习"),
        ("1.1.1 学习", "1.1.1", None, "学习"),
        ("（1）学习", "", 1, "学习"),
        ("(十二)学习", "", 12, "学习"),
        ("一、学习", "", 1, "学习"),
        ("3、学习", "", 3, "学习"),
        ("第二项 学习", "", 2, "学习"),
        ("学习", "", None, "学习"),
        ("1.5万人参加", "", None, "1.5万人参加"),
        ("90%以上知晓", "", None, "90%以上知晓"),
        ("VI-31-2", "VI-31-2", None, ""),
    ],
)
def test_the_number_before_a_text_is_found(text: str, full: str, own: int | None, rest: str) -> None:
    code, left = read_code(text)
    assert (code.full, code.own, left) == (full, own, rest)


@pytest.mark.parametrize(
    ("cell", "points"),
    [
        ("1.5分", "1.5"),
        ("\uff12", "2"),
        ("0.5×3", "1.5"),
        ("0.5*3分", "1.5"),
        (2.0, "2"),
        ("满分2分（每处0.5分）", "2"),
        ("2分（每处扣0.5-1分）", "2"),
        ("1-2", None),
        ("1～2分", None),
        ("1分至2分", None),
        ("10%", None),
        ("≤2", None),
        ("每处扣0.5分", None),
        ("扣2分/处", None),
        ("4分（每处扣0.5分）", "4"),
        ("", None),
        ("若干", None),
    ],
)
def test_points_are_read_however_they_are_written(cell: object, points: str | None) -> None:
    assert read_points(cell) == (None if points is None else Decimal(points))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("材料审核、实地考察", "material:50;field:50"),
        ("网上申报40%+实地考察60%", "material:40;field:60"),
        ("网上申报（\uff14\uff10％）、实地考察（\uff16\uff10％）", "material:40;field:60"),
        ("问卷调查", "survey:100"),
        ("材料审核\n实地考察\n问卷调查", "material:33.33;field:33.33;survey:33.34"),
        ("", ""),
    ],
)
def test_methods_are_read_with_their_shares(cell: str, text: str) -> None:
    assert read_methods(cell).text == text


def test_units_and_materials_are_taken_apart() -> None:
    assert read_units("市监所、城管办，派出所") == ["市监所", "城管办", "派出所"]
    assert read_materials("1.方案；2.图片3张") == ["方案", "图片3张"]
    assert read_materials("①方案②总结\n（3）台账。") == ["方案", "总结", "台账"]
    assert stated_points("市场环境（12分）") == (Decimal(12), "市场环境")


def test_the_first_standard_is_no_second_heading() -> None:
    reading = _csv(
        "测评项目,测评内容,测评标准,分值,佐证,责任部门\n"
        "理想信念,学习,党委中心组学习,1,材料审核,宣传办\n"
        "核心价值观,宣传,公益广告,2,实地考察,城建办\n"
    )
    assert [(s.row, s.text, s.lead_unit) for s in reading.standards] == [
        (2, "党委中心组学习", "宣传办"),
        (3, "公益广告", "城建办"),
    ]
    assert reading.headings[0].unread == ("佐证",)


def test_last_years_points_are_not_taken_for_this_years() -> None:
    both = _csv("测评内容,测评标准,去年分值,分值\n公开,甲,3,2\n")
    assert [s.points for s in both.standards] == [Decimal(2)]
    alone = _csv("测评内容,测评标准,去年分值\n公开,甲,3\n")
    assert ([s.points for s in alone.standards], alone.headings[0].unread) == ([None], ("去年分值",))


def test_points_that_are_a_range_or_a_share_are_told() -> None:
    reading = _csv("测评内容,测评标准,分值\n公开,甲,1-2\n公开,乙,10%\n")
    assert [(p.row, p.column) for p in reading.problems] == [(2, "分值"), (3, "分值")]


def test_rows_that_do_not_add_up_are_told_with_row_column_and_cure() -> None:
    reading = _csv(
        "测评项目,测评内容,测评标准,测评方法,分值\n"
        "一、政务环境（9分）,公开,有公开栏,实地考察,2\n"
        ",,有公开栏,实地考察,2\n"
        ",,,材料审核,1\n"
        ",,有记录,看一看,零\n"
        ",,有人管,网上申报40%+实地考察50%,1\n"
        "合计,,,,8\n"
    )
    found = {(p.row, p.column) for p in reading.problems}
    assert {(3, "测评标准"), (4, "测评标准"), (5, "测评方法"), (5, "分值"), (6, "测评方法")} <= found
    assert all(p.what and p.cure for p in reading.problems)
    assert len(reading.standards) == 4


def test_a_total_that_is_not_the_sum_is_told() -> None:
    reading = _csv("测评内容,测评标准,分值\n公开,甲,2\n公开,乙,3\n合计,,6\n")
    assert [(p.row, "6 分" in p.what, "5 分" in p.what) for p in reading.problems] == [(4, True, True)]


def test_twice_the_same_code_is_told_and_nothing_is_lost() -> None:
    reading = _csv("编号,测评内容,测评标准,分值\nA-1,公开,甲,2\nA-1,公开,乙,3\n")
    assert [p.row for p in reading.problems] == [3]
    assert len({s.code for s in reading.standards}) == 2


def test_points_of_one_merged_cell_are_parted_and_told() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["测评内容", "测评标准", "分值"])
        sheet.write_column(1, 1, ["甲标准", "乙标准", "丙标准"])
        sheet.write(1, 0, "公开")
        sheet.merge_range("C2:C4", 2)
    reading = read_indicators(read_table(out.getvalue(), name="a.xlsx"))
    assert sum(s.points or 0 for s in reading.standards) == 2
    assert [(p.row, p.column) for p in reading.problems] == [(2, "分值")]


def test_a_standard_over_several_rows_gathers_its_units() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["测评内容", "测评标准", "分值", "牵头单位", "责任单位"])
        sheet.write(1, 0, "公开")
        sheet.merge_range("B2:B3", "有公开栏")
        sheet.merge_range("C2:C3", 2)
        sheet.merge_range("D2:D3", "党政办")
        sheet.write_column(1, 4, ["市监所", "派出所"])
    reading = read_indicators(read_table(out.getvalue(), name="a.xlsx"))
    assert [(s.lead_unit, s.assisting, s.points) for s in reading.standards] == [
        ("党政办", ["市监所", "派出所"], Decimal(2))
    ]


def test_several_sheets_make_one_tree() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name in ("政务环境", "法治环境"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["测评项目", "测评内容", "测评标准", "分值"])
            sheet.write_row(1, 0, [name, "内容", "标准甲", 1])
    reading = read_indicators(read_table(out.getvalue(), name="a.xlsx"))
    assert [(s.item, s.sheet) for s in reading.standards] == [("1", "政务环境"), ("2", "法治环境")]


def test_a_workbook_without_indicators_is_refused() -> None:
    with pytest.raises(NoIndicatorTable, match="没有找到测评指标表"):
        _csv("姓名,电话\n李敏,1\n")


def test_a_formula_never_calculated_names_its_cell() -> None:
    book = read_table(ODD.read_bytes(), name="odd.xlsx")
    sheet = book.sheets[0]
    spoilt = Workbook(book.name, "xlsx", (Sheet(sheet.name, sheet.rows, merged=sheet.merged, unsaved=("F9",)),))
    assert ("F9", 9) in {(p.column, p.row) for p in read_indicators(spoilt).problems}


def test_the_reading_becomes_an_official_pack() -> None:
    data = as_framework_data(_odd(), OfficialFacts(id="city-2021", edition="2021.1", title="某市测评体系"))
    pack, standards, requirements = data["pack"], data["standards"], data["requirements"]
    assert isinstance(pack, dict)
    assert isinstance(standards, list)
    assert isinstance(requirements, list)
    assert pack["standing"] == "official"
    assert [row["kind"] for row in standards].count("standard") == 68
    codes = [row["code"] for row in standards]
    assert len(set(codes)) == len(codes)
    assert all(row["parent"] in codes[:index] for index, row in enumerate(standards) if row["parent"])
    by_material = {row["code"] for row in standards if "material" in row["methods"]}
    assert {row["standard"] for row in requirements} == by_material
    assert len({row["code"] for row in requirements}) == len(requirements)


def test_the_duty_table_reads_back_to_the_same_standards() -> None:
    reading = _odd()
    titles = {place.code: place.title for place in (*reading.items, *reading.contents)}
    rows = [
        DutyRow(
            code=s.code,
            item_code=s.item,
            item=titles[s.item],
            content_code=s.content,
            content=titles[s.content],
            text=s.text,
            points=s.points or Decimal(0),
            methods=dict(s.methods.shares),
            lead=s.lead_unit,
            assisting=s.assisting,
            person=s.person,
            requirements=s.materials,
            due=s.due,
        )
        for s in reading.standards
    ]
    again = read_indicators(read_table(duty_table(rows, title="张沟镇责任分解表"), name="b.xlsx"))
    place = {"row", "sheet"}
    assert [{k: v for k, v in s.as_dict().items() if k not in place} for s in again.standards] == [
        {k: v for k, v in s.as_dict().items() if k not in place} for s in reading.standards
    ]
    assert not again.problems


def test_li_min_gets_her_own_workbook_back_with_what_is_wrong() -> None:
    book = read_table("测评内容,测评标准,分值\n公开,甲,零\n=1+1,乙,1\n".encode(), name="表.csv")
    reading = read_indicators(book)
    problems = {
        sheet.name: [p for ps in problems_by_row(reading, sheet.name).values() for p in ps] for sheet in book.sheets
    }
    back = read_table(copy_with_problems(book, problems), name="c.xlsx")
    assert back.sheets[0].rows[1][:3] == ["公开", "甲", "零"]
    assert "分值“零”不是大于 0 的数" in str(back.sheets[0].rows[1][3])
    assert back.sheets[0].rows[2][0] == "=1+1"
    assert not back.sheets[0].unsaved


_CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["合计", "一、甲", "1.5", "实地考察", "（1）乙", "#N/A", "注：丙"]),
    st.floats(allow_nan=False),
    st.integers(),
    st.booleans(),
    st.dates(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(_CELLS, max_size=8), max_size=12))
def test_no_rows_below_a_heading_break_the_reader(rows: list[list[object]]) -> None:
    heads: list[object] = ["编号", "测评项目", "测评内容", "测评标准", "测评方法", "分值", "牵头单位", "材料要求"]
    sheet = Sheet("表", [heads, *rows])  # type: ignore[list-item]
    reading = read_indicators(Workbook("a", "xlsx", (sheet,)))
    codes = [s.code for s in reading.standards]
    assert len(set(codes)) == len(codes)
    assert reading.as_data()["standards"] is not None
