"""Word documents written from nothing: the paper, type and lines of GB/T 9704-2012, tables of any length.

The frame (page, styles, page numbers) is made once; the body is text that is streamed into it, so that a table of
thousands of rows needs little memory and the same content gives the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as Made
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import _Footer
from docx.shared import Mm, Pt
from docx.text.run import Run

from chuangwen.kernel.figures import Figure
from chuangwen.kernel.legible import legible
from chuangwen.kernel.workdays import CHINA

CONDENSED = -5  # twentieths of a point: 28 characters of 16 pt on 156 mm (GB/T 9704-2012, 5.2.3)
BODY, TITLE, HEAD, KAI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
LATIN = "Times New Roman"
PITCH = 579  # twips: 22 lines on 225 mm
_MARK = "@@BODY@@"
Align = Literal["left", "center", "right", "both"]


@dataclass(frozen=True)
class Type:
    """How a piece of text looks: its font, its size in points, where it stands, whether the first line is indented."""

    font: str = BODY
    size: float = 16
    align: Align = "both"
    indent: bool = True
    before: float = 0
    after: float = 0
    new_page: bool = False
    keep: bool = False


TEXT = Type()
PLAIN = Type(indent=False)
CELL = Type(size=10.5, indent=False, align="left", before=2, after=2)
CELL_HEAD = Type(font=HEAD, size=10.5, indent=False, align="center", before=2, after=2)
TITLE_TYPE = Type(font=TITLE, size=22, align="center", indent=False, after=14)
HEADING = Type(font=HEAD, keep=True)
SIGNED = Type(align="right", indent=False)


def paragraph(text: str, type_: Type = TEXT) -> str:
    """One paragraph; line breaks in the text are line breaks on paper."""
    if "\n" not in text:
        return f'{_before(type_, type_.align)}<w:t xml:space="preserve">{clean(text)}</w:t></w:r></w:p>'
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{clean(line)}</w:t>' for line in text.split("\n"))
    return f"{_before(type_, 'left' if type_.align == 'both' else type_.align)}{lines}</w:r></w:p>"


def with_figure(inner: str, figure: Figure) -> str:
    """A paragraph that tells a figure, inside a content control which carries the figure's name and exact value."""
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{clean(figure.kind.title)}"/><w:tag w:val="{clean(figure.as_tag)}"/></w:sdtPr>'
        f"<w:sdtContent>{inner}</w:sdtContent></w:sdt>"
    )


def clean(text: str) -> str:
    """Text as it may stand in XML."""
    return escape(legible(text))


@lru_cache(maxsize=64)
def _before(type_: Type, align: str) -> str:
    """Everything of a paragraph that stands before its text."""
    small = type_.size < 14
    pitch = round(type_.size * 26) if small else PITCH if type_.size <= 16 else 680
    spacing = (
        f'<w:spacing w:before="{round(type_.before * 20)}" w:after="{round(type_.after * 20)}"'
        f' w:line="{pitch}" w:lineRule="{"atLeast" if small else "exact"}"/>'
    )
    facts = [
        "<w:keepNext/>" if type_.keep else "",
        "<w:pageBreakBefore/>" if type_.new_page else "",
        '<w:snapToGrid w:val="0"/>' if small else "",
        spacing,
        f'<w:ind w:firstLineChars="200" w:firstLine="{round(type_.size * 40)}"/>' if type_.indent else "",
        f'<w:ind w:rightChars="200" w:right="{round(type_.size * 40)}"/>' if type_.align == "right" else "",
        f'<w:jc w:val="{align}"/>',
    ]
    return f"<w:p><w:pPr>{''.join(facts)}</w:pPr><w:r>{_look(type_)}"


def _look(type_: Type) -> str:
    half = round(type_.size * 2)
    narrow = f'<w:spacing w:val="{CONDENSED}"/>' if type_.size == 16 else ""
    return (
        f'<w:rPr><w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:cs="{LATIN}" w:eastAsia="{type_.font}"/>{narrow}'
        f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr>'
    )


@dataclass(frozen=True)
class Grid:
    """A table: the widths of its columns in millimetres, the headings (empty: none) repeated on each page."""

    widths: Sequence[float]
    heads: Sequence[str] = ()
    type_: Type = CELL
    head: Type = CELL_HEAD
    first_is_head: bool = False


