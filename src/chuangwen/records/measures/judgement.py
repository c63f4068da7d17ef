"""From what was written down to a value: the one place where a result meets the rule of its check."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.db.models import Prefetch, prefetch_related_objects

from chuangwen.kernel.answers import Answer
from chuangwen.kernel.judging import Rule, parse_rule
from chuangwen.kernel.refusal import Refusal
from chuangwen.records.standards.models import Check, Edition


@dataclass(frozen=True)
class Judgement:
    """A result as it was read, and its value in ten-thousandths; ``None`` where the check does not apply."""

    answer: Answer
    value: int | None


def judge(check: Check, result: str, quantity: str = "") -> Judgement:
    """Read 结果 and 次数/总数 by the rule of the check and judge them; raises the refusal that says why it cannot be."""
    rule = rule_of(check)
    answer = rule.read_text(result, quantity)
    return Judgement(answer, rule.judge(answer))


def read_again(check: Check, result: str, quantity: str) -> Answer | None:
    """What a stored result says; ``None`` where the rule of today would not take it any more."""
    try:
        return judge(check, result, quantity).answer
    except Refusal:
        return None


def rule_of(check: Check) -> Rule:
    """The rule of a check, with the grade scale of the edition it belongs to."""
    return _rule(check.rule, check.params, check.edition_id, check.edition.digest)


def with_editions(checks: Iterable[Check]) -> None:
    """Have the edition of each check at hand, without its content, in one query for all that lack it."""
    light = Edition.objects.defer("content")
    prefetch_related_objects(list(checks), Prefetch("edition", queryset=light))


@lru_cache(maxsize=4096)
def _rule(name: str, params: str, edition_id: int, digest: str) -> Rule:
    return parse_rule(name, params, _factors(edition_id, digest))


@lru_cache(maxsize=16)
def _factors(edition_id: int, _digest: str) -> Mapping[str, int]:
    """An edition never changes, so its scale is read once in a process; the digest guards against another database."""
    content = Edition.objects.values_list("content", flat=True).get(pk=edition_id)
    return {row["grade"]: int(Decimal(str(row["factor"])) * 10_000) for row in content["framework"]["grades"]}
