"""Files with bytes on the disk for tests: papers as docx, pdf, pictures; documents that hold them."""

import io
from pathlib import Path

import docx
import xlsxwriter
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont
from tests.records.archive.shelf import Shelf

from chuangwen.records.archive import storage
from chuangwen.records.archive.models import Document, StoredFile

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    "pdf": "application/pdf",
    "docx": DOCX,
    "xlsx": XLSX,
    "txt": "text/plain",
    "html": "text/html",
    "eml": "message/rfc822",
}


def kept(data: bytes, name: str, **facts: object) -> StoredFile:
    """A sealed file of any kind, as the intake leaves it."""
    digest = storage.digest(data)
    storage.keep(settings.FILES, "sealed", digest, data)
    media_type = TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    said = {"size": max(1, len(data)), "media_type": media_type, "name": name, "kept_at": facts.pop("at"), **facts}
    return StoredFile.objects.create(sha256=digest, **said)


def brought(shelf: Shelf, data: bytes, name: str, title: str = "某份资料", **facts: object) -> Document:
    """A document of one such file."""
    photo = {"is_photo": True} if name.endswith((".jpg", ".png")) else {}
    file = kept(data, name, at=shelf.at, **photo)
    if photo:
        storage.keep(settings.FILES, "public", f"{file.sha256}.page.jpg", data)
    return shelf.document(title, files=[file], **facts)


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
