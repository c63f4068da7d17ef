"""The judging rules: how a reading becomes a value, and what no rule can read."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuangwen.kernel.answers import Answer, ContradictoryResult, ImpossibleCounts, UnreadableResult
from chuangwen.kernel.judging import FULL, KINDS, RuleName, parse_rule, show_result

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


CONTRADICTIONS = [
    ("absence", "合格", "5处"), ("absence", "无", "3"), ("absence", "有", "0"), ("absence", "不合格", "0"),
    ("rate_at_least", "不合格", "20/20"), ("rate_at_least", "合格", "1/20"), ("rate_at_least", "17/20", "18/20"),
    ("rate_at_least", "85%", "18/20"), ("area_share", "合格", "10%"), ("sample", "合格", "3/5"),
    ("count_at_least", "合格", "2"), ("count_at_most", "不合格", "2"), ("density", "合格", "4/300"),
    ("record_on_site", "无", "2"), ("presence", "有", "0"), ("simulated_contact", "合格", "5分钟"),
    ("conditions", "B", "5"), ("conditions", "合格", "4"), ("deduct", "合格", "1"), ("absence", "不适用", "3"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "result", "count"), CONTRADICTIONS)
def test_a_word_against_its_counts_is_never_judged(rule: str, result: str, count: str) -> None:
    made = parse_rule(rule, PARAMS.get(rule, ""))
    with pytest.raises(ContradictoryResult, match="对不上"):
        made.judge(made.read_text(result, count))


IMPOSSIBLE = [
    ("rate_at_least", "合格", "12/10"), ("rate_at_least", "合格", "120%"), ("rate_at_least", "合格", "8/0"),
    ("absence", "合格", "-3"), ("absence", "合格", "12/10"), ("density", "合格", "3/0"), ("conditions", "", "6"),
    ("conditions", "", "2/4"), ("sample", "合格", "6/5"), ("rate_at_least", "-0.5", ""), ("absence", "", "99999999999"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "result", "count"), IMPOSSIBLE)
def test_counts_that_no_visit_can_bring_home_are_refused_whatever_the_word_beside_them(
    rule: str, result: str, count: str
) -> None:
    with pytest.raises(ImpossibleCounts):
        parse_rule(rule, PARAMS.get(rule, "")).read_text(result, count)


UNREADABLE = [
    ("absence", "合格", "好多"), ("absence", "合格", "1.5"), ("absence", "合格", "50%"), ("rate_at_least", "合格", "3"),
    ("rate_at_least", "有", ""), ("simulated_contact", "无", ""), ("simulated_contact", "有", ""),
    ("simulated_contact", "", "2/3"), ("conditions", "有", ""), ("count_at_most", "有", ""), ("density", "有", ""),
    ("deduct", "有", ""), ("count_at_least", "有", ""), ("graded", "A", "3"), ("graded", "", "3/5"), ("absence", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "result", "count"), UNREADABLE)
def test_a_cell_that_a_rule_cannot_read_is_told_and_never_passed_over(rule: str, result: str, count: str) -> None:
    made = parse_rule(rule, PARAMS.get(rule, ""))
    with pytest.raises(UnreadableResult, match="请写"):
        made.judge(made.read_text(result, count))


AGREEING = [
    ("absence", "合格", "0", 10_000), ("absence", "有", "3", 0), ("absence", "不合格", "2处", 0), ("absence", "合格", "/", 10_000),
    ("rate_at_least", "不合格", "9/20", 5_000), ("rate_at_least", "合格", "19/20", 10_000),
    ("rate_at_least", "86.7%", "13/15", 9_630), ("rate_at_least", "0.87", "13/15", 9_630),
    ("presence", "有", "3", 10_000), ("record_on_site", "有", "1", 0), ("conditions", "B", "4", 8_000),
    ("conditions", "", "4/5", 8_000), ("deduct", "有", "2", 6_000), ("deduct", "不合格", "1", 8_000),
    ("count_at_most", "无", "", 10_000), ("density", "无", "", 10_000), ("absence", "", "不适用", None),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "result", "count", "value"), AGREEING)
def test_a_word_and_the_counts_beside_it_make_one_answer(rule: str, result: str, count: str, value: int | None) -> None:
    made = parse_rule(rule, PARAMS.get(rule, ""))
    assert made.judge(made.read_text(result, count)) == value


def possible(name: RuleName, answer: Answer) -> bool:
    """The town's own reckoning of what a visit can bring home, written apart from the product's."""
    if answer.grade:
        return answer.grade in "ABCD" and name in {RuleName.GRADED, RuleName.CONDITIONS}
    rate = name in {RuleName.RATE_AT_LEAST, RuleName.SAMPLE, RuleName.AREA_SHARE}
    if answer.share is not None:
        return rate and 0 <= answer.share <= 1
    if answer.total is not None and answer.passed is not None:
        sane = answer.passed >= 0 and 0 < answer.total <= 9_999_999
        whole = answer.passed <= (9_999_999 if name is RuleName.DENSITY else answer.total)
        alone = name not in {RuleName.GRADED, RuleName.SIMULATED_CONTACT}
        return sane and whole and alone and (name is not RuleName.CONDITIONS or answer.total == 5)
    if answer.count is not None:
        most = 5 if name is RuleName.CONDITIONS else 9_999_999
        return 0 <= answer.count <= most and not rate and name is not RuleName.GRADED
    return False


NUMBERS = st.one_of(st.integers(-5, 60), st.just(10_000_000))
ANSWERS = st.one_of(
    st.builds(Answer, count=NUMBERS),
    st.builds(Answer, passed=NUMBERS, total=NUMBERS),
    st.builds(Answer, passed=NUMBERS),
    st.builds(Answer, total=NUMBERS),
    st.builds(Answer, share=st.decimals(-1, 2, places=3)),
    st.builds(Answer, grade=st.sampled_from("ABCDE")),
    st.just(Answer()),
)


@settings(max_examples=1_500)
@given(st.sampled_from(list(RuleName)), ANSWERS)
def test_what_a_rules_counts_cannot_be_never_gives_a_value(name: RuleName, answer: Answer) -> None:
    rule = parse_rule(name, PARAMS.get(name, ""))
    try:
        value = rule.judge(answer)
    except (ImpossibleCounts, UnreadableResult):
        assert not possible(name, answer)
    else:
        assert possible(name, answer)
        assert value is not None
        assert 0 <= value <= FULL


@settings(max_examples=1_000)
@given(
    st.sampled_from(list(RuleName)),
    st.sampled_from(["", "合格", "不合格", "有", "无", "A", "D"]),
    st.sampled_from(["{a}", "{a}/{b}", "{a}%", "{a}.5", "-{a}", "{a}处", "{a}/-{b}", "{a}/0"]),
    st.integers(0, 130),
    st.integers(0, 60),
)
def test_a_full_mark_beside_counts_is_one_that_the_counts_alone_give(
    name: RuleName, word: str, shape: str, a: int, b: int
) -> None:
    rule, count = parse_rule(name, PARAMS.get(name, "")), shape.format(a=a, b=b)
    try:
        value = rule.judge(rule.read_text(word, count))
    except (ImpossibleCounts, UnreadableResult, ContradictoryResult):
        return
    assert value == rule.judge(rule.read_text("", count))
    assert word not in {"合格", "A"} or value == FULL
    assert word != "不合格" or value != FULL


@given(st.sampled_from(list(RuleName)), st.text(max_size=12), st.text(max_size=12))
def test_no_text_breaks_the_reader(name: RuleName, result: str, count: str) -> None:
    rule = parse_rule(name, PARAMS.get(name, ""))
    with contextlib.suppress(ImpossibleCounts, UnreadableResult, ContradictoryResult):
        value = rule.judge(rule.read_text(result, count))
        assert value is None or 0 <= value <= FULL


@pytest.mark.parametrize(
    ("rule", "stored", "shown"),
    [
        ("presence", "1", "有"), ("presence", "0", "无"), ("absence", "0", "无"), ("absence", "3", "有"),
        ("presence", "n/a", "不适用"), ("rate_at_least", "n/a", "不适用"), ("rate_at_least", "17/20", "17/20"),
        ("presence", "合格", "合格"), ("count_at_least", "3", "3"),
    ],
)  # fmt: skip
def test_what_is_there_or_not_is_shown_in_words(rule: str, stored: str, shown: str) -> None:
    assert show_result(rule, stored) == shown


def test_every_rule_says_itself_in_a_sentence() -> None:
    assert set(KINDS) == set(RuleName)
    assert all(parse_rule(name, PARAMS.get(name, "")).tell().endswith("。") for name in RuleName)
