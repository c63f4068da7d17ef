"""The closed set of judging rules: how one observation becomes a value in [0, 1] or "not applicable".

Values are whole ten-thousandths, 0 to 10000. A rule is read from a pack with its parameters; it reads what an
inspector or a third-party table says (``read_text``), and it judges the answer (``judge``).
Source of the set: the field checks of the county-level evaluation system (docs/reference/judging-rules.md).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from chuangwen.kernel.answers import (
    FAIL,
    NONE,
    NOT_APPLICABLE,
    PASS,
    SKIP,
    SOME,
    WIDE,
    Answer,
    ContradictoryResult,
    ImpossibleCounts,
    UnreadableResult,
)
from chuangwen.kernel.words import later, listed, say

FULL = 10_000


class RuleName(StrEnum):
    """The rules a pack may name."""

    ABSENCE = "absence"
    PRESENCE = "presence"
    COUNT_AT_LEAST = "count_at_least"
    COUNT_AT_MOST = "count_at_most"
    DENSITY = "density"
    RATE_AT_LEAST = "rate_at_least"
    SAMPLE = "sample"
    RECORD_ON_SITE = "record_on_site"
    SIMULATED_CONTACT = "simulated_contact"
    AREA_SHARE = "area_share"
    CONDITIONS = "conditions"
    DEDUCT = "deduct"
    GRADED = "graded"


@dataclass(frozen=True)
class Kind:
    """A rule as the reference tells it: its title, how it judges, and the parameters it needs and allows."""

    title: str
    sentence: str
    needs: tuple[str, ...] = ()
    allows: tuple[str, ...] = ()
    seeks: str = "count"


KINDS: Mapping[RuleName, Kind] = {
    RuleName.ABSENCE: Kind(later("不得出现"), later("一处也没有得满分；出现一处即不得分。")),
    RuleName.PRESENCE: Kind(later("应当有"), later("有得满分，没有不得分。"), seeks="presence"),
    RuleName.COUNT_AT_LEAST: Kind(later("不少于"), later("数到 {n} 个及以上得满分，不足不得分。"), ("n",)),
    RuleName.COUNT_AT_MOST: Kind(later("不多于"), later("不超过 {n} 个得满分，超过不得分。"), ("n",)),
    RuleName.DENSITY: Kind(
        later("密度"),
        later("每走 {per} 米至多 {n} 处得满分，超过不得分。"),
        ("n", "per"),
        ("spacing",),
        seeks="rate_or_count",
    ),
    RuleName.RATE_AT_LEAST: Kind(
        later("合格率"), later("合格数除以查看数，达到 {x} 得满分；不到的按比例得分。"), ("x",), seeks="rate"
    ),
    RuleName.SAMPLE: Kind(
        later("抽查"), later("抽 {n} 个，合格 {k} 个及以上得满分，不足的按比例得分。"), ("k", "n"), seeks="rate"
    ),
    RuleName.RECORD_ON_SITE: Kind(
        later("现场记录"), later("现场能拿出 {n} 份以上记录得满分，没有不得分。"), (), ("n",), "presence"
    ),
    RuleName.SIMULATED_CONTACT: Kind(
        later("模拟联系"), later("{within} 分钟内接通并答复得满分，否则不得分。"), ("within",)
    ),
    RuleName.AREA_SHARE: Kind(
        later("面积占比"), later("占比达到 {x} 得满分，不到的按比例得分。"), ("x",), seeks="rate"
    ),
    RuleName.CONDITIONS: Kind(
        later("分档条件"),
        later("{k} 个条件满足几个定档：{grades}；再少为最低档。"),
        ("k", "grades"),
        seeks="conditions",
    ),
    RuleName.DEDUCT: Kind(later("逐处扣分"), later("每出现一处扣去 {d}，扣完为止。"), ("d",)),
    RuleName.GRADED: Kind(later("分档评定"), later("按测评体系的等级系数得分。"), seeks="grade"),
}


def _at_least(wanted: int, found: int) -> int:
    return FULL if found >= wanted else 0


def _proportion(part: Decimal, wanted: Decimal) -> int:
    """Full at ``wanted`` and above, in proportion below; rounded half up to whole ten-thousandths."""
    if wanted <= 0 or part >= wanted:
        return FULL
    return int((part / wanted * FULL).quantize(Decimal(1), rounding="ROUND_HALF_UP"))


@dataclass(frozen=True)
class Rule:
    """One judging rule with its parameters. ``factors`` is the edition's grade scale in ten-thousandths."""

    name: RuleName
    params: Mapping[str, str]
    factors: Mapping[str, int]

    def number(self, key: str, default: str = "1") -> Decimal:
        """A parameter as a number."""
        return Decimal(self.params.get(key, default))

    def tell(self) -> str:
        """The rule in one plain sentence."""
        return say(KINDS[self.name].sentence, **{"n": "1", **self.params})

    def judge(self, answer: Answer) -> int | None:
        """The value of an answer in ten-thousandths; ``None`` when the check does not apply here.

        Refuses counts that cannot be, an answer that says nothing this rule asks for, and a word against its counts.
        """
        if not answer.applicable:
            return None
        _must_be_possible(self, answer)
        words = [FULL if answer.verdict else 0] if answer.verdict is not None else []
        if answer.grade:
            words.append(self._factor(answer))
        if not answer.numbers() or self.name is RuleName.GRADED:
            if not words or answer.numbers():
                raise UnreadableResult(result=answer.grade, count=answer.numbers(), cure=self.cure())
            return words[-1]
        value = _JUDGES[self.name](self, answer)
        self._must_agree(answer, value)
        return value

    def _factor(self, answer: Answer) -> int:
        if answer.grade not in self.factors or KINDS[self.name].seeks not in _GRADES:
            raise UnreadableResult(result=answer.grade, count=answer.numbers(), cure=self.cure())
        return self.factors[answer.grade]

    def _must_agree(self, answer: Answer, value: int) -> None:
        if answer.grade and self.factors[answer.grade] != value:
            why = say("按这条规则，这个数定不了这一档。")
            raise ContradictoryResult(result=answer.grade, count=answer.numbers(), why=why)
        if answer.verdict is None or answer.verdict == (value == FULL):
            return
        word = say("合格") if answer.verdict else say("不合格")
        why = say("按这条规则，这个数得满分。") if value == FULL else say("按这条规则，这个数不得满分。")
        raise ContradictoryResult(result=word, count=answer.numbers(), why=why)

    def cure(self) -> str:
        """What may be written as a result of this rule."""
        return say(_CURES.get(KINDS[self.name].seeks, _CURES["count"]), grades=listed(self.factors))

    def read_text(self, result: str, count: str = "") -> Answer:
        """Read 结果 and 次数/总数 of a table or a page."""
        return _Reader(self, result, count).answer()


