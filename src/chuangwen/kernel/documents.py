"""The text of a document that somebody hands in: txt, docx, pdf with text, html."""

from dataclasses import dataclass
from html.parser import HTMLParser

import pypdfium2

from chuangwen.kernel.csv_text import decode
from chuangwen.kernel.pdf_text import pdf_page_text
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.unzip import look_at_zip
from chuangwen.kernel.words import later
from chuangwen.kernel.xml_pages import word_lines

MOST_BYTES = 30_000_000
_BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "table", "title"}
_SILENT = {"script", "style", "nav", "noscript", "template"}


class EmptyDocument(Refusal):
    """No text in it."""

    code = "empty_document"
    sentence = later("“{file}”里没有文字。请核对是不是选错了文件。")
    status = 422


class ScannedDocument(Refusal):
    """A PDF of pictures."""

    code = "scanned_document"
    sentence = later("“{file}”是扫描件，里面只有图片没有文字。请找电子版，或先做文字识别再来。")
    status = 422


class BrokenDocument(Refusal):
    """The file is not what its name says, is damaged, or wants a password."""

    code = "broken_document"
    sentence = later("“{file}”打不开：文件损坏、加了密码，或者不是 {kind} 文件。请另存一份再来。")
    status = 422


class UnknownDocument(Refusal):
    """A kind of file that is not read."""

    code = "unknown_document"
    sentence = later("不认识“{file}”这种文件。请用 txt、docx、带文字的 pdf 或 html；旧的 doc 请另存为 docx。")
    status = 415


class DocumentTooLarge(Refusal):
    """More than a plan can be."""

    code = "document_too_large"
    sentence = later("“{file}”有 {size} MB，超过 30 MB。方案正文不会这么大，请去掉图片再来。")
    status = 413


@dataclass(frozen=True)
class DocumentText:
    """The text with line breaks as \\n, and the kind of file it came from."""

    text: str
    kind: str


def read_document(data: bytes, name: str) -> DocumentText:
    """The text of a file by its name and content. Refuses with a sentence; never half-reads."""
    if len(data) > MOST_BYTES:
        raise DocumentTooLarge(file=name, size=len(data) // 1_000_000)
    kind = _kind(data, name)
    text = {"docx": _docx, "pdf": _pdf, "html": _html, "txt": _txt}[kind](data, name)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not text.strip():
        raise EmptyDocument(file=name)
    return DocumentText(text, kind)


def _kind(data: bytes, name: str) -> str:
    ending = name.lower().rsplit(".", 1)[-1]
    if data.startswith(b"%PDF") or ending == "pdf":
        return "pdf"
    if data.startswith(b"PK\x03\x04") or ending == "docx":
        return "docx"
    if ending in {"html", "htm"}:
        return "html"
    if ending in {"txt", "md", "text"} or "." not in name:
        return "txt"
    raise UnknownDocument(file=name)


def _txt(data: bytes, name: str) -> str:
    return decode(data, name=name)


def _docx(data: bytes, name: str) -> str:
    look = look_at_zip(data, name=name)
    try:
        return "\n".join(line for _, line in word_lines(look))
    except Refusal:
        raise
    except Exception as wrong:
        raise BrokenDocument(file=name, kind="docx") from wrong


def _pdf(data: bytes, name: str) -> str:
    try:
        pdf = pypdfium2.PdfDocument(data)
        pages = [pdf_page_text(page) for page in pdf]
    except Exception as wrong:
        raise BrokenDocument(file=name, kind="pdf") from wrong
    text = "\n".join(pages)
    if not text.strip():
        raise ScannedDocument(file=name)
    return text


class _Words(HTMLParser):
    """Text of a page, one line for each block, without scripts and navigation."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in _SILENT
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT and self.silent > 0
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(" ".join(data.split("\n")))


def _html(data: bytes, name: str) -> str:
    return page_text(decode(data, name=name))


def page_text(markup: str) -> str:
    """The words of a web page, a line for each block."""
    words = _Words()
    words.feed(markup)
    lines = (line.strip() for line in "".join(words.parts).split("\n"))
    return "\n".join(line for line in lines if line)
