"""The text of a file page by page, whatever kind of file it is; hostile ones are refused or cut, never trusted."""

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

import pypdfium2
import pypdfium2.raw as pdfium

from chuangwen.kernel.cells import text_of
from chuangwen.kernel.csv_text import decode
from chuangwen.kernel.documents import BrokenDocument, UnknownDocument, page_text
from chuangwen.kernel.pdf_text import pdf_page_text
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheets import EmptyWorkbook, Sheet, read_table
from chuangwen.kernel.unzip import look_at_zip
from chuangwen.kernel.words import lasting, written
from chuangwen.kernel.xml_pages import ofd_pages, slide_pages, word_pages

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIPS = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
    "OFD.xml": "ofd",
    "content.xml": "office",
}
_ENDINGS = {"html": "html", "htm": "html", "eml": "eml", "rtf": "office", "csv": "txt"}
CUT = lasting("只读了前 {kept} 页，全部 {total} 页。")
_MAIL = (b"From:", b"Received:", b"Return-Path:", b"MIME-Version:", b"Delivered-To:", b"Date:", b"Subject:")


@dataclass(frozen=True)
class ReadLimits:
    """How much is read of one file: pages, characters of one page and of all."""

    pages: int = 2000
    page: int = 20_000
    characters: int = 5_000_000


@dataclass(frozen=True)
class Pages:
    """What was read. A page is its text, or None where it is a picture that waits for recognition.

    ``total`` counts the pages of the file; ``cut`` says, in a sentence, what was left out.
    """

    kind: str
    texts: list[str | None]
    total: int
    cut: str = ""


class NeedsOffice(Refusal):
    """An old office file, which only an office program reads."""

    code = "needs_office"
    sentence = lasting(
        "“{file}”是旧格式的办公文件，要靠 LibreOffice 读取。请在本机安装 LibreOffice，或另存为 docx 再传。"
    )
    status = 422


def kind_of(data: bytes, name: str) -> str:
    """docx, xlsx, pptx, ofd, pdf, html, eml, txt, office (through an office program); '' for what has no text."""
    ending = name.lower().rpartition(".")[2]
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        entries = look_at_zip(data, name=name).entries
        return next((kind for entry, kind in _ZIPS.items() if entry in entries), "")
    if data.startswith(OLE):
        others = (name.encode("utf-16-le") in data for name in ("WordDocument", "PowerPoint Document"))
        book = "Workbook".encode("utf-16-le") in data or b"B\0o\0o\0k\0" in data
        return "xlsx" if book and not any(others) else "office"
    if data.startswith(b"{\\rtf"):
        return "office"
    return _kind_of_text(data, ending)


def _kind_of_text(data: bytes, ending: str) -> str:
    head = data[:2048].lstrip().lower()
    if ending == "eml" or data.startswith(_MAIL):
        return "eml"
    if head.startswith((b"<!doctype html", b"<html")) or ending in {"html", "htm"}:
        return "html"
    signs = b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"ID3", b"II*\0", b"MM\0*", b"BM"
    return "" if data.startswith(signs) or data[4:8] == b"ftyp" else "txt"


def read_pages(data: bytes, name: str, limits: ReadLimits | None = None) -> Pages:
    """The pages of a file; raises only refusals. Old office files (``office``) are refused with NeedsOffice."""
    limits = limits or ReadLimits()
    kind = kind_of(data, name)
    if kind == "office":
        raise NeedsOffice(file=name)
    reader = _READERS.get(kind)
    if reader is None:
        raise UnknownDocument(file=name)
    try:
        found = reader(data, name, limits)
    except (Refusal, MemoryError):
        raise
    except Exception as wrong:  # a parser may raise anything at bytes made by a stranger
        raise BrokenDocument(file=name, kind=kind) from wrong
    return _within(found, limits)


