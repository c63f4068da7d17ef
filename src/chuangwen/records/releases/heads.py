"""The head of a government-information page, found at the beginning of a text that was taken from one."""

import re
from dataclasses import dataclass, field

LABELS = {
    "index_number": "索引号",
    "category": "信息类别",
    "issuer": "发布机构",
    "issued_on": "发文日期",
    "title": "标题",
    "number": "文号",
    "validity": "效力状态",
}
LEAST = 4
_LOOK = 12
_PATTERNS = {key: re.compile(r"\s*".join(label) + r"\s*[:：]") for key, label in LABELS.items()}
_ROUND = re.compile(r"\s*(?:您当前的位置|当前位置|发布时间|来源|浏览次数|字号)")


@dataclass(frozen=True)
class Head:
    """The fields as they stand there, and the text below them."""

    fields: dict[str, str] = field(default_factory=dict)
    text: str = ""


_FOOT = re.compile(r"\s*(?:扫一扫|主办单位|[\w（）()]{2,30}主办|\w?公网安备|\w?ICP备|版权所有)")
_LAST = 6


def head_of(text: str) -> Head:
    """The fields of the page; a text without such a head comes back whole."""
    lines = text.splitlines()
    last, fields = -1, dict[str, str]()
    for place, line in enumerate(lines[:_LOOK]):
        if found := _labelled(line):
            last, fields = place, {**fields, **found}
    if len(fields) < LEAST:
        return Head(text=text)
    title = _bare(fields.get("title", ""))
    rest = lines[last + 1 :]
    while rest and (not rest[0].strip() or _bare(rest[0]) == title or _ROUND.match(rest[0])):
        rest.pop(0)
    return Head({key: value for key, value in fields.items() if value}, "\n".join(_without_foot(rest)))


def _without_foot(lines: list[str]) -> list[str]:
    """The lines above the foot of the page: who runs it, its registrations, the code to scan."""
    first = max(0, len(lines) - _LAST)
    ends = [place for place in range(first, len(lines)) if _FOOT.match(lines[place])]
    return lines[: ends[0]] if ends else lines


def _labelled(line: str) -> dict[str, str]:
    """What stands behind each label of a line, up to the next label."""
    spans = [(match.start(), match.end(), key) for key, pattern in _PATTERNS.items() if (match := pattern.search(line))]
    spans.sort()
    ends = [*(start for start, _end, _key in spans[1:]), len(line)][: len(spans)]
    return {key: line[end:until].strip() for (_start, end, key), until in zip(spans, ends, strict=True)}


def _bare(text: str) -> str:
    return "".join(text.split())
