"""Papers: the township's templates filled, measured and laid out by a real office program."""

import io
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Twips

from chuangwen.kernel import papers
from chuangwen.kernel.problems import Problems

FOLDER = Path(__file__).parents[2] / "packs" / "township" / "papers"
TEMPLATES = sorted(FOLDER.glob("*.docx"))
RICH = {
    **{name: f"〔{name}〕内容" for name in papers.FACTS},
    "opened_on": date(2021, 9, 3),
    "today": date(2021, 10, 14),
    "due_at": "2021年10月20日 17:30",
    "fields": [{"label": "措施", "value": "清扫"}],
    "steps": [],
    "f": {
        name: f"填写的{name}"
        for name in [
            "measures",
            "demand",
            "result",
            "reply",
            "way",
            "basis",
            "opinion",
            "outcome",
            "owner",
            "what",
            "area_built",
            "place_name",
        ]
    },
}


def text_of(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_is_sound_and_takes_rich_and_empty_facts(template: Path) -> None:
    problems = Problems()
    papers.check(template.read_bytes(), template.name, problems)
    assert list(problems) == []
    assert "〔number〕" in text_of(papers.fill(template.read_bytes(), RICH)) or "〔paper_number〕" in text_of(
        papers.fill(template.read_bytes(), RICH)
    )
    empty = text_of(papers.fill(template.read_bytes(), {}))
    assert "None" not in empty
    assert papers.BLANK in empty


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_the_page_is_that_of_the_standard(template: Path) -> None:
    section = Document(str(template)).sections[0]
    sides = (
        section.page_width,
        section.page_height,
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    wanted = (11906, 16838, 2098, 1984, 1588, 1474)
    assert all(abs(side - Twips(twips)) < Twips(3) for side, twips in zip(sides, wanted, strict=True))
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    fonts = {node.get(qn("w:eastAsia")) for node in Document(str(template)).element.iter(qn("w:rFonts"))}
    assert {"方正小标宋简体", "仿宋_GB2312"} <= fonts


def test_a_full_page_has_22_lines_of_28_characters(tmp_path: Path) -> None:
    facts = {**RICH, "text": "整" * 1200}
    (tmp_path / "督办单.docx").write_bytes(papers.fill((FOLDER / "督办单.docx").read_bytes(), facts))
    laid_out(tmp_path)
    document = pypdfium2.PdfDocument(tmp_path / "pdf" / "督办单.pdf")
    lines = [line for line in document[1].get_textpage().get_text_range().splitlines() if line.startswith("整整")]
    document.close()
    assert {len(line) for line in lines[:-1]} == {28}
    assert len(lines) == 22


def laid_out(folder: Path) -> None:
    """Every docx of the folder as pages, by a real office program."""
    office = shutil.which("soffice")
    assert office, "LibreOffice is missing: run `make machine`"
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf", "--outdir", str(folder / "pdf"),
         *map(str, sorted(folder.glob("*.docx")))],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip


def test_marks_inside_a_value_come_out_as_text() -> None:
    made = text_of(
        papers.fill((FOLDER / "督办单.docx").read_bytes(), {**RICH, "text": "{{ 7*7 }} <w:p/> & {% if x %}"})
    )
    assert "{{ 7*7 }} <w:p/> & {% if x %}" in made


def test_dates_are_written_without_leading_zeros() -> None:
    assert papers.date_cn(date(2021, 9, 3)) == "2021年9月3日"
    assert papers.date_cn("2021-09-03") == "2021年9月3日"


def test_what_is_wrong_with_a_template_is_told() -> None:
    problems = Problems()
    papers.check(b"no docx", "甲.docx", problems)
    document, out = Document(), io.BytesIO()
    document.add_paragraph("{{ unknown_name }}")
    document.save(out)
    papers.check(out.getvalue(), "乙.docx", problems)
    told = [one.what for one in problems]
    assert told[0] == "不是 docx 文件"
    assert "unknown_name" in told[1]


def test_a_template_cannot_reach_into_the_program() -> None:
    document, out = Document(), io.BytesIO()
    document.add_paragraph("{{ f.__class__.__mro__ }}")
    document.save(out)
    with pytest.raises(papers.BadTemplate, match="unsafe"):
        papers.fill(out.getvalue(), {"f": {"a": 1}})


def test_every_paper_is_laid_out_by_an_office_program(tmp_path: Path) -> None:
    for template in TEMPLATES:
        (tmp_path / template.name).write_bytes(papers.fill(template.read_bytes(), RICH))
    laid_out(tmp_path)
    for template in TEMPLATES:
        document = pypdfium2.PdfDocument(tmp_path / "pdf" / f"{template.stem}.pdf")
        text = "".join(page.get_textpage().get_text_range() for page in document)
        assert 1 <= len(document) <= 3, template.stem
        assert "2021年" in text or "〔" in text, template.stem
        document.close()
