"""Whoever mended it accepts it neither now nor later, whatever else he is or becomes."""

from datetime import timedelta

import pytest

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.actions import assign_role, move_person, withdraw_role
from chuangwen.records.township.models import Assignment, RoleDefinition
from chuangwen.work.cases.actions import take_many
from chuangwen.work.cases.merge_actions import merge
from chuangwen.work.cases.policy import SelfVerified
from chuangwen.work.cases.said import Said


def test_an_inspector_of_the_lead_unit_who_mended_it_may_not_accept_it(shipped) -> None:
    case = shipped.does(shipped.mending(), "tangrui", "mend")
    with pytest.raises(SelfVerified):
        shipped.does(case, "tangrui", "accept")
    assert shipped.does(case, "zhangqiang", "accept").state == "done"


def test_neither_a_new_role_nor_a_new_unit_makes_the_mender_another(shipped) -> None:
    case = shipped.does(shipped.mending(), "wangjianguo", "mend")
    person = shipped.person("wangjianguo")
    move_person(person, by=MACHINE, at=shipped.at, organisation=shipped.unit("cwb"))
    withdraw_role(Assignment.objects.get(person=person, withdrawn_at=None), by=MACHINE, at=shipped.at)
    for role in ("inspector", "office"):
        assign_role(person, RoleDefinition.objects.get(code=role), by=MACHINE, at=shipped.at)
    with pytest.raises(SelfVerified):
        shipped.does(case, "wangjianguo", "accept")


def test_the_first_mender_may_not_accept_what_another_mended_after_rework(shipped) -> None:
    case = shipped.does(shipped.mending(), "tangrui", "mend")
    case = shipped.does(case, "zhangqiang", "redo")
    case = shipped.does(case, "luyi", "mend")
    with pytest.raises(SelfVerified):
        shipped.does(case, "tangrui", "accept")
    assert shipped.does(case, "limin", "accept").state == "done"


def test_the_mender_of_the_first_time_may_not_accept_after_a_relapse_nor_look_again(shipped) -> None:
    case = shipped.does(shipped.does(shipped.mending(), "tangrui", "mend"), "limin", "accept")
    shipped.later(days=31)
    with pytest.raises(SelfVerified):
        shipped.does(case, "tangrui", "looked")
    case = shipped.does(case, "limin", "relapsed")
    case = shipped.does(shipped.does(case, "luyi", "take_on"), "luyi", "mend")
    with pytest.raises(SelfVerified):
        shipped.does(case, "tangrui", "accept")


def test_the_mender_of_a_duplicate_may_not_accept_the_case_it_was_merged_into(shipped) -> None:
    one = shipped.does(shipped.mending(), "tangrui", "mend")
    other = shipped.does(shipped.mending(), "luyi", "mend")
    other = merge(one, other, by=shipped.actor("limin"), at=shipped.at)
    with pytest.raises(SelfVerified):
        shipped.does(other, "tangrui", "accept")
    assert shipped.does(other, "zhangqiang", "accept").state == "done"


def test_a_merged_duplicate_uses_up_nobody_s_extension(shipped) -> None:
    one, other = shipped.mending(), shipped.mending()
    one = shipped.does(one, "luyi", "ask", extension="2 工作日", reason="雨天")
    other = merge(one, other, by=shipped.actor("limin"), at=shipped.at)
    assert shipped.does(other, "luyi", "ask", extension="2 工作日", reason="雨天").state == "asking"


def test_in_bulk_the_own_case_is_refused_and_the_others_go(shipped) -> None:
    own, others = shipped.mending(), shipped.mending()
    own, others = shipped.does(own, "tangrui", "mend"), shipped.does(others, "luyi", "mend")
    refused = take_many([own, others], "accept", Said(), by=shipped.actor("tangrui"), at=shipped.at)
    assert list(refused) == [own.number]


def test_whoever_replied_may_not_call_the_resident_back(shipped) -> None:
    case = shipped.opens("supervision", "hewei", "issue", unit="cwb")
    case = shipped.does(case, "limin", "sign")
    case = shipped.does(case, "limin", "answer", result="已整改")
    with pytest.raises(SelfVerified):
        shipped.does(case, "limin", "close", checked="属实")
    shipped.at += timedelta(hours=1)
    assert shipped.does(case, "u_cwb", "close", checked="属实").state == "done"
