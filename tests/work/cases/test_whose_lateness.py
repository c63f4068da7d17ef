"""A case that is late because the reviewer is late is the reviewer's: in lists, in counts, in what people are told."""

import pytest

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.notices.models import Notice
from chuangwen.results.dashboard.late import late_parts
from chuangwen.work.cases.escalating import sweep
from chuangwen.work.cases.lateness import (
    is_the_leads,
    late_by_whom,
    late_now,
    late_through,
    late_through_roles,
    who_is_late,
)
from chuangwen.work.cases.models import Case


def told(kind: str = "overdue", **more: object) -> dict[str, str]:
    rows = Notice.objects.filter(kind=kind, **more).values_list("person__username", "text")
    return dict(rows)


@pytest.fixture
def both(shipped):
    """One case late through the lead unit, one that the reviewer has left lying."""
    lead, reviewer = shipped.mending(), shipped.does(shipped.mending(), "luyi", "mend")
    shipped.later(days=20)
    return shipped, lead, reviewer


def test_lists_and_counts_give_each_lateness_to_who_is_awaited(both) -> None:
    shipped, lead, reviewer = both
    unit = shipped.unit("sjs").pk
    late = Case.objects.filter(late_now(shipped.at))
    assert set(late) == {lead, reviewer}
    assert list(Case.objects.filter(late_through([unit], shipped.at))) == [lead]
    assert list(Case.objects.filter(late_through_roles(["inspector"], shipped.at))) == [reviewer]
    assert late_by_whom(Case.objects.all(), shipped.at) == {unit: 1, "inspector": 1}
    parts = late_parts(shipped.actor("limin"), shipped.at)
    assert (parts.total, [(one.title, one.count) for one in parts.shown]) == (2, [("考察员", 1), ("市监所", 1)])
    assert (who_is_late(lead).unit.pk, is_the_leads(lead)) == (unit, True)
    assert (who_is_late(reviewer).unit, who_is_late(reviewer).role, is_the_leads(reviewer)) == (
        None,
        "inspector",
        False,
    )


def test_the_named_query_and_the_single_case_agree(both) -> None:
    shipped, *_ = both
    shipped.opens("rectification", "limin", "find")
    shipped.opens("appeal", "limin", "register")
    shipped.later(days=20)
    for case in Case.objects.select_related("turn_unit", "turn_person__organisation"):
        late = who_is_late(case)
        units = [late.unit.pk] if late.unit else []
        found = Case.objects.filter(late_through(units, shipped.at) | late_through_roles([late.role], shipped.at))
        assert (case in found) == case.is_overdue(shipped.at)


def test_the_list_of_a_unit_s_late_cases_holds_its_own_lateness_alone(both, client) -> None:
    shipped, lead, reviewer = both
    shipped.at = shipped.at.replace(year=2021)
    client.force_login(shipped.person("limin"), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/cases/", {"tab": "all", "lead": shipped.unit("sjs").pk, "phase": "late"}).content.decode()
    assert lead.number in page
    assert reviewer.number not in page


def test_a_notice_names_the_matter_the_place_and_who_is_awaited(both) -> None:
    shipped, lead, reviewer = both
    sweep(by=MACHINE, at=shipped.at)
    order = Case.objects.get(kind="supervision", parent=lead)
    ladder = list(Notice.objects.filter(thing_key=lead.number, kind="overdue").values_list("text", flat=True))
    assert all(f"{lead.number}“路口积水（{lead.area.short}）”已超期" in one for one in ladder)
    assert any(f"督办单 {order.number} 已发给{lead.lead.short}" in one for one in ladder)
    reviewed = Notice.objects.filter(thing_key=reviewer.number, kind="overdue")
    assert reviewed.exists()
    assert all("督办单" not in one.text and "轮到考察员" in one.text for one in reviewed)
    assert not reviewed.filter(person__organisation=shipped.unit("sjs"), text__contains="超期提醒").exclude(
        person__username="tangrui"
    ), "the lead unit is not told off for the reviewer; she is an inspector besides"
    assert not Case.objects.filter(parent=reviewer).exists()


def test_every_order_that_is_told_of_exists(both) -> None:
    shipped, *_ = both
    sweep(by=MACHINE, at=shipped.at)
    orders = set(Case.objects.filter(kind="supervision").values_list("number", flat=True))
    named = [one.split("督办单 ")[1].split(" ")[0] for one in told().values() if "督办单" in one]
    assert set(named) <= orders


def test_what_is_over_asks_for_nothing_any_more(both) -> None:
    shipped, lead, _reviewer = both
    sweep(by=MACHINE, at=shipped.at)
    assert told(thing_key=lead.number)
    read = Notice.objects.filter(thing_key=lead.number, kind="overdue")[0]
    read.read_at = shipped.at
    read.save()
    case = shipped.does(shipped.does(Case.objects.get(pk=lead.pk), "luyi", "mend"), "limin", "accept")
    left = Notice.objects.filter(thing_key=case.number).exclude(kind="changed")
    assert list(left) == [read], "what was read is kept, what asked for something is withdrawn"


def test_a_recalled_order_is_no_longer_told_of(both) -> None:
    shipped, lead, _reviewer = both
    sweep(by=MACHINE, at=shipped.at)
    order = Case.objects.get(kind="supervision", parent=lead)
    assert Notice.objects.filter(text__contains=order.number).exists()
    shipped.does(order, "limin", "recall")
    assert not Notice.objects.filter(text__contains=order.number).exclude(kind="changed").exists()


def test_of_what_few_may_see_a_notice_says_its_kind_alone(shipped) -> None:
    case = shipped.opens("appeal", "limin", "register", title="宣传办报假数", accused="xcb")
    shipped.does(case, "limin", "dispatch", unit="zfd")
    shipped.later(days=20)
    sweep(by=MACHINE, at=shipped.at)
    assert Notice.objects.filter(thing_key=case.number).exists()
    assert not Notice.objects.filter(text__contains="报假数").exists()
