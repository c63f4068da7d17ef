"""A calendar that changes in the middle of the year: whatever still runs is counted anew, whatever is over stays as it was."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chuangwen.kernel.packfiles import Placed
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.workdays import Term
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.notices.models import Notice
from chuangwen.records.township.calendar_actions import import_calendar
from chuangwen.records.township.calendar_files import calendar_rows
from chuangwen.records.township.definitions import CalendarRow
from chuangwen.records.township.models import Holiday
from chuangwen.work.cases import clocks
from chuangwen.work.cases.definitions import ClockRow
from chuangwen.work.cases.escalating import sweep
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.recomputing import recompute_deadlines, recompute_if_changed
from chuangwen.work.cases.rollup import COUNTS, recount
from chuangwen.work.cases.tally_models import AreaDay

ADDED = {date(2021, 10, 15), date(2021, 10, 18)}
OCTOBER_12 = datetime(2021, 10, 12, 1, 0, tzinfo=UTC)  # Tuesday 9:00


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def extension() -> list[Placed]:
    """The whole of 2021 as it was announced, with 15 and 18 October added as days off."""
    days = [one for one in Holiday.objects.filter(date__year=2021) if one.date not in ADDED]
    text = "日期,类别,名称\n" + "".join(
        f"{one.date},{'放假' if one.kind == 'holiday' else '调休上班'},{one.name}\n" for one in days
    )
    text += "2021-10-15,放假,临时延长\n2021-10-18,放假,临时延长\n"
    rows = calendar_rows(text.encode(), "extension2021.csv", problems := Problems())
    assert not problems
    return rows


def takes_in(town, rows: list[Placed] | None = None) -> int:
    import_calendar(rows or extension(), by=MACHINE, at=town.at, name="extension2021.csv")
    return recompute_deadlines(by=MACHINE, at=town.at)


@pytest.fixture
def october(shipped):
    shipped.at = OCTOBER_12
    return shipped


def test_deadlines_on_days_that_became_days_off_move_on(october) -> None:
    on_the_day = october.mending()
    assert on_the_day.due_at == moment("2021-10-15T17:30")
    october.later(days=-4)
    before = october.mending()
    assert before.due_at == moment("2021-10-12T17:30")
    october.later(days=4)
    assert takes_in(october) == 1
    on_the_day.refresh_from_db()
    before.refresh_from_db()
    assert on_the_day.due_at == on_the_day.handle_due_at == moment("2021-10-19T17:30")
    assert before.due_at == moment("2021-10-12T17:30")
    assert on_the_day.steps.last().title == "按新的工作日历重算时限"
    assert takes_in(october) == 0


def test_a_deadline_of_hours_and_one_of_days_move_past_a_day_that_became_off(october) -> None:
    october.at = moment("2021-10-14T16:30")
    case = october.opens("rectification", "limin", "find")
    assert case.due_at == moment("2021-10-15T11:30")
    days = october.opens("appeal", "limin", "register")
    old = days.due_at
    takes_in(october)
    case.refresh_from_db()
    days.refresh_from_db()
    assert case.due_at == moment("2021-10-19T11:30")
    assert (days.due_at > old) == (old.astimezone(UTC) > moment("2021-10-14T17:30"))


def test_what_rests_and_what_is_over_stays(october) -> None:
    resting = october.does(october.mending(), "limin", "pause", reason="等雨停")
    over = october.does(october.does(october.mending(), "luyi", "mend"), "limin", "accept")
    clocks = (resting.clocks, over.clocks)
    assert takes_in(october) == 0
    resting.refresh_from_db()
    over.refresh_from_db()
    assert (resting.clocks, over.clocks) == clocks


def test_two_extensions_are_kept(october) -> None:
    days = october_days()
    table: clocks.Clocks = {}
    clocks.start(table, ClockRow(id="check", title="核查", term="3 工作日"), Term.parse("3 工作日"), OCTOBER_12, days)
    for _time in range(2):
        clocks.extend(table, "check", Term.parse("2 工作日"), days)
    before = dict(table["check"])
    assert before["due"].startswith("2021-10-21T17:30")
    assert not clocks.recompute(table, days)
    assert table["check"] == before
    takes_in(october)
    assert clocks.recompute(table, october_days())
    assert table["check"]["due"].startswith("2021-10-25T17:30")


def october_days():
    clocks.forget_calendar()
    return clocks.calendar()


def test_a_case_that_is_late_no_longer_is_late_no_longer(october) -> None:
    case = october.mending()
    october.at = moment("2021-10-18T09:00")
    sweep(by=MACHINE, at=october.at)
    case.refresh_from_db()
    assert (case.late, case.rung) == (True, 1)
    assert takes_in(october) == 1
    case.refresh_from_db()
    assert (case.late, case.rung, case.is_overdue(october.at)) == (False, 0, False)


def test_what_is_late_all_the_same_gets_no_second_order(october) -> None:
    case = october.mending()
    october.at = moment("2021-10-27T09:00")
    sweep(by=MACHINE, at=october.at)
    case.refresh_from_db()
    orders, rung = Case.objects.filter(parent=case).count(), case.rung
    assert orders == 1
    assert takes_in(october) == 1
    sweep(by=MACHINE, at=october.at)
    case.refresh_from_db()
    assert (case.due_at, case.rung, case.late) == (moment("2021-10-19T17:30"), rung, True)
    assert Case.objects.filter(parent=case, kind="supervision").count() == orders
    told = Notice.objects.filter(thing_key=case.number, kind="overdue").values_list("person", "mark")
    assert len(set(told)) == len(told)


def test_the_roll_up_follows(october) -> None:
    october.mending()
    takes_in(october)
    kept = {(row.area_id, row.day): {n: v for n in COUNTS if (v := getattr(row, n))} for row in AreaDay.objects.all()}
    counted = {key: {n: v for n, v in one.items() if v} for key, one in recount().items()}
    assert {k: v for k, v in kept.items() if v} == {k: v for k, v in counted.items() if v}


def test_a_single_day_may_be_taken_in(october) -> None:
    case = october.mending()
    day = Placed(2, CalendarRow(date=date(2021, 10, 15), kind="holiday", name="暴雨停工"))
    count = Holiday.objects.count()
    assert takes_in(october, [day]) == 1
    case.refresh_from_db()
    assert case.due_at == moment("2021-10-18T17:30")
    assert Holiday.objects.count() == count + 1


def test_a_calendar_that_came_in_by_another_way_is_noticed_by_the_sweep(october) -> None:
    case = october.mending()
    assert recompute_if_changed(by=MACHINE, at=october.at) == 0
    import_calendar(extension(), by=MACHINE, at=october.at, name="x.csv")
    october.at += timedelta(minutes=5)
    from_cache = recompute_if_changed
    recompute_deadlines(by=MACHINE, at=october.at)
    case.refresh_from_db()
    assert case.due_at == moment("2021-10-19T17:30")
    assert from_cache(by=MACHINE, at=october.at) == 0
