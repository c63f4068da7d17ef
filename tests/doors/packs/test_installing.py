"""Packs go in whole or not at all; a new edition takes the duties of the old one along."""

from pathlib import Path

import pytest
from tests.office import Office
from tests.people import Cast
from tests.town import AT, MeasuredTown, small_pack, standard
from tests.work.cases.tallying import assert_equals_a_recount

from chuangwen.doors.packs.installing import install
from chuangwen.doors.packs.reading import Checked, check_folders
from chuangwen.kernel.problems import Problem, Rejected
from chuangwen.records.duties.actions import Charge, assign
from chuangwen.records.duties.models import Duty
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.standards.definitions import CrosswalkRow, FrameworkPack
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.definitions import TownPack
from chuangwen.work.cases.actions import open_case
from chuangwen.work.cases.rollup import dashboard
from chuangwen.work.cases.said import NewCase

ROOT = Path(__file__).parents[3]


def checked(pack: FrameworkPack) -> Checked:
    return Checked(Path("x"), "framework", pack, [])


def test_a_new_edition_takes_the_duties_along_and_names_those_without_a_home(town: MeasuredTown) -> None:
    for number, unit in ((1, "market"), (4, "office"), (5, "archive")):
        assign(standard(town, number), Charge(town.cast.units[unit]), by=MACHINE, at=AT)
    walk = (CrosswalkRow(from_framework="small", from_code="I-1-5", to_code="I-1-2"),)
    new = small_pack(4, edition="2").model_copy(update={"crosswalk": walk})
    new = new.model_copy(update={"standards": tuple(row for row in new.standards if row.code != "I-1-4")})
    outcome = install([checked(new)], by=MACHINE, at=AT)
    carried = {duty.standard.code: duty.lead.code for duty in Duty.objects.filter(standard__edition__edition="2")}
    assert carried == {"I-1-1": "market", "I-1-2": "archive"}
    assert outcome.homeless == ["I-1-4"]


def test_one_bad_pack_stops_all(cast: Cast) -> None:
    bad = Checked(Path("bad"), "framework", None, [Problem("standards.csv", 3, "points", "没有分值", "请写")])
    with pytest.raises(Rejected):
        install([checked(small_pack()), bad], by=MACHINE, at=AT)
    assert Edition.objects.count() == 0
    assert Note.objects.count() == 0


def test_the_packs_that_come_along_fit_each_other() -> None:
    found = check_folders(sorted((ROOT / "packs").iterdir()))
    assert [one.kind for one in found] == ["township", "framework", "framework", "town"]
    assert [problem for one in found for problem in one.problems] == []


def town_pack(units: list[tuple[str, str, str]]) -> TownPack:
    """The small town with its units placed anew."""
    head = {"id": "zhanggou", "edition": "2", "title": "张沟镇", "kind": "town", "standing": "example"}
    town = {"code": "429004110", "name": "张沟镇", "full_name": "仙桃市张沟镇", "office_name": "创文办"}
    rows = [{"code": code, "name": code, "kind": kind, "parent": over} for code, kind, over in units]
    return TownPack.model_validate({"pack": head, "town": town, "organisations": rows})


def test_a_village_that_moves_in_a_new_edition_takes_its_counts_along(office: Office) -> None:
    units = office.cast.units
    case = open_case(NewCase(kind="mending", title="垃圾", area=units["V1-1"]), by=MACHINE, at=office.at)
    rows = [("T", "town", ""), ("V1", "village", "T"), ("V2", "village", "T"), ("V1-1", "group", "V2")]
    install([Checked(Path("t"), "town", town_pack(rows), [])], by=MACHINE, at=office.at)
    today = case.opened_at.date()
    told = {code: dashboard(units[code].pk, today, today)["open"] for code in ("T", "V1", "V2", "V1-1")}
    assert told == {"T": 1, "V1": 0, "V2": 1, "V1-1": 1}
    assert_equals_a_recount()
