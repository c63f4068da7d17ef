"""The rules of the score: properties on random evaluation systems, and agreement with plain Python."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from chuangwen.results.scoring.arithmetic.chances import wilson
from chuangwen.results.scoring.arithmetic.inputs import (
    Check,
    Entries,
    Framework,
    Measures,
    Node,
    Rate,
    Register,
    Requirement,
    SiteType,
)
from chuangwen.results.scoring.arithmetic.lines import Line
from chuangwen.results.scoring.arithmetic.losses import losses
from chuangwen.results.scoring.arithmetic.national import score_units
from chuangwen.results.scoring.arithmetic.parts import make_plan
from chuangwen.results.scoring.arithmetic.places import groups_apart, places
from chuangwen.results.scoring.arithmetic.rows import score
from chuangwen.results.scoring.arithmetic.sampling import sample_size
from chuangwen.results.scoring.arithmetic.scores import prepare
from chuangwen.results.scoring.arithmetic.town import System, compose
from chuangwen.results.scoring.arithmetic.whatif import make_ready
from tests.results.scoring import reference
from tests.results.scoring.trees import worlds

many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def scored(framework: Framework, measures: Measures):
    return score(prepare(make_plan(framework), measures))


@many
@given(worlds())
def test_the_score_agrees_with_plain_python(world) -> None:
    framework, measures = world
    ours, wanted = scored(framework, measures), reference.score(framework, measures)
    for code, (low, expected, high, measured, a, b) in wanted.items():
        line = ours.rows["node", code] if code else ours.total
        assert line.low == pytest.approx(low, abs=1e-9)
        assert line.high == pytest.approx(high, abs=1e-9)
        assert line.measured == pytest.approx(measured, abs=1e-9)
        assert (line.mean is None) == (expected is None)
        if expected is not None:
            assert line.mean == pytest.approx(expected, abs=1e-9)
            assert line.likely == pytest.approx((a, b), abs=1e-9)
            assert (line.interval is None) == (measured < framework.least_measured - 1e-9)


@many
@given(worlds())
def test_expected_lies_between_low_and_high_and_coefficients_add_up_to_the_whole(world) -> None:
    result = scored(*world)
    for line in result.rows.values():
        assert -1e-9 <= line.low <= line.high + 1e-9 <= 100 + 2e-9
        if line.mean is not None:
            assert line.low - 1e-9 <= line.mean <= line.high + 1e-9
            assert line.likely[0] - 1e-9 <= line.mean <= line.likely[1] + 1e-9
            assert line.reach[0] <= line.likely[0]
            assert line.likely[1] <= line.reach[1]
        assert line.reach[0] <= line.low + 1e-9
        assert line.high - 1e-9 <= line.reach[1]
    assert result.prepared.coef.sum() == pytest.approx(100) or result.prepared.coef.sum() == 0


@many
@given(worlds())
def test_a_known_pass_never_lowers_and_a_known_fail_never_raises(world) -> None:
    framework, measures = world
    ready = make_ready(scored(framework, measures))
    for part in np.flatnonzero(~ready.scored.prepared.known)[:5]:
        before = ready.total({})
        good, bad = ready.total({int(part): 1.0}), ready.total({int(part): 0.0})
        assert good.low >= before.low - 1e-9
        assert bad.high <= before.high + 1e-9
        if before.mean is not None and good.mean is not None and bad.mean is not None:
            assert good.mean >= bad.mean - 1e-9


@many
@given(worlds())
def test_what_if_nothing_changes_says_what_the_score_says(world) -> None:
    result = scored(*world)
    line = make_ready(result).total({})
    assert (line.low, line.high, line.measured) == pytest.approx(
        (result.total.low, result.total.high, result.total.measured)
    )
    if line.mean is not None:
        assert line.mean == pytest.approx(result.total.mean)
        assert line.likely == pytest.approx(result.total.likely, abs=1e-9)
        assert line.reach == pytest.approx(result.total.reach, abs=1e-9)


@many
@given(worlds())
def test_losses_and_risks_make_up_what_is_missing_of_the_whole(world) -> None:
    result = scored(*world)
    if result.total.weight <= 0:
        return
    found = losses(compose([System("main", result)]))
    assert sum(one.lost for one in found) + sum(one.at_risk for one in found) == pytest.approx(100 - result.total.low)
    assert [one.per_day for one in found] == sorted((one.per_day for one in found), reverse=True)
    assert all(one.regain == 0 for one in found if one.needs != "work")


@many
@given(worlds())
def test_the_order_of_observations_does_not_matter(world) -> None:
    framework, measures = world
    entries = measures.entries
    turned = Entries(*(getattr(entries, name)[::-1] for name in ("site", "position", "count", "total", "skipped")))
    one, two = scored(framework, measures), scored(framework, replace(measures, entries=turned))
    assert one.total.low == pytest.approx(two.total.low, abs=1e-12)
    assert one.total.likely == pytest.approx(two.total.likely, abs=1e-12)


@many
@given(worlds())
def test_splitting_a_standard_into_two_alike_changes_nothing(world) -> None:
    framework, measures = world
    framework = replace(framework, composition="by_standard")
    node = next(one for one in framework.nodes if one.kind == "standard")
    halves = [replace(node, code=f"{node.code}{end}", points=node.points / 2) for end in "xy"]
    nodes = [half for one in framework.nodes for half in (halves if one is node else [one])]

    def feeds(codes):
        return [code for one in codes for code in ([half.code for half in halves] if one == node.code else [one])]

    split = replace(
        framework,
        nodes=nodes,
        checks=[replace(one, standards=feeds(one.standards)) for one in framework.checks],
        requirements=[
            replace(one, code=f"{one.code}{end}", standard=f"{node.code}{end}")
            for one in framework.requirements
            for end in ("xy" if one.standard == node.code else [""])
            if one.standard == node.code
        ]
        + [one for one in framework.requirements if one.standard != node.code],
        questions=[replace(one, standards=feeds(one.standards)) for one in framework.questions],
        figures=[replace(one, standards=feeds(one.standards)) for one in framework.figures],
    )
    grades = dict(measures.grades)
    for code, grade in measures.grades.items():
        grades |= {f"{code}{end}": grade for end in "xy"}
    one, two = scored(framework, measures), scored(split, replace(measures, grades=grades))
    assert (one.total.low, one.total.high) == pytest.approx((two.total.low, two.total.high), abs=1e-9)


def _field_only(values, registered, standards=("S",)) -> tuple[Framework, Measures]:
    nodes = [
        Node("I", "", "item"),
        *[Node(code, "I", "standard", Decimal(1), {"field": Decimal(100)}) for code in standards],
    ]
    framework = Framework(
        "by_standard", {"field": Decimal(100)}, {"A": Decimal(1), "D": Decimal(0)}, nodes, [SiteType("P")],
        [Check("C", 0, ["P"], list(standards))], [], [], [], pass_line=85.0,
    )  # fmt: skip
    n = len(values)
    register = Register(np.zeros(registered, dtype=np.int64), np.arange(registered) % 2, ["V1", "V2"])
    columns = (np.arange(n), np.zeros(n), np.ones(n), np.array(values), np.zeros(n))
    return framework, Measures(register, Entries(*(np.array(one, dtype=np.int64) for one in columns)))


def test_a_mock_round_of_1166_observations_with_817_passes_is_seventy_point_one() -> None:
    """Reported in 2019: 78 random sites, 328 standards, 1,166 observations, 得分率 70.1 %."""
    values = [10_000] * 817 + [0] * 349
    framework, measures = _field_only(values, 1166)
    assert round(scored(framework, measures).total.mean, 1) == 70.1


def test_all_sites_seen_leaves_no_sampling_error_and_one_site_seen_leaves_much() -> None:
    whole = scored(*_field_only([10_000, 0, 10_000, 0], 4)).total
    assert whole.interval == pytest.approx((50, 50))
    one = scored(*_field_only([10_000], 10)).total
    assert one.interval[0] < 60


def test_a_site_type_without_a_site_is_unknown_until_the_office_states_that_there_is_none() -> None:
    framework, measures = _field_only([], 0)
    unknown = scored(framework, measures)
    assert (unknown.total.low, unknown.total.high, unknown.total.measured) == (0, 100, 0)
    assert unknown.dropped == []
    stated = scored(framework, replace(measures, register=replace(measures.register, absent=frozenset({0}))))
    assert stated.total.mean is None
    assert stated.dropped == [("S", "absent")]


def test_a_missing_material_is_unknown_until_the_submission_is_locked() -> None:
    from_pack = Framework(
        "by_standard", {}, {"A": Decimal(1)}, [Node("S", "", "standard", Decimal(1), {"material": Decimal(100)})], [], [],
        [Requirement("M", "S")], [], [],
    )  # fmt: skip
    nothing = np.zeros(0, dtype=np.int64)
    measures = Measures(Register(nothing, nothing, []), Entries(*[nothing] * 5))
    assert scored(from_pack, measures).total.high == 100
    assert scored(from_pack, replace(measures, locked=True)).total.high == 0


def test_a_town_of_one_village_scores_like_the_village() -> None:
    framework, measures = _field_only([10_000, 0, 5_000], 6)
    alone = replace(measures, register=Register(measures.register.types, np.zeros(6, dtype=np.int64), ["V1"]))
    result = scored(framework, alone)
    (village,) = places(result.prepared)
    assert village.line.mean == pytest.approx(result.total.mean)
    assert village.line.interval == pytest.approx(result.total.interval)


def test_villages_whose_spans_overlap_share_a_band_and_one_hardly_measured_has_none() -> None:
    def line(a: float, b: float, measured: float = 1.0) -> Line:
        return Line(a, (a + b) / 2, b, measured, 1.0, least=0.6)

    assert groups_apart([line(80, 90), line(85, 95), line(50, 60)]) == [1, 1, 2]
    assert groups_apart([line(0, 1), Line(0, None, 100, 0, 1)]) == [1, 0]
    assert groups_apart([line(80, 90), line(0, 1, measured=0.3)]) == [1, 0]


def test_wilson_limits_agree_with_a_published_example() -> None:
    """Newcombe 1998: 81 of 263, 95 %: 0.2553 to 0.3662."""
    assert wilson(81, 263, 1.959964) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_a_narrower_interval_needs_more_sites() -> None:
    framework, measures = _field_only([10_000, 0, 10_000, 10_000, 0], 200)
    result = scored(framework, measures)
    wide, narrow = (sample_size(result, half) for half in (20, 5))
    assert narrow.sites["P"] > wide.sites["P"]
    assert narrow.half_width <= 5.01


def test_many_units_score_as_each_alone() -> None:
    dice = np.random.default_rng(7)
    values = dice.integers(-1, 10_001, size=(50, 6, 4)).astype(np.int16)
    points = np.array([1, 2, 0.5, 1.25, 3, 1])
    block = score_units(values, points, block=7)
    for unit in range(50):
        got = sure = 0.0
        for standard, weight in enumerate(points):
            seen = [one for one in values[unit, standard].tolist() if one >= 0]
            if seen:
                got += weight * sum(seen) / len(seen) / 10_000
                sure += weight
        assert block.low[unit] == pytest.approx(got / points.sum() * 100)
        assert block.expected[unit] == pytest.approx(got / sure * 100)
        assert block.measured[unit] == pytest.approx(sure / points.sum())


def test_an_official_method_that_nothing_measures_stays_unknown_and_is_not_dropped() -> None:
    node = Node("S", "", "standard", Decimal(1), {"field": Decimal(50), "survey": Decimal(50)})
    scale = ((Decimal(0), Decimal(0)), (Decimal(1), Decimal(1)))
    framework = Framework("by_standard", {}, {}, [node], [], [], [], [Rate("Q", ["S"], scale)], [])
    nothing = np.zeros(0, dtype=np.int64)
    measures = Measures(Register(nothing, nothing, []), Entries(*[nothing] * 5), tallies={"Q": (8, 10)})
    line = scored(framework, measures).total
    assert (line.low, line.high, line.measured) == pytest.approx((40, 90, 0.5))
