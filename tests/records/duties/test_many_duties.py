"""A whole duty table at once, and the duties of an old edition brought to a new one: all of it or nothing."""

from datetime import date

import pytest
from tests.people import AT, hold
from tests.town import MeasuredTown, pack_data, standard

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheets import read_table
from chuangwen.kit.refusals import NotAllowed, OutOfReach
from chuangwen.records.duties.actions import Charge, assign, assign_many, carry_over
from chuangwen.records.duties.duty_table import DutyRow, read_duties
from chuangwen.records.duties.models import Duty, DutyKind
from chuangwen.records.duties.queries import known_names, left_over
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.checking import draft_of, finished
from chuangwen.records.standards.models import Edition, Node, Requirement
from chuangwen.records.township.permissions import Scope

DECEMBER = date(2021, 12, 31)


def row(
    town: MeasuredTown, target: str, lead: str, *assisting: str, person: str = "", due: date | None = None
) -> DutyRow:
    units, people = town.cast.units, town.cast.people
    return DutyRow(
        1, target, units[lead].pk, tuple(units[one].pk for one in assisting), people[person].pk if person else None, due
    )


def take(town: MeasuredTown, *rows: DutyRow, by: str = "limin") -> int:
    return assign_many(town.edition, rows, Problems(), by=town.cast.actor(by), at=AT)


def told() -> dict[str, tuple[str, list[str], str]]:
    """Every duty: what it is for, its lead, the units that assist, its person."""
    rows = Duty.objects.select_related("standard", "requirement", "lead", "person").prefetch_related("assisting")
    return {
        (one.standard or one.requirement).code: (
            one.lead.code,
            sorted(unit.code for unit in one.assisting.all()),
            one.person.username if one.person else "",
        )
        for one in rows
    }


def test_standards_and_materials_of_a_table_are_written_with_one_note(town: MeasuredTown) -> None:
    notes = Note.objects.count()
    done = take(
        town,
        row(town, "I-1-1", "market", "office", "V1", person="wangjianguo", due=DECEMBER),
        row(town, "I-1-2", "V1"),
        row(town, "I-1-5-M1", "archive", person="chenjing"),
    )
    assert done == 3
    assert told() == {
        "I-1-1": ("market", ["V1", "office"], "wangjianguo"),
        "I-1-2": ("V1", [], ""),
        "I-1-5-M1": ("archive", [], "chenjing"),
    }
    kinds = dict(Duty.objects.values_list("lead__code", "kind"))
    assert kinds == {"market": DutyKind.STANDARD, "V1": DutyKind.STANDARD, "archive": DutyKind.REQUIREMENT}
    assert Duty.objects.get(standard__code="I-1-1").due == DECEMBER
    assert set(Duty.objects.values_list("assigned_at", flat=True)) == {AT}
    note = Note.objects.order_by("-number")[0]
    assert Note.objects.count() == notes + 1
    assert (note.kind, note.key, note.after["count"]) == ("duty_table", "small@1", 3)
    assert note.after["rows"][1] == {"target": "I-1-2", "lead": "先锋村"}


def test_a_later_table_corrects_what_it_names_and_leaves_the_rest(town: MeasuredTown) -> None:
    take(town, row(town, "I-1-1", "market", "office", person="wangjianguo", due=DECEMBER), row(town, "I-1-2", "V1"))
    keys = dict(Duty.objects.values_list("standard__code", "pk"))
    take(town, row(town, "I-1-1", "V2", "market", "V1"), row(town, "I-1-5-M1", "archive"))
    assert told() == {
        "I-1-1": ("V2", ["V1", "market"], ""),
        "I-1-2": ("V1", [], ""),
        "I-1-5-M1": ("archive", [], ""),
    }
    assert Duty.objects.get(standard__code="I-1-1").pk == keys["I-1-1"]
    assert Duty.objects.get(standard__code="I-1-1").due is None
    take(town, row(town, "I-1-5-M1", "office"))
    assert told()["I-1-5-M1"] == ("office", [], "")


def test_a_table_with_problems_writes_nothing(town: MeasuredTown) -> None:
    problems = Problems()
    problems.add(file="表", row=3, what="没有这个单位。")
    with pytest.raises(Refusal, match="责任分解表"):
        assign_many(town.edition, [row(town, "I-1-1", "market")], problems, by=town.cast.actor("limin"), at=AT)
    assert not Duty.objects.exists()


@pytest.mark.parametrize("username", ["wangjianguo", "liufang", "zhangqiang", "zhaolei"])
def test_who_assigns_no_duties_takes_no_table_in(town: MeasuredTown, username: str) -> None:
    with pytest.raises(NotAllowed):
        take(town, row(town, "I-1-1", "market"), by=username)
    assert not Duty.objects.exists()