def table(grid: Grid, rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table with lines, row by row; a row with fewer cells than columns stretches its last one to the right."""
    yield (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/><w:jc w:val="center"/>'
        '<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>'
        + "".join(f'<w:gridCol w:w="{_twips(one)}"/>' for one in grid.widths)
        + "</w:tblGrid>"
    )
    if grid.heads:
        yield _row(grid, grid.heads, head=True)
    for row in rows:
        yield _row(grid, row, head=False)
    yield "</w:tbl>"


def _row(grid: Grid, cells: Sequence[str], *, head: bool) -> str:
    told = []
    last = len(cells) - 1
    for place, text in enumerate(cells):
        span = len(grid.widths) - place if place == last else 1
        width = sum(grid.widths[place : place + span]) if span > 1 else grid.widths[place]
        type_ = grid.head if head or (grid.first_is_head and place % 2 == 0) else grid.type_
        told.append(f"{_cell(width, span)}{paragraph(text, type_)}</w:tc>")
    facts = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if head else "") + "</w:trPr>"
    return f"<w:tr>{facts}{''.join(told)}</w:tr>"


@lru_cache(maxsize=256)
def _cell(width: float, span: int) -> str:
    over = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{_twips(width)}" w:type="dxa"/>{over}<w:vAlign w:val="center"/></w:tcPr>'


def _twips(millimetres: float) -> int:
    return round(millimetres * 1440 / 25.4)


def document(body: Iterable[str], *, at: datetime, landscape: bool = False) -> bytes:
    """The body in its frame, as docx."""
    parts, (before, after) = _frame(landscape)
    out = io.BytesIO()
    local = at.astimezone(CHINA)
    date = (local.year, local.month, local.day, local.hour, local.minute, local.second)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts:
            info = zipfile.ZipInfo(name, date)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            with packed.open(info, "w") as part:
                if name != "word/document.xml":
                    part.write(data)
                    continue
                part.write(before)
                for piece in body:
                    part.write(piece.encode())
                part.write(after)
    return out.getvalue()


@lru_cache(maxsize=2)
def _frame(landscape: bool) -> tuple[list[tuple[str, bytes]], tuple[bytes, bytes]]:  # noqa: FBT001 - one of two papers
    """The parts of an empty document, and what stands before and after the body."""
    made = paper(landscape=landscape)
    made.add_paragraph(_MARK)
    core = made.core_properties
    core.author = core.last_modified_by = core.title = core.comments = ""
    core.created = core.modified = datetime(2000, 1, 1)  # noqa: DTZ001 - the same in every file; the zip holds the moment
    out = io.BytesIO()
    made.save(out)
    with zipfile.ZipFile(out) as packed:
        parts = [(name, packed.read(name)) for name in packed.namelist() if name != "docProps/thumbnail.jpeg"]
    main = dict(parts)["word/document.xml"]
    found = re.search(rb"<w:p>(?:(?!<w:p>).)*?" + _MARK.encode() + rb".*?</w:p>", main, re.DOTALL)
    if found is None:
        raise ValueError(_MARK)
    rest = [(name, _without_thumbnail(data) if name == "_rels/.rels" else data) for name, data in parts]
    return rest, (main[: found.start()], main[found.end() :])


def _without_thumbnail(data: bytes) -> bytes:
    return re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", data)


def paper(*, landscape: bool = False) -> Made:
    """An empty document: A4 with the margins of an official paper, or A4 lying for tables; page numbers at the foot."""
    made = Document()
    section = made.sections[0]
    sides = (Mm(25), Mm(20), Mm(20), Mm(20)) if landscape else (Mm(37), Mm(35), Mm(28), Mm(26))
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = sides
    section.footer_distance = Mm(10) if landscape else Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001 - python-docx has no name for it
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)  # noqa: SLF001
    grid.set(qn("w:type"), "lines")  # 22 lines; 28 characters come by CONDENSED, which every office program keeps
    grid.set(qn("w:linePitch"), str(PITCH))
    grid.attrib.pop(qn("w:charSpace"), None)
    made.settings.odd_and_even_pages_header_footer = True
    page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    _defaults(made)
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = LATIN, Pt(16)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    return made


def _defaults(made: Made) -> None:
    """Size and language of the whole document: the character grid is counted from them, punctuation stands as in Chinese."""
    found = made.styles.element.find(qn("w:docDefaults"))
    run = found.find(f"{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for name in ("w:sz", "w:szCs"):
        run.find(qn(name)).set(qn("w:val"), "32")
    run.find(qn("w:lang")).set(qn("w:eastAsia"), "zh-CN")
    space = found.find(f"{qn('w:pPrDefault')}/{qn('w:pPr')}/{qn('w:spacing')}")
    space.set(qn("w:after"), "0")
    for language in made.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def font(run: Run, name: str = BODY, size: float = 16, *, bold: bool = False) -> Run:
    """Let a run have a Chinese font and its size; 16 pt is set 28 to the line."""
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, LATIN
    facts = run._element.get_or_add_rPr()  # noqa: SLF001 - python-docx knows no East Asian font
    facts.get_or_add_rFonts().set(qn("w:eastAsia"), name)
    if size == 16:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(CONDENSED))
        facts.append(spacing)
    return run


def page_number(footer: _Footer, align: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, in 4号宋体."""
    one = footer.paragraphs[0]
    one.alignment = align
    for text, kind in (("— ", None), ("PAGE", "field"), (" —", None)):
        run = one.add_run("" if kind else text)
        font(run, "宋体", 14)
        if kind:
            for part in ("begin", "instr", "end"):
                node = OxmlElement("w:instrText" if part == "instr" else "w:fldChar")
                if part == "instr":
                    node.text = text
                else:
                    node.set(qn("w:fldCharType"), part)
                run._element.append(node)  # noqa: SLF001
