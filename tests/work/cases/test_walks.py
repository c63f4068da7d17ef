"""Whatever anybody tries on a case of any shipped kind: it stays whole, nobody accepts the own work, nothing is lost."""

import itertools
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Stage

from chuangwen.records.ledger.models import Note
from chuangwen.records.ledger.verifying import verify
from chuangwen.records.township.models import Assignment, Person
from chuangwen.work.cases.models import Case, Phase, Step
from chuangwen.work.cases.policy import why_not_take
from chuangwen.work.cases.queries import my_work, visible_to
from chuangwen.work.cases.rollup import COUNTS, recount
from chuangwen.work.cases.seeing import why_not_see
from chuangwen.work.cases.tally_models import AreaDay
from chuangwen.work.cases.types import type_of
from tests.shipped import settle_shipped_town
from tests.work.cases.walking import KINDS, Try, Walk, go, tries, undone

pytestmark = pytest.mark.django_db
UNSHRUNK = [Stage.explicit, Stage.generate]  # the walk's own record says more than a shorter walk would
BESIDE = {"merge": "合并重复事项", "merged": "收进重复事项", "hand_over": "移交经办人"}
HEALTH = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def walked(kind: str, walk: list[Try]) -> Walk:
    """Two cases of a kind, and all these tries on them and on whatever comes of them."""
    town = Walk(kind)
    for one in walk[:2]:
        holds(town, town.begin(one.salt))
    for one in walk[2:]:
        go(town, one, holds)
    return town


# ---- what holds of one case after every try


def holds(walk: Walk, case: Case) -> None:
    """All that must be true of a case at any time."""
    type_, told = type_of(case), "\n".join(walk.tried[-12:])
    assert case.state in {one.id for one in type_.states}, told
    state = type_.state(case.state)
    if case.merged_into_id:
        assert (case.phase, case.outcome) == ("closed", "merged"), told
    else:
        assert (case.phase, case.outcome) == (state.kind, state.outcome), told
    assert (case.closed_at is not None) == (case.phase == Phase.CLOSED), told
    assert (case.paused_at is not None) == (case.phase == Phase.WAITING), told
    assert case.revisit_on is None or case.phase == Phase.CLOSED, told
    _clocks_hold(case, told)
    _steps_hold(case, told)
    _nobody_accepted_the_own_work(case, told)
    _turn_holds(walk, case, told)


def _clocks_hold(case: Case, told: str) -> None:
    running = [one for one in case.clocks.values() if not one.get("stopped") and "left" not in one]
    nearest = min((datetime.fromisoformat(one["due"]) for one in running), default=None)
    assert case.due_at == nearest, told
    if case.phase == Phase.CLOSED:
        assert all(one.get("stopped") for one in case.clocks.values()), told
    if case.phase == Phase.OPEN:
        assert not any("left" in one and not one.get("stopped") for one in case.clocks.values()), told
    assert {name.partition("@")[0] for name in case.clocks} <= {one.id for one in type_of(case).clocks}, told


def _steps_hold(case: Case, told: str) -> None:
    steps = list(case.steps.order_by("number"))
    assert [one.number for one in steps] == list(range(1, case.version + 1)), told
    assert steps[0].before == "", told
    assert all(one.after == other.before for one, other in itertools.pairwise(steps)), told
    assert steps[-1].after == case.state, told
    verbs = list(Note.objects.filter(kind="case", key=case.number).order_by("number").values_list("verb", flat=True))
    for step in steps:
        verb = BESIDE.get(step.does, step.title)
        assert verb in verbs, f"{verb}\n{told}"
        verbs.remove(verb)
    moves = [one.move for one in steps]
    for move in type_of(case).moves:
        assert not move.once or moves.count(move.id) <= 1, told
    granted = [one for one in steps if one.does == "grant_extension"]
    assert len(granted) <= 1, told
    assert case.extended == bool(granted), told


def _nobody_accepted_the_own_work(case: Case, told: str) -> None:
    """Straight from the steps: whoever did what a move stands apart from, in the case or in one merged into it before."""
    moves = {one.id: one for one in type_of(case).moves}
    for step in case.steps.all():
        move = moves.get(step.move)
        if move is None or not move.apart_from or step.person_id is None:
            continue
        family = [case.pk, *Case.objects.filter(merged_into=case, closed_at__lte=step.at).values_list("pk", flat=True)]
        earlier = Step.objects.filter(case__in=family, person=step.person_id, pk__lt=step.pk)
        own = [one for one in earlier if {one.move, one.does} & set(move.apart_from)]
        assert own == [], told


def _turn_holds(walk: Walk, case: Case, told: str) -> None:
    """Whoever is asked can do something; where nobody can, nobody at all could. Judged at the step, not when people move."""
    if case.phase != Phase.OPEN or case.version <= walk.versions.get(case.pk, 0):
        return
    moves = [one for one in type_of(case).moves if case.state in one.sources]
    active = Person.objects.filter(is_active=True)
    if case.turn_person_id:
        asked = active.filter(pk=case.turn_person_id)
    elif case.turn_unit_id:
        asked = active.filter(organisation=case.turn_unit_id)
    else:
        asked = active.filter(assignments__role=case.turn_role, assignments__withdrawn_at=None)
    pointed = [walk.actor(one.username) for one in asked.distinct()]
    able = [one for one in pointed if any(why_not_take(case, move, one) is None for move in moves)]
    if not able:
        others = [
            one for one in walk.people if any(why_not_take(case, move, walk.actor(one)) is None for move in moves)
        ]
        assert others == [], f"{case.number} {case.state} {others}\n{told}"
    assert any(my_work(one).filter(pk=case.pk).exists() for one in able) or not able, told


# ---- what holds of the whole town after a walk


def town_holds(walk: Walk) -> None:
    """The ledger proves, the roll-up equals a recount, and the two rules of seeing agree for everybody."""
    told = "\n".join(walk.tried)
    assert verify().holds, told
    kept = {(row.area_id, row.day): {n: v for n in COUNTS if (v := getattr(row, n))} for row in AreaDay.objects.all()}
    counted = {key: {n: v for n, v in one.items() if v} for key, one in recount().items()}
    assert {k: v for k, v in kept.items() if v} == {k: v for k, v in counted.items() if v}, told
    cases = [walk.case(number) for number in range(len(walk.cases))]
    for name in walk.people:
        actor = walk.actor(name)
        seen = set(visible_to(actor).values_list("pk", flat=True))
        assert seen == {one.pk for one in cases if why_not_see(one, actor) is None}, f"{name}\n{told}"


def property_of(kind: str, walk: list[Try]) -> None:
    with undone():
        town_holds(walked(kind, walk))


@pytest.fixture(autouse=True)
def _shipped_town() -> None:
    settle_shipped_town()
    assert Assignment.objects.filter(withdrawn_at=None, person__is_active=True).values("role").distinct().count() >= 10


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_anybody_tries_breaks_a_case(kind: str) -> None:
    @given(tries(18, 30))
    @settings(max_examples=5, deadline=None, suppress_health_check=HEALTH, phases=UNSHRUNK)
    def on_any_walk(walk: list[Try]) -> None:
        property_of(kind, walk)

    on_any_walk()


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_anybody_tries_in_a_long_time_breaks_a_case(kind: str) -> None:
    @given(tries(30, 80))
    @settings(max_examples=60, deadline=None, suppress_health_check=HEALTH, phases=UNSHRUNK)
    def on_any_walk(walk: list[Try]) -> None:
        property_of(kind, walk)

    on_any_walk()
