"""Deadlines as cases carry them: extensions, rework, returns, pauses, the year's notice; and what counts as in time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chuangwen.kernel.packfiles import Placed
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.calendar_actions import import_calendar
from chuangwen.records.township.definitions import CalendarRow
from chuangwen.records.township.models import Holiday
from chuangwen.work.cases import figures
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.recomputing import recompute_deadlines
from chuangwen.work.cases.stepping import AskedTooLate, NothingToExtend, TooLong


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


# ---- extensions


def test_the_extension_goes_to_the_deadline_that_may_be_put_off_not_to_the_nearest(shipped) -> None:
    case = shipped.opens("upper", "limin", "receive", ordered_by="市文明委", term="10 工作日")
    case = shipped.does(case, "limin", "split", unit="sjs")
    case = shipped.does(case, "luyi", "ask", extension="3 工作日", reason="等数据")
    case.clocks["review"] = {**case.clocks["handle"], "due": (shipped.at + timedelta(hours=1)).isoformat()}
    Case.objects.filter(pk=case.pk).update(clocks=case.clocks)
    old = case.clocks["handle"]["due"]
    case = shipped.does(case, "limin", "grant")
    assert case.clocks["handle"]["due"] > old
    assert "extended" not in case.clocks["review"]


@pytest.mark.parametrize(
    ("asked", "granted"), [("30 工作日", False), ("30 日", True), ("20 工作日", True), ("31 日", False)]
)
def test_a_petition_is_put_off_by_thirty_days_at_the_most_however_they_are_counted(shipped, asked, granted) -> None:
    """《信访工作条例》第三十四条：延长期限不得超过 30 日. Thirty working days are six weeks."""
    case = shipped.opens("petition", "limin", "receive", kind="申诉求决", form="约访")
    case = shipped.does(case, "limin", "accept", unit="sjs", way="信访处理意见书", avoid="yes")
    case = shipped.does(case, "luyi", "taken")
    if not granted:
        with pytest.raises(TooLong, match="最多 30 日"):
            shipped.does(case, "luyi", "ask", extension=asked, reason="情况复杂")
        return
    case = shipped.does(case, "luyi", "ask", extension=asked, reason="情况复杂")
    assert shipped.does(case, "hewei", "grant", told_reason="yes").extended


def test_whoever_asks_after_the_deadline_is_told_so(shipped) -> None:
    case = shipped.mending()
    shipped.later(days=20)
    with pytest.raises(AskedTooLate, match="已在 2021-10-08 17:30 到期"):
        shipped.does(case, "luyi", "ask", extension="2 工作日", reason="下雨")


def test_what_was_asked_in_time_is_granted_after_the_deadline_too(shipped) -> None:
    case = shipped.does(shipped.mending(), "luyi", "ask", extension="2 工作日", reason="下雨")
    shipped.later(days=12)
    assert shipped.does(case, "limin", "grant").due_at == moment("2021-10-11T17:30")


def test_where_no_deadline_may_be_put_off_nothing_is_asked_for(shipped) -> None:
    case = shipped.mending()
    Case.objects.filter(pk=case.pk).update(clocks={})
    with pytest.raises(NothingToExtend):
        shipped.does(case, "luyi", "ask", extension="2 工作日", reason="下雨")


# ---- in time or late


def test_late_stays_written_after_rework_and_the_rework_is_judged_by_its_own_time(shipped) -> None:
    case = shipped.mending()
    shipped.later(days=20)
    case = shipped.does(case, "luyi", "mend")
    assert (case.late, case.handled_in_time) == (True, False)
    case = shipped.does(case, "limin", "redo")
    assert (case.late, case.handled_in_time, case.handled_at) == (True, None, None)
    case = shipped.does(case, "luyi", "mend")
    assert (case.late, case.handled_in_time) == (True, True)


def test_returned_and_dispatched_again_the_second_unit_has_its_own_time(shipped) -> None:
    case = shipped.mending()
    first = case.dispatched_at
    shipped.later(days=20)
    case = shipped.does(case, "luyi", "send_back")
    assert (case.late, case.holder, case.returns) == (True, None, 1)
    case = shipped.does(case, "limin", "dispatch", unit="zfd")
    case = shipped.does(shipped.does(case, "u_zfd", "take_on"), "u_zfd", "mend")
    assert (case.handled_in_time, case.dispatched_at) == (True, first)
    assert [one.in_time for one in case.steps.order_by("number")] == [None, True, True, False, True, True, True]


def test_a_check_made_too_late_closes_nothing_in_time(shipped) -> None:
    case = shipped.does(shipped.mending(), "luyi", "mend")
    assert case.handled_in_time
    shipped.later(days=20)
    case = shipped.does(case, "limin", "accept")
    assert (case.closed_in_time, case.late, case.handled_in_time) == (False, True, True)


def test_the_deadline_for_handling_is_not_that_of_the_check(shipped) -> None:
    """Handled in September, to be checked by October: it counts for September alone."""
    case = shipped.mending()
    handle = case.handle_due_at
    case = shipped.does(case, "luyi", "mend")
    assert (case.handle_due_at, case.due_at > case.handled_at) == (handle, True)
    Case.objects.filter(pk=case.pk).update(handle_due_at=moment("2021-09-30T17:30"))
    bases = []
    for month in (9, 10):
        period = figures.Period(date(2021, month, 1), date(2021, month, 30), shipped.at)
        bases.append(figures.figure_of(Case.objects.all(), period, "on_time_rate").base)
    assert bases == [1, 0]


def test_an_objection_opens_the_handling_again(shipped) -> None:
    case = shipped.opens("appeal", "limin", "register")
    case = shipped.does(case, "limin", "dispatch", unit="sjs")
    case = shipped.does(case, "luyi", "first", contact_how="电话")
    case = shipped.does(case, "luyi", "reply", result="已修", reply="已修好")
    case = shipped.does(case, "limin", "object")
    assert (case.state, case.handled_at, case.handled_in_time) == ("handling", None, None)
    shipped.later(days=3)
    case = shipped.does(case, "luyi", "reply", result="已修", reply="又修好了")
    assert case.handled_at == shipped.at


def test_what_is_opened_again_is_not_looked_at_again_later(shipped) -> None:
    case = shipped.does(shipped.does(shipped.mending(), "luyi", "mend"), "limin", "accept")
    assert case.revisit_on == date(2021, 10, 28)
    case = shipped.does(case, "limin", "relapsed")
    assert (case.revisit_on, case.closed_in_time) == (None, None)


# ---- pauses


def test_closing_and_merging_end_a_pause(shipped) -> None:
    clue = shipped.opens("accountability", "zhouzheng", "take", accused="sjs")
    clue = shipped.does(clue, "zhouzheng", "keep")
    assert (clue.phase, clue.paused_at) == ("waiting", shipped.at)
    clue = shipped.does(clue, "zhouzheng", "reopen")
    assert (clue.phase, clue.paused_at) == ("open", None)
    case = shipped.does(shipped.mending(), "limin", "pause", reason="等雨停")
    shipped.later(days=30)
    case = shipped.does(case, "limin", "resume")
    case = shipped.does(shipped.does(case, "luyi", "mend"), "limin", "accept")
    assert (case.paused_at, case.late, case.closed_in_time) == (None, False, True)


# ---- the year's notice


def notice(year: int) -> list[Placed]:
    """A year's notice: ten days off from 8 January on, nothing else."""
    days = [date(year, 1, 4) + timedelta(days=one) for one in range(10)]
    return [Placed(line, CalendarRow(date=day, kind="holiday", name="春节")) for line, day in enumerate(days, start=2)]


