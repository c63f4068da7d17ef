"""What a number of problems (问题数) says of a check: it counts faults, never the things that should be there."""

import re
from dataclasses import dataclass
from enum import StrEnum

from chuangwen.kernel.answers import FAIL, NONE, PASS, SKIP, SOME, WIDE
from chuangwen.kernel.judging import KINDS, Rule, RuleName
from chuangwen.kernel.words import say

COUNTS_FAULTS = frozenset({RuleName.ABSENCE, RuleName.COUNT_AT_MOST, RuleName.DENSITY, RuleName.DEDUCT})
"""Rules that count what should not be there: for them alone a number of problems is the count."""
WANTS_THINGS = frozenset({RuleName.PRESENCE, RuleName.COUNT_AT_LEAST, RuleName.RECORD_ON_SITE})
"""Rules that pass or fail by what is there: problems without a word of a result are asked about."""
_FAULTS = re.compile(r"(\d{1,7})\s*[处个次条起户份家名项件种]{0,2}")
_GOOD, _BAD = PASS | SOME, FAIL | NONE


class FaultAsk(StrEnum):
    """What only a person can say of rows that bring a number of problems and no result."""

    SOME = "faults"
    NONE = "no_faults"


@dataclass(frozen=True)
class Understood:
    """What a row says once its problems are understood: 结果 and 次数/总数; or what is asked; or why it cannot be."""

    result: str
    quantity: str
    ask: FaultAsk | None = None
    wrong: str = ""


def understood(rule: Rule, result: str, quantity: str, problems: str, total: str) -> Understood:
    """Hold the number of problems of a row against its other cells, by the rule of its check."""
    number = _FAULTS.fullmatch(problems.translate(WIDE).strip())
    if number is None:
        return Understood(result, quantity, wrong=say("问题数“{text}”看不懂。", text=problems[:40]))
    count = int(number[1])
    if rule.name in COUNTS_FAULTS:
        return _as_count(rule, Understood(result, quantity), count, total)
    word = result.translate(WIDE).strip().lower()
    if not word and not quantity:
        return _alone(rule, count)
    if count and word in _GOOD | SKIP:
        return Understood(result, quantity, wrong=say("写着“{result}”，问题数却是 {n}。", result=result, n=count))
    if not count and word in _BAD:
        return Understood(result, quantity, wrong=say("写着“{result}”，问题数却是 0。", result=result))
    return Understood(result, quantity)


def _as_count(rule: Rule, told: Understood, count: int, total: str) -> Understood:
    """The count itself; another count beside it must be the same."""
    if told.result.translate(WIDE).strip().lower() in SKIP and not count:
        return told
    beside = _FAULTS.fullmatch(told.quantity.translate(WIDE).partition("/")[0].strip())
    if told.quantity and (beside is None or int(beside[1]) != count):
        what = say("次数“{count}”与问题数 {n} 不一样。", count=told.quantity, n=count)
        return Understood(told.result, told.quantity, wrong=what)
    over = total if KINDS[rule.name].seeks == "rate_or_count" else ""
    return Understood(told.result, told.quantity or (f"{count}/{over}" if over else str(count)))


def _alone(rule: Rule, count: int) -> Understood:
    """Problems and nothing else."""
    if rule.name in WANTS_THINGS:
        return Understood("", "", ask=FaultAsk.SOME if count else FaultAsk.NONE)
    what = say("只有问题数 {n}，没有写结果：这条考察内容不数问题。{rule}", n=count, rule=rule.tell())
    return Understood("", "", wrong=what)
