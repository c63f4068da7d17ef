"""A table is weighed before it is written: new, known, corrected, asked; the action writes what was looked at."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.town import AT, MeasuredTown

from chuangwen.kernel.problems import Rejected
from chuangwen.kit.refusals import NotAllowed, OutOfReach
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.models import Observation, Round, SiteState
from chuangwen.records.measures.policy import RoundClosed
from chuangwen.records.measures.states import repack
from chuangwen.records.measures.visit_actions import TakenIn, take_in
from chuangwen.records.measures.visit_policy import MarkTaken, NotAnswered, OldRowUnknown, PlanChanged, TwiceInOne
from chuangwen.records.measures.visits import NOTHING_SAID, Answers, Choice, Found, Item
from chuangwen.records.measures.weighing import Plan, weigh_in

LATER = datetime(2021, 10, 1, 4, tzinfo=UTC)


class Desk:
    """The office with a third-party table in its hands."""

    def __init__(self, town: MeasuredTown) -> None:
        self.town = town

    def row(
        self, site: int, check: int, result: str, *, day: int = 10, at: tuple[int, int] | None = None, **more: Any
    ) -> Found:
        """A row of the table; without a time it says the day alone."""
        hour, minute = at or (12, 0)
        seen = datetime(2021, more.pop("month", 9), day, hour - 8, minute, tzinfo=UTC)
        item = Item(
            self.town.check(check), result, more.pop("quantity", ""), more.pop("note", ""), mark=more.pop("mark", "")
        )
        more = {"seen_by": "复核甲", **more}
        return Found(self.town.sites[site], item, seen, timed=at is not None, **more)

    def weigh(self, *rows: Found, answers: Answers = NOTHING_SAID) -> Plan:
        return weigh_in(self.town.round, rows, answers, by=MACHINE, at=LATER)

    def take(self, *rows: Found, answers: Answers = NOTHING_SAID, by: Any = MACHINE) -> TakenIn:
        return take_in(self.town.round, rows, answers, what="考察.xlsx", by=by, at=LATER)

    def counting(self, site: int, check: int) -> list[int | None]:
        rows = Observation.objects.filter(site=self.town.sites[site], check_item=self.town.check(check), counts=True)
        return list(rows.order_by("pk").values_list("value", flat=True))


@pytest.fixture
def desk(town: MeasuredTown) -> Desk:
    return Desk(town)


def shape(plan: Plan) -> tuple[int, ...]:
    """New, known, corrected, asked, left out, wrong."""
    parts = plan.new, plan.same, plan.corrections, plan.questions, plan.left, plan.wrong
    return tuple(len(part) for part in parts)


def test_a_look_writes_nothing_and_tells_what_writing_would_do(desk: Desk) -> None:
    count = Observation.objects.count()
    assert shape(desk.weigh(desk.row(2, 0, "无"), desk.row(3, 1, "", quantity="18/20"))) == (2, 0, 0, 0, 0, 0)
    assert Observation.objects.count() == count


def test_the_corrected_table_is_told_as_a_correction_with_old_and_new(desk: Desk) -> None:
    desk.take(desk.row(2, 0, "无", note="第一次"))
    second = desk.row(2, 0, "有", note="改正：有 1 处")
    (one,) = desk.weigh(second).corrections
    assert one.old is not None
    assert one.made is not None
    assert (one.old.in_words(), one.old.value, one.made.in_words(), one.made.value) == ("无", 10_000, "有", 0)
    done = desk.take(second)
    assert (done.new, done.known, done.corrected) == (0, 0, 1)
    assert desk.counting(2, 0) == [0]
    assert desk.take(second).known == 1


def test_the_note_of_an_import_counts_corrections_apart_and_keeps_old_and_new(desk: Desk) -> None:
    desk.take(desk.row(2, 0, "无"))
    desk.take(desk.row(2, 0, "有"), desk.row(3, 1, "合格"))
    note = Note.objects.order_by("-number")[0]
    assert note.before == {"S2 C000": "无 (10000)"}
    assert note.after == {"new": 1, "known": 0, "corrected": 1, "from": "考察.xlsx", "S2 C000": "有 (0)"}


def test_a_table_taken_in_twice_changes_nothing_and_writes_no_note(desk: Desk) -> None:
    rows = [desk.row(2, 0, "无"), desk.row(2, 1, "", quantity="9/20"), desk.row(3, 0, "不适用", at=(9, 30))]
    assert desk.take(*rows).new == 3
    notes = Note.objects.count()
    done = desk.take(*rows)
    assert (done.new, done.known, done.corrected) == (0, 3, 0)
    assert Note.objects.count() == notes


def test_a_second_visit_of_the_day_is_asked_about_and_written_as_it_was_answered(desk: Desk) -> None:
    desk.take(desk.row(2, 0, "无", at=(9, 30)))
    other = desk.row(2, 0, "有", at=(15, 0))
    (asked,) = desk.weigh(other).questions
    assert "请说明" in str(asked.refusal)
    with pytest.raises(NotAnswered):
        desk.take(other)
    assert desk.counting(2, 0) == [10_000]
    assert desk.take(other, answers=Answers(same_day=Choice.LEAVE)).left == 1
    assert desk.counting(2, 0) == [10_000]
    assert desk.take(other, answers=Answers(same_day=Choice.SECOND)).new == 1
    assert desk.counting(2, 0) == [10_000, 0]


def test_single_rows_may_be_answered_otherwise_than_all(desk: Desk) -> None:
    desk.take(desk.row(2, 0, "无"), desk.row(3, 0, "无"))
    rows = [desk.row(site, 0, "有", seen_by="李敏", place=("表", site)) for site in (2, 3)]
    answers = Answers(same_day=Choice.SECOND, each={"表!3": Choice.CORRECTION})
    assert shape(desk.weigh(*rows, answers=answers)) == (1, 0, 1, 0, 0, 0)
    desk.take(*rows, answers=answers)
    assert (desk.counting(2, 0), desk.counting(3, 0)) == ([10_000, 0], [10_000, 0])


def test_a_row_without_a_time_meets_the_one_reading_of_its_day_and_person(desk: Desk) -> None:
    desk.take(desk.row(2, 0, "无", at=(9, 30)))
    assert shape(desk.weigh(desk.row(2, 0, "无"))) == (0, 1, 0, 0, 0, 0)
    assert shape(desk.weigh(desk.row(2, 0, "有"))) == (0, 0, 1, 0, 0, 0)
    assert shape(desk.weigh(desk.row(2, 0, "有", seen_by=""))) == (0, 0, 1, 0, 0, 0)


def test_a_row_without_a_time_where_the_day_saw_two_visits_is_asked_about(desk: Desk) -> None:
    desk.take(desk.row(2, 1, "", quantity="9/20", at=(9, 30)), desk.row(2, 0, "无"))
    desk.take(desk.row(2, 1, "合格", at=(15, 0)), answers=Answers(same_day=Choice.SECOND))
    assert shape(desk.weigh(desk.row(2, 1, "合格"))) == (0, 1, 0, 0, 0, 0)
    assert shape(desk.weigh(desk.row(2, 1, "", quantity="3/20"))) == (0, 0, 0, 1, 0, 0)


def test_days_outside_the_round_are_asked_about_taken_or_left(desk: Desk) -> None:
    early, late = desk.row(2, 0, "无", month=8, day=31), desk.row(2, 1, "合格", day=1)
    assert shape(desk.weigh(early, late)) == (1, 0, 0, 1, 0, 0)
    assert desk.take(early, late, answers=Answers(outside=Choice.LEAVE)).left == 1
    assert desk.take(early, answers=Answers(outside=Choice.TAKE)).new == 1
    assert desk.take(early).known == 1


def test_an_answer_to_one_question_does_not_answer_the_other(desk: Desk) -> None:
    desk.take(desk.row(2, 0, "无"))
    rows = [desk.row(2, 0, "有", seen_by="李敏"), desk.row(3, 0, "无", month=8, day=31)]
    assert shape(desk.weigh(*rows, answers=Answers(same_day=Choice.TAKE, outside=Choice.SECOND))) == (0, 0, 0, 2, 0, 0)


def test_what_cannot_be_is_told_row_by_row_and_nothing_is_written(desk: Desk) -> None:
    rows = [
        desk.row(2, 1, "合格", quantity="12/10", place=("表", 2)),
        desk.row(3, 1, "不合格", quantity="20/20", place=("表", 5)),
        desk.row(4, 0, "无", month=10, day=2, place=("表", 7)),
        desk.row(2, 0, "无", place=("表", 9)),
    ]
    with pytest.raises(Rejected) as caught:
        desk.take(*rows)
    assert [(one.file, one.row) for one in caught.value.problems] == [("表", 2), ("表", 5), ("表", 7)]
    assert desk.counting(2, 0) == []


def test_one_table_that_says_two_things_of_one_reading_is_refused_and_the_same_twice_is_harmless(desk: Desk) -> None:
    row = desk.row(2, 0, "无")
    assert shape(desk.weigh(row, row)) == (1, 1, 0, 0, 0, 0)
    (wrong,) = desk.weigh(row, desk.row(2, 0, "有")).wrong
    assert isinstance(wrong.refusal, TwiceInOne)


def test_two_visits_of_one_day_within_one_table_are_asked_about_too(desk: Desk) -> None:
    rows = [desk.row(2, 0, "无", at=(9, 30)), desk.row(2, 0, "有", at=(15, 0))]
    assert shape(desk.weigh(*rows)) == (1, 0, 0, 1, 0, 0)
    assert desk.take(*rows, answers=Answers(same_day=Choice.CORRECTION)).corrected == 1
    assert desk.counting(2, 0) == [0]
    again = desk.take(*rows)
    assert (again.new, again.known) == (0, 2)


def test_a_row_that_says_it_was_superseded_is_known_or_wrong_but_never_written(desk: Desk) -> None:
    desk.take(desk.row(2, 0, "无"))
    desk.take(desk.row(2, 0, "有"))
    assert shape(desk.weigh(desk.row(2, 0, "无", stands=False), desk.row(2, 0, "有"))) == (0, 2, 0, 0, 0, 0)
    (wrong,) = desk.weigh(desk.row(3, 0, "无", stands=False)).wrong
    assert isinstance(wrong.refusal, OldRowUnknown)


def test_what_changed_since_the_look_is_not_written_over(desk: Desk) -> None:
    row = desk.row(2, 0, "有")
    seal = desk.weigh(row).seal
    desk.town.visit(2, {0: "无"}, day=10, time=(12, 0), who="复核甲")
    with pytest.raises(PlanChanged):
        desk.take(row, answers=Answers(seal=seal))
    assert desk.counting(2, 0) == [10_000]
    assert desk.take(row, answers=Answers(seal=desk.weigh(row).seal)).corrected == 1


def test_a_row_may_name_the_reading_it_rechecks_by_its_mark(desk: Desk) -> None:
    first = desk.row(2, 0, "有", mark="a")
    again = desk.row(2, 0, "无", day=17, mark="a|2", recheck_of="a")
    desk.take(first, again)
    assert desk.counting(2, 0) == [10_000]
    assert desk.take(first, again).known == 2
    (wrong,) = desk.weigh(desk.row(2, 0, "无", mark="a")).wrong
    assert isinstance(wrong.refusal, MarkTaken)


def test_a_table_is_taken_only_by_who_may_record_at_every_unit_in_it(desk: Desk) -> None:
    rows = [desk.row(0, 0, "无"), desk.row(2, 0, "无")]
    with pytest.raises(OutOfReach):
        desk.take(*rows, by=desk.town.cast.actor("liufang"))
    with pytest.raises(NotAllowed):
        desk.take(*rows, by=desk.town.cast.actor("zhouzheng"))
    assert desk.counting(0, 0) == [10_000]
    assert desk.take(*rows, by=desk.town.cast.actor("limin")).new == 2


def test_a_closed_round_takes_no_table(desk: Desk) -> None:
    Round.objects.filter(pk=desk.town.round.pk).update(closed_at=AT, closed_by="李敏", frozen={}, digest="x")
    with pytest.raises(RoundClosed):
        desk.take(desk.row(2, 0, "无"))


def test_the_sums_after_a_table_are_those_of_the_rows(desk: Desk) -> None:
    desk.take(desk.row(2, 0, "无"), desk.row(3, 1, "", quantity="9/20"), desk.row(4, 0, "不适用"))
    desk.take(desk.row(2, 0, "有"), desk.row(3, 1, "合格"))
    kept = dict(SiteState.objects.values_list("site", "packed"))
    repack(desk.town.round, [site.pk for site in desk.town.sites])
    assert dict(SiteState.objects.values_list("site", "packed")) == kept


def test_a_long_table_is_weighed_in_as_many_queries_as_a_short_one(desk: Desk) -> None:
    rows = [desk.row(site, check, "合格", day=day) for site in range(5) for check in (0, 1) for day in range(3, 29)]
    fresh = [replace(one, item=replace(one.item, result="不合格")) for one in rows]

    def queries(some: list[Found]) -> int:
        with CaptureQueriesContext(connection) as seen:
            desk.weigh(*some)
        return len(seen)

    desk.take(*rows)
    queries(fresh[:1])
    assert queries(fresh) == queries(fresh[:2])
    assert shape(desk.weigh(*fresh)) == (0, 0, len(rows), 0, 0, 0)