@pytest.fixture
def unannounced(shipped):
    """The last days of a year when the next one is not announced yet."""
    Holiday.objects.filter(date__year__gte=2022).delete()
    shipped.at = datetime(2021, 12, 30, 7, 0, tzinfo=UTC)
    return shipped


def takes_in(town, year: int) -> int:
    import_calendar(notice(year), by=MACHINE, at=town.at, name="2022.csv")
    return recompute_deadlines(by=MACHINE, at=town.at)


def test_a_deadline_behind_the_nearest_one_is_counted_anew_too(unannounced) -> None:
    case = unannounced.opens("upper", "limin", "receive", ordered_by="市文明委", term="10 工作日")
    assert not case.due_estimated
    assert case.clocks["handle"]["estimated"]
    assert takes_in(unannounced, 2022) == 1
    case = unannounced.does(case, "limin", "split", unit="sjs")
    assert (case.due_at, case.due_estimated) == (moment("2022-01-25T17:30"), False)


def test_counting_anew_forgets_no_pause(unannounced) -> None:
    case = unannounced.mending()
    case = unannounced.does(case, "limin", "pause", reason="等资金")
    unannounced.at = datetime(2022, 1, 20, 2, 0, tzinfo=UTC)
    case = unannounced.does(case, "limin", "resume")
    before = case.due_at
    assert case.due_estimated
    takes_in(unannounced, 2022)
    case.refresh_from_db()
    assert (case.due_at, case.due_estimated) == (before, False)


def test_counting_anew_keeps_an_extension_once(unannounced) -> None:
    case = unannounced.mending()
    case = unannounced.does(case, "luyi", "ask", extension="2 工作日", reason="雨天")
    case = unannounced.does(case, "limin", "grant")
    case = unannounced.does(case, "limin", "pause", reason="等资金")
    unannounced.at = datetime(2022, 1, 20, 2, 0, tzinfo=UTC)
    case = unannounced.does(case, "limin", "resume")
    before = case.due_at
    takes_in(unannounced, 2022)
    case.refresh_from_db()
    assert case.due_at == before
    assert case.clocks["handle"]["extended"] == "2 工作日"
