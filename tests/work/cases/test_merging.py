"""However reports are merged: nothing of any of them is lost, nothing goes in a circle, nothing counts twice."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chuangwen.doors.case_pages.page_views import clock_lines
from chuangwen.doors.portal.showing import followed
from chuangwen.kernel.refusal import Refusal
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.ledger.verifying import verify
from chuangwen.work.cases import figures, queries
from chuangwen.work.cases.escalating import sweep
from chuangwen.work.cases.merge_actions import NotMergeable, SureTheSame, merge
from chuangwen.work.cases.models import Attachment, Case, Comment, Reporter, Step
from chuangwen.work.cases.policy import RESIDENT
from chuangwen.work.cases.rollup import COUNTS, recount
from chuangwen.work.cases.said import NewReporter
from chuangwen.work.cases.side_actions import NotAnsweredYet, also_report, comment, look_at_reporters, say_satisfied
from chuangwen.work.cases.tally_models import AreaDay
from chuangwen.work.cases.types import type_of
from tests.work.cases.walking import undone

KINDS = ("rectification", "appeal")
ACTS = st.sampled_from(["open", "open", "merge", "merge", "merge", "comment", "report", "work", "rate"])
PLANS = st.lists(st.tuples(ACTS, st.integers(0, 99), st.integers(0, 99)), min_size=8, max_size=24)
LONG_PLANS = st.lists(st.tuples(ACTS, st.integers(0, 99), st.integers(0, 99)), min_size=20, max_size=80)
HEALTH = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def opened(shipped, kind: str, number: int) -> Case:
    reporter = NewReporter(f"群众{number}", "13900001234", confidential=number % 3 == 0)
    move = {"rectification": "find", "appeal": "register"}[kind]
    return shipped.opens(kind, "limin", move, title=f"积水 {number}", reporter=reporter)


def worked(shipped, case: Case) -> None:
    """The next step that the office or the lead unit may take."""
    moves = {
        "filed": ("limin", "dispatch", {"unit": "sjs"}),
        "received": ("limin", "dispatch", {"unit": "sjs"}),
        "sent": ("luyi", "take_on" if case.kind == "rectification" else "first", {"contact_how": "电话"}),
        "handling": ("luyi", "mend" if case.kind == "rectification" else "reply", {"result": "已办", "reply": "已办"}),
        "checking": ("limin", "redo", {}),
        "replied": ("limin", "call_bad", {"why_not": "没有修好"}),
    }
    username, move, answers = moves[case.state]
    shipped.does(case, username, move, **answers)


def act(shipped, kind: str, what: str, one: int, other: int) -> None:
    """One thing that may happen; what is refused has changed nothing (held by the walks)."""
    rows = list(Case.objects.order_by("pk"))
    first, second = rows[one % len(rows)], rows[other % len(rows)]
    office = shipped.actor("limin")
    deeds = {
        "open": lambda: opened(shipped, kind, one),
        "merge": lambda: merge(first, second, by=office, at=shipped.at, sure=True),
        "comment": lambda: comment(first, f"留言 {one}", by=office, at=shipped.at),
        "report": lambda: also_report(first, NewReporter(f"又一位{one}"), by=RESIDENT, at=shipped.at),
        "rate": lambda: say_satisfied(
            first.reporters.all()[0].code, solved=True, stars=5, said="", by=RESIDENT, at=shipped.at
        ),
        "work": lambda: worked(shipped, first),
    }
    try:
        deeds[what]()
    except Refusal:
        assert what != "open"


def whole(kind: str) -> None:
    """Every case stands behind exactly one that goes on, with all that it had."""
    rows = {one.pk: one for one in Case.objects.all()}
    into = {pk: one.merged_into_id or pk for pk, one in rows.items()}
    assert all(rows[pk].merged_into_id is None for pk in into.values())
    members = {root: {pk for pk, other in into.items() if other == root} for root in set(into.values())}
    for root, keys in members.items():
        found = queries.family(rows[root])
        assert {one.pk for one in found.merged} == keys - {root}
        for told, table in (
            (found.reporters, Reporter), (found.comments, Comment), (found.steps, Step), (found.attachments, Attachment),
        ):  # fmt: skip
            assert {one.pk for one in told} == set(table.objects.filter(case__in=keys).values_list("pk", flat=True))
        for reporter in found.reporters:
            assert followed(reporter)["case"].pk == root
    for case in rows.values():
        steps = case.steps.count()
        assert steps == case.version
        looks = Note.objects.filter(kind="case", key=case.number).exclude(verb__in=["留言", "又一人反映"])
        assert looks.count() == steps
    assert verify().holds
    counts_once(kind, len(members))


def counts_once(kind: str, survivors: int) -> None:
    """Neither the figures nor the roll-up count a duplicate beside the case that goes on."""
    merged = set(Case.objects.exclude(merged_into=None).values_list("pk", flat=True))
    period = figures.Period(date(2021, 9, 1), date(2021, 12, 31), Case.objects.latest("opened_at").opened_at)
    cases = Case.objects.filter(kind=kind)
    assert figures.figure_of(cases, period, "reported").top == survivors
    for rule in figures.FIGURES:
        for top in (True, False):
            assert not merged & set(figures.behind(cases, period, rule.id, top=top).values_list("pk", flat=True)), (
                rule.id
            )
    town = AreaDay.objects.filter(area__code="T")
    assert sum(town.values_list("reported", flat=True)) == survivors
    kept = {(row.area_id, row.day): {n: v for n in COUNTS if (v := getattr(row, n))} for row in AreaDay.objects.all()}
    counted = {key: {n: v for n, v in one.items() if v} for key, one in recount().items()}
    assert {k: v for k, v in kept.items() if v} == {k: v for k, v in counted.items() if v}


def merged_at_random(shipped, kind: str, plan: list[tuple[str, int, int]]) -> None:
    with undone():
        opened(shipped, kind, 0)
        opened(shipped, kind, 1)
        for what, one, other in plan:
            shipped.later(minutes=7)
            act(shipped, kind, what, one, other)
        whole(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_merging_loses_nothing_and_counts_nothing_twice(shipped, kind: str) -> None:
    start = shipped.at

    @given(PLANS)
    @settings(max_examples=8, deadline=None, suppress_health_check=HEALTH)
    def on_any_plan(plan: list[tuple[str, int, int]]) -> None:
        shipped.at = start
        merged_at_random(shipped, kind, plan)

    on_any_plan()


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_merging_for_a_long_time_loses_nothing_and_counts_nothing_twice(shipped, kind: str) -> None:
    start = shipped.at

    @given(LONG_PLANS)
    @settings(max_examples=150, deadline=None, suppress_health_check=HEALTH)
    def on_any_plan(plan: list[tuple[str, int, int]]) -> None:
        shipped.at = start
        merged_at_random(shipped, kind, plan)

    on_any_plan()


def test_reports_of_different_kinds_stay_apart(shipped) -> None:
    one, other = opened(shipped, "appeal", 1), opened(shipped, "rectification", 2)
    with pytest.raises(NotMergeable, match="不是同一类事项"):
        merge(one, other, by=shipped.actor("limin"), at=shipped.at)


def test_what_accuses_a_unit_is_not_merged_into_what_it_may_see(shipped) -> None:
    one = shipped.opens("appeal", "limin", "register", accused="sjs")
    other = shipped.opens("appeal", "limin", "register")
    for first, second in ((one, other), (other, one)):
        with pytest.raises(NotMergeable, match="被反映单位不同"):
            merge(first, second, by=shipped.actor("limin"), at=shipped.at)


def test_a_reporter_who_asked_for_secrecy_keeps_it_after_the_merge(shipped) -> None:
    one, other = opened(shipped, "appeal", 3), opened(shipped, "appeal", 4)
    other = shipped.does(other, "limin", "dispatch", unit="sjs")
    assert [one.name for one in look_at_reporters(other, by=shipped.actor("luyi"), at=shipped.at)] == ["群众4"]
    other = merge(one, other, by=shipped.actor("limin"), at=shipped.at)
    with pytest.raises(Refusal):
        look_at_reporters(other, by=shipped.actor("luyi"), at=shipped.at)
    assert len(look_at_reporters(other, by=shipped.actor("limin"), at=shipped.at)) == 2


def test_nobody_rates_an_answer_that_has_not_come(shipped) -> None:
    case = opened(shipped, "appeal", 1)
    code = case.reporters.get().code
    with pytest.raises(NotAnsweredYet):
        say_satisfied(code, solved=True, stars=5, said="", by=RESIDENT, at=shipped.at)
    case = shipped.does(case, "limin", "answer_now", reply="办事时间是九点到五点")
    say_satisfied(code, solved=True, stars=5, said="", by=RESIDENT, at=shipped.at)
    case.refresh_from_db()
    assert (case.stars, case.version, case.steps.count()) == (5, 3, 3)


# ---- what a duplicate owed goes on


def late_pair(shipped, **other: str) -> tuple[Case, Case]:
    """A case late by two rungs, and a newer one of the same kind that has all its time."""
    one = shipped.mending()
    shipped.later(days=14)
    sweep(by=MACHINE, at=shipped.at)
    one.refresh_from_db()
    assert (one.late, one.rung) == (True, 2)
    into = shipped.opens("rectification", "limin", "find", **other)
    into = shipped.does(into, "limin", "dispatch", unit="sjs")
    return one, shipped.does(into, "luyi", "take_on")


def rates(shipped) -> tuple[int, int, int]:
    """Late and open; handled in time of all that was to be handled."""
    period = figures.Period(date(2021, 9, 1), date(2021, 12, 31), shipped.at)
    cases = Case.objects.filter(kind="rectification")
    rate = figures.figure_of(cases, period, "on_time_rate")
    return figures.figure_of(cases, period, "overdue").top, rate.top, rate.base or 0


def test_a_late_case_merged_into_a_newer_one_is_as_late_as_before(shipped) -> None:
    one, into = late_pair(shipped)
    opened, due, rung = one.opened_at, one.due_at, one.rung
    assert rates(shipped) == (1, 0, 2)
    into = merge(one, into, by=shipped.actor("limin"), at=shipped.at)
    into.refresh_from_db()
    assert (into.opened_at, into.due_at, into.handle_due_at) == (opened, due, due)
    assert (into.late, into.rung, into.is_overdue(shipped.at)) == (True, rung, True)
    assert rates(shipped) == (1, 0, 1)
    sweep(by=MACHINE, at=shipped.at)
    assert not Case.objects.filter(parent=into).exists(), "the order for the matter is out already"
    into = shipped.does(into, "luyi", "mend")
    assert (into.handled_in_time, rates(shipped)) == (False, (0, 0, 1))


def test_what_a_duplicate_owed_waits_for_the_dispatch_too(shipped) -> None:
    one, _ = late_pair(shipped)
    into = shipped.opens("rectification", "limin", "find")
    into = merge(one, into, by=shipped.actor("limin"), at=shipped.at)
    assert into.due_at == one.due_at
    into = shipped.does(into, "limin", "dispatch", unit="sjs")
    assert (into.due_at, into.clocks["handle"]["carried"]) == (one.due_at, one.number)
    into = shipped.does(shipped.does(into, "luyi", "take_on"), "luyi", "mend")
    assert into.handled_in_time is False
    into = shipped.does(into, "limin", "redo")
    assert into.due_at > shipped.at, "rework has its own time"


def test_what_was_mended_after_the_duplicate_s_deadline_was_mended_late(shipped) -> None:
    one, into = late_pair(shipped)
    into = shipped.does(into, "luyi", "mend")
    assert into.handled_in_time
    into = merge(one, into, by=shipped.actor("limin"), at=shipped.at)
    assert (into.handled_in_time, into.late, into.is_overdue(shipped.at)) == (False, True, True)
    into = shipped.does(into, "limin", "accept")
    assert (into.phase, into.closed_in_time) == ("closed", False)


def test_the_page_tells_of_a_deadline_that_came_along(shipped) -> None:
    one, into = late_pair(shipped)
    into = shipped.does(into, "luyi", "mend")
    into = merge(one, into, by=shipped.actor("limin"), at=shipped.at)
    shown = [(clock.id, told.get("carried")) for clock, told in clock_lines(into, type_of(into))]
    assert ("handle", one.number) in shown


def test_merging_into_the_older_one_changes_nothing_of_it(shipped) -> None:
    one, newer = late_pair(shipped)
    before = (one.opened_at, one.due_at, one.handle_due_at, one.late, one.rung, one.clocks)
    one = merge(newer, one, by=shipped.actor("limin"), at=shipped.at)
    one.refresh_from_db()
    assert (one.opened_at, one.due_at, one.handle_due_at, one.late, one.rung, one.clocks) == before


def test_a_case_that_rests_does_not_stop_the_time_of_another(shipped) -> None:
    one, into = late_pair(shipped)
    into = shipped.does(into, "limin", "pause", reason="等雨停")
    with pytest.raises(NotMergeable, match="请反过来并入，或先恢复办理"):
        merge(one, into, by=shipped.actor("limin"), at=shipped.at)


def test_another_village_or_category_is_asked_about_first(shipped) -> None:
    office = shipped.actor("limin")
    one = shipped.opens("rectification", "limin", "find", category="0102")
    elsewhere = shipped.opens("rectification", "limin", "find", area="v001", category="0102")
    with pytest.raises(SureTheSame, match=r"一件在.*，一件在"):
        merge(one, elsewhere, by=office, at=shipped.at)
    other = shipped.opens("rectification", "limin", "find", category="0101")
    with pytest.raises(SureTheSame, match=r"一件是“.*”，一件是“"):
        merge(one, other, by=office, at=shipped.at)
    one.refresh_from_db()
    assert one.phase == "open"
    assert merge(one, elsewhere, by=office, at=shipped.at, sure=True) == elsewhere
    nowhere = shipped.opens("rectification", "limin", "find", area="")
    assert merge(nowhere, elsewhere, by=office, at=shipped.at) == elsewhere


def test_the_page_asks_and_takes_the_answer(shipped, client) -> None:
    one = shipped.opens("rectification", "limin", "find")
    other = shipped.opens("rectification", "limin", "find", area="v001")
    client.force_login(shipped.person("limin"), backend="allauth.account.auth_backends.AuthenticationBackend")
    asked = client.post(f"/cases/{one.number}/merge/", {"into": other.number})
    assert asked.status_code == 409
    assert "确认是同一件" in asked.content.decode()
    assert client.post(f"/cases/{one.number}/merge/", {"into": other.number, "sure": "1"}).status_code == 302
    one.refresh_from_db()
    assert one.merged_into == other
