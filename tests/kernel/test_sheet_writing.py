"""Tables written for people."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuangwen.kernel.problems import Problem
from chuangwen.kernel.sheet_writing import Paper, TableColumn, TableText, copy_with_problems, sheet_name, write_table
from chuangwen.kernel.sheets import Range, Sheet, Workbook, read_table

COLUMNS = (TableColumn("点位", 20), TableColumn("问题", 40, wrap=True))


def test_a_table_is_ready_to_print_on_a3() -> None:
    data = write_table(
        COLUMNS, [["东门市场", "积水"]] * 3, TableText("清单", "整改清单", ["截至今日"]), paper=Paper("A3")
    )
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert sheet.print_title_rows == "$1:$3"
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:B6"
    assert "&P" in sheet.oddFooter.right.text
    assert [cell.value for cell in sheet[3]] == ["点位", "问题"]
    assert sheet.page_setup.fitToHeight == 0


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-3 处", "@SUM(A1)", "=cmd|' /C calc'!A0", "{=1}", "http://a.cn", "\t=1"]
)
def test_a_text_never_becomes_a_formula_or_a_link(text: str) -> None:
    data = write_table(COLUMNS, [[text, ""]], TableText("清单"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml
    assert not read_table(data, name="a.xlsx").sheets[0].unsaved
    assert read_table(data, name="a.xlsx").sheets[0].rows[1][0] == text


def test_names_of_sheets_are_made_fit_for_excel() -> None:
    assert sheet_name("一/二:三[四]") == "一 二 三 四"
    assert sheet_name("'" * 3) == "Sheet"
    assert sheet_name("甲", {"甲"}) == "甲_2"
    assert len(sheet_name("长" * 50, {"长" * 31})) <= 31


def test_the_copy_keeps_cells_merges_and_hidden_sheets_and_adds_one_column() -> None:
    book = Workbook(
        "a",
        "xlsx",
        (
            Sheet("表", [["点位", "结果"], ["东门", 1.0], ["", 2.0]], merged=(Range(2, 0, 3, 0),)),
            Sheet("旧", [["旧"]], hidden=True),
        ),
    )
    problems = {"表": [Problem("表", 3, "结果", "太大。", "请核对。"), Problem("表", 0, "", "缺列。", "请补。")]}
    back = read_table(copy_with_problems(book, problems), name="b.xlsx")
    assert back.sheets[0].rows == [
        ["点位", "结果", "缺列。请补。"],
        ["东门", 1.0, ""],
        ["", 2.0, "[结果] 太大。请核对。"],
    ]
    assert back.sheets[0].merged == book.sheets[0].merged
    assert [sheet.hidden for sheet in back.sheets] == [False, True]


_VALUES = st.one_of(
    st.text(max_size=20), st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.dates()
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_VALUES, _VALUES), max_size=5), st.text(max_size=40))
def test_any_values_can_be_written_and_read_back(rows: list[tuple[object, object]], title: str) -> None:
    data = write_table(COLUMNS, rows, TableText(title or "表", title))  # type: ignore[arg-type]
    assert read_table(data, name="a.xlsx").sheets[0].rows
