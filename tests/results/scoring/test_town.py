"""The town's score over its systems: agrees with plain Python, floors first, losses in points of the town's total."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chuangwen.results.scoring.arithmetic.lines import Line, weighted
from chuangwen.results.scoring.arithmetic.losses import losses
from chuangwen.results.scoring.arithmetic.parts import make_plan
from chuangwen.results.scoring.arithmetic.passing import chance_of_all
from chuangwen.results.scoring.arithmetic.rows import score
from chuangwen.results.scoring.arithmetic.scores import prepare
from chuangwen.results.scoring.arithmetic.smallest import changes_of, smallest_set
from chuangwen.results.scoring.arithmetic.town import System, compose, cycle, floor_bar, total_of_systems
from chuangwen.results.scoring.arithmetic.whatif import make_town_ready
from chuangwen.results.scoring.standing import SystemStanding
from tests.results.scoring import town_reference
from tests.results.scoring.trees import worlds

many = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def towns(draw):
    """County and minors, with a floor for the minors."""
    county, minors = draw(worlds()), draw(worlds())
    return [("county", *county, 0.8, None), ("minors", *minors, 0.2, draw(st.sampled_from([60.0, 85.0])))]


def told(systems):
    return compose(
        [
            System(code, score(prepare(make_plan(framework), measures)), share, floor)
            for code, framework, measures, share, floor in systems
        ]
    )


@many
@given(towns())
def test_the_town_agrees_with_plain_python(systems) -> None:
    town, (wanted, lines) = told(systems), town_reference.town(systems)
    assert town.line.low == pytest.approx(wanted["low"], abs=1e-9)
    assert town.line.high == pytest.approx(wanted["high"], abs=1e-9)
    assert town.line.measured == pytest.approx(wanted["measured"], abs=1e-9)
    assert (town.line.mean is None) == (wanted["expected"] is None)
    if wanted["expected"] is not None and all(one.total.mean is not None for one in town.systems):
        assert town.line.mean == pytest.approx(wanted["expected"], abs=1e-9)
    for one in town.systems:
        assert one.total.low == pytest.approx(lines[one.code][0], abs=1e-9)


@many
@given(towns())
def test_losses_and_risks_of_all_systems_make_up_what_the_town_lacks(systems) -> None:
    town, wanted = told(systems), town_reference.losses(systems)
    found = losses(town)
    assert {(one.system, one.standard, one.method) for one in found} == wanted.keys()
    for one in found:
        lost, risk = wanted[one.system, one.standard, one.method]
        assert one.lost == pytest.approx(lost, abs=1e-9)
        assert one.at_risk == pytest.approx(risk, abs=1e-9)
    if all(one.total.weight > 0 for one in town.systems):
        assert sum(one.lost + one.at_risk for one in found) == pytest.approx(100 - town.line.low)


@many
@given(towns())
def test_supposing_every_loss_of_work_mended_adds_what_the_losses_promised(systems) -> None:
    town = told(systems)
    if any(one.total.weight <= 0 or one.total.mean is None for one in town.systems):
        return
    ready, found = make_town_ready(town), losses(town)
    known = [one for one in found if one.needs == "work" and one.at_risk < 1e-12]
    if any(one.at_risk > 1e-12 for one in found):
        return
    after = ready.suppose(changes_of(known))
    assert after.line.mean == pytest.approx(town.line.mean + sum(one.regain for one in known))


@many
@given(towns())
def test_the_smallest_set_holds_every_floor_and_the_line_or_is_not_told(systems) -> None:
    town = told(systems)
    ready, found = make_town_ready(town), losses(town)
    chosen = smallest_set(ready, found)
    if chosen is not None and town.line.expected is not None:
        after = ready.suppose(changes_of(chosen))
        assert after.line.expected >= after.pass_line
        assert not any(after.under_floor(one.code) for one in after.systems)


@many
@given(towns())
def test_what_a_missed_floor_loses_stands_first(systems) -> None:
    found = losses(told(systems))
    assert [one.under_floor for one in found] == sorted((one.under_floor for one in found), reverse=True)


def line(expected: float, half: float, measured: float = 1.0) -> Line:
    open_ = 1 - measured
    return Line(
        expected * measured,
        expected,
        expected * measured + 100 * open_,
        measured,
        100,
        half,
        half,
        half,
        half,
        least=0.6,
    )


def test_the_reach_holds_the_interval_always() -> None:
    """Today 最高 82.2 stood beside 九成把握 80.1 至 82.3."""
    one = Line(low=78.0, mean=81.2, high=82.2, measured=0.9, weight=100, down=1.1, up=1.1, sure_down=1.0, sure_up=1.0)
    assert one.reach[0] <= one.interval[0] < one.interval[1] <= one.reach[1]
    assert one.reach == pytest.approx((77.0, 83.2))


def test_below_the_measured_share_there_is_no_interval_no_chance_and_the_floor_is_unsafe() -> None:
    """With 68 % unmeasured the product printed 九成把握在 84.9 至 84.9 and sealed it."""
    hardly = line(84.9, 0.0, measured=0.32)
    assert hardly.interval is None
    assert hardly.as_dict()["interval"] is None
    assert hardly.reach == pytest.approx((hardly.low, hardly.high))
    assert floor_bar("minors", hardly, 85).effect == "at_risk"


def test_where_no_score_can_be_expected_the_gap_to_the_floor_is_not_the_whole_floor() -> None:
    """“未成年人 差 85.0 分” stood beside “29.6—82.9，不给预计”."""
    hardly = line(60.0, 0.0, measured=0.4)
    bar = floor_bar("minors", hardly, 99)
    assert (bar.effect, bar.missing, bar.most) == ("bar", None, pytest.approx(hardly.reach[1]))
    standing = SystemStanding("minors", "未成年人 2020", hardly, 0.2, 99.0, bar)
    assert standing.gap == "未成年人 2020 最高只到 84.0 分，不到底线 99"
    known = floor_bar("minors", line(80.0, 1.0), 85)
    assert SystemStanding("minors", "未成年人 2020", line(80.0, 1.0), 0.2, 85.0, known).gap == "未成年人 2020 差 5.0 分"


@pytest.mark.parametrize(
    ("line_", "effect"),
    [
        (line(75, 1), "bar"),
        (line(84, 2), "below_floor"),
        (line(86, 2), "at_risk"),
        (Line(0, None, 100, 0, 100), "at_risk"),
    ],
)
def test_a_floor_says_how_sure_it_is_missed(line_: Line, effect: str) -> None:
    assert floor_bar("minors", line_, 85).effect == effect


def test_a_floor_that_is_surely_held_bars_nothing() -> None:
    assert floor_bar("minors", line(90, 2), 85) is None


def test_a_fifth_is_the_minors_and_a_system_of_which_nothing_is_known_is_expected_as_its_kin() -> None:
    both = total_of_systems([line(90, 1), line(75, 2)], [0.8, 0.2], 0.6)
    assert both.mean == pytest.approx(0.8 * 90 + 0.2 * 75)
    assert both.down == pytest.approx(np.hypot(0.8, 0.4))
    half = total_of_systems([line(90, 1), Line(0, None, 100, 0, 100)], [0.8, 0.2], 0.6)
    assert half.mean == pytest.approx(90)
    assert (half.low, half.high, half.measured) == pytest.approx((72, 92, 0.8))


def test_the_chance_of_passing_asks_for_the_floor_too() -> None:
    """By 400,000 throws of two independent normal scores."""
    county, minors = line(84, 3), line(86, 2)
    dice = np.random.default_rng(2021)
    a, b = dice.normal(84, 3 / 1.645, 400_000), dice.normal(86, 2 / 1.645, 400_000)
    thrown = float(((0.8 * a + 0.2 * b >= 85) & (b >= 85)).mean())
    assert chance_of_all([county, minors], [0.8, 0.2], [0, 85], 85, 1.645) == pytest.approx(thrown, abs=0.004)


def test_a_cycle_weighs_the_years_it_has_and_names_the_missing() -> None:
    found = cycle({2021: line(80, 0), 2022: line(90, 0)}, {2021: 15, 2022: 25, 2023: 60})
    assert found.line.mean == pytest.approx((15 * 80 + 25 * 90) / 40)
    assert list(found.missing) == [2023]
    punished = cycle({2021: line(80, 0)}, {2021: 15}, penalties=3)
    assert punished.line.mean == pytest.approx(77)


def test_a_mean_of_lines_is_a_line_and_one_line_is_itself() -> None:
    only = line(80, 2)
    assert total_of_systems([only], [1.0], 0.6) == only
    assert weighted([only, only], [1, 1]).expected == pytest.approx(80)
    assert replace(only, least=0.0).interval == pytest.approx((78, 82))
