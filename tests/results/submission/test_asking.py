"""Who owes what, as cases: a unit is asked, hands in, another unit grades, the grade feeds the score in the same moment."""

from datetime import date, time
from pathlib import Path

import pytest

from chuangwen.kernel.fields import WrongAnswers
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.document_actions import Serves, put_to_use
from chuangwen.records.archive.models import Document
from chuangwen.records.archive.serving import requirement_key
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.grading_actions import lock_material
from chuangwen.records.measures.models import Grade, Round
from chuangwen.records.measures.policy import MaterialLocked, RoundClosed
from chuangwen.records.township.models import OfficeSpan
from chuangwen.results.submission import asking
from chuangwen.results.submission.asking import NobodyLeads
from chuangwen.work.cases.actions import open_case, take
from chuangwen.work.cases.checking import read_type
from chuangwen.work.cases.definitions import CaseContent
from chuangwen.work.cases.guarding import guards_of
from chuangwen.work.cases.installing import install_content
from chuangwen.work.cases.materials import NoRequirement, NothingHandedIn, grades_for
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.policy import NotYourMove, OwnMaterial, SelfVerified
from chuangwen.work.cases.said import NewCase, Said
from chuangwen.work.cases.types import definition, for_materials, in_force
from tests.people import hold
from tests.results.submission.desk import TODAY, Desk

TOWNSHIP = Path(__file__).parents[3] / "packs" / "township"


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """The desk with the shipped type for the review of materials."""
    problems = Problems()
    row = read_type(TOWNSHIP, TOWNSHIP / "cases" / "material.toml", problems)
    assert list(problems) == []
    assert row is not None
    OfficeSpan.objects.create(start=time(8, 30), end=time(12))
    OfficeSpan.objects.create(start=time(14, 30), end=time(17, 30))
    install_content("township", CaseContent(types=(row,)), by=MACHINE, at=desk.at)
    desk.composed()
    return desk


def wants(desk: Desk, code: str = "M1") -> Case:
    """李敏 asks the market station for one material."""
    owed = [one for one in asking.owed(desk.matrix()) if one.need.requirement.code == f"I-1-1-{code}"]
    return asking.ask_for(owed, desk.round, by=desk.who(), at=desk.at)[0]


def does(desk: Desk, case: Case, move: str, who: str, text: str = "说明", files=(), **answers: object) -> Case:
    return take(case, move, Said(answers, text, files=files), by=desk.who(who), at=desk.at)


def test_every_missing_material_is_owed_by_its_lead_unit_by_the_units_own_day(asked) -> None:
    owed = asking.owed(asked.matrix())
    assert len(owed) == 8
    assert {one.need.lead.lead for one in owed} == {"市监所"}
    assert {one.need.due for one in owed} == {date(2021, 10, 11)}
    case = wants(asked)
    assert (case.lead.code, case.turn_unit.code, case.state) == ("market", "market", "asked")
    assert case.due_at.astimezone(CHINA).date() == date(2021, 10, 11)
    assert {(one.kind, one.key) for one in case.links.all()} == {
        ("requirement", f"{asked.edition.pk}:I-1-1-M1"),
        ("standard", f"{asked.edition.pk}:I-1-1"),
        ("round", "2021"),
    }


def test_asking_twice_opens_one_case(asked) -> None:
    owed = asking.owed(asked.matrix())
    assert len(asking.ask_for(owed, asked.round, by=asked.who(), at=asked.at)) == 8
    assert asking.ask_for(owed, asked.round, by=asked.who(), at=asked.at) == []
    assert set(asking.open_cases([one.need.requirement for one in owed], 2021)) == {
        requirement_key(one.need.requirement) for one in owed
    }


def test_what_is_asked_for_one_years_round_is_not_asked_for_another_years(asked) -> None:
    """2020 showed 2021's twelve demands as its own, and asking for 2020 took 43 away from 2021."""
    wants(asked)
    rows = [one.need.requirement for one in asking.owed(asked.matrix())]
    assert len(asking.open_cases(rows, 2021)) == 1
    assert asking.open_cases(rows, 2020) == {}
    first = rows[0]
    assert guards_of(asked.who(), "standard", [f"{first.edition_id}:{first.node.code}"], year=2020) == {}
    assert len(guards_of(asked.who(), "standard", [f"{first.edition_id}:{first.node.code}"], year=2021)) == 1


