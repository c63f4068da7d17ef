"""How many of a material are asked for, read from the words of a requirement: 2至6张, 1件, 1篇，800字以内."""

import re
from dataclasses import dataclass

_SPAN = re.compile(r"(\d+)\s*(?:至|到|-|—|~|～)\s*(\d+)\s*(张|件|份|篇|个|段|幅)")
_ONE = re.compile(r"(\d+)\s*(张|件|份|篇|个|段|幅)(以上|以内|及以上)?")
_WORDS = re.compile(r"(\d+)\s*字\s*(?:以内|以下|之内)")


@dataclass(frozen=True)
class Asked:
    """At least so many, at most so many (None: as many as one likes), and the longest text in characters."""

    least: int = 1
    most: int | None = None
    words: int | None = None


def asked(text: str) -> Asked:
    """What a requirement's count says; what it does not say is one or more.

    >>> asked("2至6张")
    Asked(least=2, most=6, words=None)
    >>> asked("1篇，800字以内")
    Asked(least=1, most=None, words=800)
    """
    words = int(found[1]) if (found := _WORDS.search(text)) else None
    if span := _SPAN.search(text):
        low, high = sorted((int(span[1]), int(span[2])))
        return Asked(low, high, words)
    one = _ONE.search(text)
    if one and one[3] == "以内":
        return Asked(1, int(one[1]), words)
    return Asked(max(1, int(one[1])) if one else 1, None, words)
