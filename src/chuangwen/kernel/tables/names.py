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
    """A list of the town: code -> its names, the usual one first. ``title`` is what such a thing is called (点位名册).

    ``beside``: what else may stand in brackets behind a name and changes nothing (a post, a unit, a kind of site).
    """

    def __init__(
        self,
        title: str,
        entries: Iterable[tuple[str, Sequence[str]]],
        beside: Mapping[str, Sequence[str | None]] | None = None,
    ) -> None:
        self.title = title
        self._beside = beside or {}
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
        """The codes that a text may mean; empty where none, or where a bracket says something else; several: not clear."""
        codes, aside = self.parted(text)
        return set() if aside else codes

    def find(self, text: str) -> str:
        """The one code that a text means. Raises Unknown with the nearest names."""
        code, aside = self.find_beside(text)
        if aside:
            raise self.unknown(text)
        return code

    def find_beside(self, text: str) -> tuple[str, str]:
        """The one code that a text means, and what its bracket says beside it. Raises Unknown."""
        codes, aside = self.parted(text)
        if len(codes) == 1:
            return next(iter(codes)), aside
        if codes:
            what = say("“{text}”有 {count} 个，分不清。", text=text[:_LONGEST], count=len(codes))
            raise Unknown(what, say("请改填编号：{codes}。", codes=listed(sorted(codes)[:5])))
        raise self.unknown(text)

    def unknown(self, text: str) -> Unknown:
        """That the list has no such name, with the nearest ones; or that nobody knows what a bracket behind one means."""
        codes, aside = self.parted(text)
        if aside:
            named = listed(sorted(self._usual[code] for code in codes)[:_OFFERED])
            facts = {"text": text[:_LONGEST], "aside": aside[:_LONGEST], "named": named}
            what = say("“{text}”括号里写着“{aside}”，不知道是不是还指“{named}”。", **facts)
            return Unknown(what, say("请只写登记过的名称；换了的写现在的那一个，别的话写到备注里。"))
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

    def parted(self, text: str) -> tuple[set[str], str]:
        """The codes that a text may mean, and what it says in brackets that is nothing of theirs.

        "P06-001 东门市场" and "东门市场（P06-001）" name a code beside the name; "陈涛（镇长）" his post, if it is his.
        """
        if codes := self._places.get(text) or self._places.get(bare(text)):
            return set(codes), ""
        whole = text.translate(_ROUND)
        asides = [found for one in _ASIDE.findall(whole) if (found := one.strip())]
        words = _ASIDE.sub(" ", whole).split()
        coded = next((one for one in (*words[:1], *words[-1:], *asides) if self._is_code(one)), "")
        if coded and len(words) + len(asides) > 1:
            codes = self._places[coded] | self._others(
                self._places[coded], "".join(one for one in words if one != coded)
            )
        else:
            codes = set(self._places.get(bare("".join(words)), ())) if words else set()
        asides = [one for one in asides if one != coded]
        theirs = {code for code in codes if all(self._is_of(code, one) for one in asides)}
        return (theirs, "") if theirs or not codes else (codes, listed(asides))

    def _is_code(self, word: str) -> bool:
        return any(c.isdigit() for c in word) and word in self._places

    def _is_of(self, code: str, aside: str) -> bool:
        """Whether a bracket only says once more what is known of this thing."""
        said = bare(aside)
        if said in (bare(one) for one in (code, *self._spoken[code])):
            return True
        known = [bare(one) for one in self._beside.get(code, ()) if one]
        if len(said) > 1 and any(said in one for one in known):
            return True
        return bool(_POST.fullmatch(said)) and code in self._beside and not any(_POST.fullmatch(one) for one in known)

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
_ASIDE = re.compile(r"\((.*?)\)")
_POST = re.compile(r"[\u4e00-\u9fff]{0,10}(?:长|书记|主任|主席|委员|干事|经理)")
"""What is a post by its last word; whose post nobody has registered may carry one."""
_ROUND = str.maketrans("（）", "()")
_NEAR = later("您是不是要填：{near}？")
_NONE = later("请先把它登记进去，或改成登记过的名称。")
Lists = Mapping[str, Names]
"""Which list (``Field.of``) -> its names."""


def _sound(text: str) -> str:
    return " ".join(lazy_pinyin(text[:_LONGEST], errors="ignore"))
