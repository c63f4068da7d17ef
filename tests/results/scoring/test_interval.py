"""The interval tells the truth: towns whose true score is known, sampled; and what the estimator must never do."""

from decimal import Decimal

import numpy as np
import pytest

from chuangwen.results.scoring.arithmetic.chances import answers_of, by_type, chances_of, swing, swings
from chuangwen.results.scoring.arithmetic.inputs import (
    Check,
    Entries,
    Framework,
    Measures,
    Node,
    Rate,
    Register,
    SiteType,
)
from chuangwen.results.scoring.arithmetic.lines import Line
from chuangwen.results.scoring.arithmetic.parts import make_plan
from chuangwen.results.scoring.arithmetic.places import places
from chuangwen.results.scoring.arithmetic.rows import score, total_of
from chuangwen.results.scoring.arithmetic.sampling import Sample, sample_size
from chuangwen.results.scoring.arithmetic.scores import Prepared, prepare
from tests.results.scoring import reference
from tests.results.scoring.coverage import coverage
from tests.results.scoring.towns import REGIMES, STRAIGHT, Town, town

BY_NAME = {one.name: one for one in REGIMES}


@pytest.mark.long
@pytest.mark.parametrize("name", list(BY_NAME))
def test_in_a_thousand_towns_nine_intervals_of_ten_hold_the_truth(name: str) -> None:
    found = coverage(BY_NAME[name], 1_000, 33)
    assert found.towns >= 990
    assert 0.88 <= found.held <= 0.92
    assert 0.9 <= found.width / found.width_drawn <= 1.2


@pytest.mark.parametrize("name", ["usual", "most pass, a tenth seen", "one site in some types"])
def test_in_some_towns_most_intervals_hold_the_truth_and_none_is_twice_as_wide_as_need_be(name: str) -> None:
    found = coverage(BY_NAME[name], 60, 5)
    assert 0.8 <= found.held <= 0.99
    assert 0.85 <= found.width / found.width_drawn <= 1.3


@pytest.mark.parametrize("name", ["usual", "nearly all pass, clustering", "one site in some types", "all sites seen"])
def test_a_whole_town_agrees_with_plain_python(name: str) -> None:
    dice = np.random.default_rng(1)
    found = town(BY_NAME[name], dice)
    measures = found.sample(dice)
    ours = score(prepare(found.plan, measures))
    for code, (_, expected, _, _, a, b) in reference.score(found.plan.framework, measures).items():
        if expected is not None:
            line = ours.rows["node", code] if code else ours.total
            assert line.likely == pytest.approx((a, b), abs=1e-9)


def _round_of(values: dict[int, list[int]], sites: dict[int, int], answers: tuple[int, int] | None = None) -> Prepared:
    """One standard, one check at types 0 and 1: values (ten-thousandths) of the sites seen, sites registered by type."""
    shares = {"field": Decimal(50), "survey": Decimal(50)} if answers else {"field": Decimal(100)}
    framework = Framework(
        "by_standard", {}, {}, [Node("S", "", "standard", Decimal(1), shares)], [SiteType("P0"), SiteType("P1")],
        [Check("C", 0, ["P0", "P1"], ["S"])], [], [Rate("Q", ["S"], STRAIGHT)] if answers else [], [],
    )  # fmt: skip
    types = np.repeat(np.array(list(sites), dtype=np.int64), list(sites.values()))
    site = [int(np.flatnonzero(types == kind)[n]) for kind, seen in values.items() for n in range(len(seen))]
    got = [value for seen in values.values() for value in seen]
    n = len(site)
    columns = (site, [0] * n, [1] * n, got, [0] * n)
    register = Register(types, np.zeros(len(types), dtype=np.int64), ["V"])
    entries = Entries(*(np.array(one, dtype=np.int64) for one in columns))
    tallies = {"Q": answers} if answers else {}
    return prepare(make_plan(framework), Measures(register, entries, {}, tallies))


def _town_of(*told, **more) -> Line:
    return total_of(_round_of(*told, **more))


def test_two_sites_without_a_fault_are_no_proof_that_ten_have_none() -> None:
    line = _town_of({0: [10_000, 10_000]}, {0: 10})
    assert line.expected == 100
    assert line.likely[0] < 90
    assert line.likely[1] == 100


def test_the_more_sites_without_a_fault_the_surer_and_all_of_them_are_certain() -> None:
    lows = [_town_of({0: [10_000] * seen}, {0: 20}).likely[0] for seen in (1, 2, 5, 10, 19, 20)]
    assert lows == sorted(lows)
    assert lows[-1] == 100


def test_one_site_of_a_type_learns_from_the_towns_other_sites() -> None:
    calm, wild = (
        _round_of({0: values, 1: [10_000]}, {0: 40, 1: 8}) for values in ([10_000] * 19 + [0], [10_000, 0] * 10)
    )
    calm_one, wild_one = (by_type(chances_of(one), np.ones((1, 2))).variance[0, 1] for one in (calm, wild))
    assert 0 < calm_one < wild_one


