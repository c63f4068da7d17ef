"""Files with bytes on the disk for tests: papers as docx, pdf, pictures; documents that hold them."""

import io
from datetime import datetime
from pathlib import Path

import docx
import xlsxwriter
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont
from tests.records.archive.shelf import Shelf

from chuangwen.kernel.refusal import Refusal
from chuangwen.records.archive import storage
from chuangwen.records.archive.actions import look_at, put_away, row_of
from chuangwen.records.archive.models import Document, StoredFile
from chuangwen.records.ledger.actions import MACHINE

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def kept(data: bytes, name: str, *, at: datetime) -> StoredFile:
    """A sealed file as the intake leaves it. What it turns away is laid there by hand: readers stand that all the same."""
    staged = storage.stage(settings.FILES, [data])
    try:
        looked = look_at(staged, name)
        put_away(looked)
        return row_of(looked, by=MACHINE, at=at)[0]
    except Refusal:
        storage.keep(settings.FILES, "sealed", staged.sha256, data)
        said = {"size": len(data), "media_type": "application/octet-stream", "name": name, "kept_at": at}
        return StoredFile.objects.create(sha256=staged.sha256, **said)
    finally:
        staged.discard()


def brought(shelf: Shelf, data: bytes, name: str, title: str = "某份资料", **facts: object) -> Document:
    """A document of one such file."""
    return shelf.document(title, files=[kept(data, name, at=shelf.at)], **facts)


def word(*pages: str) -> bytes:
    """A docx; each page of it a text, its lines paragraphs."""
    document = docx.Document()
    for number, page in enumerate(pages):
        if number:
            document.add_page_break()
        for line in page.split("\n"):
            document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sheet(title: str, rows: list[list[object]]) -> bytes:
    """A workbook of one sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet(title)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return out.getvalue()


def picture(text: str, *, size: int = 26, width: int = 1000) -> Image.Image:
    """A page as a scanner gives it: black on white, no text behind."""
    lines = text.split("\n")
    page = Image.new("RGB", (width, max(300, len(lines) * size * 2 + 160)), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(FONT, size)
    for number, line in enumerate(lines):
        pen.text((80, 80 + number * size * 2), line, font=font, fill="black")
    return page


def scan(*pages: str) -> bytes:
    """A PDF of pictures alone."""
    drawn = [picture(page) for page in pages]
    out = io.BytesIO()
    drawn[0].save(out, "PDF", save_all=True, append_images=drawn[1:])
    return out.getvalue()


def jpeg(text: str) -> bytes:
    """A photo of a page."""
    out = io.BytesIO()
    picture(text).save(out, "JPEG", quality=85)
    return out.getvalue()


def sample(name: str) -> bytes:
    """A file of tests/files."""
    return (Path(__file__).parents[2] / "files" / name).read_bytes()
