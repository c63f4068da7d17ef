"""The closed set of judging rules: how one observation becomes a value in [0, 1] or "not applicable".

Values are whole ten-thousandths, 0 to 10000. A rule is read from a pack with its parameters; it reads what an
inspector or a third-party table says (``read_text``), and it judges the answer (``judge``).
Source of the set: the field checks of the county-level evaluation system (docs/reference/judging-rules.md).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
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


class UnreadableResult(Refusal):
    """What stands in the result cannot be read by this rule."""

    code = "unreadable_result"
    sentence = later("结果“{result}”（{count}）看不懂：{cure}")
    status = 422


class ImpossibleCounts(Refusal):
    """The two counts of a rate contradict each other."""

    code = "impossible_counts"
    sentence = later("“{count}”对不上：合格数不能大于总数，总数须大于 0，比率不能超过 1。请核对原始记录。")
    status = 422


@dataclass(frozen=True)
class Answer:
    """What was found. ``count`` occurrences; or ``passed`` of ``total``; or a ``grade``; or a plain verdict.

    ``verdict`` True/False is the inspector's own pass or fail and outranks the counts. ``applicable`` False: the check
    does not apply at this site.
    """

    count: int | None = None
    passed: int | None = None
    total: int | None = None
    grade: str = ""
    verdict: bool | None = None
    share: Decimal | None = None
    applicable: bool = True


NOT_APPLICABLE = Answer(applicable=False)


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
        """The value of an answer in ten-thousandths; ``None`` when the check does not apply here."""
        if not answer.applicable:
            return None
        if answer.verdict is not None and answer.count is None and answer.total is None and not answer.grade:
            return FULL if answer.verdict else 0
        return _JUDGES[self.name](self, answer)

    def read_text(self, result: str, count: str = "") -> Answer:
        """Read 结果 and 次数/总数 of a table or a page."""
        return _Reader(self, result, count).answer()


def _count(answer: Answer) -> int:
    if answer.count is not None:
        return answer.count
    if answer.passed is not None and answer.total is not None:
        return answer.passed
    return 0


def _rate(answer: Answer) -> Decimal:
    if answer.share is not None:
        return answer.share
    if answer.total:
        return Decimal(answer.passed or 0) / Decimal(answer.total)
    return Decimal(0)


def _judge_density(rule: Rule, answer: Answer) -> int:
    metres = answer.total if answer.total else int(rule.number("per"))
    found = answer.passed if answer.total and answer.passed is not None else _count(answer)
    return FULL if Decimal(found) * rule.number("per") <= rule.number("n") * Decimal(metres) else 0


def _judge_conditions(rule: Rule, answer: Answer) -> int:
    if answer.grade:
        return rule.factors[answer.grade]
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
    RuleName.GRADED: lambda rule, answer: rule.factors[answer.grade],
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


def check_rule(name: str, params: str, grades: frozenset[str], place: tuple[str, int], problems: Problems) -> None:
    """Collect what is wrong with a rule of a pack: an unknown name, a parameter missing, too many or senseless."""
    file, line = place
    if name not in set(RuleName):
        cure = say("可用的规则：{rules}。", rules=listed(RuleName))
        problems.add(file=file, row=line, column="rule", what=say("没有“{name}”这条判定规则", name=name), cure=cure)
        return
    kind, given = KINDS[RuleName(name)], params_of(params)
    for key in kind.needs:
        if key not in given:
            cure = say("请写成 {key}=…", key=key)
            problems.add(
                file=file,
                row=line,
                column="params",
                what=say("规则 {name} 缺参数 {key}", name=name, key=key),
                cure=cure,
            )
    for key, value in given.items():
        if key not in kind.needs + kind.allows:
            allowed = listed(kind.needs + kind.allows) or say("无")
            what = say("规则 {name} 没有参数 {key}", name=name, key=key)
            problems.add(
                file=file, row=line, column="params", what=what, cure=say("可用的参数：{allowed}。", allowed=allowed)
            )
        elif why := _wrong_value(key, value, grades):
            problems.add(file=file, row=line, column="params", what=why, cure=say("请照参考手册改正。"))


def _wrong_value(key: str, value: str, grades: frozenset[str]) -> str:
    if key == "grades":
        parts = [part.partition(":") for part in value.split("|")]
        good = all(count.strip().isdigit() and grade.strip() in grades for count, _, grade in parts)
        return "" if good else say("参数 grades 的值“{value}”应写成 5:A|4:B，且等级在等级表里", value=value)
    if not re.fullmatch(r"\d+(\.\d+)?", value):
        return say("参数 {key} 的值“{value}”不是数", key=key, value=value)
    if key in {"x", "d"} and not 0 < Decimal(value) <= 1:
        return say("参数 {key} 的值“{value}”应大于 0、不超过 1", key=key, value=value)
    return ""


_PASS = {"合格", "通过", "达标", "符合", "是", "优", "√", "✓", "y", "yes", "pass", "true"}
_FAIL = {
    "不合格",
    "不通过",
    "未通过",
    "不达标",
    "未达标",
    "不符合",
    "否",
    "差",
    "×",
    "x",
    "✗",
    "n",
    "no",
    "fail",
    "false",
}
_SOME = {"有", "存在", "出现", "发现"}
_NONE = {"无", "没有", "不存在", "未出现", "未发现"}
_SKIP = {"不适用", "不涉及", "n/a", "na", "—", "/", "无此项"}
_WIDE = str.maketrans("０１２３４５６７８９．／％（）", "0123456789./%()")


class _Reader:
    """Reads one result by one rule."""

    def __init__(self, rule: Rule, result: str, count: str) -> None:
        self.rule = rule
        self.result = result.translate(_WIDE).strip()
        self.counts = count.translate(_WIDE).strip()
        self.seeks = KINDS[rule.name].seeks

    def answer(self) -> Answer:
        word = self.result.lower()
        if word in _SKIP:
            return NOT_APPLICABLE
        if self.result.upper() in self.rule.factors and self.seeks in {"grade", "conditions"}:
            return Answer(grade=self.result.upper())
        if self.seeks == "grade":
            return self._verdict_or_refuse(word)
        numbers = self._numbers(self.counts) or self._numbers(self.result)
        verdict = True if word in _PASS else False if word in _FAIL else None
        if verdict is None and (word in _SOME or word in _NONE):
            return self._there_or_not(there=word in _SOME, numbers=numbers)
        if numbers is None:
            return self._verdict_or_refuse(word)
        if verdict is not None and not (numbers.total or numbers.share is not None):
            return Answer(verdict=verdict)
        return self._by_numbers(numbers)

    def _verdict_or_refuse(self, word: str) -> Answer:
        if word in _PASS:
            return Answer(verdict=True)
        if word in _FAIL:
            return Answer(verdict=False)
        raise UnreadableResult(result=self.result, count=self.counts, cure=self._cure())

    def _there_or_not(self, *, there: bool, numbers: Answer | None) -> Answer:
        if there and numbers is not None and numbers.count:
            return numbers
        if self.seeks == "presence":
            return Answer(verdict=there)
        return Answer(count=1 if there else 0)

    def _by_numbers(self, numbers: Answer) -> Answer:
        if self.seeks == "rate" and numbers.total is None and numbers.share is None:
            raise UnreadableResult(result=self.result, count=self.counts, cure=self._cure())
        if self.seeks != "rate" and numbers.share is not None:
            raise UnreadableResult(result=self.result, count=self.counts, cure=self._cure())
        return numbers

    def _numbers(self, text: str) -> Answer | None:
        if found := re.fullmatch(r"(-?\d+)\D{0,2}/\s*(-?\d+)\D{0,2}", text):
            passed, total = int(found[1]), int(found[2])
            ratio = self.seeks != "rate_or_count"
            if passed < 0 or total <= 0 or (ratio and passed > total):
                raise ImpossibleCounts(count=text)
            return Answer(passed=passed, total=total)
        if found := re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*%", text):
            return self._share(Decimal(found[1]) / 100, text)
        if self.seeks == "rate" and (found := re.fullmatch(r"-?\d+\.\d+", text)):
            return self._share(Decimal(found[0]), text)
        if found := re.fullmatch(r"(-?\d+)\s*[处个次条起户份家名分钟台辆件]{0,2}", text):
            if int(found[1]) < 0:
                raise ImpossibleCounts(count=text)
            return Answer(count=int(found[1]))
        return None

    def _share(self, share: Decimal, text: str) -> Answer:
        if not 0 <= share <= 1:
            raise ImpossibleCounts(count=text)
        return Answer(share=share)

    def _cure(self) -> str:
        return say(_CURES.get(self.seeks, _CURES["count"]), grades=listed(self.rule.factors))


_CURES = {
    "count": later("请写出现的次数（如 2 或 2 处），或写有/无、合格/不合格、不适用。"),
    "presence": later("请写有/无、合格/不合格、不适用，或写份数。"),
    "rate": later("请写合格数/总数（如 17/20），或写百分数，或写合格/不合格、不适用。"),
    "rate_or_count": later("请写处数/米数（如 3/500），或写处数、合格/不合格、不适用。"),
    "conditions": later("请写满足的条件数，或写等级（{grades}）。"),
    "grade": later("请写等级（{grades}）、合格/不合格或不适用。"),
}
