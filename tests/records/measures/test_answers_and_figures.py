"""Answers and figures as a clerk puts them in: many at a time, all or none, put right, and taken out again."""

from decimal import Decimal
from typing import Any

import pytest
from tests.people import AT, hold
from tests.town import MeasuredTown, small_pack

from chuangwen.kit.refusals import NotAllowed, OutOfReach
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.actions import set_figure, tally
from chuangwen.records.measures.answer_actions import (
    Answers,
    Counted,
    Written,
    remove_figure,
    remove_tally,
    set_figures,
    tally_many,
)
from chuangwen.records.measures.models import FigureValue, Round, Tally
from chuangwen.records.measures.policy import (
    CountOutOfSize,
    CountsDoNotFit,
    NoSource,
    NotOfThisRound,
    RoundClosed,
    TooManyAnswers,
    TownAndVillages,
)
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.models import Figure, Question
from chuangwen.records.township.permissions import Scope


@pytest.fixture
def asked(town: MeasuredTown) -> Question:
    return Question.objects.get(edition=town.edition)


@pytest.fixture
def figure(town: MeasuredTown) -> Figure:
    return Figure.objects.get(edition=town.edition)


def put(town: MeasuredTown, *said: Answers, by: Any = MACHINE) -> Written:
    return tally_many(town.round, said, by=by, at=AT)


def stands(town: MeasuredTown) -> dict[str, tuple[int, int]]:
    """The answers of the round by the code of the village."""
    rows = Tally.objects.filter(round=town.round).select_related("organisation")
    return {one.organisation.code if one.organisation else "": (one.positive, one.valid) for one in rows}


def close(town: MeasuredTown) -> None:
    Round.objects.filter(pk=town.round.pk).update(closed_at=AT, closed_by="李敏", frozen={}, digest="x")


# --- answers, many at a time


def test_new_corrected_same_and_taken_out_are_counted_apart(town: MeasuredTown, asked: Question) -> None:
    units = town.cast.units
    tally(town.round, asked, (5, 10), village=units["V2"], by=MACHINE, at=AT)
    tally(town.round, asked, (6, 10), village=units["V10"], by=MACHINE, at=AT)
    done = put(
        town,
        Answers(asked, units["V1"], (18, 25)),
        Answers(asked, units["V2"], (9, 10)),
        Answers(asked, units["V10"], None),
        Answers(asked, units["market"], (1, 2)),
        Answers(asked, units["office"], None),
    )
    assert done == Written(new=1, corrected=1, removed=1, same=2)
    assert stands(town) == {"V1": (18, 25), "V2": (9, 10), "market": (1, 2)}


def test_the_villages_may_follow_the_town_in_one_go(town: MeasuredTown, asked: Question) -> None:
    Tally.objects.all().delete()
    tally(town.round, asked, (40, 50), village=None, by=MACHINE, at=AT)
    done = put(town, Answers(asked, town.cast.units["V1"], (18, 25)), Answers(asked, None, None))
    assert done == Written(new=1, removed=1)
    assert stands(town) == {"V1": (18, 25)}


@pytest.mark.parametrize("first", ["town", "village"])
def test_one_question_stands_by_village_or_for_the_whole_town_never_both(
    town: MeasuredTown, asked: Question, first: str
) -> None:
    Tally.objects.all().delete()
    village = town.cast.units["V1"]
    ways = {"town": None, "village": village}
    tally(town.round, asked, (18, 25), village=ways.pop(first), by=MACHINE, at=AT)
    (other,) = ways.values()
    told = "已经按全镇合计录过，再按村录" if first == "town" else "已经按村录过，再按全镇合计录"
    with pytest.raises(TownAndVillages, match=told):
        tally(town.round, asked, (1, 2), village=other, by=MACHINE, at=AT)
    assert len(stands(town)) == 1


