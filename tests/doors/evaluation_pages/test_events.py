"""The negative list by page: its effect on the score is said first; what was wrong is corrected or withdrawn with a reason."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.people import AT
from tests.town import MeasuredTown

from chuangwen.kernel.refusal import Refusal
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures import event_actions
from chuangwen.records.measures.event_actions import NewEvent
from chuangwen.records.measures.models import Event
from chuangwen.records.measures.policy import EventWithdrawn, NotHappenedYet, NothingTold, NotOfThisRound
from chuangwen.records.measures.queries import still_counts
from chuangwen.records.township.models import Town
from chuangwen.results.scoring.actions import close_round
from chuangwen.results.scoring.queries import score_round

TODAY = date(2021, 10, 14)


@pytest.fixture(autouse=True)
def _on_that_day(cast: Any) -> None:
    """The town lives on the day of the tests."""
    Town.objects.update(demo=True, demo_today=TODAY)


def said(town: MeasuredTown, **more: str) -> dict[str, str]:
    """What 周正 types: a false report on the first of October."""
    return {"kind": f"{town.edition.pk}:G01", "on": "2021-10-01", "where": "", "text": "上报数据不实", **more}


def confirmed(browser: Any, link: str, posted: dict[str, str]) -> Any:
    """First look at the effect, then confirm what was shown."""
    shown = browser.post(link, posted)
    assert shown.status_code == 200, shown.content.decode()
    return browser.post(link, posted | {"seen": shown.context["seen"]})


def expected(town: MeasuredTown) -> float:
    found = score_round(town.round, TODAY).total.expected
    assert found is not None
    return found


@pytest.fixture
def false_report(town: MeasuredTown) -> Event:
    new = NewEvent("G01", "上报数据不实", date(2021, 10, 1), town.cast.units["V1"])
    return event_actions.record_event(town.edition, new, by=MACHINE, at=AT)


def test_the_effect_on_the_score_is_said_before_anything_is_written(town: MeasuredTown, signed_in_as: Any) -> None:
    zhou, before, notes = signed_in_as("zhouzheng"), expected(town), Note.objects.count()
    page = zhou.post(reverse("event_new"), said(town))
    text = page.content.decode()
    assert f"预计得分由 {before:.2f} 变为 {before - 3:.2f}" in text
    assert "确认写入" in text
    assert "上报数据不实" in text
    assert (Event.objects.count(), Note.objects.count(), expected(town)) == (0, notes, before)


def test_an_event_that_bars_the_town_says_so_though_the_points_stay(town: MeasuredTown, signed_in_as: Any) -> None:
    town.edition.content["negative"][0] |= {"effect": "bar", "points": "0"}
    town.edition.digest = "barring"
    town.edition.save(update_fields=["content", "digest"])
    text = signed_in_as("zhouzheng").post(reverse("event_new"), said(town)).content.decode()
    assert "本镇的申报资格被否决或暂停：弄虚作假" in text
    assert "得分不变" not in text
    assert "一票否决，12 个月内有效" in text


def test_the_confirmed_event_deducts_and_the_ledger_says_who(town: MeasuredTown, signed_in_as: Any) -> None:
    before = expected(town)
    answer = confirmed(signed_in_as("zhouzheng"), reverse("event_new"), said(town))
    assert answer["Location"] == reverse("events")
    assert expected(town) == pytest.approx(before - 3)
    note = Note.objects.get(kind="event")
    assert (note.name, note.verb, note.title) == ("周正", "登记负面清单事件", "弄虚作假")
    assert note.after == {"code": "G01", "on": "2021-10-01", "text": "上报数据不实", "where": ""}


def test_what_was_changed_after_the_look_is_shown_again_first(town: MeasuredTown, signed_in_as: Any) -> None:
    zhou, link = signed_in_as("zhouzheng"), reverse("event_new")
    seen = zhou.post(link, said(town)).context["seen"]
    again = zhou.post(link, said(town, text="另一件事", seen=seen))
    assert again.status_code == 200
    assert again.context["trial"] is not None
    assert not Event.objects.exists()


def test_the_same_event_sent_twice_stands_once(town: MeasuredTown, signed_in_as: Any) -> None:
    zhou = signed_in_as("zhouzheng")
    for _ in range(2):
        confirmed(zhou, reverse("event_new"), said(town))
    assert Event.objects.count() == 1
    assert Note.objects.filter(kind="event").count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"on": "2021-10-15"}, "还没有到"),
        ({"on": "2021-02-30"}, "日期"),
        ({"text": "  "}, "必填"),
        ({"kind": ""}, "必填"),
        ({"kind": "1:G99"}, "G99"),
        ({"where": "999999999999999999999"}, "选"),
    ],
)
def test_what_cannot_be_is_told_and_kept_and_writes_nothing(
    wrong: dict[str, str], told: str, town: MeasuredTown, signed_in_as: Any
) -> None:
    page = signed_in_as("zhouzheng").post(reverse("event_new"), said(town, **wrong))
    text = page.content.decode()
    assert page.status_code == 422
    assert told in text
    assert "没有写入任何内容" in text or "还没有到" in text
    assert "上报数据不实" in text or "text" in wrong
    assert not Event.objects.exists()


def test_the_list_says_what_each_costs_and_until_when_it_counts(
    town: MeasuredTown, false_report: Event, signed_in_as: Any
) -> None:
    old = NewEvent("G01", "旧事", date(2020, 10, 1))
    event_actions.record_event(town.edition, old, by=MACHINE, at=AT)
    page = signed_in_as("limin").get(reverse("events"))
    assert page.context["counting"] == 1
    text = page.content.decode()
    assert "扣 3 分，12 个月内有效" in text
    assert "已过期限，不计" in text
    assert "先锋村" in text
    assert "负面清单（看得到 2 件）" in signed_in_as("limin").get(reverse("answers")).content.decode()


def test_a_sealed_round_shows_the_events_that_its_score_took_and_what_came_of_them_since(
    town: MeasuredTown, false_report: Event, signed_in_as: Any
) -> None:
    """The spring round said 已过期限，不计 of an event that its sealed score deducts."""
    close_round(town.round, by=MACHINE, at=AT)
    later = AT + timedelta(days=700)
    event_actions.withdraw_event(false_report, reason="查无此事", by=MACHINE, at=later)
    event_actions.record_event(town.edition, NewEvent("G01", "后来的事", date(2023, 9, 1)), by=MACHINE, at=later)
    Town.objects.update(demo_today=later.date())
    page = signed_in_as("limin").get(reverse("events"))
    told = {line["event"].text: (line["counts"], line["since"]) for line in page.context["lines"]}
    assert (page.context["scored"], page.context["counting"]) == (1, 1)
    assert told["上报数据不实"] == (True, "封存以后撤销，封存的得分仍计")
    assert told["后来的事"] == (False, "封存以后登记，封存的得分不计")
    assert "全镇负面清单封存时有 1 件计分" in page.content.decode()


def test_who_sees_a_part_of_the_list_is_told_what_the_towns_score_takes(
    town: MeasuredTown, false_report: Event, signed_in_as: Any
) -> None:
    """王建国's home said 扣 3 分 and the list: 没有正在计分的事件."""
    page = signed_in_as("wangjianguo").get(reverse("events"))
    assert (page.context["counting"], page.context["scored"]) == (0, 1)
    assert "全镇负面清单有 1 件正在计分" in page.content.decode()
    assert "下面只列你看得到的，其中计分 0 件" in page.content.decode()


