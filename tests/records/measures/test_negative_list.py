"""The negative list: events written down once, put right with a reason, struck out and yet kept."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.people import AT, TODAY, hold
from tests.town import MeasuredTown, pack_data

from chuangwen.kit.refusals import NotAllowed, OutOfReach
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.answer_actions import Written
from chuangwen.records.measures.event_actions import (
    NewEvent,
    correct_event,
    record_event,
    take_in_events,
    withdraw_event,
)
from chuangwen.records.measures.models import Event
from chuangwen.records.measures.policy import EventWithdrawn, NotHappenedYet, NothingTold, NotOfThisRound
from chuangwen.records.measures.queries import events_of, events_visible_to, still_counts
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.checking import draft_of, finished
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.permissions import Scope

AUGUST = date(2021, 8, 25)


def new(
    town: MeasuredTown, *, on: date = AUGUST, text: str = "数据造假", where: str = "", code: str = "G01"
) -> NewEvent:
    return NewEvent(code, text, on, town.cast.units[where] if where else None)


@pytest.fixture
def made(town: MeasuredTown) -> Event:
    return record_event(town.edition, new(town, where="V1"), by=town.cast.actor("zhouzheng"), at=AT)


def last_note() -> Note:
    return Note.objects.order_by("-number")[0]


# --- written down


def test_zhou_zheng_writes_an_event_down_and_the_ledger_keeps_what_when_and_where(made: Event) -> None:
    assert (made.code, made.happened_on, made.recorded_by, made.recorded_at) == ("G01", AUGUST, "周正", AT)
    note = last_note()
    assert (note.kind, note.key, note.title) == ("event", str(made.pk), "弄虚作假")
    assert note.after == {"code": "G01", "on": "2021-08-25", "text": "数据造假", "where": "V1"}


def test_the_same_event_again_gives_the_first_one_back(town: MeasuredTown, made: Event) -> None:
    notes = Note.objects.count()
    assert record_event(town.edition, new(town, where="V1"), by=MACHINE, at=AT + timedelta(days=1)) == made
    assert (Event.objects.count(), Note.objects.count()) == (1, notes)


@pytest.mark.parametrize(
    "other", [{"text": "另一件事"}, {"on": date(2021, 8, 24)}, {"where": "V2"}, {"where": ""}], ids=str
)
def test_another_day_place_or_story_is_another_event(town: MeasuredTown, made: Event, other: dict[str, Any]) -> None:
    second = record_event(town.edition, new(town, **({"where": "V1"} | other)), by=MACHINE, at=AT)
    assert second != made
    assert Event.objects.count() == 2


def test_an_event_of_today_has_happened_and_one_of_tomorrow_has_not(town: MeasuredTown) -> None:
    assert record_event(town.edition, new(town, on=TODAY), by=MACHINE, at=AT).happened_on == TODAY
    with pytest.raises(NotHappenedYet, match="2021-10-15"):
        record_event(town.edition, new(town, on=TODAY + timedelta(days=1)), by=MACHINE, at=AT)


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_event_is_told_in_words(town: MeasuredTown, text: str) -> None:
    with pytest.raises(NothingTold, match="没有写事件经过"):
        record_event(town.edition, new(town, text=text), by=MACHINE, at=AT)
    assert not Event.objects.exists()


def test_an_event_stands_on_the_editions_list(town: MeasuredTown) -> None:
    with pytest.raises(NotOfThisRound, match="G02"):
        record_event(town.edition, new(town, code="G02"), by=MACHINE, at=AT)


@pytest.mark.parametrize("username", ["wangjianguo", "liufang", "zhangqiang", "chenjing", "zhaolei", "sunyue"])
def test_whoever_records_no_events_writes_corrects_and_withdraws_none(
    town: MeasuredTown, made: Event, username: str
) -> None:
    actor = town.cast.actor(username)
    with pytest.raises(NotAllowed):
        record_event(town.edition, new(town, text="别的"), by=actor, at=AT)
    with pytest.raises(NotAllowed):
        correct_event(made, new(town, text="别的"), reason="错", by=actor, at=AT)
    with pytest.raises(NotAllowed):
        withdraw_event(made, reason="错", by=actor, at=AT)
    assert Event.objects.get().text == "数据造假"


def test_an_event_of_the_whole_town_wants_the_right_over_all_of_it(town: MeasuredTown, made: Event) -> None:
    hold(town.cast.people["liufang"], town.cast.roles["discipline"], scope=Scope.BELOW)
    liufang = town.cast.actor("liufang")
    assert record_event(town.edition, new(town, where="V1-1"), by=liufang, at=AT).organisation.code == "V1-1"
    with pytest.raises(OutOfReach):
        record_event(town.edition, new(town), by=liufang, at=AT)
    with pytest.raises(OutOfReach):
        correct_event(made, new(town), reason="全镇的事", by=liufang, at=AT)
    with pytest.raises(OutOfReach):
        correct_event(made, new(town, where="V2"), reason="别村的事", by=liufang, at=AT)
    theirs = record_event(town.edition, new(town, where="V2"), by=MACHINE, at=AT)
    with pytest.raises(OutOfReach):
        correct_event(theirs, new(town, where="V1", text="拉过来"), reason="错", by=liufang, at=AT)
    with pytest.raises(OutOfReach):
        withdraw_event(theirs, reason="错", by=liufang, at=AT)


# --- put right


def test_a_correction_keeps_old_and_new_and_the_reason(town: MeasuredTown, made: Event) -> None:
    right = new(town, on=date(2021, 8, 26), text="报表数据不实", where="V2")
    assert correct_event(made, right, reason="通报写的是 26 日", by=town.cast.actor("zhouzheng"), at=AT) == made
    kept = Event.objects.get()
    assert (kept.happened_on, kept.text, kept.organisation.code) == (date(2021, 8, 26), "报表数据不实", "V2")
    assert kept.reason == "通报写的是 26 日"
    note = last_note()
    assert note.before == {"on": "2021-08-25", "text": "数据造假", "where": "V1"}
    assert note.after == {
        "on": "2021-08-26",
        "text": "报表数据不实",
        "where": "V2",
        "reason": "通报写的是 26 日",
    }


def test_a_correction_that_says_the_same_writes_nothing(town: MeasuredTown, made: Event) -> None:
    notes = Note.objects.count()
    correct_event(made, new(town, where="V1"), reason="再看一遍", by=MACHINE, at=AT)
    assert Event.objects.get().reason == ""
    assert Note.objects.count() == notes


@pytest.mark.parametrize("reason", ["", " "])
def test_neither_correction_nor_withdrawal_goes_without_a_reason(town: MeasuredTown, made: Event, reason: str) -> None:
    with pytest.raises(NothingTold, match="更正或撤销的原因"):
        correct_event(made, new(town, text="改"), reason=reason, by=MACHINE, at=AT)
    with pytest.raises(NothingTold, match="更正或撤销的原因"):
        withdraw_event(made, reason=reason, by=MACHINE, at=AT)
    kept = Event.objects.get()
    assert (kept.text, kept.withdrawn_at) == ("数据造假", None)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [({"code": "G02"}, NotOfThisRound), ({"on": date(2022, 1, 1)}, NotHappenedYet), ({"text": ""}, NothingTold)],
)
def test_an_event_is_not_corrected_into_what_cannot_be(
    town: MeasuredTown, made: Event, wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        correct_event(made, new(town, **({"where": "V1"} | wrong)), reason="改", by=MACHINE, at=AT)
    assert Event.objects.get().text == "数据造假"


# --- struck out


def test_a_withdrawn_event_stays_as_a_row_with_who_when_and_why(town: MeasuredTown, made: Event) -> None:
    withdraw_event(made, reason="查无此事", by=town.cast.actor("zhouzheng"), at=AT)
    kept = Event.objects.get()
    assert (kept.withdrawn_by, kept.withdrawn_at, kept.reason) == ("周正", AT, "查无此事")
    assert not events_of(town.edition).exists()
    note = last_note()
    assert (note.before["text"], note.after) == ("数据造假", {"reason": "查无此事"})


def test_what_is_withdrawn_is_neither_corrected_nor_withdrawn_again(town: MeasuredTown, made: Event) -> None:
    withdraw_event(made, reason="查无此事", by=MACHINE, at=AT)
    for change in (
        lambda: correct_event(made, new(town, text="改"), reason="改", by=MACHINE, at=AT),
        lambda: withdraw_event(made, reason="又撤", by=MACHINE, at=AT),
    ):
        with pytest.raises(EventWithdrawn, match="2021-10-14"):
            change()
    assert Event.objects.get().reason == "查无此事"


def test_what_is_recorded_anew_after_its_withdrawal_is_a_new_event(town: MeasuredTown, made: Event) -> None:
    withdraw_event(made, reason="查无此事", by=MACHINE, at=AT)
    again = record_event(town.edition, new(town, where="V1"), by=MACHINE, at=AT)
    assert again != made
    assert list(events_of(town.edition)) == [again]


# --- many at once


def test_a_table_of_events_is_taken_in_whole_or_not_at_all(town: MeasuredTown, made: Event) -> None:
    said = [
        (None, new(town, on=TODAY)),
        (made, new(town, text="改过的经过", where="V1")),
        (None, new(town, where="V2")),
    ]
    done = take_in_events(town.edition, said, reason="按通报更正", by=MACHINE, at=AT)
    assert done == Written(new=2, corrected=1)
    assert Event.objects.count() == 3
    made.refresh_from_db()
    assert (made.text, made.reason) == ("改过的经过", "按通报更正")
    with pytest.raises(NothingTold):
        take_in_events(
            town.edition, [(None, new(town, where="V10")), (made, new(town, text="又改"))], reason="", by=MACHINE, at=AT
        )
    assert Event.objects.count() == 3


# --- read


def test_the_window_counts_whole_months_from_the_day_itself() -> None:
    happened = date(2021, 3, 15)
    told = {
        on: still_counts(happened, 12, on)
        for on in (date(2021, 3, 14), happened, date(2022, 3, 14), date(2022, 3, 15), date(2022, 4, 14))
    }
    assert list(told.values()) == [False, True, True, False, False]
    assert still_counts(date(2020, 12, 31), 1, date(2021, 1, 30))
    assert not still_counts(date(2020, 12, 31), 1, date(2021, 1, 31))
    assert still_counts(date(2019, 6, 1), 36, date(2022, 5, 31))
    assert not still_counts(date(2019, 6, 1), 36, date(2022, 6, 1))


def test_each_sees_the_events_within_reach_and_the_whole_towns_newest_first(town: MeasuredTown, made: Event) -> None:
    whole = record_event(town.edition, new(town, on=TODAY), by=MACHINE, at=AT)
    theirs = record_event(town.edition, new(town, where="V2", on=date(2021, 9, 1)), by=MACHINE, at=AT)
    cast = town.cast
    assert list(events_visible_to(cast.actor("limin"))) == [whole, theirs, made]
    assert list(events_visible_to(cast.actor("liufang"))) == [whole, made]
    assert list(events_visible_to(cast.actor("wangjianguo"))) == [whole]
    withdraw_event(made, reason="查无此事", by=MACHINE, at=AT)
    assert made in events_visible_to(cast.actor("liufang"))


def test_events_belong_to_one_edition(town: MeasuredTown, made: Event) -> None:
    other: Edition = install_edition(finished(draft_of(pack_data(edition="2"))), by=MACHINE, at=AT).edition
    assert not events_of(other).exists()
    assert list(events_of(town.edition)) == [made]
