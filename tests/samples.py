"""One small file of every kind that comes in, and of those that must not: made here, byte by byte."""

import io
import struct
import wave
import zipfile
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import docx
import xlsxwriter
from PIL import Image

BLANK_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


def photo(form: str = "JPEG", size: tuple[int, int] = (120, 90), *, tint: int = 30) -> bytes:
    """A photo with a gradient and a block of its own."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.paste((200, tint, 30), (size[0] // 8, size[1] // 8, size[0] // 3, size[1] // 2))
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


@cache  # Office files carry the time at which they were made
def word(text: str = "集贸市场管理办法") -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


@cache
def workbook(text: str = "点位") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write(0, 0, text)
    return out.getvalue()


def office_zip(folder: str, *more: str) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", **{f"{folder}/{name}": b"<a/>" for name in ("main.xml", *more)}})


def compound(*names: str) -> bytes:
    """An old Office file with nothing in it but its directory."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    head[24:34] = struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<I", head, 44, 1)
    struct.pack_into("<I", head, 48, 1)
    struct.pack_into("<109I", head, 76, 0, *[0xFFFFFFFF] * 108)
    rows = ["Root Entry", *names]
    sectors = (len(rows) + 3) // 4
    fat = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    directory = b"".join(_row(name) for name in rows).ljust(sectors * 512, b"\0")
    return bytes(head) + table + directory


def _row(name: str) -> bytes:
    text = name.encode("utf-16-le")
    return text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, 2, 1) + b"\xff" * 12 + b"\0" * 48


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\0\1" * 400)
    return out.getvalue()


def film(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + b"\0\0\2\0isommp42" + struct.pack(">I", 16) + b"mdat" + b"\0" * 8


MAIL = (
    b"From: =?gb2312?B?wO7D9A==?= <limin@example.org>\r\nTo: office@example.org\r\n"
    b"Subject: =?utf-8?B?6ZuG6LS45biC5Zy65p2Q5paZ?=\r\nDate: Thu, 14 Oct 2021 09:30:00 +0800\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
) + "见附件，请查收。\r\n".encode("gb2312")


def a_mail(*attached: tuple[str, bytes], text: str = "请查收附件。", html: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "李敏 <limin@example.org>", "a@example.org", "集贸市场材料"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, data in attached:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


OLD_DOC = (Path(__file__).parent / "files" / "old.doc").read_bytes()

TAKEN: dict[str, tuple[str, bytes]] = {
    "照片.jpg": ("jpg", photo()),
    "照片.png": ("png", photo("PNG")),
    "照片.webp": ("webp", photo("WEBP")),
    "照片.gif": ("gif", photo("GIF")),
    "照片.bmp": ("bmp", photo("BMP")),
    "扫描.tif": ("tif", photo("TIFF")),
    "方案.pdf": ("pdf", BLANK_PDF),
    "公文.ofd": ("ofd", zipped({"OFD.xml": b"<OFD/>", "Doc_0/Document.xml": b"<a/>"})),
    "方案.docx": ("docx", word()),
    "台账.xlsx": ("xlsx", workbook()),
    "汇报.pptx": ("pptx", office_zip("ppt")),
    "旧方案.doc": ("doc", OLD_DOC),
    "旧方案.wps": ("wps", compound("WordDocument", "1Table")),
    "旧台账.xls": ("xls", compound("Workbook", "\x05SummaryInformation")),
    "旧台账.et": ("et", compound("a", "b", "c", "d", "e", "f", "g", "Workbook")),
    "旧汇报.ppt": ("ppt", compound("PowerPoint Document")),
    "旧汇报.dps": ("dps", compound("Pictures", "PowerPoint Document")),
    "说明.rtf": ("rtf", b"{\\rtf1\\ansi text}"),
    "说明.txt": ("txt", "说明".encode()),
    "说明.TXT": ("txt", "集贸市场管理情况说明".encode("gbk")),
    "说明 utf16.txt": ("txt", "说明".encode("utf-16")),
    "名单.csv": ("csv", "点位,结果\n东门市场,3\n".encode("gbk")),
    "网页.html": ("html", "<!DOCTYPE html><html><body>公示</body></html>".encode()),
    "邮件.eml": ("eml", MAIL),
    "录音.mp3": ("mp3", b"ID3\x03" + b"\0" * 60),
    "录音2.mp3": ("mp3", b"\xff\xfb\x90\x64" + b"\0" * 60),
    "录音.wav": ("wav", sound()),
    "录音.m4a": ("m4a", film(b"M4A ")),
    "录像.mp4": ("mp4", film(b"isom")),
    "录像.mov": ("mov", film(b"qt  ")),
    "录像.avi": ("avi", b"RIFF\x40\0\0\0AVI LIST" + b"\0" * 60),
    "照片.heic": ("heic", film(b"heic")),
    "材料.zip": ("zip", zipped({"a.txt": b"a"})),
}
