"""Workbooks and CSV as offices send them, and the refusals of what is none."""

import datetime
import io
import re
import struct
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from chuangwen.kernel.cells import cell_name, day_of, number_of, text_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheet_scan import SheetLimits, TableTooBig
from chuangwen.kernel.sheets import EmptyWorkbook, NotAWorkbook, cell_problems, read_table
from chuangwen.kernel.unzip import (
    NotAZip,
    SizeIsALie,
    SqueezedTooHard,
    TooBigInside,
    TooManyEntries,
    UnsafeEntry,
    ZipLimits,
    look_at_zip,
)


def _book(rows: list[list[object]], **more: object) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet(str(more.get("name", "表")))
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def _zip(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def _with_sheet_xml(xml: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(_book([["点位"]])))
    entries = {name: source.read(name) for name in source.namelist()}
    entries["xl/worksheets/sheet1.xml"] = xml
    return _zip(entries)


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'


def test_rows_keep_the_numbers_that_people_see() -> None:
    sheet = read_table(_book([[], [], ["点位", "结果"], ["东门市场", 3]]), name="a.xlsx").sheets[0]
    assert [(number, row[0]) for number, row in sheet.numbered()] == [(3, "点位"), (4, "东门市场")]


def test_merged_cells_speak_for_every_row_they_cover() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:A3", "政务环境")
        sheet.write_column(0, 1, ["甲", "乙", "丙"])
    read = read_table(out.getvalue(), name="a.xlsx").sheets[0]
    assert [row[0] for row in read.filled().rows] == ["政务环境"] * 3
    assert read.merged_down(0) == {1: 1, 2: 1, 3: 1}


def test_hidden_sheets_are_not_chosen() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("本表").write(0, 0, "点位")
        old = book.add_worksheet("旧表")
        old.write(0, 0, "旧")
        old.hide()
    assert [sheet.name for sheet in read_table(out.getvalue(), name="a.xlsx").shown] == ["本表"]


def test_a_formula_with_a_saved_value_is_read_and_one_without_is_named() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("表")
        sheet.write(0, 0, "分值")
        sheet.write_formula(1, 0, "=1+1", value=2)
    assert read_table(out.getvalue(), name="a.xlsx").sheets[0].rows[1] == [2.0]
    book2 = openpyxl.Workbook()
    book2.active["A1"], book2.active["B7"] = "分值", "=1+1"
    out = io.BytesIO()
    book2.save(out)
    read = read_table(out.getvalue(), name="b.xlsx")
    assert [(p.row, p.column) for p in cell_problems(read, read.sheets[0])] == [(7, "B7")]


def test_excels_own_errors_are_problems() -> None:
    read = read_table("点位,分值\n东门,#DIV/0!\n".encode(), name="a.csv")
    assert [p.row for p in cell_problems(read, read.sheets[0])] == [2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_and_with_every_separator(encoding: str, separator: str) -> None:
    text = "点位|考察内容|结果\r\n东门市场|乱停乱放|3\r\n西门市场|占道经营|0\r\n".replace("|", separator)
    sheet = read_table(text.encode(encoding), name="a.csv").sheets[0]
    assert sheet.rows == [["点位", "考察内容", "结果"], ["东门市场", "乱停乱放", "3"], ["西门市场", "占道经营", "0"]]


@pytest.mark.parametrize(
    "cell",
    [
        "2021-10-14",
        "2021/10/14",
        "2021.10.14",
        "2021年10月14日",
        "20211014",
        44483,
        44483.0,
        "44483",
        "\uff12\uff10\uff12\uff11－\uff11\uff10－\uff11\uff14",
        "2021-10-14 09:30",
        datetime.datetime(2021, 10, 14, 9, 30),
        datetime.date(2021, 10, 14),
    ],
)
def test_a_day_is_read_in_all_its_spellings(cell: object) -> None:
    assert day_of(cell) == datetime.date(2021, 10, 14)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["", "2021-02-30", "十月", "12", "99999999", 3.5, True])
def test_what_is_no_day_is_none(cell: object) -> None:
    assert day_of(cell) is None  # type: ignore[arg-type]


def test_numbers_are_exact_in_either_width() -> None:
    assert number_of("\uff12．\uff15") == Decimal("2.5")
    assert number_of("1,234") == Decimal(1234)
    assert number_of("95%") == Decimal("0.95")
    assert number_of(0.1) == Decimal("0.1")
    assert number_of("三") is None
    assert text_of(3.0) == "3"
    assert cell_name(7, 27) == "AB7"


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7 ...", b"\x89PNG\r\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", b"\x00\x01\x02\x03"]
)
def test_what_is_no_workbook_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(NotAWorkbook) as refusal:
        read_table(data, name="照片.xlsx")
    assert "照片.xlsx" in str(refusal.value)
    assert "另存为 xlsx" in str(refusal.value)


def test_a_word_file_named_xlsx_is_refused_as_word() -> None:
    with pytest.raises(NotAWorkbook, match="Word"):
        read_table(_zip({"word/document.xml": b"<a/>"}), name="a.xlsx")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(EmptyWorkbook):
        read_table(b"", name="a.csv")