def _zipped(read: "Callable[..., list[str]]", kind: str) -> "Callable[[bytes, str, ReadLimits], Pages]":
    def pages(data: bytes, name: str, _limits: ReadLimits) -> Pages:
        texts = read(look_at_zip(data, name=name))
        return Pages(kind, list(texts), len(texts))

    return pages


def _pdf(data: bytes, name: str, limits: ReadLimits) -> Pages:
    with pypdfium2.PdfDocument(data) as pdf:
        total = len(pdf)
        texts: list[str | None] = []
        for number in range(min(total, limits.pages)):
            page = pdf[number]
            text = pdf_page_text(page).strip()
            texts.append(text or (None if _has_picture(page) else ""))
            page.close()
    return Pages("pdf", texts, total)


def _has_picture(page: pypdfium2.PdfPage) -> bool:
    kinds = [pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING]
    return next(iter(page.get_objects(filter=kinds, max_depth=4)), None) is not None


def _sheets(data: bytes, name: str, _limits: ReadLimits) -> Pages:
    try:
        book = read_table(data, name=name)
    except EmptyWorkbook:
        return Pages("xlsx", [""], 1)
    texts = [_sheet_text(sheet) for sheet in book.sheets]
    return Pages("xlsx", list(texts), len(texts))


def _sheet_text(sheet: Sheet) -> str:
    lines = ("\t".join(filter(None, map(text_of, row))) for _, row in sheet.numbered())
    return "\n".join([sheet.name, *lines])


def _html(data: bytes, name: str, _limits: ReadLimits) -> Pages:
    return Pages("html", [page_text(decode(data, name=name))], 1)


def _txt(data: bytes, name: str, _limits: ReadLimits) -> Pages:
    texts = decode(data, name=name).replace("\r\n", "\n").replace("\r", "\n").split("\f")
    return Pages("txt", list(texts), len(texts))


def _eml(data: bytes, name: str, _limits: ReadLimits) -> Pages:
    mail = email.message_from_bytes(data, policy=email.policy.default)
    heads = [f"{key}: {mail[key]}" for key in ("Subject", "From", "To", "Date") if mail[key]]
    text = "\n".join([*heads, _body(mail, name)])
    return Pages("eml", [text], 1)


def _body(mail: EmailMessage, name: str) -> str:
    part = mail.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = part.get_content_charset() or ""
    try:
        text = data.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        text = decode(data, name=name)
    return page_text(text) if part.get_content_type() == "text/html" else text


_READERS: dict[str, Callable[[bytes, str, ReadLimits], Pages]] = {
    "docx": _zipped(word_pages, "docx"),
    "pptx": _zipped(slide_pages, "pptx"),
    "ofd": _zipped(ofd_pages, "ofd"),
    "pdf": _pdf,
    "xlsx": _sheets,
    "html": _html,
    "eml": _eml,
    "txt": _txt,
}


def _within(found: Pages, limits: ReadLimits) -> Pages:
    """No more pages and characters than allowed; a very long page is parted at the ends of lines."""
    texts: list[str | None] = []
    total = max(found.total, 1)
    for text in found.texts:
        texts += [None] if text is None else _parted(_clean(text), limits.page)
    if len(texts) > len(found.texts):
        total += len(texts) - len(found.texts)
    count, kept = 0, 0
    for text in texts[: limits.pages]:
        count += len(text or "")
        if count > limits.characters:
            break
        kept += 1
    cut = written(CUT, kept=kept, total=total) if kept < total else ""
    return Pages(found.kind, texts[:kept], total, cut)


def _clean(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return plain.encode("utf-8", "replace").decode("utf-8").strip()


def _parted(text: str, most: int) -> list[str]:
    parts = []
    while len(text) > most:
        cut = text.rfind("\n", most // 2, most)
        cut = cut if cut > 0 else most
        parts.append(text[:cut].rstrip("\n"))
        text = text[cut:].lstrip("\n")
    return [*parts, text]
