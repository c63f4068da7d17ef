"""Documents that people hand in: read, or refused with a sentence."""

import io

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuangwen.kernel.documents import (
    BrokenDocument,
    DocumentTooLarge,
    EmptyDocument,
    ScannedDocument,
    UnknownDocument,
    read_document,
)
from chuangwen.kernel.refusal import Refusal

BLANK_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "任务", "城建办"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_file_gives_paragraphs_and_tables_in_order() -> None:
    assert read_document(word("一、任务", "正文"), "方案.docx").text.split("\n") == ["一、任务", "正文", "任务\t城建办"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_text_is_read_in_the_encodings_of_office_machines(encoding: str) -> None:
    assert read_document("一、工作任务".encode(encoding), "方案.txt").text == "一、工作任务"


def test_a_web_page_loses_its_scripts_and_navigation() -> None:
    page = "<html><script>var 一=1</script><nav>首页</nav><p>一、任务</p><p>正文&amp;</p></html>"
    assert read_document(page.encode(), "a.html").text == "一、任务\n正文&"


@pytest.mark.parametrize(
    ("data", "name", "refusal"),
    [
        (b"", "a.txt", EmptyDocument),
        (b"  \n ", "a.txt", EmptyDocument),
        (BLANK_PDF, "a.pdf", ScannedDocument),
        (b"%PDF-1.4 nonsense", "a.pdf", BrokenDocument),
        (b"MZ", "a.exe", UnknownDocument),
        (b"0" * 30_000_001, "a.txt", DocumentTooLarge),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(data: bytes, name: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as caught:
        read_document(data, name)
    assert name in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.docx", "a.pdf", "a.html"]))
def test_any_bytes_are_read_or_refused_never_an_error(data: bytes, name: str) -> None:
    try:
        told = read_document(data, name).text
    except Refusal as refusal:
        told = str(refusal)
    assert told.strip()