def test_one_row_that_cannot_be_keeps_all_out(town: MeasuredTown, asked: Question) -> None:
    units = town.cast.units
    with pytest.raises(CountsDoNotFit):
        put(town, Answers(asked, units["V2"], (9, 10)), Answers(asked, units["V10"], (11, 10)))
    assert stands(town) == {"V1": (18, 25)}


def test_answers_that_stand_already_write_no_note(town: MeasuredTown, asked: Question) -> None:
    notes = Note.objects.count()
    again = tally(town.round, asked, (18, 25), village=town.cast.units["V1"], by=MACHINE, at=AT)
    assert again == Tally.objects.get()
    put(town, Answers(asked, town.cast.units["V1"], (18, 25)))
    assert Note.objects.count() == notes


def test_answers_taken_out_stay_in_the_ledger(town: MeasuredTown, asked: Question) -> None:
    remove_tally(Tally.objects.get(), by=town.cast.actor("limin"), at=AT)
    assert stands(town) == {}
    note = Note.objects.order_by("-number")[0]
    assert (note.kind, note.key, note.name) == ("tally", f"2021/{asked.code}/V1", "李敏")
    assert (note.before, note.after) == ({"positive": 18, "valid": 25}, {})


def test_the_towns_answers_are_named_in_the_ledger_without_a_village(town: MeasuredTown, asked: Question) -> None:
    Tally.objects.all().delete()
    tally(town.round, asked, (1, 2), village=None, by=MACHINE, at=AT)
    assert Note.objects.order_by("-number")[0].key == f"2021/{asked.code}/"
    remove_tally(Tally.objects.get(), by=MACHINE, at=AT)
    assert Note.objects.order_by("-number")[0].key == f"2021/{asked.code}/"


@pytest.mark.parametrize(("valid", "fits"), [(1_000_000, True), (1_000_001, False)])
def test_a_million_answers_is_the_most_a_town_can_have(
    town: MeasuredTown, asked: Question, valid: int, *, fits: bool
) -> None:
    village = town.cast.units["V1"]
    if fits:
        assert tally(town.round, asked, (valid, valid), village=village, by=MACHINE, at=AT).valid == valid
    else:
        with pytest.raises(TooManyAnswers, match="1000001"):
            tally(town.round, asked, (1, valid), village=village, by=MACHINE, at=AT)


def test_a_question_of_another_edition_is_not_of_this_round(town: MeasuredTown) -> None:
    other = install_edition(small_pack(id="minors"), by=MACHINE, at=AT).edition
    theirs = Question.objects.get(edition=other)
    with pytest.raises(NotOfThisRound, match="2021 年测评"):
        tally(town.round, theirs, (1, 2), village=None, by=MACHINE, at=AT)
    Round.objects.filter(pk=town.round.pk).update(companion=other)
    both = Round.objects.get(pk=town.round.pk)
    assert tally(both, theirs, (1, 2), village=None, by=MACHINE, at=AT).question == theirs


# --- who may


@pytest.mark.parametrize("username", ["wangjianguo", "liufang", "zhangqiang", "zhouzheng", "chenjing", "sunyue"])
def test_whoever_records_no_survey_puts_in_and_takes_out_nothing(
    town: MeasuredTown, asked: Question, username: str
) -> None:
    actor = town.cast.actor(username)
    with pytest.raises(NotAllowed):
        put(town, Answers(asked, town.cast.units["V2"], (1, 2)), by=actor)
    with pytest.raises(NotAllowed):
        remove_tally(Tally.objects.get(), by=actor, at=AT)
    assert stands(town) == {"V1": (18, 25)}