def test_a_million_rows_are_refused_before_they_are_unpacked() -> None:
    xml = SHEET % b'<dimension ref="A1:H1000000"/><sheetData/>'
    with pytest.raises(TableTooBig, match="1000000"):
        read_table(_with_sheet_xml(xml), name="a.xlsx")


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1"><c r="A1"/><c r="A1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="XFD1"><v>1</v></c></row><row r="90000"><c r="A90000"><v>1</v></c></row>',
        b"<row r='1'><c s='1' r='XFD90000'><v>1</v></c></row>",
        b'<row r="1">' + b"<c><v>1</v></c>" * 9000 + b'</row><row r="90000"><c r="A90000"><v>1</v></c></row>',
    ],
)
def test_one_stray_cell_far_away_does_not_take_the_memory(cells: bytes) -> None:
    with pytest.raises(TableTooBig):
        read_table(_with_sheet_xml(SHEET % (b"<sheetData>" + cells + b"</sheetData>")), name="a.xlsx")


@pytest.mark.parametrize("place", [b"A" * 54 + b"1", b"ABCDE1", b"A99999999999", b"zzzzzz7"])
def test_a_place_that_no_sheet_has_is_refused_before_the_reader_asks_for_its_memory(place: bytes) -> None:
    """One such cell made the reader ask for 66 GB and ended the whole process of the site."""
    cells = b'<row r="1"><c r="B1"><v>1</v></c><c r="' + place + b'"><v>1</v></c></row>'
    with pytest.raises(NotAZip):
        read_table(_with_sheet_xml(SHEET % (b"<sheetData>" + cells + b"</sheetData>")), name="a.xlsx")


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_part_that_says_it_has_a_billion_things_is_refused_before_room_is_made_for_them(part: str) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write_row(0, 0, ["路灯", "不亮"])
    with zipfile.ZipFile(out) as packed:
        files = {one: packed.read(one) for one in packed.namelist()}
    assert read_table(out.getvalue(), name="a.xlsx").sheets[0].rows
    files[part] = re.sub(rb'([cC]ount=)"\d+"', rb'\1"99999999999"', files[part])
    with pytest.raises(NotAZip):
        read_table(_zip(files), name="a.xlsx")


def test_a_csv_with_too_many_rows_or_columns_is_refused() -> None:
    with pytest.raises(TableTooBig):
        read_table(b"a,b\n" * 20, name="a.csv", limits=SheetLimits(rows=10))
    with pytest.raises(TableTooBig):
        read_table(b"a," * 300 + b"\n", name="a.csv")
    with pytest.raises(TableTooBig):
        read_table(b"a,b\n" * 20, name="a.csv", limits=SheetLimits(file=10))


def test_a_zip_bomb_is_refused_by_its_table_of_contents() -> None:
    bomb = _zip({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b" " * 8_000_000})
    with pytest.raises(SqueezedTooHard):
        read_table(bomb, name="a.xlsx")
    with pytest.raises(TooBigInside):
        look_at_zip(bomb, name="a", limits=ZipLimits(total=1000))


def test_a_zip_that_lies_about_its_sizes_is_caught_while_it_is_unpacked() -> None:
    data = bytearray(_zip({"a.txt": b"x" * 100_000}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    look = look_at_zip(bytes(data), name="a.zip")
    with pytest.raises(SizeIsALie):
        look.read("a.txt")


def test_unsafe_names_too_many_entries_and_broken_zips_are_refused() -> None:
    with pytest.raises(UnsafeEntry):
        look_at_zip(_zip({"../a": b""}), name="a")
    with pytest.raises(TooManyEntries):
        look_at_zip(_zip({str(n): b"" for n in range(20)}), name="a", limits=ZipLimits(entries=10))
    with pytest.raises(NotAZip):
        look_at_zip(b"PK\x03\x04 nothing", name="a")


def test_a_broken_workbook_is_refused() -> None:
    with pytest.raises(Refusal):
        read_table(_with_sheet_xml(b"<worksheet><sheetData><row><c"), name="a.xlsx")


def _sheets_or_refusal(data: bytes) -> object:
    """The sheets, or the sentence of the refusal; anything else that is raised fails the test."""
    try:
        return read_table(data, name="a").sheets
    except Refusal as refusal:
        return str(refusal)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"sep="]),
)
def test_no_bytes_raise_anything_but_a_refusal(data: bytes, magic: bytes) -> None:
    assert _sheets_or_refusal(magic + data)


_GOOD = _book([["点位", "结果"], ["东门", 1], ["西门", "=2"]])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(_GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_no_damage_to_a_workbook_raises_anything_but_a_refusal(damage: list[tuple[int, int]]) -> None:
    data = bytearray(_GOOD)
    for place, byte in damage:
        data[place] = byte
    assert _sheets_or_refusal(bytes(data))


_LINKS = zipfile.ZipFile(io.BytesIO(_GOOD)).read("xl/worksheets/sheet1.xml")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(_LINKS) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_no_damage_inside_a_sheet_raises_anything_but_a_refusal(damage: list[tuple[int, int]]) -> None:
    xml = bytearray(_LINKS)
    for place, byte in damage:
        xml[place] = byte
    assert _sheets_or_refusal(_with_sheet_xml(bytes(xml)))
