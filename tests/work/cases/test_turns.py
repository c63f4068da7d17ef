"""Whoever is asked can do something; nobody's leave, move or closed account leaves a case in nobody's inbox."""

import pytest

from chuangwen.kernel.fields import WrongAnswers
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.notices.models import Notice
from chuangwen.records.township.actions import disable_person, move_person
from chuangwen.work.cases import queries
from chuangwen.work.cases.actions import assist
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.naming import AccusedHandles
from chuangwen.work.cases.side_actions import comment
from chuangwen.work.cases.turning import turn_people


def told(case: Case, username: str) -> bool:
    return Notice.objects.filter(thing_key=case.number, person__username=username).exists()


def owes(shipped, username: str, case: Case) -> bool:
    return queries.my_work(shipped.actor(username)).filter(pk=case.pk).exists()


def test_the_holder_is_one_of_the_lead_unit(shipped) -> None:
    case = shipped.opens("rectification", "limin", "find")
    with pytest.raises(WrongAnswers, match="梁云峰不是市场监督管理所的人"):
        shipped.does(case, "limin", "dispatch", unit="sjs", person="u_zfd")
    case = shipped.does(case, "limin", "dispatch", unit="sjs", person="luyi")
    assert (case.turn_unit.code, case.turn_person.username) == ("sjs", "luyi")


def test_another_unit_takes_the_case_without_the_holder_of_the_first(shipped) -> None:
    case = shipped.mending()
    assert case.holder.username == "luyi"
    case = shipped.does(case, "limin", "redirect", unit="zfd")
    assert (case.holder, case.turn_unit.code, case.turn_person) == (None, "zfd", None)
    assert owes(shipped, "u_zfd", case)


def test_when_the_holder_leaves_the_unit_the_colleagues_have_it(shipped) -> None:
    case = shipped.mending()
    assert (owes(shipped, "luyi", case), owes(shipped, "wangjianguo", case)) == (True, False)
    move_person(shipped.person("luyi"), by=MACHINE, at=shipped.at, organisation=shipped.unit("zfd"))
    assert (owes(shipped, "luyi", case), owes(shipped, "wangjianguo", case)) == (False, True)
    case = shipped.does(case, "wangjianguo", "mend")
    assert case.holder is None


def test_when_the_holder_s_account_is_closed_the_colleagues_have_it(shipped) -> None:
    case = shipped.mending()
    disable_person(shipped.person("luyi"), by=MACHINE, at=shipped.at)
    assert owes(shipped, "wangjianguo", case)
    assert shipped.person("wangjianguo").pk in turn_people(Case.objects.get(pk=case.pk))


def test_when_the_opener_s_account_is_closed_the_village_has_it(shipped) -> None:
    said = {
        "householder": "周某",
        "plot": "120",
        "how": "原址翻建",
        "land": "建设用地",
        "neighbours": "yes",
        "promise": "yes",
    }
    case = shipped.opens("building", "limin", "apply", **said)
    assert case.turn_person.username == "limin"
    disable_person(shipped.person("limin"), by=MACHINE, at=shipped.at)
    assert owes(shipped, "liufang", case)
    assert not owes(shipped, "v001", case)
    case = shipped.does(case, "liufang", "discuss", group_opinion="同意", notice_from="2021-09-29")
    assert case.turn_role == "village"


def test_only_the_own_village_is_told(shipped) -> None:
    said = {
        "householder": "周某",
        "plot": "120",
        "how": "原址翻建",
        "land": "建设用地",
        "neighbours": "yes",
        "promise": "yes",
    }
    case = shipped.opens("building", "limin", "apply", **said)
    case = shipped.does(case, "limin", "discuss", group_opinion="同意", notice_from="2021-09-29")
    shipped.later(days=8)
    case = shipped.does(case, "limin", "posted", notice_to="2021-10-06", objections="无异议")
    assert (case.state, case.turn_role) == ("village", "village")
    assert (told(case, "liufang"), told(case, "v001")) == (True, False)


def test_when_all_of_a_role_are_kept_from_it_others_who_may_act_are_asked(shipped) -> None:
    """An accusation of the office itself: nobody of the office may know of it, so the leader has it."""
    said = {"kind": "检举控告", "form": "坐班接访", "accused": "cwb"}
    case = shipped.opens("petition", "hewei", "receive", **said)
    assert (owes(shipped, "hewei", case), owes(shipped, "limin", case)) == (True, False)
    assert (told(case, "limin"), told(case, "u_cwb")) == (False, False)


def test_units_named_to_assist_at_the_opening_assist(shipped) -> None:
    case = shipped.opens("supervision", "hewei", "issue", unit="sjs", assist=["zfd", "sjs"])
    assert [one.code for one in case.assisting.all()] == ["zfd"]
    assert told(case, "u_zfd")


def test_an_accused_unit_is_never_given_the_case(shipped) -> None:
    case = shipped.opens("appeal", "limin", "register", accused="sjs")
    for said in ({"unit": "sjs"}, {"unit": "zfd", "assist": ["sjs"]}):
        with pytest.raises(AccusedHandles, match="市场监督管理所是被反映的单位"):
            shipped.does(case, "limin", "dispatch", **said)
    case = shipped.does(case, "limin", "dispatch", unit="zfd")
    with pytest.raises(AccusedHandles):
        assist(case, [shipped.unit("sjs")], by=shipped.actor("limin"), at=shipped.at)
    with pytest.raises(AccusedHandles):
        shipped.does(case, "limin", "redirect", unit="sjs")


def test_the_unit_that_the_category_names_leaves_when_it_is_accused(shipped) -> None:
    case = shipped.opens("appeal", "limin", "register", accused="bmz")
    assert case.lead is None
    with pytest.raises(AccusedHandles):
        shipped.does(case, "limin", "dispatch")
    assert shipped.does(case, "limin", "dispatch", unit="zfd").lead.code == "zfd"


def test_what_the_accused_had_been_told_before_it_was_named_is_taken_back(shipped) -> None:
    case = shipped.opens("appeal", "luyi", "register", title="市监所乱收费")
    comment(case, "@王建国 请核实", by=shipped.actor("limin"), at=shipped.at)
    assert told(case, "u_cwb")
    shipped.does(case, "limin", "dispatch", unit="zfd", accused="cwb")
    assert not told(case, "u_cwb")
    assert told(case, "u_zfd")
