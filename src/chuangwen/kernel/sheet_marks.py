"""What somebody marked in an Excel workbook beside its values: cells struck out, and comments on cells."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from defusedxml.ElementTree import fromstring

from chuangwen.kernel.unzip import ZipLook

_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*?)/?>(?:\s*<(?:\w+:)?v>(\d{1,9})</)?")
_FACT = re.compile(rb"""(?:^|\s)(r|s|t)\s*=\s*["']([A-Za-z0-9]{1,12})["']""")
_LONGEST = 200


@dataclass(frozen=True)
class Marks:
    """Of one sheet: the cells that are struck out, wholly or in part, and (cell, text) of every comment."""

    struck: frozenset[str] = frozenset()
    comments: tuple[tuple[str, str], ...] = ()


NO_MARKS = Marks()


@dataclass(frozen=True)
class Strikes:
    """Of a workbook: the formats of cells, and the shared texts, that are struck out."""

    formats: frozenset[bytes]
    texts: frozenset[bytes]

    def __bool__(self) -> bool:
        return bool(self.formats or self.texts)


def strikes_of(look: ZipLook) -> Strikes:
    """What strikes out in this workbook; nothing where its parts cannot be read."""
    styles = _part(look, "xl/styles.xml")
    formats = (
        frozenset(str(number).encode() for number in _struck_formats(styles)) if styles is not None else frozenset()
    )
    return Strikes(formats, frozenset(str(number).encode() for number in _struck_texts(look)))


def marks_of(look: ZipLook, path: str, strikes: Strikes, pieces: Callable[[ZipLook, str], Iterable[bytes]]) -> Marks:
    """What is marked in the sheet at ``path``; ``pieces`` gives its XML, no cell cut in two."""
    struck = (
        frozenset(cell for piece in pieces(look, path) for cell in _struck_cells(piece, strikes))
        if strikes
        else frozenset()
    )
    return Marks(struck, tuple(_comments(look, path)))


def _struck_formats(styles: Any) -> Iterator[int]:
    fonts = next((one for one in styles if _tag(one) == "fonts"), ())
    struck = {str(number) for number, font in enumerate(fonts) if _is_struck(font)}
    formats = next((one for one in styles if _tag(one) == "cellXfs"), ())
    return (number for number, one in enumerate(formats) if one.get("fontId") in struck)


def _struck_texts(look: ZipLook) -> Iterator[int]:
    """The shared texts of which a run is struck out."""
    path = next((one for one in look.entries if one.endswith("sharedStrings.xml")), "")
    if path and any(b"strike" in piece for piece in look.stream(path)):
        texts = _part(look, path)
        for number, text in enumerate(texts if texts is not None else ()):
            if any(_is_struck(run) for run in text.iter() if _tag(run) == "rPr"):
                yield number


def _is_struck(font: Any) -> bool:
    return any(_tag(one) == "strike" and one.get("val", "1") not in {"0", "false", "off"} for one in font)


def _struck_cells(piece: bytes, strikes: Strikes) -> Iterator[str]:
    for facts, value in _CELL.findall(piece):
        said = dict(_FACT.findall(facts))
        if said.get(b"s") in strikes.formats or (said.get(b"t") == b"s" and value in strikes.texts):
            yield said.get(b"r", b"").decode("ascii")


def _comments(look: ZipLook, path: str) -> Iterator[tuple[str, str]]:
    folder, _, file = path.rpartition("/")
    links = _part(look, f"{folder}/_rels/{file}.rels")
    for link in links if links is not None else ():
        if not (link.get("Type") or "").endswith("/comments"):
            continue
        target = link.get("Target") or ""
        page = _part(look, target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}"))
        for one in page.iter() if page is not None else ():
            if _tag(one) == "comment":
                text = "".join(run.text or "" for run in one.iter() if _tag(run) == "t")
                yield one.get("ref") or "", " ".join(text.split())[:_LONGEST]


def _part(look: ZipLook, path: str) -> Any:
    if path not in look.entries:
        return None
    try:
        return fromstring(look.read(path))
    except (ValueError, SyntaxError):
        return None


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
