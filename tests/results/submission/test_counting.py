"""One count of materials: the round, the archive and the submission say the same, whatever was chosen or written."""

from chuangwen.records.archive.document_actions import Serves, put_to_use
from chuangwen.records.archive.missing_materials import missing_materials
from chuangwen.records.measures.grading_actions import grade
from chuangwen.records.measures.material_queries import editions_of, material_counts
from chuangwen.results.submission import actions
from chuangwen.results.submission.matrix import State
from tests.results.submission.desk import GOOD, Desk


def test_the_round_the_archive_and_the_submission_count_materials_alike(desk: Desk) -> None:
    limin = desk.who()
    first, *_ = desk.brings_everything()
    alone = desk.brings("M3", 2)
    alone.serves.all().delete()  # linked with the standard alone, of the kind asked for
    put_to_use(alone, [Serves("standard", f"{desk.edition.pk}:I-1-2")], by=desk.who("wangjianguo"), at=desk.at)
    desk.composed()
    actions.leave_out(desk.entry().picks.get(document=first), "已失效", by=limin, at=desk.at)
    actions.write_text(desk.entry(), GOOD, by=limin, at=desk.at)
    grade(desk.round, desk.requirement("M3"), "A", by=limin, at=desk.at)
    counts, matrix = material_counts(desk.round), desk.matrix()
    lines = missing_materials(editions_of(desk.round), 2021)
    assert (counts.required, counts.served, counts.missing, counts.counted) == (8, 4, 4, 1)
    assert (matrix.all, matrix.served) == (counts.required, counts.served)
    assert (sum(one.asked for one in lines), sum(one.there for one in lines)) == (counts.required, counts.served)
    assert sum(len(one.missing) for one in lines) == counts.missing
    assert matrix.counts[State.MISSING] + matrix.counts[State.WRITTEN] == counts.missing
    assert desk.states() == ["unchosen", "written", "there", "there"]
    assert sum(matrix.counts.values()) == matrix.all


def test_choosing_a_document_for_a_requirement_makes_it_serve_there_and_in_the_year(desk: Desk) -> None:
    made = desk.brings("M1", 2)
    made.serves.all().delete()
    desk.composed()
    actions.choose(desk.entry(), made, desk.requirement("M1"), by=desk.who(), at=desk.at)
    assert {(one.kind, one.key) for one in made.serves.all()} == {
        ("requirement", f"{desk.edition.pk}:I-1-1-M1"),
        ("year", "2021"),
    }
    assert material_counts(desk.round).served == desk.matrix().served == 1
    made.serves.filter(kind="requirement").delete()
    assert "unlinked" in desk.faults()
    assert desk.states()[0] == "missing"
