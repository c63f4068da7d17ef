"""Documents written from nothing: they open, keep the geometry of an official paper, and come out the same every time."""

import io
from datetime import UTC, datetime

import docx
from docx.shared import Mm

from chuangwen.kernel import word

AT = datetime(2021, 10, 14, 1, 30, tzinfo=UTC)
BODY = [
    word.paragraph("关于集贸市场的说明", word.TITLE_TYPE),
    word.paragraph("一、主要措施", word.HEADING),
    word.paragraph('第一行<&>"\x00\n第二行'),
    *word.table(word.Grid((20, 60, 40), ("序号", "题名", "日期")), [("1", "办法"), ("2", "统计表", "2021-03-01")]),
    word.paragraph(""),
]


def test_the_document_opens_with_its_words_and_its_table() -> None:
    made = docx.Document(io.BytesIO(word.document(BODY, at=AT)))
    assert [one.text for one in made.paragraphs[:3]] == ["关于集贸市场的说明", "一、主要措施", '第一行<&>"\n第二行']
    table = made.tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["序号", "题名", "日期"],
        ["1", "办法", "办法"],  # a short row stretches its last cell
        ["2", "统计表", "2021-03-01"],
    ]


def test_the_paper_has_the_margins_of_an_official_paper() -> None:
    section = docx.Document(io.BytesIO(word.document(BODY, at=AT))).sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(one / Mm(1)) for one in sides if one] == [37, 35, 28, 26]
    lying = docx.Document(io.BytesIO(word.document(BODY, at=AT, landscape=True))).sections[0]
    assert (round((lying.page_width or 0) / Mm(1)), round((lying.page_height or 0) / Mm(1))) == (297, 210)


def test_the_same_words_at_the_same_moment_give_the_same_bytes() -> None:
    assert word.document(BODY, at=AT) == word.document(iter(BODY), at=AT)


def test_thousands_of_rows_are_streamed() -> None:
    rows = ((str(n), f"材料{n}", "2021-03-01") for n in range(5000))
    made = word.document(word.table(word.Grid((20, 60, 40), ("序号", "题名", "日期")), rows), at=AT)
    assert len(docx.Document(io.BytesIO(made)).tables[0]._tbl.tr_lst) == 5001
