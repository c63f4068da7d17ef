"""A grade says something of a document: without one it is not given, and when the document goes it no longer counts."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from tests.town import AT, MeasuredTown, measure, pack_data, prove, strict

from chuangwen.kit.refusals import NotAllowed
from chuangwen.records.archive.models import Document, DocumentFile, Proposal, StoredFile, Use
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.actions import NewRound, open_round
from chuangwen.records.measures.grading_actions import (
    DocumentsChanged,
    Given,
    NothingToGrade,
    UnknownGrade,
    grade,
    grade_many,
    lock_material,
)
from chuangwen.records.measures.material_queries import (
    MaterialCounts,
    Standing,
    material_counts,
    materials_of,
    proven_grades,
    unproven,
)
from chuangwen.records.measures.models import Grade, Round, RoundKind
from chuangwen.records.measures.policy import MaterialLocked
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.checking import draft_of, finished
from chuangwen.records.standards.models import Edition, Requirement
from chuangwen.records.township.actors import actor_for
from chuangwen.results.scoring.actions import close_round
from chuangwen.results.scoring.doctor import examine
from chuangwen.results.scoring.queries import recompute, score_round

FIRST, LAST = "I-1-1-M1", "I-1-5-M1"


@pytest.fixture
def town(cast) -> MeasuredTown:
    return measure(cast, proven=True)


def required(town: MeasuredTown, code: str) -> Requirement:
    return Requirement.objects.select_related("node", "edition").get(edition=town.edition, code=code)


def standings(town: MeasuredTown) -> list[Standing]:
    return [one.standing for one in materials_of(town.round)]


def new_version(document: Document) -> None:
    document.files.update(superseded_at=AT)
    file = StoredFile.objects.create(sha256="f" * 64, size=1, media_type="text/plain", name="新.txt", kept_at=AT)
    DocumentFile.objects.create(document=document, file=file, edition=2, name=file.name, at=AT, by="系统")


def test_a_page_opened_before_the_lock_does_not_grade_after_it(town) -> None:
    opened = Round.objects.get(pk=town.round.pk)
    lock_material(town.round, by=MACHINE, at=AT)
    with pytest.raises(MaterialLocked):
        grade(opened, required(town, FIRST), "A", by=MACHINE, at=AT)
    with pytest.raises(MaterialLocked):
        lock_material(opened, by=MACHINE, at=AT)


def test_what_nobody_handed_in_is_not_graded_and_limin_is_told_what_to_do(town) -> None:
    limin = town.cast.actor("limin")
    with pytest.raises(NothingToGrade, match=r"I-1-5-M1.*要材料.*锁定后按 0 分计"):
        grade(town.round, required(town, LAST), "A", by=limin, at=AT)
    with pytest.raises(NothingToGrade):  # nor D, which would be a grade of nothing
        grade(town.round, required(town, LAST), "D", by=limin, at=AT)
    prove(required(town, LAST), year=2019)  # a paper of another year proves nothing for this one
    with pytest.raises(NothingToGrade):
        grade(town.round, required(town, LAST), "A", by=limin, at=AT)
    made = prove(required(town, LAST))
    given = grade(town.round, required(town, LAST), "A", by=limin, at=AT)
    assert list(given.proof) == [str(made.pk)]
    assert Note.objects.order_by("-number")[0].after["proof"] == given.proof


def test_several_are_graded_or_none(town) -> None:
    limin = town.cast.actor("limin")
    notes = Note.objects.count()
    with pytest.raises(NothingToGrade):
        grade_many(town.round, [Given(required(town, FIRST), "A"), Given(required(town, LAST), "A")], by=limin, at=AT)
    with pytest.raises(UnknownGrade):
        grade_many(town.round, [Given(required(town, FIRST), "Z")], by=limin, at=AT)
    with pytest.raises(NotAllowed):
        grade_many(town.round, [Given(required(town, FIRST), "A")], by=town.cast.actor("wangjianguo"), at=AT)
    assert (Grade.objects.get().grade, Note.objects.count()) == ("B", notes)


def test_what_was_not_looked_at_is_not_graded(town) -> None:
    seen = materials_of(town.round)[0].stamp
    new_version(Document.objects.get())
    with pytest.raises(DocumentsChanged, match="请看过现在的资料"):
        grade_many(town.round, [Given(required(town, FIRST), "A", seen=seen)], by=MACHINE, at=AT)


def withdrawn(document: Document) -> None:
    Document.objects.filter(pk=document.pk).update(withdrawn_at=AT, withdrawn_why="换一份")


def unlinked(document: Document) -> None:
    document.serves.all().delete()


def marked_secret(document: Document) -> None:
    Proposal.objects.create(document=document, field="classified", value="秘密", source="text")


def destroyed(document: Document) -> None:
    StoredFile.objects.filter(uses__document=document).update(removed_at=AT)


def of_another_year(document: Document) -> None:
    Use.objects.create(document=document, kind="year", key="2023", at=AT, by="系统")


@pytest.mark.parametrize(
    ("happens", "standing"),
    [
        (new_version, Standing.REPLACED),
        (withdrawn, Standing.GONE),
        (unlinked, Standing.GONE),
        (marked_secret, Standing.GONE),
        (destroyed, Standing.GONE),
        (of_another_year, Standing.GONE),
    ],
)
def test_a_grade_counts_no_more_when_its_document_is_not_what_it_was(town, happens: Any, standing: Standing) -> None:
    assert proven_grades(town.round, town.edition) == {FIRST: "B"}
    before = score_round(town.round, town.round.closes).main.total
    happens(Document.objects.get())
    assert proven_grades(town.round, town.edition) == {}
    assert standings(town)[0] is standing
    after = score_round(town.round, town.round.closes).main.total
    assert after.low < before.low
    assert after.high > before.high  # unknown, not zero
    told = next(one for one in examine(AT.date()) if one.code == "grade_unproven")
    assert (told.count, standing.label in told.examples[0]) == (1, True)
    lock_material(town.round, by=MACHINE, at=AT)
    locked = score_round(town.round, town.round.closes).main.total
    assert locked.high < after.high  # now it is zero
    assert locked.low == pytest.approx(after.low)


def test_a_grade_from_before_this_rule_counts_as_unknown_until_it_is_given_anew(town) -> None:
    Grade.objects.update(proof={})
    assert standings(town)[0] is Standing.BARE
    assert proven_grades(town.round, town.edition) == {}
    assert [(round_.pk, one.requirement.code) for round_, one in unproven([town.round])] == [(town.round.pk, FIRST)]
    grade(town.round, required(town, FIRST), "B", by=MACHINE, at=AT)
    assert proven_grades(town.round, town.edition) == {FIRST: "B"}


def test_a_mark_of_secrecy_that_is_none_changes_nothing(town) -> None:
    Proposal.objects.create(
        document=Document.objects.get(), field="classified", value="秘密", source="text", taken=False
    )
    assert standings(town)[0] is Standing.COUNTED


def test_each_requirement_is_counted_once_and_the_sums_meet(town) -> None:
    assert material_counts(town.round) == MaterialCounts(required=2, served=1, missing=1, graded=1, counted=1)
    prove(required(town, LAST))
    assert material_counts(town.round) == MaterialCounts(required=2, served=2, graded=1, counted=1, ungraded=1)
    Grade.objects.update(proof={})
    assert material_counts(town.round) == MaterialCounts(required=2, served=2, graded=1, unproven=1, ungraded=1)


def test_an_edition_may_say_that_a_material_needs_no_document(town) -> None:
    said = strict(pack_data(id="other"))
    said["framework"]["code"] = "other"
    said["framework"]["method"].append({"id": "opinion", "title": "部门意见", "document": False})
    said["requirements"][0]["document"] = False
    said["requirements"].append({**said["requirements"][1], "code": "O1", "method": "opinion"})
    said["requirements"].append({**said["requirements"][1], "code": "O2", "method": "opinion", "document": True})
    for row in said["standards"]:
        if row["code"] == "I-1-5":
            row["methods"] = "material:50;opinion:50"
    edition = install_edition(finished(draft_of(said)), by=MACHINE, at=AT).edition
    new = NewRound("other", "另一轮", RoundKind.SELF, 2021, date(2021, 9, 1), date(2021, 12, 31))
    round_ = open_round(new, edition, by=MACHINE, at=AT)
    rows = {one.code: one for one in Requirement.objects.filter(edition=edition)}
    for code in (FIRST, "O1"):
        grade(round_, rows[code], "A", by=MACHINE, at=AT)
    for code in (LAST, "O2"):
        with pytest.raises(NothingToGrade):
            grade(round_, rows[code], "A", by=MACHINE, at=AT)
    assert proven_grades(round_, edition) == {FIRST: "A", "O1": "A"}
    assert material_counts(round_) == MaterialCounts(required=4, exempt=2, missing=2, graded=2, counted=2)


def test_an_edition_that_says_nothing_about_documents_keeps_its_digest() -> None:
    pack = finished(draft_of(strict(pack_data())))
    assert all("document" not in row for row in pack.as_data()["requirements"])
    assert all("document" not in row for row in pack.as_data()["framework"]["methods"])


def test_a_closed_round_keeps_the_grades_that_counted_when_it_was_closed(town) -> None:
    close_round(town.round, by=MACHINE, at=AT)
    closed = Round.objects.get(pk=town.round.pk)
    unlinked(Document.objects.get())
    assert proven_grades(closed, town.edition) == {FIRST: "B"}
    assert materials_of(closed)[0].standing is Standing.COUNTED
    assert unproven([closed]) == []
    assert recompute(closed)["agrees"]


@pytest.mark.parametrize("seed", range(4))
def test_linking_never_lowers_the_low_bound_and_unlinking_never_raises_it(town, seed: int) -> None:
    """Whatever is linked, unlinked, replaced and graded in whatever order: the low bound follows the proof."""
    dice = random.Random(seed)
    edition = Edition.objects.get(pk=town.edition.pk)
    rows = [required(town, FIRST), required(town, LAST)]
    kept: list[tuple[Document, str]] = []
    low = score_round(town.round, town.round.closes).main.total.low
    for step in range(14):
        row, does = dice.choice(rows), dice.choice(["link", "unlink", "relink", "grade"])
        uses = list(Use.objects.filter(kind="requirement").select_related("document"))
        if does == "link":
            prove(row)
        elif does == "unlink" and uses:
            use = dice.choice(uses)
            kept.append((use.document, use.key))
            use.delete()
        elif does == "relink" and kept:
            document, key = kept.pop(dice.randrange(len(kept)))
            Use.objects.get_or_create(document=document, kind="requirement", key=key, defaults={"at": AT, "by": "系统"})
        elif does == "grade" and any(one.is_gradable and one.requirement == row for one in materials_of(town.round)):
            grade(town.round, row, dice.choice(["A", "B", "D"]), by=MACHINE, at=AT + timedelta(minutes=step))
        total = score_round(town.round, town.round.closes).main.total
        if does in {"link", "relink"}:
            assert total.low >= low - 1e-9
        elif does == "unlink":
            assert total.low <= low + 1e-9
        low = total.low
    served = {one.requirement.code for one in materials_of(town.round) if one.documents}
    assert set(proven_grades(town.round, edition)) <= served
    lock_material(town.round, by=MACHINE, at=AT)
    assert score_round(town.round, town.round.closes).main.total.low == pytest.approx(low)


def test_whoever_holds_no_role_for_it_does_not_grade(town) -> None:
    with pytest.raises(NotAllowed):
        grade(town.round, required(town, FIRST), "A", by=actor_for(town.cast.people["liufang"]), at=AT)