@pytest.mark.parametrize("end", ["lock", "close"])
def test_nobody_is_asked_for_materials_of_a_year_that_is_locked_or_sealed(asked, end: str) -> None:
    """One press of a button opened 163 cases for a year that had been locked ten months before."""
    owed = asking.owed(asked.matrix())
    moments = {"lock": {"material_locked_at": asked.at}, "close": {"closed_at": asked.at, "closed_by": "李敏"}}
    sealed = {"digest": "x", "frozen": {}} if end == "close" else {}
    Round.objects.filter(pk=asked.round.pk).update(**moments[end], **sealed)
    round_ = Round.objects.get(pk=asked.round.pk)
    with pytest.raises(MaterialLocked if end == "lock" else RoundClosed):
        asking.ask_for(owed, round_, by=asked.who(), at=asked.at)
    with pytest.raises(Refusal):
        asking.ask(owed[0].need.requirement, asked.cast.units["market"], round_, None, by=asked.who(), at=asked.at)
    assert not Case.objects.exists()


def test_the_deadline_never_falls_behind_the_submissions_own(asked) -> None:
    assert asking.term_until(date(2021, 10, 31), asked.at) == "21 日"  # a Sunday: 23 days would end on Monday
    assert asking.term_until(date(2021, 10, 11), asked.at) == "3 日"
    assert asking.term_until(date(2020, 1, 1), asked.at) == "1 日"


def test_nobody_is_asked_for_what_nobody_leads(asked) -> None:
    asked.node(1).duty.delete()
    matrix = asked.matrix()
    assert {one.need.requirement.node.code for one in asking.owed(matrix)} == {"I-1-2"}
    with pytest.raises(NobodyLeads, match="I-1-1-M1"):
        asking.ask_for(matrix.lines[0].missing[:1], asked.round, by=asked.who(), at=asked.at)


def test_what_a_unit_hands_in_becomes_a_document_that_serves_the_requirement(asked) -> None:
    case = wants(asked)
    said = {"title": "集贸市场管理办法", "number": "张市监〔2021〕3号", "issuer": "市监所", "dated": "2021-03-01"}
    case = does(asked, case, "hand_in", "wangjianguo", files=[asked.paper()], **said)
    made = Document.objects.get()
    assert (case.state, case.turn_role) == ("handed", "office")
    assert (made.title, made.kind_id, made.number, made.dated) == (
        said["title"],
        "norm",
        said["number"],
        date(2021, 3, 1),
    )
    assert {(one.kind, one.key) for one in made.serves.all()} == {
        ("requirement", f"{asked.edition.pk}:I-1-1-M1"),
        ("standard", f"{asked.edition.pk}:I-1-1"),
        ("year", "2021"),
        ("case", case.number),
    }
    asked.composed()
    assert asked.states(today=TODAY)[0] == "there"


def test_nothing_is_no_material_but_what_the_archive_holds_already_is(asked) -> None:
    case = wants(asked)
    with pytest.raises(NothingHandedIn, match="管理办法"):
        does(asked, case, "hand_in", "wangjianguo")
    assert Case.objects.get(pk=case.pk).state == "asked"
    made = asked.brings("M3")
    row = asked.requirement("M1")
    put_to_use(made, [Serves("requirement", f"{row.edition_id}:{row.code}")], by=asked.who("wangjianguo"), at=asked.at)
    assert does(asked, case, "hand_in", "wangjianguo").state == "handed"
    assert Document.objects.count() == 1