def test_an_event_counts_for_whole_months_and_not_a_day_longer() -> None:
    happened = date(2020, 10, 14)
    assert still_counts(happened, 12, happened)
    assert still_counts(happened, 12, date(2021, 10, 13))
    assert not still_counts(happened, 12, date(2021, 10, 14))
    assert not still_counts(happened, 12, date(2020, 10, 13))
    assert still_counts(date(2020, 8, 31), 6, date(2021, 2, 28))
    assert not still_counts(date(2020, 8, 31), 6, date(2021, 3, 1))


def test_an_event_is_put_right_with_a_reason_and_the_ledger_keeps_both(
    town: MeasuredTown, false_report: Event, signed_in_as: Any
) -> None:
    link = reverse("event_change", args=[false_report.pk])
    zhou = signed_in_as("zhouzheng")
    page = zhou.get(link).content.decode()
    assert "上报数据不实" in page
    assert "撤销这一件" in page
    where = str(town.cast.units["V2"].pk)
    answer = confirmed(zhou, link, said(town, on="2021-09-30", where=where, reason="村名写错"))
    assert answer["Location"] == reverse("events")
    false_report.refresh_from_db()
    assert (false_report.organisation.code, false_report.reason) == ("V2", "村名写错")
    note = Note.objects.get(verb="更正负面清单事件")
    assert note.before == {"on": "2021-10-01", "where": "V1"}
    assert note.after == {"on": "2021-09-30", "where": "V2", "reason": "村名写错"}
    assert "村名写错" in zhou.get(reverse("events")).content.decode()


