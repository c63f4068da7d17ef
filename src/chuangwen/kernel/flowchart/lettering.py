"""How wide Chinese text is when drawn, and where a label breaks into lines."""

import math
import unicodedata

LINE = 15.0
LABEL, TITLE, NOTE = 12.0, 14.0, 11.0
AFTER = "，：、；）。"  # a line best ends after one of these
BEFORE = "（《“"  # and before one of these, never after it
NOT_FIRST = "，：、；）。》”"


def width_of(text: str, size: float = LABEL) -> float:
    """The width of a text in pixels: a Chinese character is as wide as high, a letter a little over half."""
    wide = sum(unicodedata.east_asian_width(one) in {"W", "F", "A"} for one in text)
    return (wide + (len(text) - wide) * 0.58) * size


def broken(text: str, width: float, size: float = LABEL) -> list[str]:
    """The text in as few lines as fit, of about the same length, broken after punctuation where that is near.

    >>> broken("小组讨论同意，张榜公示", 100)
    ['小组讨论同意，', '张榜公示']
    """
    most = max(2, int(width // size))
    count = math.ceil(width_of(text, size) / (most * size))
    if count <= 1 or len(text) <= 2:
        return [text]
    first = _break_of(text, math.ceil(len(text) / count), most)
    return [text[:first].strip(), *broken(text[first:].strip(), width, size)]


def _break_of(text: str, wanted: int, most: int) -> int:
    """The place to break: after punctuation near the wanted place, never before punctuation."""
    near = [at for at in range(2, min(len(text) - 1, most + 1)) if text[at - 1] in AFTER or text[at] in BEFORE]
    if near:
        best = min(near, key=lambda at: abs(at - wanted))
        if abs(best - wanted) <= 2:
            return best
    while wanted < len(text) - 1 and text[wanted] in NOT_FIRST:
        wanted += 1
    return wanted - 1 if wanted > 1 and text[wanted - 1] in BEFORE else wanted


def label(titles: tuple[str, ...], width: float) -> list[str]:
    """Several titles of one arrow below each other, each behind a dot so that a broken one is not read as two."""
    if len(titles) == 1:
        return broken(titles[0], width)
    return [line for title in titles for line in _dotted(title, width)]


def _dotted(title: str, width: float) -> list[str]:
    first, *rest = broken(title, width - LABEL)
    return [f"·{first}", *(f"\u3000{one}" for one in rest)]
