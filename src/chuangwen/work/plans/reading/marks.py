"""Numbering marks of plan documents, in any mix and with the slips that real documents have.

Matching is done on a copy of the text in which full-width digits and brackets are half-width; the copy has the same
length, so every offset holds for the text itself.
"""

import re
from dataclasses import dataclass

from chuangwen.work.plans.reading.task_tables import task_rows

ROW = "row"
"""The mark of a row of a table of tasks: its number is what its column says."""

_FROM = "０１２３４５６７８９（）．，：；　"
_TO = "0123456789().,:; "
_HALF = str.maketrans(_FROM, _TO)
NUMERALS = "一二三四五六七八九十百"
FIRST = {"一是", "(1)", "（1）", "①"}

# In the order tried. Each: the kind of mark, and what stands at the start of a line.
_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("chapter", rf"第\s*[{NUMERALS}\d]+\s*[章篇编]\s*"),
        ("part", rf"第\s*[{NUMERALS}\d]+\s*[节部][分]?\s*"),
        ("stage", rf"第\s*[{NUMERALS}\d]+\s*(?:阶段|步)\s*"),
        ("article", rf"第\s*[{NUMERALS}\d]+\s*条\s*"),
        ("dotted4", r"\d{1,2}\.\d{1,2}\.\d{1,2}\.\d{1,2}\.?\s*"),
        ("dotted3", r"\d{1,2}\.\d{1,2}\.\d{1,2}\.?\s*"),
        ("dotted2", r"\d{1,2}\.\d{1,2}(?![\d%])\.?\s*"),
        ("cn_bracket", rf"\(\s*[{NUMERALS}]+\s*\)\s*[、.]?\s*"),
        ("number_bracket", r"\(?\s*\d{1,2}\s*\)\s*[、.]?\s*"),
        ("circle", r"[①-⑳]\s*"),
        ("firstly", rf"[{NUMERALS[:10]}]是(?=[^否])"),
        ("cn", rf"[{NUMERALS}]+\s*[、.]\s*"),
        ("cn", rf"[{NUMERALS}]{{1,3}}(?=\s)\s+"),
        ("number", r"\d{1,2}\s*[.、]\s*(?!\d)"),
        ("number", r"\d{1,2}\s+(?=[\u4e00-\u9fff])(?!\s*(?:年|月|日|个|项|名|%))"),
        (
            "number",
            r"\d{1,2}(?=[\u4e00-\u9fff])(?!\s*(?:年|月|日|个|项|名|%|至|到|家|户|处|所|座|场|次|人|万|亿|余|多|号|时))",
        ),
    )
)
_INLINE = re.compile(rf"(?P<firstly>[{NUMERALS[:10]}]是(?=[^否]))|(?P<number_bracket>\(\d{{1,2}}\))|(?P<circle>[①-⑳])")


@dataclass(frozen=True)
class Mark:
    """A numbering mark: its kind, where it starts, where the words after it start, and its characters."""

    kind: str
    start: int
    end: int
    number: str


def halved(text: str) -> str:
    """The text with half-width digits, brackets and points; same length."""
    return text.translate(_HALF)


def find_marks(text: str) -> list[Mark]:
    """Every mark of a document in order: at the start of lines, and "一是…二是…", （1）, ① inside paragraphs.

    A row of a table of tasks is one, whatever numbers its cells begin with.
    """
    plain = halved(text)
    rows = task_rows(text)
    marks = [Mark(ROW, one.start, one.task.start, one.number) for one in rows]
    inside = {place for one in rows for place in range(one.start, one.end)}
    place = 0
    for line in plain.splitlines(keepends=True):
        start = place + len(line) - len(line.lstrip())
        if start in inside:
            place += len(line)
            continue
        first = _mark_at(text, plain, start, place + len(line))
        if first is not None:
            marks.append(first)
        marks += _inline(text, plain, first, (first.end if first else start, place + len(line.rstrip())))
        place += len(line)
    return sorted(marks, key=lambda one: one.start)


def _mark_at(text: str, plain: str, start: int, end: int) -> Mark | None:
    for kind, pattern in _MARKS:
        if (found := pattern.match(plain, start, end)) and found.end() < end:
            return Mark(kind, start, found.end(), text[start : found.end()].strip())
    return None


def _inline(text: str, plain: str, first: Mark | None, span: tuple[int, int]) -> list[Mark]:
    """Marks inside a paragraph count only as a run that begins with the first of its kind, there or at its start."""
    start, end = span
    found = [
        Mark(str(one.lastgroup), one.start(), one.end(), text[one.start() : one.end()])
        for one in _INLINE.finditer(plain, start, end)
        if one.start() > start
    ]
    runs: list[Mark] = []
    for kind in ("firstly", "number_bracket", "circle"):
        run = [one for one in found if one.kind == kind]
        led = first is not None and first.kind == kind and first.number in FIRST
        if run and (led or (len(run) >= 2 and run[0].number in FIRST)):
            runs += run
    return sorted(runs, key=lambda one: one.start)