MOST = 9_999_999
_RATES = frozenset({"rate"})
_GRADES = frozenset({"grade", "conditions"})


def _must_be_possible(rule: Rule, answer: Answer) -> None:
    """Refuse counts that no visit can bring home, and counts that this rule does not ask for."""
    numbers = answer.numbers()
    if not _is_possible(answer, ratio=KINDS[rule.name].seeks != "rate_or_count"):
        raise ImpossibleCounts(count=numbers)
    if KINDS[rule.name].seeks == "conditions" and not _within_conditions(rule, answer):
        raise ImpossibleCounts(count=numbers)
    if not _is_asked_for(rule, answer):
        raise UnreadableResult(result=answer.grade, count=numbers, cure=rule.cure())


def _is_possible(answer: Answer, *, ratio: bool) -> bool:
    passed, total = answer.passed, answer.total
    if (passed is None) != (total is None):
        return False
    if any(one is not None and not 0 <= one <= MOST for one in (answer.count, passed, total)):
        return False
    if passed is not None and total is not None and (total == 0 or (ratio and passed > total)):
        return False
    return answer.share is None or 0 <= answer.share <= 1


def _within_conditions(rule: Rule, answer: Answer) -> bool:
    """Of k conditions no more than k can hold, and a total beside them is k."""
    most = int(rule.number("k"))
    return (answer.total is None or answer.total == most) and (not answer.numbers() or _count(answer) <= most)


def _is_asked_for(rule: Rule, answer: Answer) -> bool:
    """A rate wants two counts or a share; nothing else wants a share; a call's minutes have no total."""
    if not answer.numbers():
        return True
    if KINDS[rule.name].seeks in _RATES:
        return answer.total is not None or answer.share is not None
    return answer.share is None and (answer.total is None or rule.name is not RuleName.SIMULATED_CONTACT)


def _count(answer: Answer) -> int:
    return answer.count if answer.count is not None else answer.passed or 0


def _rate(answer: Answer) -> Decimal:
    """The two counts before the share: a share is often rounded."""
    if answer.total:
        return Decimal(answer.passed or 0) / Decimal(answer.total)
    return answer.share or Decimal(0)