def test_one_row_beyond_reach_keeps_the_whole_table_out(town: MeasuredTown) -> None:
    hold(town.cast.people["liufang"], town.cast.roles["office"], scope=Scope.BELOW)
    with pytest.raises(OutOfReach):
        take(town, row(town, "I-1-1", "V1"), row(town, "I-1-2", "V2"), by="liufang")
    assert not Duty.objects.exists()
    take(town, row(town, "I-1-1", "V1", "V2"), row(town, "I-1-2", "V1-1"), by="liufang")
    assert told() == {"I-1-1": ("V1", ["V2"], ""), "I-1-2": ("V1-1", [], "")}


def test_a_table_takes_nothing_away_from_a_unit_beyond_reach(town: MeasuredTown) -> None:
    """Taking over one by one asked for the right over the old lead too; a table took it without asking."""
    take(town, row(town, "I-1-1", "market"), row(town, "I-1-5-M1", "archive"))
    hold(town.cast.people["liufang"], town.cast.roles["office"], scope=Scope.BELOW)
    for target in ("I-1-1", "I-1-5-M1"):
        with pytest.raises(OutOfReach):
            take(town, row(town, target, "V1"), by="liufang")
    assert {lead for lead, _, _ in told().values()} == {"market", "archive"}


def test_the_table_of_the_office_is_read_and_written_as_it_says(town: MeasuredTown) -> None:
    text = "编号,牵头单位,责任单位,责任人,完成时限\nI-1-1,市监所,创文办、先锋村,王建国,2021-12-31\nI-1-5-M1,档案室,,,\n"
    found = read_duties(read_table(text.encode(), name="责任.csv"), known_names(town.edition))
    assert (len(found.new), found.changed, found.reading.is_ready) == (2, [], True)
    take(town, *found.new)
    assert told() == {"I-1-1": ("market", ["V1", "office"], "wangjianguo"), "I-1-5-M1": ("archive", [], "")}
    again = read_duties(read_table(text.encode(), name="责任.csv"), known_names(town.edition))
    assert (again.new, again.changed) == ([], [])


def test_the_units_that_assist_may_stand_in_any_order_without_being_a_correction(town: MeasuredTown) -> None:
    take(town, row(town, "I-1-1", "market", "V2", "office", "V1"))
    text = "编号,牵头单位,责任单位\nI-1-1,市监所,先锋村、联盟村、创文办\n"
    assert read_duties(read_table(text.encode(), name="责任.csv"), known_names(town.edition)).changed == []
    fewer = "编号,牵头单位,责任单位\nI-1-1,市监所,先锋村、联盟村\n"
    ((was, now),) = read_duties(read_table(fewer.encode(), name="责任.csv"), known_names(town.edition)).changed
    assert (len(was.assisting), len(now.assisting)) == (3, 2)


# --- carried over to another edition


def next_edition(standards: int = 5, **renamed: str) -> Edition:
    """Next year's edition; ``renamed`` gives standards another code: ``I_1_2="I-1-9"``."""
    data = pack_data(standards, edition="2")
    for name, code in renamed.items():
        old = name.replace("_", "-")
        for one in data["standards"]:
            one["code"] = code if one["code"] == old else one["code"]
        for one in (*data["requirements"], *data["checks"], *data["questions"], *data["figures"]):
            key = "standard" if "standard" in one else "standards"
            one[key] = code if one[key] == old else one[key]
    return install_edition(finished(draft_of(data)), by=MACHINE, at=AT).edition


def test_duties_go_over_to_the_same_codes_with_all_that_they_say(town: MeasuredTown) -> None:
    take(town, row(town, "I-1-1", "market", "office", person="wangjianguo", due=DECEMBER), row(town, "I-1-3", "V1"))
    new = next_edition()
    assert carry_over(town.edition, new, {}, by=town.cast.actor("limin"), at=AT) == []
    carried = {one.standard.code: one for one in Duty.objects.filter(standard__edition=new)}
    assert carried.keys() == {"I-1-1", "I-1-3"}
    first = carried["I-1-1"]
    assert (first.lead.code, first.person.username, first.due) == ("market", "wangjianguo", DECEMBER)
    assert [unit.code for unit in first.assisting.all()] == ["office"]
    assert Duty.objects.filter(standard__edition=town.edition).count() == 2
    note = Note.objects.order_by("-number")[0]
    assert (note.kind, note.key, note.after) == ("duty_table", "small@2", {"carried": 2, "homeless": []})


def test_a_crosswalk_names_the_new_homes_and_what_has_none_is_told(town: MeasuredTown) -> None:
    take(town, row(town, "I-1-1", "market"), row(town, "I-1-2", "V1"), row(town, "I-1-3", "V2"))
    new = next_edition(I_1_2="I-1-8", I_1_3="I-1-9")
    homeless = carry_over(town.edition, new, {"I-1-2": ["I-1-8", "I-1-7"]}, by=MACHINE, at=AT)
    assert homeless == ["I-1-3"]
    assert dict(Duty.objects.filter(standard__edition=new).values_list("standard__code", "lead__code")) == {
        "I-1-1": "market",
        "I-1-8": "V1",
    }
    assert Note.objects.order_by("-number")[0].after == {"carried": 2, "homeless": ["I-1-3"]}