def test_who_records_for_the_own_village_records_for_no_other_and_not_for_the_town(
    town: MeasuredTown, asked: Question
) -> None:
    hold(town.cast.people["liufang"], town.cast.roles["office"], scope=Scope.BELOW)
    liufang, units = town.cast.actor("liufang"), town.cast.units
    assert put(town, Answers(asked, units["V1"], (20, 25)), by=liufang).corrected == 1
    with pytest.raises(OutOfReach):
        put(town, Answers(asked, units["V2"], (1, 2)), by=liufang)
    Tally.objects.all().delete()
    with pytest.raises(OutOfReach):
        put(town, Answers(asked, None, (1, 2)), by=liufang)
    tally(town.round, asked, (1, 2), village=None, by=MACHINE, at=AT)
    with pytest.raises(OutOfReach):
        remove_tally(Tally.objects.get(), by=liufang, at=AT)
    assert stands(town) == {"": (1, 2)}


def test_in_a_closed_round_nothing_is_put_in_or_taken_out(town: MeasuredTown, asked: Question, figure: Figure) -> None:
    there, value = Tally.objects.select_related("round").get(), FigureValue.objects.select_related("round").get()
    close(town)
    for change in (
        lambda: put(town, Answers(asked, town.cast.units["V1"], (18, 25))),
        lambda: set_figures(town.round, [Counted(figure, (Decimal(9), Decimal(10)), "年报")], by=MACHINE, at=AT),
        lambda: remove_tally(there, by=MACHINE, at=AT),
        lambda: remove_figure(value, by=MACHINE, at=AT),
    ):
        with pytest.raises(RoundClosed):
            change()
    assert (Tally.objects.count(), FigureValue.objects.count()) == (1, 1)


def test_a_round_that_says_of_itself_that_it_is_closed_takes_nothing_either(
    town: MeasuredTown, asked: Question
) -> None:
    town.round.closed_at = AT
    with pytest.raises(RoundClosed):
        tally(town.round, asked, (1, 2), village=town.cast.units["V1"], by=MACHINE, at=AT)


# --- figures


def counted(figure: Figure, part: str, whole: str, source: str = "年报") -> Counted:
    return Counted(figure, (Decimal(part), Decimal(whole)), source)


def test_figures_are_new_corrected_the_same_or_taken_out(town: MeasuredTown, figure: Figure) -> None:
    def put_in(*said: Counted) -> Written:
        return set_figures(town.round, said, by=MACHINE, at=AT)

    assert put_in(counted(figure, "9", "10")) == Written(same=1)
    assert put_in(counted(figure, "9.0000", "10.00")) == Written(same=1)
    assert put_in(counted(figure, "9", "10", "月报")) == Written(corrected=1)
    assert put_in(counted(figure, "8", "10", "月报")) == Written(corrected=1)
    assert put_in(Counted(figure, None)) == Written(removed=1)
    assert put_in(Counted(figure, None)) == Written(same=1)
    assert put_in(counted(figure, "1", "3")) == Written(new=1)
    kept = FigureValue.objects.get()
    assert (kept.numerator, kept.denominator, kept.source) == (1, 3, "年报")


def test_a_figure_that_stands_already_writes_no_note_and_keeps_who_wrote_it(town: MeasuredTown, figure: Figure) -> None:
    notes, before = Note.objects.count(), FigureValue.objects.get()
    again = set_figure(town.round, figure, (Decimal(9), Decimal(10)), source="年报", by=town.cast.actor("limin"), at=AT)
    assert (again.recorded_by, again.recorded_at) == (before.recorded_by, before.recorded_at)
    assert Note.objects.count() == notes


def test_another_source_alone_is_a_correction(town: MeasuredTown, figure: Figure) -> None:
    set_figure(town.round, figure, (Decimal(9), Decimal(10)), source="派出所", by=town.cast.actor("limin"), at=AT)
    kept = FigureValue.objects.get()
    assert (kept.source, kept.recorded_by) == ("派出所", "李敏")
    assert Note.objects.order_by("-number")[0].before["source"] == "年报"