def _judge_density(rule: Rule, answer: Answer) -> int:
    metres = answer.total if answer.total else int(rule.number("per"))
    found = answer.passed if answer.passed is not None else _count(answer)
    return FULL if Decimal(found) * rule.number("per") <= rule.number("n") * Decimal(metres) else 0


def _judge_conditions(rule: Rule, answer: Answer) -> int:
    held = _count(answer)
    for wanted, grade in grades_by_count(rule.params["grades"]):
        if held >= wanted:
            return rule.factors.get(grade, 0)
    return min(rule.factors.values(), default=0)


_JUDGES: Mapping[RuleName, Callable[[Rule, Answer], int]] = {
    RuleName.ABSENCE: lambda rule, answer: FULL if _count(answer) == 0 else 0,
    RuleName.PRESENCE: lambda rule, answer: _at_least(1, _count(answer)),
    RuleName.COUNT_AT_LEAST: lambda rule, answer: _at_least(int(rule.number("n")), _count(answer)),
    RuleName.COUNT_AT_MOST: lambda rule, answer: FULL if _count(answer) <= rule.number("n") else 0,
    RuleName.DENSITY: _judge_density,
    RuleName.RATE_AT_LEAST: lambda rule, answer: _proportion(_rate(answer), rule.number("x")),
    RuleName.SAMPLE: lambda rule, answer: _proportion(_rate(answer), rule.number("k") / rule.number("n")),
    RuleName.RECORD_ON_SITE: lambda rule, answer: _at_least(int(rule.number("n")), _count(answer)),
    RuleName.SIMULATED_CONTACT: lambda rule, answer: FULL if _count(answer) <= rule.number("within") else 0,
    RuleName.AREA_SHARE: lambda rule, answer: _proportion(_rate(answer), rule.number("x")),
    RuleName.CONDITIONS: _judge_conditions,
    RuleName.DEDUCT: lambda rule, answer: max(0, FULL - int(rule.number("d") * FULL) * _count(answer)),
}


def grades_by_count(text: str) -> list[tuple[int, str]]:
    """``"5:A|4:B"`` as [(5, "A"), (4, "B")], most first."""
    found = (part.partition(":") for part in text.split("|"))
    return sorted(((int(count), grade.strip()) for count, _, grade in found), reverse=True)


SCALE: Mapping[str, int] = {"A": 10_000, "B": 8_000, "C": 6_000, "D": 0}


def parse_rule(name: str, params: str, factors: Mapping[str, int] = SCALE) -> Rule:
    """A rule of an installed (already checked) edition."""
    return Rule(RuleName(name), params_of(params), factors)


def params_of(text: str) -> dict[str, str]:
    """``"n=3;per=100"`` as a mapping."""
    found = (part.partition("=") for part in text.split(";") if part.strip())
    return {key.strip(): value.strip() for key, _, value in found}


_UNIT = "[处个次条起户份家名分钟台辆件米项种间]{0,2}"
_PAIR = re.compile(rf"(-?\d+)\s*{_UNIT}\s*/\s*(-?\d+)\s*{_UNIT}")
_PER_CENT = re.compile(r"(-?\d+(?:\.(\d+))?)\s*%")
_SHARE = re.compile(r"-?\d+\.(\d+)")
_COUNT = re.compile(rf"(-?\d+)\s*{_UNIT}")
_SAYS_NO_NUMBER = frozenset({RuleName.ABSENCE, RuleName.PRESENCE, RuleName.RECORD_ON_SITE})
_ASKS_FOR_FINDS = _SAYS_NO_NUMBER | {
    RuleName.COUNT_AT_LEAST,
    RuleName.COUNT_AT_MOST,
    RuleName.DENSITY,
    RuleName.DEDUCT,
}