def test_without_a_reason_nothing_is_put_right(town: MeasuredTown, false_report: Event, signed_in_as: Any) -> None:
    answer = signed_in_as("zhouzheng").post(reverse("event_change", args=[false_report.pk]), said(town))
    assert answer.status_code == 422
    assert not Note.objects.filter(verb="更正负面清单事件").exists()


def test_a_withdrawn_event_counts_no_more_and_stays_to_be_read(
    town: MeasuredTown, false_report: Event, signed_in_as: Any
) -> None:
    zhou, low = signed_in_as("zhouzheng"), expected(town)
    link = reverse("event_withdraw", args=[false_report.pk])
    assert zhou.post(link, {"reason": " "}).status_code == 422
    assert expected(town) == low
    assert zhou.post(link, {"reason": "查无此事"}).status_code == 302
    assert expected(town) == pytest.approx(low + 3)
    text = zhou.get(reverse("events")).content.decode()
    assert "已撤销" in text
    assert "查无此事" in text
    assert Note.objects.get(verb="撤销负面清单事件").after == {"reason": "查无此事"}
    assert zhou.post(link, {"reason": "再来一次"}).status_code == 409


def test_an_event_recorded_anew_after_its_withdrawal_counts_again(town: MeasuredTown, false_report: Event) -> None:
    event_actions.withdraw_event(false_report, reason="误登", by=MACHINE, at=AT)
    new = NewEvent("G01", "上报数据不实", date(2021, 10, 1), town.cast.units["V1"])
    again = event_actions.record_event(town.edition, new, by=MACHINE, at=AT)
    assert again.pk != false_report.pk


@pytest.mark.parametrize(
    ("code", "on", "text", "refusal"),
    [
        ("G99", date(2021, 10, 1), "事", NotOfThisRound),
        ("G01", date(2021, 10, 15), "事", NotHappenedYet),
        ("G01", date(2021, 10, 1), " ", NothingTold),
    ],
)
def test_the_action_itself_refuses_what_cannot_be(
    code: str, on: date, text: str, refusal: type[Refusal], town: MeasuredTown, false_report: Event
) -> None:
    new = NewEvent(code, text, on)
    with pytest.raises(refusal):
        event_actions.record_event(town.edition, new, by=MACHINE, at=AT)
    with pytest.raises(refusal):
        event_actions.correct_event(false_report, new, reason="更正", by=MACHINE, at=AT)
    assert Event.objects.count() == 1


def test_a_correction_that_changes_nothing_writes_nothing(town: MeasuredTown, false_report: Event) -> None:
    same = NewEvent("G01", "上报数据不实", date(2021, 10, 1), town.cast.units["V1"])
    notes = Note.objects.count()
    event_actions.correct_event(false_report, same, reason="核对", by=MACHINE, at=AT)
    assert Note.objects.count() == notes
    event_actions.withdraw_event(false_report, reason="误登", by=MACHINE, at=AT)
    with pytest.raises(EventWithdrawn):
        event_actions.correct_event(false_report, same, reason="核对", by=MACHINE, at=AT)


def test_who_may_not_record_sees_the_list_and_no_way_in(
    town: MeasuredTown, false_report: Event, signed_in_as: Any
) -> None:
    wang = signed_in_as("wangjianguo")
    text = wang.get(reverse("events")).content.decode()
    assert reverse("event_new") not in text
    assert "上报数据不实" not in text  # of a village that the station does not reach
    assert wang.get(reverse("event_new")).status_code == 403
    actor = town.cast.actor("wangjianguo")
    with pytest.raises(Refusal):
        event_actions.withdraw_event(false_report, reason="误登", by=actor, at=AT)


def test_the_village_sees_its_own_events_and_the_towns(
    town: MeasuredTown, false_report: Event, signed_in_as: Any
) -> None:
    for place, text in ((town.cast.units["V2"], "别村的事"), (None, "全镇的事")):
        new = NewEvent("G01", text, date(2021, 9, 1), place)
        event_actions.record_event(town.edition, new, by=MACHINE, at=AT)
    text = signed_in_as("liufang").get(reverse("events")).content.decode()
    assert "上报数据不实" in text
    assert "全镇的事" in text
    assert "别村的事" not in text


def test_a_closed_round_keeps_its_score_whatever_is_written_later(town: MeasuredTown, signed_in_as: Any) -> None:
    close_round(town.round, by=MACHINE, at=AT)
    frozen = expected(town)
    shown = signed_in_as("zhouzheng").post(reverse("event_new"), said(town, on="2021-10-14"))
    assert shown.context["trial"].before.expected == frozen
