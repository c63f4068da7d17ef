"""What the ledger says of a grade and of the lock, and by which scale a companion's material is graded."""

from types import SimpleNamespace
from typing import Any

import pytest
from tests.people import AT
from tests.town import MeasuredTown, prove, small_pack

from chuangwen.kit.refusals import NotAllowed
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.actions import set_figure
from chuangwen.records.measures.grading_actions import (
    Given,
    NothingToGrade,
    UnknownGrade,
    grade,
    grade_many,
    lock_material,
)
from chuangwen.records.measures.material_queries import Standing, material_counts, stamp_of, standing_of
from chuangwen.records.measures.models import Grade, Round
from chuangwen.records.measures.policy import NotOfThisRound
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.models import Figure, Requirement


def required(town: MeasuredTown, code: str) -> Requirement:
    return Requirement.objects.select_related("node").get(edition=town.edition, code=code)


def last_note() -> Note:
    return Note.objects.order_by("-number")[0]


def test_a_grade_is_given_back_and_the_ledger_says_what_it_was_and_what_it_is(town: MeasuredTown) -> None:
    made = grade(town.round, required(town, "I-1-1-M1"), "A", by=town.cast.actor("chenjing"), at=AT, remark="齐全")
    assert (made.grade, made.note, made.graded_by, made.graded_at) == ("A", "齐全", "陈静", AT)
    assert made == Grade.objects.get(requirement__code="I-1-1-M1")
    note = last_note()
    assert (note.kind, note.key, note.title, note.name) == ("grade", "2021/I-1-1-M1", "管理情况说明", "陈静")
    assert note.before == {"grade": "B", "note": ""}
    assert note.after == {"grade": "A", "note": "齐全"}


def test_many_grades_are_given_back_in_the_order_they_were_said(town: MeasuredTown) -> None:
    last = required(town, "I-1-5-M1")
    prove(last)
    said = [Given(last, "A"), Given(required(town, "I-1-1-M1"), "D")]
    made = grade_many(town.round, said, by=MACHINE, at=AT)
    assert [(one.requirement.code, one.grade) for one in made] == [("I-1-5-M1", "A"), ("I-1-1-M1", "D")]
    assert grade_many(town.round, [], by=MACHINE, at=AT) == []


def test_the_lock_says_how_the_materials_stood(town: MeasuredTown) -> None:
    lock_material(town.round, by=town.cast.actor("limin"), at=AT)
    note = last_note()
    assert (note.kind, note.key, note.title) == ("round", "2021", "2021 年测评")
    assert (note.after["required"], note.after["counted"], note.after["missing"]) == (2, 1, 1)
    kept = Round.objects.get()
    assert kept.material_locked_at == AT
    found = material_counts(kept)
    assert (found.required, found.served, found.exempt, found.graded) == (2, 0, 1, 1)


def test_a_companions_material_is_graded_by_its_own_scale_and_a_strangers_not_at_all(town: MeasuredTown) -> None:
    other = install_edition(small_pack(id="minors"), by=MACHINE, at=AT).edition
    theirs = Requirement.objects.select_related("node").get(edition=other, code="I-1-1-M1")
    with pytest.raises(NotOfThisRound, match="管理情况说明"):
        grade(town.round, theirs, "A", by=MACHINE, at=AT)
    Round.objects.filter(pk=town.round.pk).update(companion=other)
    both = Round.objects.get()
    assert grade(both, theirs, "A", by=MACHINE, at=AT).requirement == theirs
    assert Grade.objects.count() == 2


@pytest.mark.parametrize("word", ["C", "a", "", "甲"])
def test_a_grade_off_the_scale_is_answered_with_the_scale(town: MeasuredTown, word: str) -> None:
    with pytest.raises(UnknownGrade, match="可用的档：A、B、D"):
        grade(town.round, required(town, "I-1-1-M1"), word, by=MACHINE, at=AT)
    assert Grade.objects.get().grade == "B"


def test_of_many_materials_without_a_document_five_are_named_and_the_rest_counted(town: MeasuredTown) -> None:
    last = required(town, "I-1-5-M1")
    with pytest.raises(NothingToGrade) as told:
        grade(town.round, last, "A", by=MACHINE, at=AT)
    assert str(told.value).startswith("“I-1-5-M1 管理情况说明”没有可评的资料")
    assert "…" not in str(told.value)


def test_a_right_to_grade_and_a_right_to_lock_are_two(town: MeasuredTown) -> None:
    with pytest.raises(NotAllowed):
        grade(town.round, required(town, "I-1-1-M1"), "A", by=town.cast.actor("wangjianguo"), at=AT)
    with pytest.raises(NotAllowed):
        lock_material(town.round, by=town.cast.actor("chenjing"), at=AT)
    kept = Round.objects.get()
    assert kept.material_locked_at is None


def test_a_round_closed_meanwhile_takes_no_figure(town: MeasuredTown) -> None:
    """The action itself looks, not only the one that puts many in."""
    Round.objects.filter(pk=town.round.pk).update(closed_at=AT, closed_by="李敏", frozen={}, digest="x")
    figure: Any = Figure.objects.get(edition=town.edition)
    with pytest.raises(Exception, match="已经封存"):
        set_figure(town.round, figure, (1, 2), source="年报", by=town.cast.actor("limin"), at=AT)


# --- whether a grade counts


def serving(document: int, stamp: str) -> Any:
    return SimpleNamespace(document=document, stamp=stamp)


@pytest.mark.parametrize(
    ("proof", "now", "standing"),
    [
        ({}, [], Standing.BARE),
        ({}, [(1, "a")], Standing.BARE),
        ({"1": "a"}, [(1, "a")], Standing.COUNTED),
        ({"1": "a"}, [(1, "a"), (2, "b")], Standing.COUNTED),
        ({"1": "a"}, [(1, "b")], Standing.REPLACED),
        ({"1": "a"}, [], Standing.GONE),
        ({"1": "a", "2": "b"}, [(1, "a")], Standing.GONE),
        ({"1": "a", "2": "b"}, [(1, "a"), (2, "c")], Standing.REPLACED),
        ({"1": "a", "2": "b"}, [(1, "c"), (3, "b")], Standing.GONE),
    ],
)
def test_a_grade_counts_while_every_document_it_graded_stands_as_it_was(
    proof: dict[str, str], now: list[tuple[int, str]], standing: Standing
) -> None:
    documents = [serving(*one) for one in now]
    assert standing_of(proof, documents) is standing
    assert standing_of(proof, documents, needs_document=False) is Standing.COUNTED


def test_the_stamp_of_what_was_looked_at_names_each_document_in_its_version() -> None:
    assert stamp_of([]) == ""
    assert stamp_of([serving(7, "0123456789abcdef"), serving(9, "ff")]) == "7.0123456789ab-9.ff"


def test_every_standing_has_its_word_and_the_colour_of_what_it_means() -> None:
    assert len({one.label for one in Standing}) == len(Standing)
    assert {one.value: one.tone for one in Standing} == {
        "counted": "good",
        "ungraded": "open",
        "missing": "bad",
        "bare": "warn",
        "gone": "warn",
        "replaced": "warn",
    }
