"""What may happen to shifts, who may do it, who is told, what the ledger says."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from chuangwen.kit.refusals import NotAllowed, NotFound, SignInFirst
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.notices.models import Notice
from chuangwen.records.township.actors import NOBODY
from chuangwen.work.rotas import actions, policy, queries
from chuangwen.work.rotas.actions import Slot
from chuangwen.work.rotas.models import Shift
from chuangwen.work.rotas.pattern import BadStretch, bounds
from tests.people import CAST, hold
from tests.work.rotas.turns import Turns

DAY = date(2021, 10, 12)


def notes(verb: str) -> int:
    return Note.objects.filter(verb=verb).count()


def told(username: str) -> list[str]:
    rows = Notice.objects.filter(person__username=username).order_by("pk")
    return [one.text for one in rows]


def slot(shift: Shift, **changed: object) -> Slot:
    old = Slot(shift.starts_at, shift.ends_at, shift.person, shift.stand_in, shift.place, shift.note)
    return replace(old, **changed)  # type: ignore[arg-type]


def change(turns: Turns, shift: Shift, *, by: str = "limin", version: int | None = None, **changed: object) -> Shift:
    to = slot(shift, **changed)
    return actions.change_shift(shift, to, version=version, by=turns.cast.actor(by), at=turns.at)


def cancel(turns: Turns, shift: Shift, why: str = "外出开会", by: str = "limin") -> Shift:
    return actions.cancel_shift(shift, why, by=turns.cast.actor(by), at=turns.at)


def test_the_office_plans_a_month_and_days_off_are_left_out(turns: Turns) -> None:
    made = turns.plan()
    assert [(one.day.day, one.person.name) for one in made] == [
        (12, "何伟"),
        (14, "程立群"),
        (19, "许文娟"),
        (21, "何伟"),
        (26, "程立群"),
        (28, "许文娟"),
    ]
    assert {(one.place, one.unit.code, one.span) for one in made} == {("便民服务大厅", "T", "08:30—11:30")}
    assert notes("排班") == 1


def test_planning_again_doubles_nothing_and_a_longer_plan_goes_on_in_turn(turns: Turns) -> None:
    turns.plan()
    assert turns.plan() == []
    more = turns.plan(last=date(2021, 11, 4))
    assert [(one.day.day, one.person.name) for one in more] == [(2, "何伟"), (4, "程立群")]
    assert Shift.objects.count() == 8
    assert notes("排班") == 2


def test_everybody_put_on_is_told_once_and_nobody_of_the_own_doing(turns: Turns) -> None:
    turns.plan()
    assert told("hewei") == ["领导接访排了你 2 次：10-12、10-21。"]
    assert told("limin") == []
    turns.plan(date(2021, 11, 1), date(2021, 11, 2), ["hewei"])
    assert told("hewei")[1] == "11 月 2 日（周二）08:30—11:30的领导接访由你值班，地点：便民服务大厅。"


def test_what_is_over_is_planned_without_telling(turns: Turns) -> None:
    assert len(turns.plan(date(2021, 9, 1), date(2021, 9, 30))) == 9
    assert told("hewei") == []


def test_a_cancelled_day_stays_cancelled_when_the_month_is_planned_again(turns: Turns) -> None:
    turns.plan()
    cancel(turns, turns.on(DAY))
    assert turns.plan() == []
    assert turns.on(DAY).is_cancelled


@pytest.mark.parametrize("username", [one[0] for one in CAST])
def test_only_who_holds_the_right_and_the_role_plans(turns: Turns, username: str) -> None:
    if username == "limin":
        assert turns.plan(by=username)
        return
    with pytest.raises(NotAllowed, match="安排轮值"):
        turns.plan(by=username)
    assert not Shift.objects.exists()


def test_the_right_alone_is_not_enough_without_the_rotas_role(turns: Turns) -> None:
    limin = turns.cast.actor("limin")
    with pytest.raises(policy.NotYourRota, match="“夜间值守”由纪委监督安排"):
        actions.plan_shifts(turns.watch, turns.people("hewei"), DAY, DAY, by=limin, at=turns.at)
    assert policy.planned_by(limin, queries.rotas_in_use()) == [turns.rota]
    assert policy.planned_by(turns.cast.actor("sunyue"), queries.rotas_in_use()) == []
    assert isinstance(policy.why_not_plan(turns.rota, NOBODY), SignInFirst)


def test_only_holders_of_the_rotas_roles_are_put_on_it(turns: Turns) -> None:
    with pytest.raises(policy.NotOnThisRota, match="李敏不能排进“领导接访”：这里只排镇领导"):
        turns.plan(who=["hewei", "limin"])
    hold(turns.cast.people["limin"], turns.cast.roles["leader"])
    assert turns.plan(who=["hewei", "limin"])


def test_a_plan_without_people_or_days_is_refused(turns: Turns) -> None:
    with pytest.raises(actions.NobodyChosen):
        actions.plan_shifts(turns.rota, [], DAY, DAY, by=MACHINE, at=turns.at)
    with pytest.raises(BadStretch):
        turns.plan(DAY, DAY - timedelta(days=1))


def test_whoever_waited_longest_comes_first_in_the_next_plan(turns: Turns) -> None:
    turns.plan(who=["xuwenjuan", "hewei"], last=date(2021, 10, 14))
    assert [one.username for one in queries.candidates(turns.rota)] == ["chengliqun", "xuwenjuan", "hewei"]
    cancel(turns, turns.on(date(2021, 10, 12)))
    assert [one.username for one in queries.candidates(turns.rota)] == ["chengliqun", "xuwenjuan", "hewei"]


def test_a_swap_tells_who_comes_and_who_need_not(turns: Turns) -> None:
    turns.plan(last=DAY)
    shift = turns.on(DAY)
    cheng, xu = turns.people("chengliqun", "xuwenjuan")
    changed = change(turns, shift, person=cheng, stand_in=xu)
    assert (changed.person, changed.stand_in, changed.version) == (cheng, xu, 2)
    when = "10 月 12 日（周二）08:30—11:30"
    assert told("chengliqun") == [f"{when}的领导接访由你值班，地点：便民服务大厅。"]
    assert told("xuwenjuan") == [f"{when}的领导接访由你替补程立群，地点：便民服务大厅。"]
    assert told("hewei")[-1] == f"{when}的领导接访改由程立群值班，你不用去了。"
    note = Note.objects.get(verb="改班")
    assert (note.before["person"], note.after["person"]) == ("hewei", "chengliqun")


def test_another_time_and_place_tells_those_who_stay_and_the_others_by_the_old_time(turns: Turns) -> None:
    turns.plan(last=DAY)
    starts, ends = bounds(turns.rota.start, turns.rota.end, date(2021, 10, 13))
    change(turns, turns.on(DAY), starts_at=starts, ends_at=ends, place="先锋村村委会")
    assert told("hewei")[-1] == "领导接访有变，现在是 10 月 13 日（周三）08:30—11:30，何伟，地点：先锋村村委会。"
    (cheng,) = turns.people("chengliqun")
    back = turns.on(date(2021, 10, 13))
    change(turns, back, person=cheng, starts_at=starts + timedelta(days=1), ends_at=ends + timedelta(days=1))
    assert told("hewei")[-1] == "10 月 13 日（周三）08:30—11:30的领导接访改由程立群值班，你不用去了。"


def test_a_change_that_changes_nothing_leaves_no_trace(turns: Turns) -> None:
    turns.plan(last=DAY)
    assert change(turns, turns.on(DAY)).version == 1
    assert notes("改班") == 0


def test_what_a_change_may_not_do(turns: Turns) -> None:
    turns.plan()
    shift, (he, limin) = turns.on(DAY), turns.people("hewei", "limin")
    with pytest.raises(policy.NotOnThisRota):
        change(turns, shift, person=limin)
    with pytest.raises(actions.OwnStandIn, match="何伟不能替补自己"):
        change(turns, shift, stand_in=he)
    with pytest.raises(actions.EndsBeforeStart, match="10-12 08:30"):
        change(turns, shift, ends_at=shift.starts_at)
    with pytest.raises(actions.ShiftTaken, match="10 月 14 日（周四）08:30—11:30已经排了程立群"):
        change(turns, shift, starts_at=shift.starts_at + timedelta(days=2), ends_at=shift.ends_at + timedelta(days=2))
    change(turns, shift, note="一")
    with pytest.raises(actions.ShiftChanged):
        change(turns, shift, note="二", version=1)
    with pytest.raises(NotAllowed):
        change(turns, shift, note="三", by="wangjianguo")
    assert turns.on(DAY).note == "一"


def test_somebody_who_has_lost_the_role_stays_on_a_shift_until_changed(turns: Turns) -> None:
    turns.plan(last=DAY)
    turns.people("hewei")[0].assignments.update(withdrawn_at=turns.at + timedelta(days=9))
    assert change(turns, turns.on(DAY), note="仍由何伟接访").person.name == "何伟"


def test_cancelling_takes_a_reason_and_tells_both(turns: Turns) -> None:
    turns.plan(last=DAY)
    shift = change(turns, turns.on(DAY), stand_in=turns.people("xuwenjuan")[0])
    with pytest.raises(actions.ReasonMissing):
        cancel(turns, shift, "  ")
    cancel(turns, shift)
    assert told("hewei")[-1] == told("xuwenjuan")[-1] == "10 月 12 日（周二）08:30—11:30的领导接访取消：外出开会。"
    assert notes("取消班次") == 1
    with pytest.raises(actions.ShiftCancelled, match="外出开会"):
        cancel(turns, shift)
    with pytest.raises(actions.ShiftCancelled):
        change(turns, shift, note="改")


def test_what_was_cancelled_may_be_held_after_all(turns: Turns) -> None:
    turns.plan(last=DAY)
    shift = cancel(turns, turns.on(DAY))
    actions.restore_shift(shift, by=turns.cast.actor("limin"), at=turns.at)
    assert told("hewei")[-1] == "10 月 12 日（周二）08:30—11:30的领导接访恢复，仍由何伟值班，地点：便民服务大厅。"
    assert (turns.on(DAY).cancelled_why, notes("恢复班次")) == ("", 1)
    with pytest.raises(actions.NotCancelled):
        actions.restore_shift(shift, by=MACHINE, at=turns.at)


def test_a_table_goes_in_once_and_corrects_what_stands(turns: Turns) -> None:
    he, cheng = turns.people("hewei", "chengliqun")
    starts, ends = bounds(turns.rota.start, turns.rota.end, DAY)
    rows = [Slot(starts, ends, he), Slot(starts + timedelta(days=3), ends + timedelta(days=3), cheng)]
    who = {"what": "接访表.xlsx", "by": turns.cast.actor("limin"), "at": turns.at}
    assert len(actions.take_in_shifts(turns.rota, rows, **who).made) == 2
    again = actions.take_in_shifts(turns.rota, rows, **who)
    assert (again.made, again.changed, again.known) == ([], 0, 2)
    corrected = actions.take_in_shifts(turns.rota, [Slot(starts, ends, cheng)], **who)
    assert (corrected.made, corrected.changed) == ([], 1)
    assert turns.on(DAY).person == cheng
    assert told("hewei")[-1] != told("chengliqun")[-1]
    assert (Shift.objects.count(), notes("照表排班"), notes("改班")) == (2, 2, 1)


def test_a_corrected_table_puts_a_shift_at_another_time_and_makes_no_second_one(turns: Turns) -> None:
    turns.plan(last=DAY)
    shift = turns.on(DAY)
    later = Slot(
        shift.starts_at + timedelta(minutes=30), shift.ends_at, shift.person, shift.stand_in, moves=shift.starts_at
    )
    done = actions.take_in_shifts(turns.rota, [later], what="接访表.xlsx", by=turns.cast.actor("limin"), at=turns.at)
    assert (done.made, done.changed, done.known) == ([], 1, 0)
    assert [one.starts_at for one in Shift.objects.filter(rota=turns.rota)] == [later.starts_at]


def test_a_table_does_not_bring_back_what_was_cancelled(turns: Turns) -> None:
    turns.plan(last=DAY)
    shift = cancel(turns, turns.on(DAY))
    slot = Slot(shift.starts_at, shift.ends_at, shift.person)
    with pytest.raises(actions.ShiftCancelled):
        actions.take_in_shifts(turns.rota, [slot], what="接访表.xlsx", by=turns.cast.actor("limin"), at=turns.at)


def test_the_database_itself_holds_the_rules(turns: Turns) -> None:
    turns.plan(last=DAY)
    shift = turns.on(DAY)
    for wrong in (
        {"ends_at": shift.starts_at},
        {"stand_in": shift.person},
        {"cancelled_at": turns.at},
        {"cancelled_why": "无故"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Shift.objects.filter(pk=shift.pk).update(**wrong)
    shift.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        shift.save(force_insert=True)


@pytest.mark.parametrize("username", [one[0] for one in CAST])
def test_who_sees_cases_sees_every_shift_and_nobody_else_any(turns: Turns, username: str) -> None:
    turns.plan()
    actor = turns.cast.actor(username)
    seen = policy.why_not_see(actor) is None
    assert queries.visible_to(actor).count() == (6 if seen else 0)
    assert seen is (username in {"limin", "wangjianguo", "liufang", "zhangqiang", "zhouzheng"})


def test_on_duty_is_who_is_there_now_else_next_else_last_of_the_day(turns: Turns) -> None:
    turns.plan()
    assert queries.on_duty("reception", turns.at) is None  # Monday
    nine = turns.at + timedelta(days=1)
    for hours, found in ((-8, "何伟"), (0, "何伟"), (9, "何伟"), (24, None)):
        duty = queries.on_duty("reception", nine + timedelta(hours=hours))
        assert (duty.person.name if duty else None) == found
    cancel(turns, turns.on(DAY))
    assert queries.on_duty("reception", nine) is None
    assert queries.on_duty("no_such", nine) is None


def test_a_watch_that_began_yesterday_is_on_duty_after_midnight(turns: Turns) -> None:
    actions.plan_shifts(
        turns.watch, turns.people("hewei", "limin"), DAY, DAY + timedelta(days=1), by=MACHINE, at=turns.at
    )
    three = bounds(turns.watch.start, turns.watch.end, DAY)[1] - timedelta(hours=3)
    assert [queries.on_duty("watch", three + timedelta(hours=hours)).person.name for hours in (0, 4, 20)] == [
        "何伟",
        "李敏",
        "李敏",
    ]


def test_a_rota_that_is_not_there_is_refused(turns: Turns) -> None:
    with pytest.raises(NotFound, match="no_such"):
        queries.rota_or_refuse("no_such")


def test_a_year_not_announced_is_said_to_be_estimated(turns: Turns) -> None:
    people = turns.people("hewei")
    assert queries.propose(turns.rota, people, date(2021, 12, 1), date(2021, 12, 31)).estimated == []
    assert queries.propose(turns.rota, people, date(2021, 12, 1), date(2022, 1, 31)).estimated == [2022]
