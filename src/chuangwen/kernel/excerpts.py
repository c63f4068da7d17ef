"""The words of a search shown where they stand: a piece of text about the first of them, each hit marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from chuangwen.kernel.chinese import search_fold

BEFORE = 30


@dataclass(frozen=True)
class Piece:
    """A part of a text; ``hit``: it is what was searched for."""

    text: str
    hit: bool = False


def hits(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where folded words stand in a text, from the first to past the last character, in order, overlaps joined."""
    folded: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for one in search_fold(sign):
            folded.append(one)
            places.append(place)
    whole = "".join(folded)
    found = sorted(
        (places[start], places[start + len(word) - 1] + 1) for word in words if word for start in _starts(whole, word)
    )
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _starts(whole: str, word: str) -> list[int]:
    found = []
    place = whole.find(word)
    while place >= 0:
        found.append(place)
        place = whole.find(word, place + 1)
    return found


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """The whole text with its hits.

    >>> [(one.text, one.hit) for one in marked("农贸 市场办法", ["贸市"])]
    [('农', False), ('贸 市', True), ('场办法', False)]
    """
    pieces: list[Piece] = []
    last = 0
    for start, end in hits(text, words):
        pieces += [Piece(text[last:start])] if start > last else []
        pieces.append(Piece(text[start:end], hit=True))
        last = end
    return pieces + ([Piece(text[last:])] if last < len(text) else [])


def excerpt(text: str, words: Sequence[str], *, width: int = 120) -> list[Piece]:
    """A piece of about ``width`` characters from a little before the first hit; the beginning where there is none."""
    where = hits(text[: 4 * width], words) or hits(text, words)
    start = max(0, where[0][0] - BEFORE) if where else 0
    end = min(len(text), max(start + width, where[0][1] if where else 0))
    part = " ".join(text[start:end].split())
    pieces = marked(part, words)
    lead = [Piece("…")] if start else []
    return lead + pieces + ([Piece("…")] if end < len(text) else [])
