"""One message out of many notices: merged, masked, and cut to what the service takes. Pure; knows no service."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chuangwen.kernel.masking import mask_name, mask_text
from chuangwen.kernel.words import listed, say

MOST_LINES = 20
LONGEST_LINE = 120
CUT = "…"
# Feishu reads <at user_id="all"> inside a text; a title somebody made up must not call the whole group.
_NO_MENTIONS = str.maketrans("<>", "＜＞")


@dataclass(frozen=True)
class Item:
    """One notice as the digest sees it: the title of its kind, who was told, what, and the path inside the site."""

    kind: str
    who: str
    text: str
    link: str = ""


@dataclass(frozen=True)
class Frame:
    """What stands around the lines. ``site`` is the site's address without a last slash; empty: no link.

    ``limit`` counts bytes as ``weight`` does. ``names`` are masked wherever they stand in a text.
    """

    town: str
    site: str
    limit: int
    names: Collection[str] = ()
    most_lines: int = MOST_LINES


def digest(items: Sequence[Item], frame: Frame) -> str:
    """The message. The heading and the link always stay; lines that find no room are counted, not shown.

    The same matter told to several people is one line. Nothing that looks like personal data is left in, and nothing
    that a service could take for a mention.
    """
    matters = _matters(items)
    heading = _heading(matters, frame.town)
    address = _address(matters, frame.site)
    shown = [_line(number, one, frame.names) for number, one in enumerate(matters[: frame.most_lines], start=1)]
    while weight(message := _joined(heading, shown, len(matters) - len(shown), address)) > frame.limit:
        if not shown:
            return _bare(heading, address, frame.limit)
        shown.pop()
    return message


def weight(text: str) -> int:
    """Bytes of the text inside a JSON body in UTF-8; never less than its bytes alone."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def cut(text: str, limit: int) -> str:
    """The text, or its longest beginning that weighs at most ``limit`` with an ellipsis; never half a character."""
    if weight(text) <= limit:
        return text
    room, end = limit - weight(CUT), 0
    for end, sign in enumerate(text):  # noqa: B007
        room -= weight(sign)
        if room < 0:
            break
    return text[:end] + CUT if limit >= weight(CUT) else ""


@dataclass(frozen=True)
class _Matter:
    kind: str
    text: str
    link: str
    who: tuple[str, ...]


def _matters(items: Sequence[Item]) -> list[_Matter]:
    told: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    for one in items:
        told[one.kind, one.text, one.link][one.who] = None
    return [_Matter(kind, text, link, tuple(who)) for (kind, text, link), who in told.items()]


def _line(number: int, matter: _Matter, names: Collection[str]) -> str:
    first, count = mask_name(matter.who[0]), len(matter.who)
    people = first if count == 1 else say("{first}等 {count} 人", first=first, count=count)
    plain = mask_text(" ".join(matter.text.split()), names).translate(_NO_MENTIONS)
    plain = plain if len(plain) <= LONGEST_LINE else plain[: LONGEST_LINE - 1] + CUT
    return say("{number}. [{kind}] {people}：{text}", number=number, kind=matter.kind, people=people, text=plain)


def _heading(matters: Sequence[_Matter], town: str) -> str:
    kinds = listed(f"{kind} {count}" for kind, count in Counter(one.kind for one in matters).items())
    return say("【创文提醒】{town} {count} 条：{kinds}", town=town, count=len(matters), kinds=kinds)


def _address(matters: Sequence[_Matter], site: str) -> str:
    if not site:
        return ""
    links = {one.link for one in matters}
    path = links.pop() if len(links) == 1 else ""
    return say("查看：{address}", address=site + (path or "/"))


def _joined(heading: str, shown: Sequence[str], left: int, address: str) -> str:
    more = [say("……另有 {count} 条", count=left)] if left and shown else []
    return "\n".join(part for part in (heading, *shown, *more, address) if part)


def _bare(heading: str, address: str, limit: int) -> str:
    room = limit - weight(f"\n{address}")
    return f"{cut(heading, room)}\n{address}" if address and room > 0 else cut(heading, limit)