def test_a_figure_taken_out_stays_in_the_ledger_with_where_it_came_from(town: MeasuredTown, figure: Figure) -> None:
    remove_figure(FigureValue.objects.get(), by=town.cast.actor("wangjianguo"), at=AT)
    assert not FigureValue.objects.exists()
    note = Note.objects.order_by("-number")[0]
    assert (note.kind, note.key, note.name) == ("figure", f"2021/{figure.code}", "王建国")
    assert note.before == {"numerator": "9.0000", "denominator": "10.0000", "source": "年报"}


@pytest.mark.parametrize("username", ["zhangqiang", "chenjing", "zhouzheng", "sunyue"])
def test_whoever_records_no_figures_neither_sets_nor_removes_one(
    town: MeasuredTown, figure: Figure, username: str
) -> None:
    actor = town.cast.actor(username)
    with pytest.raises(NotAllowed):
        set_figures(town.round, [counted(figure, "1", "2")], by=actor, at=AT)
    with pytest.raises(NotAllowed):
        remove_figure(FigureValue.objects.get(), by=actor, at=AT)
    assert FigureValue.objects.get().numerator == 9


@pytest.mark.parametrize("source", ["", "   ", "表" * 201])
def test_a_figure_without_its_source_is_refused(town: MeasuredTown, figure: Figure, source: str) -> None:
    with pytest.raises(NoSource, match="200 字以内"):
        set_figure(town.round, figure, (Decimal(1), Decimal(2)), source=source, by=MACHINE, at=AT)


def test_a_source_may_have_two_hundred_characters(town: MeasuredTown, figure: Figure) -> None:
    made = set_figure(town.round, figure, (Decimal(1), Decimal(2)), source="表" * 200, by=MACHINE, at=AT)
    assert len(made.source) == 200


@pytest.mark.parametrize("counts", [("1", "100000000000"), ("100000000000", "1"), ("0.00001", "1"), ("1", "1.00001")])
def test_counts_that_cannot_be_kept_whole_are_refused_not_rounded(
    town: MeasuredTown, figure: Figure, counts: tuple[str, str]
) -> None:
    Figure.objects.filter(pk=figure.pk).update(unit="件")
    figure.refresh_from_db()
    pair = (Decimal(counts[0]), Decimal(counts[1]))
    with pytest.raises(CountOutOfSize, match="4 位小数"):
        set_figure(town.round, figure, pair, source="年报", by=MACHINE, at=AT)


def test_the_largest_counts_and_the_smallest_place_are_kept_whole(town: MeasuredTown, figure: Figure) -> None:
    pair = (Decimal("0.0001"), Decimal("99999999999.9999"))
    made = set_figure(town.round, figure, pair, source="年报", by=MACHINE, at=AT)
    made.refresh_from_db()
    assert (made.numerator, made.denominator) == pair


@pytest.mark.parametrize(("unit", "fits"), [("%", False), ("平方米/人", True)])
def test_only_a_share_of_one_whole_cannot_exceed_it(
    town: MeasuredTown, figure: Figure, unit: str, *, fits: bool
) -> None:
    Figure.objects.filter(pk=figure.pk).update(unit=unit)
    figure.refresh_from_db()
    if fits:
        assert (
            set_figure(town.round, figure, (Decimal(12), Decimal(10)), source="年报", by=MACHINE, at=AT).numerator == 12
        )
    else:
        with pytest.raises(CountsDoNotFit, match="12/10"):
            set_figure(town.round, figure, (Decimal(12), Decimal(10)), source="年报", by=MACHINE, at=AT)
    whole = set_figure(town.round, figure, (Decimal(10), Decimal(10)), source="年报", by=MACHINE, at=AT)
    assert whole.numerator == whole.denominator


def test_a_figure_of_another_edition_is_not_of_this_round(town: MeasuredTown) -> None:
    other = install_edition(small_pack(id="minors"), by=MACHINE, at=AT).edition
    theirs = Figure.objects.get(edition=other)
    with pytest.raises(NotOfThisRound):
        set_figure(town.round, theirs, (Decimal(1), Decimal(2)), source="年报", by=MACHINE, at=AT)