def test_one_standard_that_became_two_gives_its_duty_to_both(town: MeasuredTown) -> None:
    take(town, row(town, "I-1-1", "market"))
    new = next_edition()
    assert carry_over(town.edition, new, {"I-1-1": ["I-1-1", "I-1-4"]}, by=MACHINE, at=AT) == []
    assert sorted(Duty.objects.filter(standard__edition=new).values_list("standard__code", flat=True)) == [
        "I-1-1",
        "I-1-4",
    ]


def test_of_two_that_became_one_the_first_in_the_old_order_leads(town: MeasuredTown) -> None:
    take(town, row(town, "I-1-2", "V2"), row(town, "I-1-1", "market"))
    new = next_edition()
    carry_over(town.edition, new, {"I-1-1": ["I-1-3"], "I-1-2": ["I-1-3"]}, by=MACHINE, at=AT)
    assert Duty.objects.get(standard__edition=new).lead.code == "market"


def test_what_the_new_edition_already_has_is_left_as_it_is(town: MeasuredTown) -> None:
    take(town, row(town, "I-1-1", "market"), row(town, "I-1-2", "market"))
    new = next_edition()
    mine = standard(town, 1).__class__.objects.get(edition=new, code="I-1-1")
    assign(mine, Charge(town.cast.units["V2"]), by=MACHINE, at=AT)
    assert carry_over(town.edition, new, {}, by=MACHINE, at=AT) == []
    assert dict(Duty.objects.filter(standard__edition=new).values_list("standard__code", "lead__code")) == {
        "I-1-1": "V2",
        "I-1-2": "market",
    }
    assert [one.code for one in left_over(new)] == ["I-1-3", "I-1-4", "I-1-5"]


def test_duties_of_materials_go_over_with_their_standard(town: MeasuredTown) -> None:
    material = Requirement.objects.get(edition=town.edition, code="I-1-1-M1")
    assign(material, Charge(town.cast.units["market"], [town.cast.units["office"]], due=DECEMBER), by=MACHINE, at=AT)
    new = next_edition(I_1_1="I-1-8")
    assert carry_over(town.edition, new, {"I-1-1": ["I-1-8"]}, by=MACHINE, at=AT) == []
    carried = Duty.objects.get(requirement__edition=new)
    assert (carried.requirement.node.code, carried.requirement.title) == ("I-1-8", material.title)
    assert (carried.lead.code, carried.due) == ("market", DECEMBER)
    assert [unit.code for unit in carried.assisting.all()] == ["office"]


def test_a_material_whose_standard_is_gone_is_told_as_homeless(town: MeasuredTown) -> None:
    material = Requirement.objects.get(edition=town.edition, code="I-1-1-M1")
    assign(material, Charge(town.cast.units["market"]), by=MACHINE, at=AT)
    new = next_edition(I_1_1="I-1-8")
    assert carry_over(town.edition, new, {}, by=MACHINE, at=AT) == ["I-1-1-M1"]


def test_carrying_over_twice_changes_nothing(town: MeasuredTown) -> None:
    take(town, row(town, "I-1-1", "market", "V1"))
    new = next_edition()
    for carried in (1, 0):
        carry_over(town.edition, new, {}, by=MACHINE, at=AT)
        assert Note.objects.order_by("-number")[0].after["carried"] == carried
    assert Duty.objects.get(standard__edition=new).assisting.count() == 1


def test_only_who_edits_the_framework_carries_duties_over(town: MeasuredTown) -> None:
    take(town, row(town, "I-1-1", "market"))
    new = next_edition()
    with pytest.raises(NotAllowed):
        carry_over(town.edition, new, {}, by=town.cast.actor("wangjianguo"), at=AT)
    assert not Duty.objects.filter(standard__edition=new).exists()
    assert Requirement.objects.filter(edition=new).count() == 2


def test_a_code_beside_the_name_of_another_standard_is_refused(town: MeasuredTown) -> None:
    """A column sorted alone gave every duty to another."""
    titles = dict(Node.objects.filter(edition=town.edition, kind="standard").values_list("code", "title"))
    right = f"编号,测评标准,牵头单位\nI-1-1,{titles['I-1-1']},市监所\n"
    assert read_duties(read_table(right.encode(), name="责任.csv"), known_names(town.edition)).reading.is_ready
    wrong = "编号,测评标准,牵头单位\nI-1-1,农村户用厕所改造提升,市监所\n"
    found = read_duties(read_table(wrong.encode(), name="责任.csv"), known_names(town.edition))
    assert [(one.row, one.column[:1]) for one in found.reading.problems] == [(2, "B")]
