"""What files are called in a package: by rule, safe on Windows and Linux, never too long, no two alike."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath

from chuangwen.results.submission.rules import Rules

_FORBIDDEN = re.compile('[<>:"/\\\\|?*\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]')
_BLANKS = re.compile(r"\s+")
_RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))}
MOST_BYTES = 240  # of one name: what Linux and most tools take, with room for a number
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/heic": ".heic",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


@lru_cache(maxsize=4096)
def safe(text: str) -> str:
    """A part of a name without what Windows, Linux or a zip would stumble over.

    >>> safe(' a/b: "c" .')
    'a b c'
    """
    plain = _BLANKS.sub(" ", _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", text))).strip(" .")
    plain = plain.encode("utf-8", "ignore").decode()
    return f"{plain}_" if plain.lower() in _RESERVED else plain


def ending_of(name: str, media_type: str) -> str:
    """The ending by what the file is; by its own name only where that is unknown."""
    own = PurePosixPath(name.replace("\\", "/")).suffix
    return ENDINGS.get(media_type) or (own if re.fullmatch(r"\.[0-9A-Za-z]{1,8}", own) else "")


def cut(text: str, characters: int, most_bytes: int) -> str:
    """The first so many characters that fit into so many bytes."""
    text = text[: max(0, characters)]
    while text and len(text.encode()) > most_bytes:
        text = text[:-1]
    return text.strip(" .-")


@dataclass(frozen=True)
class Called:
    """The facts that a name is made of."""

    standard: str
    kind: str
    theme: str
    unit: str
    ending: str


@dataclass
class Namer:
    """Gives names inside one package; numbers run within a standard and kind."""

    rules: Rules
    top: str
    _numbers: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    _taken: set[str] = field(default_factory=set)

    def folder(self, *parts: str) -> str:
        """A folder by its parts, each cut to fit."""
        return "/".join(cut(safe(one), 40, 120) or "_" for one in parts if one)

    def name(self, folder: str, called: Called) -> str:
        """The path of the next file of this standard and kind."""
        key = (called.standard, called.kind)
        self._numbers[key] += 1
        number = f"{self._numbers[key]:02d}"
        for length in range(len(called.theme), -1, -1):
            path = self._path(folder, called, number, called.theme[:length])
            if self._fits(path):
                break
        return self.take(path)

    def _path(self, folder: str, called: Called, number: str, theme: str) -> str:
        facts = {"standard": called.standard, "kind": called.kind, "theme": theme, "unit": cut(called.unit, 16, 60)}
        plain = {
            key: safe(value).replace("-", "_") if key in {"theme", "unit"} else safe(value)
            for key, value in facts.items()
        }
        made = self.rules.naming.pattern.format(**plain, number=number)
        made = re.sub(r"-{2,}", "-", safe(made)).strip("-. ")
        return f"{folder}/{made}{called.ending}" if folder else f"{made}{called.ending}"

    def _fits(self, path: str) -> bool:
        whole = f"{self.top}/{path}"
        return len(whole) <= self.rules.naming.most and all(len(one.encode()) <= MOST_BYTES for one in whole.split("/"))

    def take(self, path: str) -> str:
        """The path if no other is alike (upper and lower case are one to Windows), else with a number behind it."""
        stem, dot, ending = path.rpartition(".")
        if "/" in ending or not dot:
            stem, dot, ending = path, "", ""
        made, count = path, 1
        while made.casefold() in self._taken:
            count += 1
            made = f"{stem}_{count}{dot}{ending}"
        self._taken.add(made.casefold())
        return made
