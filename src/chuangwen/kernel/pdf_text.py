"""The text of a PDF page in the order in which it is seen.

A PDF may set the signs of another font (quotation marks before all) after the rest of their line; a reader that follows
the file would tear words apart. Lines whose signs jump are put in order by their places.
"""

import ctypes
from itertools import pairwise
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium


class Sign(NamedTuple):
    """A character and where it stands; ``made`` ones are blanks that the reader put in."""

    text: str
    left: float
    right: float
    low: float
    high: float
    made: bool


def pdf_page_text(page: pypdfium2.PdfPage) -> str:
    """The lines of a page."""
    words = page.get_textpage()
    try:
        plain = words.get_text_range().replace("\r\n", "\n").replace("\r", "\n")
        if plain.isascii():
            return str(plain)
        lines: list[list[Sign]] = [[]]
        for sign in _signs(words):
            if sign.text == "\n":
                lines.append([])
            elif sign.text != "\r":
                lines[-1].append(sign)
        return "\n".join(_line(line) for line in lines)
    finally:
        words.close()


def _signs(words: pypdfium2.PdfTextPage) -> list[Sign]:
    left, right, low, high = (ctypes.c_double() for _ in range(4))
    found = []
    for place in range(words.count_chars()):
        code = pdfium.FPDFText_GetUnicode(words, place)
        pdfium.FPDFText_GetCharBox(words, place, left, right, low, high)
        made = pdfium.FPDFText_IsGenerated(words, place) == 1
        found.append(Sign(chr(code) if code else "", left.value, right.value, low.value, high.value, made))
    return _joined(found)


def _joined(signs: list[Sign]) -> list[Sign]:
    """Rare characters come in two halves (UTF-16); put them together."""
    whole: list[Sign] = []
    for sign in signs:
        if whole and "\ud800" <= whole[-1].text <= "\udbff" and "\udc00" <= sign.text <= "\udfff":
            pair = whole.pop()
            text = (pair.text + sign.text).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            whole.append(pair._replace(text=text))
        else:
            whole.append(sign)
    return whole


def _line(signs: list[Sign]) -> str:
    seen = [one for one in signs if not one.made and one.text.strip()]
    plain = "".join(one.text for one in signs)
    if len(seen) < 2 or not _jumps(seen):
        return plain
    tall = max(one.high - one.low for one in seen)
    middles = [(one.low + one.high) / 2 for one in seen]
    if max(middles) - min(middles) > tall:  # not one line of text: turned, or set upright
        return plain
    seen.sort(key=lambda one: one.left)
    told = [seen[0].text]
    for before, one in pairwise(seen):
        gap = one.left - before.right
        told += [" "] if gap > tall * 0.9 or (gap > tall * 0.2 and (before.text + one.text).isascii()) else []
        told.append(one.text)
    return "".join(told)


def _jumps(seen: list[Sign]) -> bool:
    return any(one.left < before.left - 1 for before, one in pairwise(seen))