def test_where_faults_are_rare_more_may_hide_than_vanish_and_the_other_way_round() -> None:
    good, poor = (_town_of({0: [value] * 19 + [10_000 - value]}, {0: 200}) for value in (10_000, 0))
    assert good.down > good.up
    assert poor.up > poor.down
    assert good.down == pytest.approx(poor.up, rel=0.05)


def test_people_asked_leave_chance_where_all_sites_were_seen() -> None:
    line = _town_of({0: [10_000, 0, 10_000, 10_000]}, {0: 4}, answers=(80, 100))
    alone = _town_of({0: [10_000, 0, 10_000, 10_000]}, {0: 4})
    assert alone.likely == pytest.approx((75, 75))
    assert line.likely[0] < line.expected - 2 < line.expected + 2 < line.likely[1]


def test_many_lines_at_once_are_each_as_alone() -> None:
    dice = np.random.default_rng(4)
    found = town(BY_NAME["usual"], dice)
    chances = chances_of(prepare(found.plan, found.sample(dice)))
    cells, asked = dice.random((5, len(chances.seen))), dice.random((5, len(found.plan.framework.questions)))
    down, up = swings(chances, cells, asked)
    for row in range(5):
        assert (down[row], up[row]) == pytest.approx(swing(chances, cells[row], asked[row]), rel=1e-12)


def test_villages_lean_on_the_town_where_they_were_hardly_seen() -> None:
    dice = np.random.default_rng(8)
    found = town(BY_NAME["most pass, a tenth seen"], dice)
    for place in places(prepare(found.plan, found.sample(dice))):
        if 0 < place.seen_sites < place.sites:
            assert place.line.down > 0
            assert place.line.down < 60


def test_a_question_that_nobody_answered_moves_nothing() -> None:
    told = answers_of([Rate("Q", ["S"], STRAIGHT), Rate("R", ["S"], STRAIGHT)], {"R": (7, 10)}, 1.645)
    assert (told.down[0], told.up[0]) == (0, 0)
    assert told.down[1] > 0.1


def _taken(found: Town, measures: Measures, sample: Sample, dice: np.random.Generator) -> Measures:
    """What one has after looking at the further sites and asking the further people of a sample."""
    seen = np.zeros(len(found.register.types), dtype=bool)
    seen[np.unique(measures.entries.site)] = True
    codes = [kind.code for kind in found.plan.framework.site_types]
    for code, more in sample.sites.items():
        left = np.flatnonzero((found.register.types == codes.index(code)) & ~seen)
        assert more <= len(left)
        seen[dice.permutation(left)[:more]] = True
    keep = seen[found.rows.site]
    rows = Entries(*(getattr(found.rows, name)[keep] for name in ("site", "position", "count", "total", "skipped")))
    tallies = {
        code: (part + int(dice.binomial(sample.answers, found.shares[code])), whole + sample.answers)
        for code, (part, whole) in measures.tallies.items()
    }
    return Measures(found.register, rows, found.grades, tallies)


@pytest.mark.parametrize("name", ["usual", "faults cluster", "most pass", "survey dominates"])
def test_who_takes_the_sample_that_was_asked_for_reaches_the_half_width_that_was_promised(name: str) -> None:
    reached = []
    for number in range(10):
        dice = np.random.default_rng([9, number])
        found = town(BY_NAME[name], dice)
        measures = found.sample(dice)
        result = score(prepare(found.plan, measures))
        sample = sample_size(result, (result.total.down + result.total.up) * 0.3)
        assert sample.half_width <= (result.total.down + result.total.up) * 0.3 + 1e-9
        after = total_of(prepare(found.plan, _taken(found, measures, sample, dice)))
        reached.append((after.down + after.up) / 2 / sample.half_width)
    assert np.mean(reached) == pytest.approx(1.0, abs=0.1)
    assert np.max(reached) < 1.5


def test_nothing_more_is_needed_where_the_goal_is_met() -> None:
    dice = np.random.default_rng(2)
    found = town(BY_NAME["usual"], dice)
    result = score(prepare(found.plan, found.sample(dice)))
    now = (result.total.down + result.total.up) / 2
    assert sample_size(result, now + 0.1) == Sample({}, 0, pytest.approx(now), pytest.approx(now))


def test_a_type_of_which_nothing_was_seen_is_looked_at_before_a_closer_promise() -> None:
    dice = np.random.default_rng(3)
    found = town(BY_NAME["usual"], dice)
    measures = found.sample(dice)
    kept = found.register.types[measures.entries.site] != 0
    names = ("site", "position", "count", "total", "skipped")
    entries = Entries(*(getattr(measures.entries, name)[kept] for name in names))
    result = score(prepare(found.plan, Measures(found.register, entries, found.grades, measures.tallies)))
    sample = sample_size(result, (result.total.down + result.total.up) * 0.3)
    assert sample.sites["P0"] >= 1
