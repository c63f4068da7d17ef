"""Exactly one unit leads a standard, others assist, one person answers: who may say so, what is kept, what is left over."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.people import AT, TODAY, hold
from tests.town import MeasuredTown, standard

from chuangwen.kit.refusals import NotAllowed, OutOfReach
from chuangwen.records.duties import queries
from chuangwen.records.duties.actions import Charge, LeadAssists, NotAStandard, UnitClosed, assign, set_duty, withdraw
from chuangwen.records.duties.models import Duty, DutyKind
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.standards.models import Node, Requirement
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Scope

NOVEMBER = date(2021, 11, 30)


def charge(
    town: MeasuredTown, lead: str = "market", *assisting: str, person: str = "", due: date | None = None
) -> Charge:
    cast = town.cast
    named = cast.people[person] if person else None
    return Charge(cast.units[lead], [cast.units[one] for one in assisting], named, due)


def give(town: MeasuredTown, number: int = 1, *charged: Any, by: str = "limin", **more: Any) -> Duty:
    return assign(standard(town, number), charge(town, *charged, **more), by=town.cast.actor(by), at=AT)


def last_note() -> Note:
    return Note.objects.order_by("-number")[0]


# --- one lead


def test_limin_gives_a_standard_to_the_market_station_and_the_ledger_says_to_whom(town: MeasuredTown) -> None:
    duty = give(town, 1, "market", "office", person="wangjianguo", due=NOVEMBER)
    kept = Duty.objects.get(standard__code="I-1-1")
    assert kept == duty
    assert (kept.kind, kept.lead.code, kept.person.name, kept.due) == ("standard", "market", "王建国", NOVEMBER)
    assert [unit.code for unit in kept.assisting.all()] == ["office"]
    assert kept.assigned_at == AT
    note = last_note()
    assert (note.kind, note.key, note.name, note.before) == ("duty", "I-1-1", "李敏", {})
    assert note.after == {"lead": "市监所", "assisting": ["创文办"], "person": "王建国", "due": "2021-11-30"}


def test_a_material_has_a_duty_of_its_own_beside_its_standards(town: MeasuredTown) -> None:
    give(town, 1, "market")
    material = Requirement.objects.get(edition=town.edition, code="I-1-1-M1")
    made = assign(material, charge(town, "archive", person="chenjing"), by=town.cast.actor("limin"), at=AT)
    assert (made.kind, made.standard, made.requirement) == (DutyKind.REQUIREMENT, None, material)
    assert last_note().key == "I-1-1-M1"
    assert {line.lead for line in queries.of_standards(town.edition).values()} == {"市监所"}
    ((key, line),) = queries.of_requirements(town.edition).items()
    assert (key, line.id, line.lead, line.person) == (material.pk, made.pk, "档案室", "陈静")


def test_only_a_standard_is_answered_for_not_the_branch_above_it(town: MeasuredTown) -> None:
    branch = Node.objects.get(edition=town.edition, code="I-1")
    with pytest.raises(NotAStandard, match="“集贸市场”不是测评标准"):
        assign(branch, charge(town), by=town.cast.actor("limin"), at=AT)
    assert not Duty.objects.exists()


def test_a_unit_that_leads_never_assists_itself(town: MeasuredTown) -> None:
    give(town, 1, "market", "office")
    notes = Note.objects.count()
    with pytest.raises(LeadAssists, match="市监所"):
        give(town, 1, "market", "office", "market")
    kept = Duty.objects.get()
    assert [unit.code for unit in kept.assisting.all()] == ["office"]
    assert Note.objects.count() == notes


def test_a_new_lead_takes_the_place_of_the_old_one_and_the_ledger_keeps_both(town: MeasuredTown) -> None:
    first = give(town, 1, "market", "office", person="wangjianguo", due=NOVEMBER)
    second = give(town, 1, "office")
    assert second.pk == first.pk
    kept = Duty.objects.get()
    assert (kept.lead.code, kept.person, kept.due, kept.assisting.count()) == ("office", None, None, 0)
    note = last_note()
    assert note.before == {"lead": "市监所", "assisting": ["创文办"], "person": "王建国", "due": "2021-11-30"}
    assert note.after == {"lead": "创文办", "assisting": [], "person": "", "due": None}


def test_the_database_holds_one_duty_for_one_standard(town: MeasuredTown) -> None:
    duty = give(town, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(kind="standard", standard=duty.standard, lead=duty.lead, assigned_at=AT)
    material = Requirement.objects.get(edition=town.edition, code="I-1-1-M1")
    for wrong in (
        {"kind": "standard"},
        {"kind": "requirement", "standard": standard(town, 2)},
        {"kind": "task", "requirement": material},
        {"kind": "standard", "standard": standard(town, 2), "requirement": material},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Duty.objects.create(lead=duty.lead, assigned_at=AT, **wrong)
    assert Duty.objects.count() == 1


def test_a_task_of_the_plan_has_a_duty_that_is_for_nothing_else(town: MeasuredTown) -> None:
    made = set_duty(Duty(kind=DutyKind.TASK), charge(town, "market", "V1", "office"), at=AT)
    ((key, line),) = queries.of_tasks([made.pk]).items()
    assert key == made.pk
    assert (line.id, line.lead, line.assisting, line.person, line.due) == (
        made.pk,
        "市监所",
        ("创文办", "先锋村"),
        "",
        None,
    )
    assert queries.of_standards(town.edition) == {}


# --- units that are gone


@pytest.mark.parametrize("place", ["lead", "assisting"])
@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_dissolved_unit_takes_no_new_duty(town: MeasuredTown, place: str, days: int) -> None:
    gone = town.cast.units["V10"]
    gone.closed = TODAY - timedelta(days=days)
    units = (gone, []) if place == "lead" else (town.cast.units["market"], [gone])
    with pytest.raises(UnitClosed, match="先锋新村"):
        assign(standard(town, 1), Charge(*units), by=town.cast.actor("limin"), at=AT)
    assert not Duty.objects.exists()


def test_a_unit_that_is_dissolved_tomorrow_still_answers_today(town: MeasuredTown) -> None:
    leaving = town.cast.units["V10"]
    leaving.closed = TODAY + timedelta(days=1)
    assert assign(standard(town, 1), Charge(leaving), by=town.cast.actor("limin"), at=AT).lead == leaving


# --- who may


@pytest.mark.parametrize("username", ["wangjianguo", "liufang", "zhangqiang", "chenjing", "zhaolei", "sunyue"])
def test_whoever_does_not_assign_duties_gives_and_takes_none(town: MeasuredTown, username: str) -> None:
    duty = give(town, 1)
    with pytest.raises(NotAllowed):
        give(town, 2, by=username)
    with pytest.raises(NotAllowed):
        withdraw(duty, by=town.cast.actor(username), at=AT)
    assert Duty.objects.count() == 1


def test_who_assigns_for_the_own_unit_gives_nothing_to_others_and_takes_nothing_from_them(town: MeasuredTown) -> None:
    hold(town.cast.people["wangjianguo"], town.cast.roles["office"], scope=Scope.OWN)
    assert give(town, 1, "market", by="wangjianguo").lead.code == "market"
    with pytest.raises(OutOfReach):
        give(town, 2, "office", by="wangjianguo")
    give(town, 3, "office")
    with pytest.raises(OutOfReach):
        give(town, 3, "market", by="wangjianguo")
    with pytest.raises(OutOfReach):
        withdraw(Duty.objects.get(standard__code="I-1-3"), by=town.cast.actor("wangjianguo"), at=AT)
    assert Duty.objects.get(standard__code="I-1-3").lead.code == "office"


# --- taken back


def test_a_duty_taken_back_leaves_its_standard_without_anybody_and_the_ledger_keeps_it(town: MeasuredTown) -> None:
    for number in (1, 2, 3, 4, 5):
        give(town, number, "market", person="wangjianguo")
    assert not queries.left_over(town.edition).exists()
    withdraw(Duty.objects.get(standard__code="I-1-4"), by=town.cast.actor("limin"), at=AT)
    assert [node.code for node in queries.left_over(town.edition)] == ["I-1-4"]
    note = last_note()
    assert (note.key, note.before["lead"], note.before["person"], note.after) == ("I-1-4", "市监所", "王建国", {})


def test_a_materials_duty_and_a_tasks_duty_are_taken_back_too(town: MeasuredTown) -> None:
    limin = town.cast.actor("limin")
    material = Requirement.objects.get(edition=town.edition, code="I-1-5-M1")
    withdraw(assign(material, charge(town), by=limin, at=AT), by=limin, at=AT)
    assert last_note().key == "I-1-5-M1"
    task = set_duty(Duty(kind=DutyKind.TASK), charge(town), at=AT)
    number = task.pk
    withdraw(task, by=limin, at=AT)
    assert last_note().key == str(number)
    assert not Duty.objects.exists()


# --- what is read of it


def test_how_far_duties_are_spread_keeps_both_counts(town: MeasuredTown) -> None:
    give(town, 1, person="wangjianguo")
    give(town, 2)
    found = queries.spread(town.edition.pk)
    assert (found.standards, found.with_lead, found.with_person) == (5, 2, 1)
    lead, person = found.lead_figure(TODAY), found.person_figure(TODAY)
    assert (lead.value, lead.base, person.value, person.base) == (2, 5, 1, 5)
    assert (lead.kind.id, person.kind.id, lead.scope) == (
        "duties.with_lead",
        "duties.with_person",
        f"edition:{town.edition.pk}",
    )


def test_the_line_of_a_duty_names_its_assisting_units_in_the_towns_order(town: MeasuredTown) -> None:
    give(town, 2, "discipline", "V2", "market", "office", person="zhouzheng", due=NOVEMBER)
    line = queries.of_standards(town.edition)[standard(town, 2).pk]
    assert (line.lead, line.assisting, line.person, line.due) == (
        "纪委",
        ("创文办", "市监所", "联盟村"),
        "周正",
        NOVEMBER,
    )
    assert line.lead_id == town.cast.units["discipline"].pk


def test_losses_are_handed_to_the_lead_unit_of_their_standard(town: MeasuredTown) -> None:
    give(town, 1, "market")
    give(town, 4, "V1")
    assert queries.lead_units(town.edition) == {"I-1-1": "market", "I-1-4": "V1"}


def test_each_sees_the_duties_led_within_reach(town: MeasuredTown) -> None:
    give(town, 1, "market")
    give(town, 2, "V1", "market")
    give(town, 3, "V1-1")

    def seen(username: str) -> list[str]:
        rows = queries.visible_to(town.cast.actor(username)).order_by("standard__code")
        return list(rows.values_list("standard__code", flat=True))

    assert seen("limin") == ["I-1-1", "I-1-2", "I-1-3"]
    assert seen("wangjianguo") == ["I-1-1"]
    assert seen("liufang") == ["I-1-2", "I-1-3"]
    assert seen("zhangqiang") == seen("sunyue") == []


def test_what_i_owe_is_mine_by_name_or_my_units_as_lead_soonest_first(town: MeasuredTown) -> None:
    give(town, 1, "market", due=date(2021, 12, 31))
    give(town, 2, "office", "market", person="wangjianguo", due=NOVEMBER)
    give(town, 3, "office", "market")
    give(town, 4, "V1", person="liufang", due=NOVEMBER)
    wang = town.cast.actor("wangjianguo")
    assert [one.standard.code for one in queries.owed_by(wang)] == ["I-1-2", "I-1-1"]
    owed, own = queries.owed_figures(wang, TODAY)
    assert (owed.value, own.value, owed.scope) == (2, 1, "person:wangjianguo")
    assert [one.standard.code for one in queries.owed_by(town.cast.actor("limin"))] == ["I-1-2", "I-1-3"]
    assert [one.standard.code for one in queries.owed_by(town.cast.actor("liufang"))] == ["I-1-4"]
    assert not queries.owed_by(town.cast.actor("sunyue")).exists()


def test_the_duties_of_another_edition_stand_apart(town: MeasuredTown) -> None:
    give(town, 1)
    assert queries.of_standards(town.edition.pk + 1) == {}
    assert queries.spread(town.edition.pk + 1).standards == 0
    assert queries.lead_units(town.edition.pk + 1) == {}


# --- what names stand for


def test_a_unit_is_known_by_its_names_of_before_and_a_dissolved_one_is_not(town: MeasuredTown) -> None:
    Organisation.objects.filter(code="market").update(aliases=["工商所"])
    Organisation.objects.filter(code="V10").update(closed=TODAY)
    known = queries.known_names(town.edition)
    assert known.unit("工商所") == known.unit("市监所") == town.cast.units["market"].pk
    assert known.unit("先锋新村") is None
    assert known.unit("") is None


def test_a_person_is_known_while_the_account_stands_and_the_name_is_one_persons(town: MeasuredTown) -> None:
    people = town.cast.people
    assert queries.known_names(town.edition).person("王建国") == people["wangjianguo"].pk
    people["wangjianguo"].is_active = False
    people["wangjianguo"].disabled_at = AT
    people["wangjianguo"].save()
    people["sunyue"].name = "李敏"
    people["sunyue"].save()
    known = queries.known_names(town.edition)
    assert known.person("王建国") is None
    assert known.person("李敏") is None
    assert known.person("limin") == people["limin"].pk


def test_what_stands_is_known_by_the_code_of_its_standard_or_material(town: MeasuredTown) -> None:
    give(town, 1, "market", "office", person="wangjianguo", due=NOVEMBER)
    material = Requirement.objects.get(edition=town.edition, code="I-1-5-M1")
    assign(material, charge(town, "archive"), by=MACHINE, at=AT)
    standing = queries.known_names(town.edition).standing
    assert standing.keys() == {"I-1-1", "I-1-5-M1"}
    one = standing["I-1-1"]
    units, people = town.cast.units, town.cast.people
    assert (one.lead, one.assisting, one.person, one.due) == (
        units["market"].pk,
        (units["office"].pk,),
        people["wangjianguo"].pk,
        NOVEMBER,
    )