def test_the_reviewers_grade_feeds_the_score_in_the_same_transaction(asked) -> None:
    case = does(asked, wants(asked), "hand_in", "wangjianguo", files=[asked.paper()])
    assert grades_for(case, definition(in_force("material")), definition(in_force("material")).move("accept")) == [
        "A",
        "B",
        "D",
    ]
    with pytest.raises(WrongAnswers, match="等次"):
        does(asked, case, "accept", "limin")
    with pytest.raises(WrongAnswers, match="Z"):
        does(asked, case, "accept", "limin", grade="Z")
    assert not Grade.objects.exists()
    case = does(asked, case, "accept", "limin", text="文号日期齐全", grade="B")
    found = Grade.objects.get()
    assert (case.phase, found.grade, found.note, found.graded_by) == ("closed", "B", "文号日期齐全", "李敏")
    assert found.requirement == asked.requirement("M1")
    assert Note.objects.filter(verb="评定材料").count() == 1
    asked.composed()
    assert asked.line().cells[0].grades == ["B"]
    case = does(asked, case, "again", "limin", text="改评", grade="A")
    assert Grade.objects.get().grade == "A"


def test_a_returned_material_is_the_units_turn_again_and_no_grade_is_written(asked) -> None:
    case = does(asked, wants(asked), "hand_in", "wangjianguo", files=[asked.paper()])
    case = does(asked, case, "return", "limin", text="缺文号")
    assert (case.state, case.turn_unit.code, case.reworks) == ("asked", "market", 1)
    assert not Grade.objects.exists()


def test_the_unit_that_handed_in_may_not_grade_even_where_its_people_hold_the_role(asked) -> None:
    case = does(asked, wants(asked), "hand_in", "wangjianguo", files=[asked.paper()])
    with pytest.raises(NotYourMove):
        does(asked, case, "accept", "wangjianguo", grade="A")
    other = asked.cast.people["sunyue"]
    other.organisation = asked.cast.units["market"]
    other.save()
    for person in (other, asked.cast.people["wangjianguo"]):
        hold(person, asked.cast.roles["office"])
    with pytest.raises(OwnMaterial, match="市监所"):
        does(asked, case, "accept", "sunyue", grade="A")
    with pytest.raises(SelfVerified):
        does(asked, case, "accept", "wangjianguo", grade="A")
    assert not Grade.objects.exists()


def test_after_the_lock_nothing_is_accepted_and_the_case_stays_where_it_is(asked) -> None:
    case = does(asked, wants(asked), "hand_in", "wangjianguo", files=[asked.paper()])
    lock_material(asked.round, by=MACHINE, at=asked.at)
    with pytest.raises(MaterialLocked):
        does(asked, case, "accept", "limin", grade="A")
    assert Case.objects.get(pk=case.pk).state == "handed"
    assert case.steps.count() == 2


def test_a_unit_hands_in_of_its_own_accord_and_leads_its_case(asked) -> None:
    row = asked.requirement("M1")
    hold(asked.cast.people["wangjianguo"], asked.cast.roles["contact"])
    new = NewCase("material", "主动报送", move="offer", links=asking.links_of(row, asked.round))
    case = open_case(new, Said(files=[asked.paper()]), by=asked.who("wangjianguo"), at=asked.at)
    assert (case.lead.code, case.state) == ("market", "handed")
    assert Document.objects.get().unit.code == "market"


def test_no_such_case_is_opened_for_nothing(asked) -> None:
    with pytest.raises(NoRequirement, match="材料评定"):
        open_case(NewCase("material", "空"), by=asked.who(), at=asked.at)
    assert for_materials() == ("material", "ask")


def test_a_type_that_grades_must_say_what_it_is_about(tmp_path) -> None:
    text = (TOWNSHIP / "cases" / "material.toml").read_text("utf-8")
    (tmp_path / "cases").mkdir()
    bad = text.replace('material = "ask"\n', "").replace('needs = ["grade"]', 'fields = ["grade"]')
    (tmp_path / "cases" / "material.toml").write_text(bad, encoding="utf-8")
    problems = Problems()
    read_type(tmp_path, tmp_path / "cases" / "material.toml", problems)
    told = " ".join(one.what for one in problems)
    assert "没有写 material" in told
    assert "没有要求填等次" in told
