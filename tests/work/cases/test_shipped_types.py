"""The case types that the project ships: every one is whole, and keeps the promises its kind of matter makes."""

import csv
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from chuangwen.kernel import flow
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.workdays import Term
from chuangwen.work.cases.checking import read_content
from chuangwen.work.cases.definitions import RELATIONS, CaseContent, CaseTypeRow, ClockRow, MoveRow
from chuangwen.work.cases.fitting import check_words
from chuangwen.work.cases.models import CaseType

PACKS = Path(__file__).parents[3] / "packs"
READ = Problems()
TOWNSHIP = read_content(PACKS / "township", READ)
TOWN = read_content(PACKS / "zhanggou", READ)
TOGETHER = CaseContent(
    types=TOWNSHIP.types + TOWN.types,
    categories=TOWNSHIP.categories + TOWN.categories,
    units=TOWNSHIP.units + TOWN.units,
    rungs=TOWNSHIP.rungs + TOWN.rungs,
)
TYPES = {one.type.id: one for one in TOGETHER.types}
KINDS = {
    "rectification": "整",
    "appeal": "诉",
    "petition": "访",
    "dispute": "调",
    "hazard": "隐",
    "building": "建",
    "illegal_building": "违",
    "supervision": "督",
    "accountability": "问",
    "upper": "交",
    "material": "材",
}
CAMPAIGNS = {"sanitation", "markets", "stalls", "traffic", "facilities", "services", "places", "residents"}
each_type = pytest.mark.parametrize("one", TYPES.values(), ids=TYPES)


def _roles() -> set[str]:
    return {one["id"] for one in tomllib.loads((PACKS / "township" / "roles.toml").read_text("utf-8"))["role"]}


def _units() -> set[str]:
    with (PACKS / "zhanggou" / "organisations.csv").open(encoding="utf-8") as lines:
        return {one["code"] for one in csv.DictReader(lines)}


def _doing(one: CaseTypeRow, does: str) -> list[MoveRow]:
    return [move for move in one.moves if move.does == does]


def _clock(kind: str, id_: str) -> ClockRow:
    return TYPES[kind].clock(id_)


def _without(kind: str, *moves: str) -> set[str]:
    """The closed states counted as done that can be reached without these moves."""
    one = TYPES[kind]
    return flow.avoidable(one.moves, moves, [state.id for state in one.states if state.outcome == "done"])


def test_the_shipped_content_has_no_problem() -> None:
    problems = Problems()
    for content in (TOWNSHIP, TOWN):
        check_words(content, TOGETHER, _roles(), _units(), problems)
    assert [str(one) for one in [*READ, *problems]] == []


def test_the_town_has_its_eleven_kinds_each_with_its_letter() -> None:
    assert {kind: TYPES[kind].type.letter for kind in KINDS} == KINDS
    orders = [one.type.order for one in TYPES.values()]
    assert len(set(orders)) == len(orders)


@each_type
def test_every_type_can_be_closed_as_done(one: CaseTypeRow) -> None:
    assert [state.id for state in one.states if state.kind == "closed" and state.outcome == "done"]


@each_type
def test_every_type_names_people_who_exist(one: CaseTypeRow) -> None:
    known = _roles() | RELATIONS
    words = [word for move in one.moves for word in (*move.who, *move.tells)]
    words += [word for state in one.states for word in state.turn]
    words += [word for row in one.fields for word in row.readers]
    assert set(words) <= known


@each_type
def test_no_clock_and_no_field_stands_unused(one: CaseTypeRow) -> None:
    started = {name for move in one.moves for name in move.starts}
    stopped = {name for move in one.moves for name in move.stops}
    asked = {name for move in one.moves for name in (*move.fields, *move.needs)}
    assert {clock.id for clock in one.clocks} == started == stopped
    assert {row.id for row in one.fields} == asked
    assert {clock.by_field for clock in one.clocks} - {""} <= asked


@each_type
def test_what_may_be_extended_can_be_asked_for_only_once(one: CaseTypeRow) -> None:
    if not any(clock.extension for clock in one.clocks):
        return
    asking = _doing(one, "ask_extension") or _doing(one, "grant_extension")
    assert asking
    assert all(move.once and {"extension", "reason"} <= set(move.needs) for move in asking)
    for move in asking:
        if not move.stays:
            answers = {other.does for other in one.moves if move.to in other.sources}
            assert {"grant_extension", "refuse_extension"} <= answers


@each_type
def test_what_can_be_paused_is_resumed_by_name(one: CaseTypeRow) -> None:
    waiting = {state.id for state in one.states if state.kind == "waiting"}
    assert {move.to for move in _doing(one, "pause")} == waiting
    for state in waiting:
        assert [move for move in _doing(one, "resume") if state in move.sources]


