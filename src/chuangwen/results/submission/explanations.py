"""The explanation of a standard: where it begins, and what is wrong with it. Plain text in, findings out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import Formatter

from chuangwen.kernel.words import listed, say
from chuangwen.results.submission.rules import Rules

BLANK = "____"
_FIGURE = re.compile(r"(?<![\d〔\[.])(\d[\d,，]*(?:\.\d+)?)(?!\d)\s*([^\s\d])?")
_NO_UNIT = set("年月日号届〕]、。，；：,.;:（）()-—/～~")
_CLAUSE = re.compile(r"[，。；：、！？\s,.;:]+")
_SIGNS = re.compile(r"[\W_]+")
_LEAST_CLAUSE = 4


@dataclass(frozen=True)
class Fault:
    """One fault of a text: what it is, what to do."""

    code: str
    what: str
    cure: str


def length_of(text: str) -> int:
    """Characters that count: letters, figures and Chinese characters, no blanks and signs."""
    return len(_SIGNS.sub("", text))


def figures_in(text: str) -> list[str]:
    """The figures with a unit or per cent; years, dates and numbers of papers are none.

    >>> figures_in("2021年排查46次，整改128处，满意率96%，见〔2021〕3号")
    ['46次', '128处', '96%']
    """
    return [f"{number}{unit}" for number, unit in _FIGURE.findall(text) if unit and unit not in _NO_UNIT]


def clauses_of(text: str) -> list[str]:
    """The clauses of a standard's words, those of a few characters left out."""
    found = [one.strip("“”《》") for one in _CLAUSE.split(text)]
    return [one for one in found if len(_SIGNS.sub("", one)) >= _LEAST_CLAUSE]


def unanswered(standard: str, text: str, share: float) -> list[str]:
    """The clauses of the standard to which the text does not answer: too few of their word pairs stand in it."""
    there = _pairs(text)
    return [one for one in clauses_of(standard) if (mine := _pairs(one)) and len(mine & there) < share * len(mine)]


def _pairs(text: str) -> set[str]:
    plain = _SIGNS.sub("", text)
    return {plain[place : place + 2] for place in range(len(plain) - 1)}


def faults_of(text: str, standard: str, most: int | None, rules: Rules) -> Iterable[Fault]:
    """Everything that a county complains of in an explanation. ``most``: the length that the requirement itself sets."""
    yield from _length(text, most or rules.explanation.most, rules)
    if BLANK in text:
        what = say("还有 {n} 处没有填", n=text.count(BLANK))
        yield Fault("blank", what, say("把“____”换成实际内容。"))
    figures = figures_in(text)
    if len(figures) < rules.figures.least:
        what = say("只有 {have} 处具体数据，至少 {least} 处", have=len(figures), least=rules.figures.least)
        yield Fault("figures", what, say("写明做了多少次、多少处、多少人，占多少。"))
    yield from _manner(text, rules)
    missed = unanswered(standard, text, float(rules.answer.share))
    if missed:
        what = say("没有回应标准里的：{clauses}", clauses=listed(f"“{one}”" for one in missed[:4]))
        yield Fault("unanswered", what, say("对照标准逐句写做了什么；确不涉及的写明理由。"))


def _length(text: str, most: int, rules: Rules) -> Iterable[Fault]:
    size, least = length_of(text), min(rules.explanation.least, most)
    if size < least:
        what = say("只有 {have} 字，至少 {least} 字", have=size, least=least)
        yield Fault("short", what, say("补写措施、过程和成效。"))
    if size > most:
        what = say("有 {have} 字，最多 {most} 字", have=size, most=most)
        yield Fault("long", what, say("删去套话和与本条标准无关的内容。"))


def _manner(text: str, rules: Rules) -> Iterable[Fault]:
    found = [one for one in rules.summary.phrases if one in text]
    if len(found) > rules.summary.most:
        what = say("像总结，不像说明：{phrases}", phrases=listed(f"“{one}”" for one in found[:4]))
        yield Fault("summary", what, say("改成说明：谁、什么时候、做了什么、多少数据。"))
    absent = [one.title for one in rules.headings if not any(word in text for word in one.words)]
    if absent:
        yield Fault("heading", say("没有写：{parts}", parts=listed(absent)), say("按这几部分补写。"))


def draft(rules: Rules, *, standard: str, documents: Sequence[str], **facts: str) -> str:
    """The text that an explanation begins with, the clauses of the standard one by one."""
    clauses = "\n".join(
        say("{n}. 围绕“{clause}”，____。", n=number, clause=clause)
        for number, clause in enumerate(clauses_of(standard), 1)
    )
    told = {
        **facts,
        "standard": standard.rstrip("。"),
        "clauses": clauses,
        "documents": listed(f"《{one}》" for one in documents) or BLANK,
    }
    return "".join(
        before + (told.get(name, "") if name is not None else "")
        for before, name, *_ in Formatter().parse(rules.draft.text.strip())
    )