class _Reader:
    """Reads one result by one rule. Every cell that says something must be readable, and none against the other."""

    def __init__(self, rule: Rule, result: str, count: str) -> None:
        self.rule = rule
        self.result = result.translate(WIDE).strip()
        self.counts = count.translate(WIDE).strip()
        self.seeks = KINDS[rule.name].seeks
        if not self.result or self.counts.lower() in SKIP:
            self.result, self.counts = self.result or self.counts, ""

    def answer(self) -> Answer:
        word = self.result.lower()
        if word in SKIP:
            if self.counts:
                raise self._against(say("不适用的项没有数。"))
            return NOT_APPLICABLE
        numbers = self._numbers(self.counts) if self.counts else None
        if self.counts and numbers is None:
            raise self._unreadable()
        return self._by_word(word, numbers)

    def _by_word(self, word: str, numbers: Answer | None) -> Answer:
        grades = {grade.upper(): grade for grade in self.rule.factors}
        if self.seeks in _GRADES and self.result.upper() in grades:
            return replace(numbers or Answer(), grade=grades[self.result.upper()])
        if word in PASS or word in FAIL:
            return replace(numbers or Answer(), verdict=word in PASS)
        if word in SOME or word in NONE:
            return self._there_or_not(there=word in SOME, numbers=numbers)
        said = self._numbers(self.result)
        if said is None or self.seeks == "grade":
            raise self._unreadable()
        if numbers is not None and not _say_the_same(said, numbers, self.result):
            raise self._against(say("两处写的数不一样。"))
        return numbers or said

    def _there_or_not(self, *, there: bool, numbers: Answer | None) -> Answer:
        """有 and 无 answer only what asks whether something is there; how many stays open unless it is said."""
        name = self.rule.name
        if name not in _ASKS_FOR_FINDS:
            raise self._unreadable()
        if numbers is not None:
            if there != (_count(numbers) > 0):
                raise self._against(say("写着有，数却是 0。") if there else say("写着无，数却不是 0。"))
            return numbers
        if not there:
            return Answer(count=0)
        if name is RuleName.COUNT_AT_LEAST and self.rule.number("n") <= 1:
            return Answer(count=1)
        if name not in _SAYS_NO_NUMBER:
            raise self._unreadable()
        return Answer(verdict=True) if self.seeks == "presence" else Answer(count=1)

    def _numbers(self, text: str) -> Answer | None:
        """The counts that a text says; refused when they cannot be."""
        found = self._said(text)
        if found is not None:
            try:
                _must_be_possible(self.rule, found)
            except ImpossibleCounts as no:
                raise ImpossibleCounts(count=text) from no
            except UnreadableResult as no:
                raise self._unreadable() from no
        return found

    def _said(self, text: str) -> Answer | None:
        if found := _PAIR.fullmatch(text):
            return Answer(passed=int(found[1]), total=int(found[2]))
        if found := _PER_CENT.fullmatch(text):
            return Answer(share=Decimal(found[1]) / 100)
        if self.seeks == "rate" and _SHARE.fullmatch(text):
            return Answer(share=Decimal(text))
        if found := _COUNT.fullmatch(text):
            return Answer(count=int(found[1]))
        return None

    def _unreadable(self) -> UnreadableResult:
        return UnreadableResult(result=self.result, count=self.counts, cure=self.rule.cure())

    def _against(self, why: str) -> ContradictoryResult:
        return ContradictoryResult(result=self.result, count=self.counts, why=why)


def _say_the_same(one: Answer, other: Answer, text: str) -> bool:
    """Whether two texts give one number; a share may be rounded as far as its own digits go."""
    if one.share is None and other.share is None:
        return one == other if (one.total is None) == (other.total is None) else _count(one) == _count(other)
    if (found := _PER_CENT.fullmatch(text)) is not None:
        digits = len(found[2] or "") + 2
    else:
        digits = len(text.partition(".")[2])
    return abs(_rate(one) - _rate(other)) <= Decimal(5).scaleb(-digits - 1)


def show_result(name: str, result: str, quantity: str = "", tell: Callable[[str], str] = say) -> str:
    """A stored result as people say it: 有, 无 and 不适用 where a table or a phone wrote 1, 0 and n/a."""
    if result.strip().lower() in SKIP:
        return tell(later("不适用"))
    number = _COUNT.fullmatch(result.strip())
    if name not in {RuleName.ABSENCE, RuleName.PRESENCE} or number is None:
        return result or quantity
    return tell(later("有")) if int(number[1]) else tell(later("无"))


_CURES = {
    "count": later("请写出现的次数（如 2 或 2 处），或写合格/不合格、不适用。"),
    "presence": later("请写有/无、合格/不合格、不适用，或写份数。"),
    "rate": later("请写合格数/总数（如 17/20），或写百分数，或写合格/不合格、不适用。"),
    "rate_or_count": later("请写处数/米数（如 3/500），或写处数、合格/不合格、不适用。"),
    "conditions": later("请写满足的条件数，或写等级（{grades}）。"),
    "grade": later("请写等级（{grades}）、合格/不合格或不适用。"),
}
