"""What somebody struck out or commented in a table is asked about or named before anything is written."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Font

from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.tables.cells import Around
from chuangwen.kernel.tables.declared import Field, Table
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.reader import read_rows
from chuangwen.kernel.tables.reading import TableReading

TABLE = Table(
    id="seen",
    title="观测",
    fields=tuple(
        Field(id=key, title=title) for key, title in (("site", "点位"), ("check", "内容"), ("result", "结果"))
    ),
)
ROWS = (("点位", "内容", "结果", "考察人"), ("菜场街", "C02", "合格", "田桂芳"), ("菜场街", "C09", "合格", "田桂芳"))


def read(fill: Callable[[Any], None], **answers: str) -> TableReading:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    fill(book.active)
    out = io.BytesIO()
    book.save(out)
    return read_rows(read_table(out.getvalue(), name="观测.xlsx"), TABLE, Around({}), Said(answers=answers))


def strike(*cells: str) -> Callable[[Any], None]:
    def fill(sheet: Any) -> None:
        for cell in cells:
            sheet[cell].font = Font(strike=True)

    return fill


def told(reading: TableReading, *kinds: str) -> list[tuple[str, str]]:
    return [(one.where, one.sample) for one in reading.unread if one.kind in kinds]


def test_a_row_that_is_struck_out_is_asked_about() -> None:
    asked = read(strike("A3", "B3"))
    [question] = asked.open_questions
    assert (question.rows, "划掉" in question.what) == ((3,), True)
    assert len(read(strike("A3", "B3"), **{question.id: "read"}).rows) == 2
    left = read(strike("A3", "B3"), **{question.id: "leave"})
    assert [one.row for one in left.rows] == [2]
    assert told(left, "row") == [("第 3 行", "")]


def test_a_single_cell_that_is_struck_out_is_named() -> None:
    found = read(strike("C2", "A9"))
    assert found.is_ready
    assert told(found, "struck") == [("C2", "合格")]


def test_a_text_struck_out_in_part_is_named() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
        sheet.write_rich_string("C3", book.add_format({"font_strikeout": True}), "合格", "不合格")
    found = read_rows(read_table(out.getvalue(), name="观测.xlsx"), TABLE, Around({}))
    assert told(found, "struck") == [("C3", "合格不合格")]


def test_every_comment_is_named_with_its_words() -> None:
    def fill(sheet: Any) -> None:
        sheet["C3"].comment = Comment("复查后\n改判不合格", "田桂芳")

    assert told(read(fill), "comment") == [("C3", "复查后 改判不合格")]


def test_a_web_page_and_the_xml_of_2003_tell_theirs_too() -> None:
    page = "<table><tr><td>点位<td>内容<td>结果<tr><td>菜场街<td>C02<td><s>合格</s><tr><td style='text-decoration:line-through'>菜场街<td><del>C09</del><td>合格</table>"
    found = read_rows(read_table(page.encode(), name="观测.xls"), TABLE, Around({}))
    assert told(found, "struck") == [("C2", "合格")]
    assert [one.rows for one in found.open_questions] == [(3,)]
    cell = '<Cell><Data ss:Type="String">{}</Data>{}</Cell>'
    note = "<Comment><ss:Data>已重测</ss:Data></Comment>"
    rows = "".join(
        f"<Row>{cell.format('点位', '')}{cell.format('内容', '')}</Row><Row>{cell.format('菜场街', note)}{cell.format('C02', '')}</Row>"
    )
    xml = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        f'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="观测"><Table>{rows}</Table></Worksheet></Workbook>'
    )
    assert told(read_rows(read_table(xml.encode(), name="a.xls"), TABLE, Around({})), "comment") == [("A2", "已重测")]
