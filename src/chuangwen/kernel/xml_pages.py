"""The text of docx, pptx and ofd files, read from their XML as a stream: no entities, no tree, nothing unpacked unseen."""

import re
from collections.abc import Callable, Mapping
from typing import Protocol
from xml.parsers import expat

from chuangwen.kernel.chinese import natural_key
from chuangwen.kernel.unzip import ZipLook

_SLIDE = re.compile(r"ppt/slides/slide\d+\.xml\Z")
_OFD_PAGE = re.compile(r"(?:.*/)?Pages/Page_\d+/Content\.xml\Z")
_EXTRA = re.compile(r"word/(?:header|footnotes|endnotes|footer)\d*\.xml\Z")


Attributes = Mapping[str, str]


class Handler(Protocol):
    """What is told of an XML as it streams by; tags come without their prefix."""

    def start(self, tag: str, attributes: Attributes) -> None: ...
    def end(self, tag: str) -> None: ...
    def text(self, said: str) -> None: ...


class HasDoctype(ValueError):
    """An office file declares no document type; one that does wants to blow up or to look elsewhere."""


class _Words:
    """Lines of a Word document with their pages: a paragraph stands on the page where its text begins."""

    def __init__(self) -> None:
        self.page = 1
        self.lines: list[tuple[int, str]] = []
        self.open: list[list[str]] = []  # texts of the open paragraphs; a text box puts one inside another
        self.begun: list[int] = []
        self.cells: list[list[str]] = []  # lines of the open table cells
        self.rows: list[list[str]] = []
        self.inside: list[str] = []
        self.skipped = 0
        self.reading = False

    def start(self, tag: str, attributes: Attributes) -> None:
        self.inside.append(tag)
        if self.skipped or tag in {"Fallback", "del", "moveFrom"}:
            self.skipped += 1
            return
        act = _STARTS.get(tag)
        if act is not None:
            act(self, attributes)

    def end(self, tag: str) -> None:
        self.inside.pop()
        if self.skipped:
            self.skipped -= 1
            return
        act = _ENDS.get(tag)
        if act is not None:
            act(self)

    def text(self, said: str) -> None:
        if self.reading and not self.skipped:
            self.add(said)

    def add(self, text: str) -> None:
        if self.open:
            if not self.open[-1]:
                self.begun[-1] = self.page
            self.open[-1].append(text)

    def turn(self) -> None:
        self.page += 1

    def begin_paragraph(self) -> None:
        self.open.append([])
        self.begun.append(self.page)

    def end_paragraph(self) -> None:
        if not self.open:
            return
        text, page = "".join(self.open.pop()), self.begun.pop()
        if self.cells:
            self.cells[-1].append(text)
        else:
            self.lines.append((page, text))

    def end_cell(self) -> None:
        lines = self.cells.pop() if self.cells else []
        if self.rows:
            self.rows[-1].append("\n".join(lines).strip())

    def end_row(self) -> None:
        row = "\t".join(self.rows.pop()) if self.rows else ""
        if self.cells:
            self.cells[-1].append(row)
        else:
            self.lines.append((self.page, row))

    def read(self, *, on: bool) -> None:
        self.reading = on


def _break(words: _Words, attributes: Attributes) -> None:
    if any(key.rpartition(":")[2] == "type" and value == "page" for key, value in attributes.items()):
        words.turn()
    else:
        words.add("\n")


_STARTS: dict[str, Callable[[_Words, Attributes], None]] = {
    "p": lambda words, _: words.begin_paragraph(),
    "t": lambda words, _: words.read(on=True),
    "tr": lambda words, _: words.rows.append([]),
    "tc": lambda words, _: words.cells.append([]),
    "tab": lambda words, _: words.add("\t") if "r" in words.inside[-2:-1] else None,
    "cr": lambda words, _: words.add("\n"),
    "noBreakHyphen": lambda words, _: words.add("-"),
    "br": _break,
    "lastRenderedPageBreak": lambda words, _: words.turn(),
}
_ENDS: dict[str, Callable[[_Words], None]] = {
    "p": _Words.end_paragraph,
    "t": lambda words: words.read(on=False),
    "tc": _Words.end_cell,
    "tr": _Words.end_row,
}


def _parsed(data: bytes, handler: Handler) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = lambda name, attributes: handler.start(name.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda name: handler.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = handler.text
    parser.Parse(data, True)  # noqa: FBT003 - expat takes it by place


def _no_doctype(*_: object) -> None:
    raise HasDoctype


def word_lines(look: ZipLook) -> list[tuple[int, str]]:
    """(page, paragraph or table row) of a docx in order. Pages are those that the office program saw when it saved."""
    words = _Words()
    _parsed(look.read("word/document.xml"), words)
    return words.lines


def word_pages(look: ZipLook) -> list[str]:
    """The pages of a docx; heads and feet of pages and its notes stand with the first page, each once."""
    pages: dict[int, list[str]] = {}
    for page, line in word_lines(look):
        pages.setdefault(page, []).append(line)
    extra: dict[str, None] = {}
    for entry in sorted((one for one in look.entries if _EXTRA.match(one)), key=natural_key):
        words = _Words()
        _parsed(look.read(entry), words)
        extra.update(dict.fromkeys(line for _, line in words.lines if line.strip()))
    first = [line for line in extra if line.strip("—- 0123456789")]
    texts = ["\n".join(pages.get(number, [])) for number in range(1, max(pages, default=1) + 1)]
    texts[0] = "\n".join([*first, texts[0]])
    return texts


def slide_pages(look: ZipLook) -> list[str]:
    """The slides of a pptx, in the order of their numbers."""
    return [_text_of(look, entry) for entry in _in_order(look, _SLIDE)]


def _in_order(look: ZipLook, shape: re.Pattern[str]) -> list[str]:
    return sorted((one for one in look.entries if shape.match(one)), key=natural_key)


def _text_of(look: ZipLook, entry: str) -> str:
    words = _Words()
    _parsed(look.read(entry), words)
    return "\n".join(line for _, line in words.lines)


class _Codes:
    """The text of one page of an OFD: one line for each piece of text as it was set."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.reading = False

    def start(self, tag: str, _attributes: Attributes) -> None:
        self.reading = tag == "TextCode"
        if self.reading:
            self.lines.append("")

    def end(self, _tag: str) -> None:
        self.reading = False

    def text(self, said: str) -> None:
        if self.reading:
            self.lines[-1] += said


def ofd_pages(look: ZipLook) -> list[str]:
    """The pages of an OFD (GB/T 33190), the national page format of official documents."""
    texts = []
    for entry in _in_order(look, _OFD_PAGE):
        codes = _Codes()
        _parsed(look.read(entry), codes)
        texts.append("\n".join(line.strip() for line in codes.lines if line.strip()))
    return texts