@each_type
def test_a_refusal_gives_its_reason(one: CaseTypeRow) -> None:
    for move in (*_doing(one, "decline"), *_doing(one, "return"), *_doing(one, "rework"), *_doing(one, "relapse")):
        asked = {one.field(name).kind for name in move.needs if one.field(name)}
        assert move.note == "needed" or "long" in asked, move.id


@each_type
def test_every_type_says_what_it_stands_on(one: CaseTypeRow) -> None:
    assert one.type.purpose
    assert one.type.law or one.type.source
    assert one.type.ladder in {row.ladder for row in TOGETHER.rungs} | {""}


@each_type
def test_no_two_fields_of_a_type_bear_the_same_title(one: CaseTypeRow) -> None:
    titles = [row.title for row in one.fields]
    assert len(set(titles)) == len(titles)


@each_type
def test_every_paper_asks_only_for_what_its_type_declares(one: CaseTypeRow) -> None:
    declared = {row.id for row in one.fields}
    for paper in one.papers:
        with zipfile.ZipFile(PACKS / "township" / "papers" / paper.template) as packed:
            text = re.sub(r"<[^>]+>", "", packed.read("word/document.xml").decode("utf-8"))
        assert set(re.findall(r"\bf\.([a-z_]+)", text)) <= declared, paper.template
        assert set(paper.states) <= {state.id for state in one.states}


def test_a_finding_opens_a_rectification_and_nothing_else() -> None:
    assert [kind for kind, one in TYPES.items() if one.type.from_observation] == ["rectification"]


def test_handling_counts_from_the_dispatch_and_whoever_mended_may_not_verify() -> None:
    one = TYPES["rectification"]
    assert all("handle" in move.starts for move in _doing(one, "dispatch"))
    assert (one.type.closing_proof, one.type.independent) == (True, True)
    verify = one.move("accept")
    assert verify is not None
    assert verify.apart_from == ("mend",)
    assert _without("rectification", "accept") == set()


def test_a_report_is_verified_on_the_spot_before_it_is_filed() -> None:
    for kind in ("rectification", "appeal"):
        one = TYPES[kind]
        reported = {move.to for move in _doing(one, "report") if "@resident" in move.who or kind == "rectification"}
        assert reported == {"reported"}
        after = {move.to for move in one.moves if "reported" in move.sources}
        assert not after & {"filed", "sent", "handling"}


def test_residents_open_appeals_and_object_once() -> None:
    one = TYPES["appeal"]
    assert [kind for kind, row in TYPES.items() if row.type.public] == ["appeal"]
    assert [move.id for move in one.openings if "@resident" in move.who] == ["report"]
    objection = _doing(one, "object")
    assert [(move.once, "@resident" in move.who) for move in objection] == [(True, True)]
    assert {"solved", "stars"} <= set(_doing(one, "call_back")[0].needs)
    assert "explained" in _doing(one, "ask_extension")[0].needs


def test_the_term_of_an_appeal_follows_its_kind() -> None:
    assert _clock("appeal", "handle").by_category
    rows = {row.code: row for row in TOGETHER.categories if row.table == "appeal"}
    upper = {row.title: row.term for row in rows.values() if not row.parent}
    assert upper == {
        "咨询": "1 工作日",
        "求助": "3 工作日",
        "投诉": "5 工作日",
        "举报": "5 工作日",
        "建议": "10 工作日",
    }
    assert all(row.term == rows[row.parent].term for row in rows.values() if row.parent)


def test_the_terms_of_a_petition_are_those_of_the_law() -> None:
    clocks = {name: _clock("petition", name) for name in ("accept", "handle", "review", "recheck")}
    assert {name: one.term for name, one in clocks.items()} == {
        "accept": "15 日",
        "handle": "60 日",
        "review": "30 日",
        "recheck": "30 日",
    }
    assert clocks["handle"].extension == "30 日"
    assert TYPES["petition"].type.ladder == "legal"
    people = TYPES["petition"].field("people")
    assert people is not None
    assert people.most == 5


def test_the_time_in_which_a_petitioner_may_ask_is_no_deadline_of_the_town() -> None:
    one = TYPES["petition"]
    assert {state.kind for state in one.states if state.id in {"delivered", "review_done"}} == {"closed"}
    assert one.type.revisit == "30 日"


def test_an_accused_unit_never_sees_what_is_said_of_it() -> None:
    assert {kind for kind, one in TYPES.items() if one.type.conceals} == {"appeal", "petition", "accountability"}
    assert TYPES["accountability"].type.guard == "guarded"
    words = {word for move in TYPES["accountability"].moves for word in move.who}
    assert words == {"supervisor", "@machine"}


def test_a_mediation_cannot_be_filed_without_the_six_papers_it_must_have() -> None:
    must, more = TYPES["dispute"].field("file_parts"), TYPES["dispute"].field("file_more")
    assert must is not None
    assert more is not None
    assert (must.least, len(must.options), len(must.options) + len(more.options)) == (6, 6, 13)
    assert _without("dispute", "file") == set()
    assert _clock("dispute", "confirm").term == "30 日"


