"""A step for things of one kind is not taken by things of another: a major hazard never runs on the clock of a common one."""

import pytest

from chuangwen.kernel.problems import Problems
from chuangwen.work.cases.checking import check_type
from chuangwen.work.cases.conditions import NotOfThisKind
from chuangwen.work.cases.definitions import CaseTypeRow
from chuangwen.work.cases.pack_lines import Lines
from chuangwen.work.cases.policy import why_not_take
from chuangwen.work.cases.types import definition, in_force, type_of

FACTS = {"place_name": "加油站", "inspectors": "甲", "second_inspector": "乙", "basis": "消防法"}
FIVE = {
    "term": "20 日", "safe": "能", "responsibility": "店主", "measures": "停业整改", "money": "5 万元", "plan": "预案",
    "temporary": "专人看守",
}  # fmt: skip
AGAIN = {"term": "10 日", "safe": "能", "temporary": "专人看守"}


def found(shipped, level: str):
    return shipped.opens("hazard", "limin", "register", level=level, **FACTS)


def offered(case, actor) -> set[str]:
    return {one.id for one in type_of(case).moves if case.state in one.sources and not why_not_take(case, one, actor)}


def runs(case) -> set[str]:
    return {name for name, one in case.clocks.items() if not one.get("stopped")}


def test_a_major_hazard_takes_the_major_steps_all_its_life(shipped) -> None:
    office = shipped.actor("limin")
    case = found(shipped, "重大")
    assert offered(case, office) & {"issue", "issue_major", "fix_now"} == {"issue_major"}
    for move in ("issue", "fix_now"):
        with pytest.raises(NotOfThisKind, match="只用于“隐患等级”为一般的事项，这件“隐患等级”是重大"):
            shipped.does(case, "limin", move, **FIVE, unit="sjs")
    case = shipped.does(case, "limin", "issue_major", level="重大", basis="消防法", unit="sjs", **FIVE)
    assert runs(case) == {"major"}
    case = shipped.does(case, "luyi", "mend")
    assert offered(case, office) & {"redo", "redo_major"} == {"redo_major"}
    with pytest.raises(NotOfThisKind):
        shipped.does(case, "limin", "redo", term="1 日")
    case = shipped.does(case, "limin", "redo_major", **AGAIN)
    assert runs(case) == {"major"}
    case = shipped.does(shipped.does(case, "luyi", "mend"), "limin", "close", rechecked="合格", recheckers="甲、丙")
    assert offered(case, office) & {"relapsed", "relapsed_major"} == {"relapsed_major"}
    with pytest.raises(NotOfThisKind):
        shipped.does(case, "limin", "relapsed", term="1 日")
    case = shipped.does(case, "limin", "relapsed_major", **AGAIN)
    assert runs(case) == {"major"}


def test_a_common_hazard_takes_the_common_steps(shipped) -> None:
    case = found(shipped, "一般")
    with pytest.raises(NotOfThisKind, match="只用于“隐患等级”为重大"):
        shipped.does(case, "limin", "issue_major", level="一般", basis="消防法", unit="sjs", **FIVE)
    case.refresh_from_db()
    assert (case.state, case.answers["level"], case.version) == ("registered", "一般", 1)
    case = shipped.does(case, "limin", "issue", unit="sjs", responsibility="店主", measures="清出")
    assert runs(case) == {"handle"}
    case = shipped.does(shipped.does(case, "luyi", "mend"), "limin", "redo", term="2 日")
    assert runs(case) == {"handle"}


def test_a_wrong_first_grade_is_mended_before_the_order(shipped) -> None:
    case = shipped.does(found(shipped, "重大"), "limin", "regrade", level="一般")
    case = shipped.does(case, "limin", "issue", unit="sjs", responsibility="店主", measures="清出")
    assert runs(case) == {"handle"}
    case = found(shipped, "一般")
    case = shipped.does(case, "limin", "issue_major", level="重大", basis="消防法", unit="sjs", **FIVE)
    assert (runs(case), case.answers["level"]) == ({"major"}, "重大")


def hazard(**changes: object) -> CaseTypeRow:
    """The shipped type with some moves changed, or left out (``None``)."""
    one = definition(in_force("hazard"))
    moves = [
        move if move.id not in changes else move.model_copy(update=changes[move.id])
        for move in one.moves
        if changes.get(move.id, "") is not None
    ]
    return one.model_copy(update={"moves": tuple(moves)})


def told(one: CaseTypeRow) -> list[str]:
    problems = Problems()
    check_type(one, "cases/hazard.toml", Lines(text=""), problems)
    return [problem.what for problem in problems if problem.column == "when"]


@pytest.mark.parametrize(
    ("when", "wrong"),
    [
        ({"grade": ("一般",)}, "指向没有声明的“grade”"),
        ({"level": ("特大",)}, "指向没有声明的“特大”"),
        ({"level": ()}, "条件“level”没有写值"),
        ({"place_name": ("超市",)}, "“place_name”不是公开的选择项，不能用作条件"),
    ],
)
def test_a_condition_names_a_choice_and_its_values(shipped, when, wrong: str) -> None:
    assert told(hazard()) == []
    assert told(hazard(issue={"when": when})) == [wrong]


def test_a_kind_that_finds_no_way_out_is_told_when_the_pack_loads(shipped) -> None:
    for name in ("mend", "move"):
        narrowed = {name: {"when": {"level": ("一般",)}} for name in ("mend", "move")}
    assert told(hazard(**narrowed)) == [
        "隐患等级=重大的事项到了“整改中”就办不结",
        "隐患等级=重大的事项到了“延期审批”就办不结",
    ]
