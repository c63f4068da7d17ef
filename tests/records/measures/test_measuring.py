"""A round is opened, filled with answers, figures and events, and locked: who may, what fits, and what the ledger keeps."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from tests.people import hold
from tests.town import AT, MeasuredTown, small_pack

from chuangwen.kernel.judging import FULL
from chuangwen.kit.refusals import NotAllowed, OutOfReach
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.actions import NewRound, open_round, set_figure, tally
from chuangwen.records.measures.event_actions import NewEvent, record_event
from chuangwen.records.measures.grading_actions import lock_material
from chuangwen.records.measures.models import Event, FigureValue, Observation, Round, RoundKind, Tally
from chuangwen.records.measures.packing import Sum, add_up, pack, unpack
from chuangwen.records.measures.policy import CountsDoNotFit, MaterialLocked, NotOfThisRound, RoundClosed
from chuangwen.records.measures.queries import (
    checks_for,
    figure_values_of,
    grade_scale,
    observations_visible_to,
    requirements_of,
    rounds,
)
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.models import Figure, Question


def question(town: MeasuredTown) -> Question:
    return Question.objects.get(edition=town.edition)


def figure(town: MeasuredTown) -> Figure:
    return Figure.objects.get(edition=town.edition)


def close(town: MeasuredTown) -> None:
    Round.objects.filter(pk=town.round.pk).update(closed_at=AT, closed_by="李敏", frozen={}, digest="x")


# --- rounds


def test_li_min_opens_a_round_and_liu_fang_does_not(town: MeasuredTown) -> None:
    new = NewRound("2022", "2022 年自查", RoundKind.SELF, 2022, date(2022, 1, 1), date(2022, 6, 30))
    with pytest.raises(NotAllowed):
        open_round(new, town.edition, by=town.cast.actor("liufang"), at=AT)
    made = open_round(new, town.edition, by=town.cast.actor("limin"), at=AT)
    note = Note.objects.order_by("-number")[0]
    assert (note.kind, note.key, note.name) == ("round", "2022", "李敏")
    assert [one.pk for one in rounds()] == [made.pk, town.round.pk]


def test_a_round_does_not_end_before_it_begins(town: MeasuredTown) -> None:
    new = NewRound("x", "倒着的一轮", RoundKind.SELF, 2022, date(2022, 6, 30), date(2022, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        open_round(new, town.edition, by=MACHINE, at=AT)


def test_material_is_locked_once_by_who_runs_rounds(town: MeasuredTown) -> None:
    with pytest.raises(NotAllowed):
        lock_material(town.round, by=town.cast.actor("chenjing"), at=AT)
    lock_material(town.round, by=town.cast.actor("limin"), at=AT)
    with pytest.raises(MaterialLocked, match="2021-09-01"):
        lock_material(town.round, by=town.cast.actor("limin"), at=AT)


def test_a_closed_round_is_not_locked_any_more(town: MeasuredTown) -> None:
    close(town)
    with pytest.raises(RoundClosed):
        lock_material(town.round, by=MACHINE, at=AT)


# --- answers of a survey


@pytest.mark.parametrize("counts", [(0, 0), (3, 0), (26, 25), (-1, 25), (-2, -1)])
def test_a_tally_whose_counts_cannot_be_is_refused(town: MeasuredTown, counts: tuple[int, int]) -> None:
    with pytest.raises(CountsDoNotFit, match="分母须大于 0"):
        tally(town.round, question(town), counts, village=town.cast.units["V1"], by=MACHINE, at=AT)
    kept = Tally.objects.get(question=question(town))
    assert (kept.positive, kept.valid) == (18, 25)


def test_a_later_tally_takes_the_place_of_the_first_and_the_ledger_keeps_both(town: MeasuredTown) -> None:
    tally(town.round, question(town), (25, 25), village=town.cast.units["V1"], by=MACHINE, at=AT)
    note = Note.objects.order_by("-number")[0]
    assert Tally.objects.count() == 1
    assert (note.before, note.after) == ({"positive": 18, "valid": 25}, {"positive": 25, "valid": 25})


def test_answers_are_written_down_by_who_holds_the_right_there(town: MeasuredTown) -> None:
    with pytest.raises(NotAllowed):
        tally(town.round, question(town), (1, 2), village=town.cast.units["V1"], by=town.cast.actor("liufang"), at=AT)
    tally(town.round, question(town), (1, 2), village=town.cast.units["V2"], by=town.cast.actor("limin"), at=AT)
    assert Tally.objects.get(organisation=town.cast.units["V2"]).recorded_by == "李敏"


def test_a_closed_round_takes_no_answers_or_figures(town: MeasuredTown) -> None:
    close(town)
    with pytest.raises(RoundClosed):
        tally(town.round, question(town), (1, 2), village=None, by=MACHINE, at=AT)
    with pytest.raises(RoundClosed):
        set_figure(town.round, figure(town), (Decimal(1), Decimal(2)), source="年报", by=MACHINE, at=AT)


# --- figures


@pytest.mark.parametrize("counts", [("1", "0"), ("0", "0"), ("-1", "10"), ("1", "-10")])
def test_a_figure_without_a_denominator_or_below_nothing_is_refused(
    town: MeasuredTown, counts: tuple[str, str]
) -> None:
    part, whole = (Decimal(one) for one in counts)
    with pytest.raises(CountsDoNotFit):
        set_figure(town.round, figure(town), (part, whole), source="年报", by=MACHINE, at=AT)
    kept = FigureValue.objects.get()
    assert (kept.numerator, kept.denominator) == (9, 10)


def test_the_database_too_refuses_a_denominator_of_nothing(town: MeasuredTown) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FigureValue.objects.update(denominator=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tally.objects.update(positive=99)
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.update(passed=12, total=10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.update(value=FULL + 1)


def test_a_figure_keeps_both_its_counts_and_where_they_come_from(town: MeasuredTown) -> None:
    with pytest.raises(NotAllowed):
        set_figure(town.round, figure(town), (Decimal(1), Decimal(2)), source="", by=town.cast.actor("chenjing"), at=AT)
    set_figure(
        town.round,
        figure(town),
        (Decimal("19.5"), Decimal(20)),
        source="派出所",
        by=town.cast.actor("wangjianguo"),
        at=AT,
    )
    note = Note.objects.order_by("-number")[0]
    assert note.before == {"numerator": "9.0000", "denominator": "10.0000", "source": "年报"}
    assert note.after == {"numerator": "19.5", "denominator": "20", "source": "派出所"}
    assert figure_values_of(town.round)[figure(town).pk].numerator == Decimal("19.5")


# --- the negative list


def test_an_event_is_one_of_the_editions_list(town: MeasuredTown) -> None:
    with pytest.raises(NotOfThisRound):
        record_event(town.edition, NewEvent("G99", "没有这一条", date(2021, 8, 25)), by=MACHINE, at=AT)
    made = record_event(town.edition, NewEvent("G01", "数据造假", date(2021, 8, 25)), by=MACHINE, at=AT)
    note = Note.objects.order_by("-number")[0]
    assert (note.kind, note.title, note.after["on"]) == ("event", "弄虚作假", "2021-08-25")
    assert Event.objects.get().pk == made.pk


def test_an_event_is_written_down_by_the_discipline_inspector_within_reach(town: MeasuredTown) -> None:
    new = NewEvent("G01", "数据造假", date(2021, 8, 25), town.cast.units["V2"])
    with pytest.raises(NotAllowed):
        record_event(town.edition, new, by=town.cast.actor("liufang"), at=AT)
    hold(town.cast.people["liufang"], town.cast.roles["discipline"], scope="own")
    with pytest.raises(OutOfReach):
        record_event(town.edition, new, by=town.cast.actor("liufang"), at=AT)
    assert record_event(town.edition, new, by=town.cast.actor("zhouzheng"), at=AT).organisation == town.cast.units["V2"]


# --- reading


def test_each_sees_the_observations_within_reach_and_an_inspector_the_own(town: MeasuredTown) -> None:
    def seen(username: str) -> list[str]:
        rows = observations_visible_to(town.cast.actor(username)).order_by("pk")
        return [f"{row.site.code} {row.check_item.code}" for row in rows]

    town.visit(2, {0: "无"}, by=town.cast.actor("zhangqiang"))
    assert seen("limin") == ["S0 C000", "S0 C001", "S1 C000", "S3 C000", "S2 C000"]
    assert seen("liufang") == ["S0 C000", "S0 C001", "S1 C000"]
    assert seen("zhangqiang") == ["S2 C000"]
    assert seen("sunyue") == []


def test_checks_requirements_and_grades_come_from_the_rounds_editions_alone(town: MeasuredTown) -> None:
    other = install_edition(small_pack(id="minors"), by=MACHINE, at=AT).edition
    assert {one.edition_id for one in checks_for(town.round, town.sites[0])} == {town.edition.pk}
    assert {one.edition_id for one in requirements_of(town.round)} == {town.edition.pk}
    Round.objects.filter(pk=town.round.pk).update(companion=other)
    both = Round.objects.get(pk=town.round.pk)
    assert {one.edition_id for one in checks_for(both, town.sites[0])} == {town.edition.pk, other.pk}
    assert {one.edition_id for one in requirements_of(both)} == {town.edition.pk, other.pk}
    assert grade_scale(both) == ["A", "B", "D"]


def test_packed_sums_keep_what_was_seen_what_it_adds_up_to_and_what_did_not_apply() -> None:
    sums = add_up([(1, 0, FULL), (1, 0, 0), (1, 7, None), (2, 3, 5_000)])
    assert sums == {1: {0: Sum(2, FULL, 0), 7: Sum(0, 0, 1)}, 2: {3: Sum(1, 5_000, 0)}}
    assert unpack(pack(sums[1])) == sums[1]
    back = sums[1][0].moved(-1, FULL).moved(-1, 0)
    assert unpack(pack({0: back, 7: sums[1][7]})) == {7: Sum(0, 0, 1)}


def test_an_observation_shows_its_result_with_the_counts_that_add_something(town: MeasuredTown) -> None:
    visit = town.visit(2, {0: ("有", "3处"), 1: ("不合格", "9/20")})
    assert [one.in_words() for one in visit.observations] == ["有 3处", "不合格 9/20"]
    again = town.visit(4, {0: "0", 1: ("", "9/20")}, day=3)
    assert [one.in_words() for one in again.observations] == ["无", "9/20"]
    old = Observation(
        check_item=town.check(1), result="合格", passed=18, total=20, seen_at=datetime(2021, 9, 2, tzinfo=UTC)
    )
    assert (old.counted, old.in_words()) == ("18/20", "合格 18/20")
