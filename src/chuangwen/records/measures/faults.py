"""What a number of problems (问题数) says of a check: it counts faults, never the things that should be there."""

import re
from dataclasses import dataclass
from enum import StrEnum

from chuangwen.kernel.answers import FAIL, NONE, PASS, SKIP, SOME, WIDE
from chuangwen.kernel.judging import KINDS, Rule, RuleName
from chuangwen.kernel.words import say, written

COUNTS_FAULTS = frozenset({RuleName.ABSENCE, RuleName.COUNT_AT_MOST, RuleName.DENSITY, RuleName.DEDUCT})
"""Rules that count what should not be there: for them alone a number of problems is the count."""
WANTS_THINGS = frozenset({RuleName.PRESENCE, RuleName.COUNT_AT_LEAST, RuleName.RECORD_ON_SITE})
"""Rules that pass or fail by what is there: problems without a word of a result are asked about."""
_FAULTS = re.compile(r"(\d{1,7})\s*[处个次条起户份家名项件种]{0,2}")
_PAIR = re.compile(r"(\d{1,7})\s*/\s*(\d{1,7})")
_GOOD, _BAD = PASS | SOME, FAIL | NONE


class FaultAsk(StrEnum):
    """What only a person can say of rows that bring a number of problems and no result."""

    SOME = "faults"
    NONE = "no_faults"


@dataclass(frozen=True)
class Row:
    """What the cells of a row say of its check."""

    result: str
    quantity: str
    problems: str
    total: str


@dataclass(frozen=True)
class Understood:
    """What a row says once its problems are understood: 结果 and 次数/总数; or what is asked; or why it cannot be.

    ``note``: what the table counts and the rule does not ask for; it is kept as words.
    """

    result: str
    quantity: str
    ask: FaultAsk | None = None
    wrong: str = ""
    note: str = ""


def understood(rule: Rule, row: Row) -> Understood:
    """Hold the number of problems of a row against its other cells, by the rule of its check. No cell is passed over."""
    number = _FAULTS.fullmatch(row.problems.translate(WIDE).strip())
    if number is None:
        return _wrong(row, say("问题数“{text}”看不懂。", text=row.problems[:40]))
    count = int(number[1])
    if rule.name in COUNTS_FAULTS:
        return _as_count(row, count)
    word = row.result.translate(WIDE).strip().lower()
    if wrong := _against_word(row, word, count):
        return _wrong(row, wrong)
    if KINDS[rule.name].seeks == "rate":
        return _of_rate(rule, row, word, count)
    if row.total and not row.quantity:
        return _wrong(row, say("总数“{total}”用不上：这条考察内容不问总数。{rule}", total=row.total, rule=rule.tell()))
    return _kept(row, count) if word or row.quantity else _alone(rule, count)


def _wrong(row: Row, what: str) -> Understood:
    return Understood(row.result, row.quantity, wrong=what)


def _kept(row: Row, count: int) -> Understood:
    """The result stands; a number of problems that the rule does not count is kept in words."""
    return Understood(row.result, row.quantity, note=written("问题数 {n}", n=count) if count else "")


def _against_word(row: Row, word: str, count: int) -> str:
    """Why a word of a result cannot stand beside this number of problems; empty where it can."""
    if count and word in _GOOD | SKIP and not (word in _GOOD and row.total):
        return say("写着“{result}”，问题数却是 {n}。", result=row.result, n=count)
    if not count and word in _BAD:
        return say("写着“{result}”，问题数却是 0。", result=row.result)
    return ""


def _of_rate(rule: Rule, row: Row, word: str, count: int) -> Understood:
    """Problems of so many looked at leave the rest as good; beside a rate they must be what is missing in it."""
    total = _FAULTS.fullmatch(row.total.translate(WIDE).strip())
    if row.total and not row.quantity and word in SKIP:
        return _wrong(row, say("写着“{result}”，又写了总数 {total}。", result=row.result, total=row.total))
    if row.total and not row.quantity and total is None:
        return _wrong(row, say("总数“{text}”看不懂。", text=row.total[:40]))
    if row.total and not row.quantity and total is not None and word:
        most = int(total[1])
        if count > most:
            return _wrong(row, say("问题数 {n} 大于总数 {total}。", n=count, total=most))
        return Understood(row.result, f"{most - count}/{most}")
    for text in (row.quantity, row.result):
        pair = _PAIR.fullmatch(text.translate(WIDE).strip())
        if pair is not None:
            missing = int(pair[2]) - int(pair[1])
            if missing != count:
                told = say("“{rate}”差 {missing} 个，问题数却是 {n}。", rate=text, missing=missing, n=count)
                return _wrong(row, told)
            return Understood(row.result, row.quantity)
    return _kept(row, count) if word or row.quantity else _alone(rule, count)


def _as_count(row: Row, count: int) -> Understood:
    """The count itself, of so many where a total is said; another count beside it must be the same."""
    if row.result.translate(WIDE).strip().lower() in SKIP and not count and not row.total:
        return Understood(row.result, row.quantity)
    beside = _FAULTS.fullmatch(row.quantity.translate(WIDE).partition("/")[0].strip())
    if row.quantity and (beside is None or int(beside[1]) != count):
        return _wrong(row, say("次数“{count}”与问题数 {n} 不一样。", count=row.quantity, n=count))
    return Understood(row.result, row.quantity or (f"{count}/{row.total}" if row.total else str(count)))


def _alone(rule: Rule, count: int) -> Understood:
    """Problems and nothing else."""
    if rule.name in WANTS_THINGS:
        return Understood("", "", ask=FaultAsk.SOME if count else FaultAsk.NONE)
    what = say("只有问题数 {n}，没有写结果：这条考察内容不数问题。{rule}", n=count, rule=rule.tell())
    return Understood("", "", wrong=what)
