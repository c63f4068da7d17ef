"""The judging rules: how a reading becomes a value, and what no rule can read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuangwen.kernel.judging import FULL, KINDS, Answer, ImpossibleCounts, RuleName, UnreadableResult, parse_rule

PARAMS = {
    "count_at_least": "n=3", "count_at_most": "n=2", "density": "n=1;per=100", "rate_at_least": "x=0.9", "sample": "k=4;n=5",
    "record_on_site": "n=2", "simulated_contact": "within=3", "area_share": "x=0.3", "conditions": "k=5;grades=5:A|4:B|3:C",
    "deduct": "d=0.2",
}  # fmt: skip
READINGS = [
    ("absence", "无", "", 10_000), ("absence", "有", "", 0), ("absence", "2处", "", 0), ("absence", "合格", "", 10_000),
    ("presence", "有", "", 10_000), ("presence", "无", "", 0), ("presence", "0", "", 0),
    ("count_at_least", "3", "", 10_000), ("count_at_least", "２", "", 0),
    ("count_at_most", "", "2", 10_000), ("count_at_most", "3处", "", 0),
    ("density", "", "3/300", 10_000), ("density", "", "4/300", 0),
    ("rate_at_least", "", "18/20", 10_000), ("rate_at_least", "45%", "", 5_000), ("rate_at_least", "0.45", "", 5_000),
    ("sample", "", "4/5", 10_000), ("sample", "", "2/5", 5_000),
    ("record_on_site", "", "2", 10_000), ("record_on_site", "无", "", 0),
    ("simulated_contact", "2分钟", "", 10_000), ("simulated_contact", "5", "", 0),
    ("area_share", "15%", "", 5_000),
    ("conditions", "5", "", 10_000), ("conditions", "4", "", 8_000), ("conditions", "1", "", 0), ("conditions", "B", "", 8_000),
    ("deduct", "2", "", 6_000), ("deduct", "9", "", 0), ("graded", "C", "", 6_000), ("graded", "不合格", "", 0),
    ("presence", "不适用", "", None),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "result", "count", "value"), READINGS)
def test_a_reading_becomes_a_value(rule: str, result: str, count: str, value: int | None) -> None:
    made = parse_rule(rule, PARAMS.get(rule, ""))
    assert made.judge(made.read_text(result, count)) == value


@pytest.mark.parametrize(
    ("rule", "count"), [("rate_at_least", "21/20"), ("sample", "3/0"), ("absence", "-1"), ("area_share", "130%")]
)
def test_counts_that_cannot_be_are_refused(rule: str, count: str) -> None:
    with pytest.raises(ImpossibleCounts):
        parse_rule(rule, PARAMS.get(rule, "")).read_text("", count)


@pytest.mark.parametrize(
    ("rule", "result"), [("absence", "还行"), ("rate_at_least", "3"), ("graded", "E"), ("presence", "50%")]
)
def test_what_a_rule_cannot_read_is_refused_with_a_cure(rule: str, result: str) -> None:
    with pytest.raises(UnreadableResult) as caught:
        parse_rule(rule, PARAMS.get(rule, "")).read_text(result)
    assert "请写" in str(caught.value)


@given(st.sampled_from(list(RuleName)), st.integers(0, 40), st.integers(1, 40))
def test_every_value_lies_between_nothing_and_full(name: RuleName, passed: int, total: int) -> None:
    rule = parse_rule(name, PARAMS.get(name, ""))
    answer = (
        Answer(grade="B") if name is RuleName.GRADED else Answer(count=passed, passed=min(passed, total), total=total)
    )
    value = rule.judge(answer)
    assert value is not None
    assert 0 <= value <= FULL


def test_every_rule_says_itself_in_a_sentence() -> None:
    assert set(KINDS) == set(RuleName)
    assert all(parse_rule(name, PARAMS.get(name, "")).tell().endswith("。") for name in RuleName)
