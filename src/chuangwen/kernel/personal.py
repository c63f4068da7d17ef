"""Personal data in a text: identity card, mobile and bank card numbers; where they stand, how they are shown masked.

It finds what follows the rules of these numbers and nothing else; whoever releases a text reads it as well.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

STAR = "*"
# Digits may be full-width, as Chinese input methods write them: \d knows them.
_IDENTITY = re.compile(r"(?<![0-9０-９A-Za-z])[1-9１-９](?:\d{14}|\d{16}[\dXxＸｘ])(?![0-9０-９A-Za-z])")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?[1１][3-9３-９]\d(?:[ -]?\d{4}){2}(?!\d)")
_CARD = re.compile(r"(?<![\dA-Za-z])[3-69３-６９]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?![\dA-Za-z])")


class Personal(StrEnum):
    """What a number is."""

    IDENTITY = "identity"
    MOBILE = "mobile"
    CARD = "card"


SHOWN = {Personal.IDENTITY: (1, 1), Personal.MOBILE: (3, 4), Personal.CARD: (0, 4)}
"""How many characters at the beginning and the end stay readable."""


@dataclass(frozen=True)
class Found:
    """One number in a text; ``masked`` is as long as what it hides."""

    what: Personal
    start: int
    end: int
    value: str
    masked: str


def find_personal(text: str) -> list[Found]:
    """All of them in the order of the text.

    >>> [(one.what.value, one.masked) for one in find_personal("联系人手机 13986500001")]
    [('mobile', '139****0001')]
    """
    taken: list[Found] = []
    for what, pattern, holds in (
        (Personal.IDENTITY, _IDENTITY, _is_identity),
        (Personal.CARD, _CARD, _is_card),
        (Personal.MOBILE, _MOBILE, bool),
    ):
        for match in pattern.finditer(text):
            free = all(match.end() <= one.start or match.start() >= one.end for one in taken)
            if free and holds(_plain(match[0])):
                taken.append(Found(what, match.start(), match.end(), match[0], _masked(match[0], what)))
    return sorted(taken, key=lambda one: one.start)


def masked(text: str, founds: Iterable[Found]) -> str:
    """The text with these numbers masked; every other character stays where it was."""
    for one in founds:
        text = text[: one.start] + one.masked + text[one.end :]
    return text


def around(text: str, one: Found, reach: int = 14) -> str:
    """A number among its words, with every number in them masked."""
    safe = masked(text, find_personal(text))
    words = safe[max(0, one.start - reach) : one.end + reach]
    return " ".join(words.split())


def _plain(value: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKC", value).upper() if one.isalnum())


def _is_identity(number: str) -> bool:
    """18 characters (or 15 of before 1999) whose middle is a day somebody may be born on."""
    born = number[6:14] if len(number) == 18 else f"19{number[6:12]}"
    try:
        return 1880 <= date(int(born[:4]), int(born[4:6]), int(born[6:])).year <= 2100
    except ValueError:
        return False


def _is_card(number: str) -> bool:
    """16 to 19 digits whose check digit (Luhn) holds."""
    digits = [int(one) for one in reversed(number)]
    doubled = sum(sum(divmod(2 * one, 10)) for one in digits[1::2])
    return 16 <= len(number) <= 19 and len(set(digits)) > 1 and (sum(digits[::2]) + doubled) % 10 == 0


def _masked(value: str, what: Personal) -> str:
    """Signs between the digits stay, so that a masked text is as long as the plain one."""
    places = [place for place, one in enumerate(value) if one.isalnum()]
    if what is Personal.MOBILE:
        places = places[-11:]
    head, tail = SHOWN[what]
    hidden = set(places[head : len(places) - tail])
    return "".join(STAR if place in hidden else one for place, one in enumerate(value))
