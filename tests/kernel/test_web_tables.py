"""Texts under the name of a workbook: a web page saved as xls, the XML of 2003; an xlsx behind a password."""

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from chuangwen.kernel.csv_text import NotAText
from chuangwen.kernel.ranges import Range
from chuangwen.kernel.sheets import HasPassword, NotAWorkbook, Sheet, read_table

FILES = Path(__file__).parents[1] / "files" / "tables"
PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body>
<table border=1><tr><th colspan=3>2021年台账</th></tr><tr><td rowspan="2">市场&amp;广场</td><td>门口<br>积水</td><td>12345678901234567890</td></tr>
<tr style="display: none"><td>乙</td><td>2</td></tr></table><table><tr><td>第二张</td></tr></table></body></html>"""
OLD_XML = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="台账"><Table><Column ss:Index="2" ss:Hidden="1"/>
<Row ss:Index="2"><Cell ss:MergeDown="1"><Data ss:Type="String">点位</Data></Cell><Cell ss:Index="3"><Data ss:Type="Number">3</Data></Cell></Row>
<Row ss:Hidden="1"><Cell ss:Index="3"><Data ss:Type="DateTime">2021-10-12T09:30:00.000</Data></Cell></Row></Table></Worksheet></Workbook>"""


def test_a_web_page_saved_as_xls_is_read_with_its_spans_and_its_encoding() -> None:
    book = read_table(PAGE.encode("gb18030"), name="导出.xls")
    assert book.kind == "web"
    first, second = book.sheets
    assert first.rows == [["2021年台账"], ["市场&广场", "门口\n积水", "12345678901234567890"], ["", "乙", "2"]]
    assert first.merged == (Range(1, 0, 1, 2), Range(2, 0, 3, 0))
    assert first.filled().rows[2][0] == "市场&广场"
    assert first.hidden_rows == {3}
    assert (second.name, second.rows) == ("导出.xls (2)", [["第二张"]])


def test_a_cell_spanned_over_rows_counts_in_the_last_column_too() -> None:
    page = """<table><tr><td>来电时间<td>问题<td>工单编号<td>办结时间<td>回访
    <tr><td>2021-09-10<td>井盖松动<td>G1<td rowspan=3>2021-09-15<td rowspan=2>满意<tr><td>2021-09-11<td>电线下垂<td>G2
    <tr><td>2021-09-12<td>积水<td>G3</table>"""
    sheet = read_table(page.encode(), name="热线.xls").sheets[0]
    assert [row[3:] for row in sheet.filled().rows[1:]] == [
        ["2021-09-15", "满意"],
        ["2021-09-15", "满意"],
        ["2021-09-15"],
    ]


def test_a_row_merged_downwards_in_the_xml_of_2003_counts_in_its_last_column() -> None:
    spanned = OLD_XML.replace('<Data ss:Type="Number">3', '<Data ss:Type="String">甲').replace(
        '<Cell ss:Index="3">', '<Cell ss:Index="3" ss:MergeDown="1">', 1
    )
    cut = (
        spanned[: spanned.index('<Row ss:Hidden="1">')]
        + '<Row><Cell><Data ss:Type="String">别的</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    assert [row[2] for row in read_table(cut.encode(), name="a.xls").sheets[0].filled().rows[1:]] == ["甲", "甲"]


def test_spans_that_reach_beyond_the_table_end_where_it_ends() -> None:
    page = "<table><tr><td>一<td rowspan=1000 colspan=1000>甲<tr><td>二<tr><td>三</table>"
    sheet = read_table(page.encode(), name="a.xls").sheets[0]
    assert sheet.merged == (Range(1, 1, 3, 1),)
    assert sheet.filled().rows == [["一", "甲"], ["二", "甲"], ["三", "甲"]]


def test_a_table_left_open_is_read_to_its_end() -> None:
    assert read_table(b"<table><tr><td>a<td>b<tr><td>c", name="a.xls").sheets[0].rows == [["a", "b"], ["c"]]


def test_the_xml_of_2003_is_read_with_its_merged_and_hidden_cells() -> None:
    sheet = read_table(OLD_XML.encode(), name="a.xls").sheets[0]
    assert sheet.name == "台账"
    assert sheet.rows == [[], ["点位", "", 3.0], ["", "", dt.datetime(2021, 10, 12, 9, 30)]]
    assert (sheet.merged, sheet.hidden_rows, sheet.hidden_columns) == ((Range(2, 0, 3, 0),), {3}, {1})


def test_xml_that_would_unfold_without_end_is_refused() -> None:
    bomb = OLD_XML.replace('<?xml version="1.0"?>', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]>')
    with pytest.raises(NotAText):
        read_table(bomb.encode(), name="a.xls")


def test_a_mail_page_is_named_for_what_it_is() -> None:
    with pytest.raises(NotAWorkbook, match="MHT"):
        read_table(b"MIME-Version: 1.0\r\nContent-Type: multipart/related", name="a.xls")


def test_an_xlsx_behind_a_password_says_so() -> None:
    with pytest.raises(HasPassword, match="设了打开密码"):
        read_table((FILES / "observations" / "password.xlsx").read_bytes(), name="考察.xlsx")


def test_hidden_rows_and_columns_and_the_first_day_of_a_workbook_are_known() -> None:
    def build(**options: Any) -> Sheet:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, options) as book:
            sheet = book.add_worksheet()
            sheet.write_column(0, 0, range(4))
            sheet.set_row(1, None, None, {"hidden": True})
            sheet.set_column("C:D", None, None, {"hidden": True})
        read = read_table(out.getvalue(), name="a.xlsx")
        assert read.date1904 is bool(options)
        return read.sheets[0]

    for sheet in (build(), build(date_1904=True)):
        assert (sheet.hidden_rows, sheet.hidden_columns) == ({2}, {2, 3})


def test_a_strict_workbook_is_read_like_any_other() -> None:
    book = openpyxl.Workbook()
    book.active.append(["点位", "时间"])
    book.active.append(["东门", dt.datetime(2021, 10, 12, 9, 30)])
    plain, strict = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(strict, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            data = data.replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/", b"http://purl.oclc.org/ooxml/spreadsheetml/"
            )
            data = data.replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            target.writestr(name, data)
    assert (
        read_table(strict.getvalue(), name="a.xlsx").sheets[0].rows
        == read_table(plain.getvalue(), name="a.xlsx").sheets[0].rows
    )
