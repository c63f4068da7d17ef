"""What the clock does by itself: one case that fails holds up no other, and nobody is told a wrong hour."""

from datetime import timedelta

from django.core.cache import cache

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.notices.models import Notice
from chuangwen.records.township.calendar_actions import import_calendar
from chuangwen.records.township.models import Holiday, Organisation
from chuangwen.work.cases.escalating import sweep, warn
from chuangwen.work.cases.models import Case
from tests.work.cases.test_time import notice, unannounced  # noqa: F401 - a fixture


def test_a_case_closed_between_the_listing_and_its_turn_is_passed_over(office) -> None:
    case = office.does(office.does(office.sent(), "wangjianguo", "mend", photos=1), "limin", "accept")
    office.later(days=9)
    notes = Note.objects.count()
    assert warn(case.pk, by=MACHINE, at=office.at) == []
    assert Note.objects.count() == notes


def test_a_case_that_rests_meanwhile_is_passed_over(office) -> None:
    case = office.does(office.sent(), "limin", "pause")
    assert warn(case.pk, by=MACHINE, at=office.at + timedelta(days=9)) == []


def test_people_read_the_hour_of_the_town(office) -> None:
    case = office.sent()
    office.later(days=3, hours=3)
    sweep(by=MACHINE, at=office.at)
    office.later(days=10)
    sweep(by=MACHINE, at=office.at)
    texts = Notice.objects.filter(thing_key=case.number, kind__in=["warning", "overdue"]).values_list("text", flat=True)
    assert {one.split("截止 ")[1] for one in texts} == {"2021-10-15 17:30。"}
    assert "应于 2021-10-15 17:30 前办结" in Case.objects.get(kind="order").text


def test_what_is_late_already_is_not_told_to_be_due_soon(office) -> None:
    office.sent()
    office.later(days=10)
    swept = sweep(by=MACHINE, at=office.at)
    assert (swept.warned, bool(swept.climbed)) == ([], True)


def test_a_dissolved_unit_holds_up_no_other_case(office) -> None:
    gone, other = office.sent(), office.sent(unit="V2")
    Organisation.objects.filter(code="market").update(closed=office.at.date())
    office.later(days=10)
    office.cast.units["market"].refresh_from_db()
    from_pack = Case.objects.get(pk=gone.pk)
    assert from_pack.turn_unit.closed is not None
    swept = sweep(by=MACHINE, at=office.at)
    assert other.number in {number for number, _ in swept.climbed}
    assert set(swept.refused) <= {gone.number}


def test_a_dissolved_unit_s_own_order_is_refused_and_told_by_number(shipped) -> None:
    case, other = shipped.mending(), shipped.mending("zfd")
    Organisation.objects.filter(code="sjs").update(closed=shipped.at.date())
    shipped.later(days=20)
    swept = sweep(by=MACHINE, at=shipped.at)
    assert list(swept.refused) == [case.number]
    assert "被督办单位" in swept.refused[case.number]
    assert Case.objects.filter(parent=other).exists()
    assert not Case.objects.filter(parent=case).exists()


def test_an_order_about_an_accusation_is_kept_from_the_accused_too(shipped) -> None:
    case = shipped.opens("appeal", "limin", "register", title="宣传办报假数", accused="xcb")
    case = shipped.does(case, "limin", "dispatch", unit="zfd")
    shipped.later(days=20)
    sweep(by=MACHINE, at=shipped.at)
    order = Case.objects.get(kind="supervision", parent=case)
    assert order.accused == case.accused
    assert order.title == "督办单：诉求超期未办结"
    assert not {"报假数", case.number} & {order.title, order.text}
    assert not order.links.exists()


def test_a_deadline_that_another_process_estimated_is_counted_anew_by_the_next_sweep(unannounced) -> None:  # noqa: F811
    case = unannounced.mending()
    assert case.due_estimated
    import_calendar(notice(2022), by=MACHINE, at=unannounced.at, name="2022.csv")
    assert Holiday.objects.filter(date__year=2022).exists()
    unannounced.at += timedelta(minutes=10)
    cache.clear()
    sweep(by=MACHINE, at=unannounced.at)
    case.refresh_from_db()
    assert not case.due_estimated
