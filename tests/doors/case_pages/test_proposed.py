"""On a reception day the leader on duty stands in the form of a visit already; what somebody typed goes before."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.people import Cast
from tests.work.cases.casting import install, write_pack
from tests.work.rotas.turns import Turns, set_up

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.models import Town
from chuangwen.work.cases.models import Case
from chuangwen.work.rotas.actions import cancel_shift

VISIT = """
[type]
id = "visit"
title = "来访登记"
short = "来访"
letter = "访"
purpose = "登记来访。"

[[field]]
id = "leader"
title = "接访领导"
kind = "person"
rota = "reception"

[[field]]
id = "writer"
title = "记录人"
kind = "person"

[[state]]
id = "written"
title = "已登记"
turn = ["office"]

[[state]]
id = "over"
title = "办结"
kind = "closed"
outcome = "done"

[[move]]
id = "write"
title = "登记来访"
to = "written"
who = ["office"]
does = "report"
fields = ["leader", "writer"]

[[move]]
id = "end"
title = "办结"
from = ["written"]
to = "over"
who = ["office"]
does = "close"
"""
NEW = "/cases/new/visit/"


@pytest.fixture
def october(cast: Cast, tmp_path: Path) -> Turns:
    """October is planned; today is Thursday the 14th, 程立群's turn."""
    install(cast, write_pack(tmp_path / "pack", VISIT))
    turns = set_up(cast, tmp_path / "rotas")
    Town.objects.update(demo=True, demo_today=date(2021, 10, 14))
    turns.plan()
    return turns


def chosen(client: Client, **query: str) -> dict[str, str]:
    """What stands in the form: by field the option that is chosen."""
    fields = client.get(NEW, query).context["form"]["fields"]
    return {one.row.id: next((option.value for option in one.options if option.chosen), "") for one in fields}


def test_the_leader_on_duty_stands_in_the_form_already(october: Turns, signed_in_as: Any) -> None:
    assert chosen(signed_in_as("limin")) == {"leader": "chengliqun", "writer": ""}


def test_on_any_other_day_and_on_a_cancelled_one_nobody_is_proposed(october: Turns, signed_in_as: Any) -> None:
    cancel_shift(october.on(date(2021, 10, 14)), "外出", by=MACHINE, at=october.at)
    assert chosen(signed_in_as("limin"))["leader"] == ""
    Town.objects.update(demo_today=date(2021, 10, 15))
    assert chosen(signed_in_as("limin"))["leader"] == ""


def test_those_of_the_rota_are_offered_first_under_its_name(october: Turns, signed_in_as: Any) -> None:
    leader, writer = signed_in_as("limin").get(NEW).context["form"]["fields"]
    assert {one.value for one in leader.options if one.group == "领导接访"} == {"hewei", "chengliqun", "xuwenjuan"}
    assert [one.group for one in leader.options[:4]] == ["领导接访"] * 3 + ["其他人员"]
    assert {one.group for one in writer.options} == {""}


def test_what_was_chosen_instead_is_kept(october: Turns, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    said = {"move": "write", "f-leader": "hewei", "mark": "m"}
    refused = limin.post(NEW, {**said, "title": ""})
    leader = refused.context["form"]["fields"][0]
    assert next(one.value for one in leader.options if one.chosen) == "hewei"
    limin.post(NEW, {**said, "title": "反映征地补偿"})
    assert Case.objects.get().answers == {"leader": "hewei"}
