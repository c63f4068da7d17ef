"""A special case for a loss of points (专项): led by whom the duties name, with proof of before and a re-check at the end."""

import pytest

from chuangwen.kernel.fields import WrongAnswers
from chuangwen.records.duties.models import Duty
from chuangwen.records.standards.models import Node
from chuangwen.work.cases.actions import open_case
from chuangwen.work.cases.models import Attachment, CaseType
from chuangwen.work.cases.said import Link, NewCase, Said
from chuangwen.work.cases.stepping import ProofMissing
from chuangwen.work.cases.types import definition, in_force
from tests.office import Office


def test_a_leader_is_a_leader(shipped) -> None:
    with pytest.raises(WrongAnswers, match="“责任领导”要从镇领导里选"):
        shipped.opens("rectification", "limin", "gap", leader="luyi")
    case = shipped.opens("rectification", "limin", "gap", leader="hewei")
    assert case.answers["leader"] == "hewei"


def test_the_form_offers_leaders_only_and_no_street_categories(shipped, client) -> None:
    client.force_login(shipped.person("limin"), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/cases/new/rectification/", {"move": "gap"})
    assert page.status_code == 200
    assert page.context["categories"] == []
    fields = {one.row.id: one for one in page.context["form"]["fields"]}
    assert "category" not in fields
    offered = {one.value for one in fields["leader"].options}
    assert "hewei" in offered
    assert "luyi" not in offered


def test_it_needs_proof_of_before_and_a_re_check(shipped) -> None:
    new = NewCase(kind="rectification", title="补失分", move="gap")
    with pytest.raises(ProofMissing):
        open_case(new, Said(), by=shipped.actor("limin"), at=shipped.at)
    case = shipped.opens("rectification", "limin", "gap")
    assert Attachment.objects.get(case=case).purpose == "before"
    case = shipped.does(shipped.does(case, "limin", "dispatch", unit="sjs"), "luyi", "take_on")
    case = shipped.does(case, "luyi", "mend")
    with pytest.raises(WrongAnswers, match="请填写“复查结果”"):
        shipped.does(case, "limin", "accept")
    case = shipped.does(case, "limin", "accept", rechecked="重看 6 处，全部合格")
    assert case.phase == "closed"


def test_what_was_found_on_the_spot_is_closed_as_before(shipped) -> None:
    case = shipped.does(shipped.mending(), "luyi", "mend")
    assert shipped.does(case, "limin", "accept").phase == "closed"


def test_the_unit_that_leads_the_duty_leads_the_special(office: Office, town) -> None:
    row = in_force("mending")
    content = {**row.content, "type": {**row.content["type"], "gap": "find"}}
    CaseType.objects.filter(pk=row.pk).update(content=content, digest="with a gap")
    node = Node.objects.filter(edition=town.edition, kind="standard").first()
    unit = office.cast.units["V2"]
    Duty.objects.update_or_create(standard=node, defaults={"kind": "standard", "lead": unit, "assigned_at": office.at})
    links = [Link("standard", f"{node.edition_id}:{node.code}", node.title), Link("loss", f"{node.code}:field", "三处")]
    new = NewCase(kind="mending", title="补失分", move="find", links=links)
    case = open_case(new, by=office.cast.actor("limin"), at=office.at)
    assert case.lead == unit
    assert definition(in_force("mending")).type.gap == "find"