def test_a_major_hazard_has_its_own_time_and_all_five_put_in_place() -> None:
    one = TYPES["hazard"]
    general, major = one.move("issue"), one.move("issue_major")
    assert general is not None
    assert major is not None
    assert (general.starts, major.starts) == (("handle",), ("major",))
    assert {"responsibility", "measures", "money", "term", "plan", "temporary"} <= set(major.needs)
    assert "leader" in major.tells
    opening = one.openings[0]
    assert {"inspectors", "second_inspector"} <= set(opening.needs)
    assert _without("hazard", "close") == set()


def test_no_house_is_finished_without_three_visits_and_a_public_notice() -> None:
    for move in ("discuss", "posted", "review", "visit1", "joint", "approve", "visit2", "visit3"):
        assert _without("building", move) == set(), move
    assert all((found := TYPES["building"].move(one)) and found.photos for one in ("visit1", "visit2", "visit3"))
    assert Term.parse(_clock("building", "notice").term).amount > 7
    approve = TYPES["building"].move("approve")
    assert approve is not None
    assert approve.who == ("leader",)


def test_an_illegal_building_is_stopped_and_reported_before_it_is_decided() -> None:
    assert _clock("illegal_building", "stop").term == "4 工作时"
    assert _clock("illegal_building", "handle").term == "20 工作日"
    for move in ("stop", "report_up", "decide", "accept"):
        assert _without("illegal_building", move) == set(), move


def test_private_facts_are_named_private() -> None:
    for kind, fields in {
        "building": ("householder", "phone", "id_number", "family"),
        "petition": ("visitors", "accused"),
        "dispute": ("parties",),
        "illegal_building": ("owner",),
        "accountability": ("person_named", "facts", "finding"),
    }.items():
        rows = [TYPES[kind].field(name) for name in fields]
        assert all(row and row.private and row.readers for row in rows), kind


def test_the_ladder_climbs_from_a_reminder_over_a_supervision_order_to_discipline() -> None:
    for ladder in ("standard", "legal"):
        rungs = [row for row in TOGETHER.rungs if row.ladder == ladder]
        assert [row.opens for row in rungs if row.opens] == ["supervision", "accountability"]
        waits = [Term.parse(row.after).amount if row.after else 0 for row in rungs]
        assert waits == sorted(waits)
        assert "@lead" in rungs[0].tells


def test_every_category_names_a_campaign_and_a_unit_that_exist() -> None:
    keys = {row.key for row in TOGETHER.units}
    urban = [row for row in TOGETHER.categories if row.table == "urban"]
    assert {row.campaign for row in urban} == CAMPAIGNS
    assert {row.campaign for row in TOGETHER.categories} - {""} <= CAMPAIGNS
    named = {row.unit for row in TOGETHER.categories} | {one.type.unit for one in TYPES.values()}
    assert named - {""} == keys
    assert all(row.unit for row in urban)


def test_every_event_class_says_whether_its_term_was_seen_or_guessed() -> None:
    classes = [row for row in TOGETHER.categories if row.table == "urban" and row.parent]
    assert all(row.term and row.source.startswith(("seen", "guess")) for row in classes)
    sudden = [row for row in classes if row.parent == "04"]
    assert {(row.term, row.urgent) for row in sudden} == {("2 紧急工作时", True)}
    assert len([row for row in classes if row.parent != "21"]) == 54
    assert len([row for row in TOGETHER.categories if row.table == "dispute"]) == 15


def test_codes_are_given_once_in_each_table() -> None:
    codes = [(row.table, row.code) for row in TOGETHER.categories]
    assert len(set(codes)) == len(codes)


def test_the_example_of_the_guide_passes_the_checker(tmp_path: Path) -> None:
    guide = (PACKS.parent / "docs" / "how-to" / "write-a-case-type.md").read_text("utf-8")
    example = guide.split("```toml\n")[1].split("```")[0]
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "lamp.toml").write_text(example, encoding="utf-8")
    problems = Problems()
    content = read_content(tmp_path, problems)
    check_words(content, TOGETHER, _roles(), _units(), problems)
    assert [str(one) for one in problems] == []
    assert [one.type.title for one in content.types] == ["路灯报修"]


def test_a_type_knows_whether_its_flow_answers_the_one_who_asked(shipped) -> None:
    told = dict(CaseType.objects.filter(in_force=True).values_list("code", "answers"))
    assert {code for code in ("appeal", "petition", "rectification", "dispute") if told[code]} == {
        "appeal", "petition", "rectification", "dispute",
    }  # fmt: skip
    assert [code for code in ("hazard", "material", "upper") if told[code]] == []
