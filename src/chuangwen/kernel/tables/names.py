"""Names that a table may say, by code, name or other name; the nearest ones for what nobody knows."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from pypinyin import lazy_pinyin

from chuangwen.kernel.chinese import bare
from chuangwen.kernel.words import later, listed, say

_LOOKED_UP = 200
_OFFERED = 3
_ALIKE = 0.5
_SOUNDS_ALIKE = 0.8
_LONGEST = 60


class Unknown(Exception):
    """A text that names nothing, or several things: ``what`` is wrong and its ``cure``."""

    def __init__(self, what: str, cure: str) -> None:
        self.what, self.cure = what, cure
        super().__init__(what)


class Names:
    """A list of the town: code -> its names, the usual one first. ``title`` is what such a thing is called (点位名册)."""

    def __init__(self, title: str, entries: Iterable[tuple[str, Sequence[str]]]) -> None:
        self.title = title
        self._usual: dict[str, str] = {}
        self._spoken: dict[str, tuple[str, ...]] = {}
        self._places: dict[str, set[str]] = {}
        for code, names in entries:
            self._usual[code] = names[0] if names else code
            self._spoken[code] = tuple(names) or (code,)
            for name in (code, *names):
                for spelling in {name, bare(name)} - {""}:
                    self._places.setdefault(spelling, set()).add(code)
        self._near: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._usual)

    def usual(self, code: str) -> str:
        """What a code is called."""
        return self._usual[code]

    def codes(self, text: str) -> set[str]:
        """The codes that a text may mean; empty where none, several where it is not clear."""
        return self._places.get(text) or self._places.get(bare(text)) or self._by_one_word(text)

    def find(self, text: str) -> str:
        """The one code that a text means. Raises Unknown with the nearest names."""
        codes = self.codes(text)
        if len(codes) == 1:
            return next(iter(codes))
        if codes:
            what = say("“{text}”有 {count} 个，分不清。", text=text[:_LONGEST], count=len(codes))
            raise Unknown(what, say("请改填编号：{codes}。", codes=listed(sorted(codes)[:5])))
        raise self.unknown(text)

    def unknown(self, text: str) -> Unknown:
        """That the list has no such name, with the nearest ones."""
        what = say("{list}里没有“{text}”。", list=say(self.title), text=text[:_LONGEST])
        near = self.near(text)
        return Unknown(what, say(_NEAR, near=listed(near)) if near else say(_NONE))

    def near(self, text: str) -> list[str]:
        """The names most alike by their signs or their sound; looked up for at most 200 texts of a file."""
        if text not in self._near:
            if len(self._near) >= _LOOKED_UP:
                return []
            self._near[text] = self._look(bare(text)[:_LONGEST])
        return self._near[text]

    def _look(self, text: str) -> list[str]:
        inside = [name for short, name in self._plain.items() if text and (text in short or short in text)]
        alike = difflib.get_close_matches(text, list(self._plain), n=_OFFERED, cutoff=_ALIKE)
        found = [*self._sounding(text), *inside[:_OFFERED], *(self._plain[one] for one in alike)]
        return list(dict.fromkeys(found))[:_OFFERED]

    def _sounding(self, text: str) -> list[str]:
        """Names that sound the same, or nearly."""
        sound = _sound(text)
        close = difflib.get_close_matches(sound, list(self._sounds), n=_OFFERED, cutoff=_SOUNDS_ALIKE) if sound else []
        return [*self._sounds.get(sound, []), *(name for one in close for name in self._sounds[one])][:_OFFERED]

    @cached_property
    def _plain(self) -> dict[str, str]:
        """Every spelling to the usual name."""
        return {bare(name): self._usual[code] for code, names in self._spoken.items() for name in names if name}

    @cached_property
    def _sounds(self) -> dict[str, list[str]]:
        """Every sound to the usual names."""
        found: dict[str, list[str]] = {}
        for name, usual in self._plain.items():
            found.setdefault(_sound(name), []).append(usual)
        found.pop("", None)
        return found

    def _by_one_word(self, text: str) -> set[str]:
        """ "P06-001 东门市场" and "东门市场（P06-001）" name a code beside the name; "陈涛（镇长）" a post."""
        words = text.replace("（", " ").replace("）", " ").replace("(", " ").replace(")", " ").split()
        for word in (words[0], words[-1]) if len(words) > 1 else ():
            if any(c.isdigit() for c in word) and word in self._places:
                rest = "".join(one for one in words if one != word)
                return self._places[word] | self._others(self._places[word], rest)
        plain = _ASIDE.sub("", bare(text))
        return self._places.get(plain, set()) if plain else set()

    def _others(self, codes: set[str], text: str) -> set[str]:
        """The other things that this text is the name of: a code and a name that do not belong together are two."""
        named = self._places.get(text) or self._places.get(bare(text)) or set()
        return set() if named & codes else named

    def unlike(self, code: str, text: str) -> str:
        """What this code is called, when a text written beside it is no name of it; empty when they fit.

        A text fits when it is one of the names, holds one or is held by one, or is much alike.
        """
        said = bare(text)
        if not said:
            return ""
        for name in (bare(one) for one in (code, *self._spoken[code])):
            if said in name or name in said or difflib.SequenceMatcher(None, said, name).ratio() >= _ALIKE:
                return ""
        return self._usual[code]


_ALIKE = 0.6
_ASIDE = re.compile(r"\(.*?\)")
_NEAR = later("您是不是要填：{near}？")
_NONE = later("请先把它登记进去，或改成登记过的名称。")
Lists = Mapping[str, Names]
"""Which list (``Field.of``) -> its names."""


def _sound(text: str) -> str:
    return " ".join(lazy_pinyin(text[:_LONGEST], errors="ignore"))
