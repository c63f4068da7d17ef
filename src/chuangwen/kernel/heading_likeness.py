"""How surely a heading is one of the names of a field: known, a guess that must be asked about, or something else."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from chuangwen.kernel.chinese import bare

SURE = 0.9
"""From here on a heading is known; below it is a guess."""

Doubt = Literal["", "limiting", "opposing"]

_WORDS = Path(__file__).parent / "heading_words.toml"
_ASIDE = re.compile(r"\((.*?)\)|[*:：、。.\"'“”]")
_WRAPPED = re.compile(r"^\(((?:[^()]|\([^()]*\))*)\)$")
_BRACKETS = str.maketrans("[【〔〖{", "(((((") | str.maketrans("]】〕〗}", ")))))")
_LONGEST = 16
_CLOSE = 0.74
_DOUBTED = 0.6


@dataclass(frozen=True)
class Likeness:
    """How sure (0..1), and what in the heading speaks against it."""

    sure: float
    doubt: Doubt = ""

    def through_group(self, *, group: str) -> "Likeness":
        """The same where the heading stands under a group title, which may speak against it."""
        return self.doubted(doubt) if (doubt := _doubt(group)) else self

    def doubted(self, doubt: Doubt) -> "Likeness":
        """The same with something that speaks against it."""
        return Likeness(round(min(self.sure, SURE) * _DOUBTED, 2), doubt) if self.sure else self


NOTHING = Likeness(0.0)


@dataclass(frozen=True)
class _Around:
    before: tuple[str, ...]
    behind: tuple[str, ...]
    asides: frozenset[str]
    opposing: tuple[str, ...]
    limiting: tuple[str, ...]


@lru_cache(maxsize=1)
def _around() -> _Around:
    said = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return _Around(
        before=tuple(sorted(said["before"], key=len, reverse=True)),
        behind=tuple(said["behind"]),
        asides=frozenset(said["asides"]),
        opposing=tuple(said["opposing"]),
        limiting=tuple(said["limiting"]),
    )


@lru_cache(maxsize=4096)
def likeness(heading: str, words: tuple[str, ...], *, close: bool) -> Likeness:
    """1 the same, 0.9 but for an aside or a word that changes nothing, less where it only contains or resembles one.

    ``words`` are bare. With ``close`` a misspelt heading counts too.
    """
    if len(heading) > 3 * _LONGEST:
        return NOTHING
    whole = _WRAPPED.sub(r"\1", bare(heading).translate(_BRACKETS))
    if whole in words:
        return Likeness(1.0)
    plain = _ASIDE.sub("", whole)
    if not plain:
        return NOTHING
    aside = _doubt_of_asides(found for found in _ASIDE.findall(whole) if found)
    if _is_known(plain, words):
        return Likeness(SURE).doubted(aside) if aside else Likeness(SURE)
    found = _inside(plain, words) if len(plain) <= _LONGEST else NOTHING
    if not found.sure and close and 3 <= len(plain) <= _LONGEST:
        found = _near(plain, words)
    return found.doubted(aside) if aside and not found.doubt else found


@lru_cache(maxsize=512)
def _names(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset((*words, *(_ASIDE.sub("", word) for word in words)))


def _is_known(plain: str, words: tuple[str, ...]) -> bool:
    around, names = _around(), _names(words)
    heads = [plain, *(plain.removeprefix(word) for word in around.before if plain.startswith(word))]
    spoken = (*heads, *(head.removesuffix(word) for head in heads for word in around.behind if head.endswith(word)))
    return any(one in names for one in spoken if one)


def _inside(plain: str, words: Sequence[str]) -> Likeness:
    """The longest name that the heading contains, the ones first that nothing beside them speaks against."""
    offers = [(_doubt(plain.replace(word, "", 1)), word) for word in words if len(word) > 1 and word in plain]
    if not offers:
        return NOTHING
    doubt, word = min(offers, key=lambda one: (one[0] != "", -len(one[1])))
    sure = Likeness(round(0.5 + 0.3 * len(word) / len(plain), 2))
    return sure.doubted(doubt) if doubt else sure


def _near(plain: str, words: Sequence[str]) -> Likeness:
    """The name that the heading resembles; a letter more or another letter may be one that speaks against it."""
    ratio, word = max((difflib.SequenceMatcher(None, plain, word).ratio(), word) for word in words)
    if ratio < _CLOSE:
        return NOTHING
    sure = Likeness(round(ratio * 0.7, 2))
    doubt = _doubt(plain, but=word)
    return sure.doubted(doubt) if doubt else sure


def _doubt(text: str, *, but: str = "") -> Doubt:
    """What in a text speaks against the name beside it; what the name ``but`` says itself does not."""
    around = _around()
    if any(word in text and word not in but for word in around.opposing):
        return "opposing"
    return "limiting" if any(word in text and word not in but for word in around.limiting) else ""


def _doubt_of_asides(asides: Iterable[str]) -> Doubt:
    """What the brackets speak against; one letter does so only where they begin with it (原), not within (如原件)."""
    around = _around()
    for aside in asides:
        if aside in around.asides:
            continue
        if any(aside.startswith(word) or (len(word) > 1 and word in aside) for word in around.opposing):
            return "opposing"
        if any(aside.startswith(word) or (len(word) > 1 and word in aside) for word in around.limiting):
            return "limiting"
    return ""
