"""Somebody changes post: what was held goes on with another, and nobody's work is lost from sight."""

import pytest

from chuangwen.records.ledger.models import Note
from chuangwen.records.notices.models import Notice
from chuangwen.records.township.models import Person
from chuangwen.results.scoring.doctor import examine
from chuangwen.work.cases import queries
from chuangwen.work.cases.handing import AlreadyTheirs, NotToThem, hand_over, hand_over_all
from tests.people import hold


@pytest.fixture
def colleague(office) -> Person:
    """马晓梅 of the market station."""
    unit = office.cast.units["market"]
    made = Person.objects.create(username="maxiaomei", name="马晓梅", organisation=unit, joined_at=office.at)
    hold(made, office.cast.roles["station"])
    return made


def test_a_colleague_goes_on_with_the_same_deadline_and_is_told(office, colleague) -> None:
    case = office.sent(person="wangjianguo")
    done = hand_over(case, colleague, by=office.cast.actor("wangjianguo"), at=office.at, why="下乡驻村")
    assert (done.holder, done.turn_person, done.due_at, done.state) == (colleague, colleague, case.due_at, case.state)
    step = case.steps.order_by("-number").first()
    assert (step.title, step.text, step.number) == ("移交给马晓梅", "下乡驻村", done.version)
    assert Note.objects.filter(key=case.number, verb="移交经办人").count() == 1
    assert Notice.objects.filter(person=colleague, kind="assigned").exists()
    with pytest.raises(AlreadyTheirs):
        hand_over(done, colleague, by=office.cast.actor("wangjianguo"), at=office.at)


def test_a_case_does_not_go_to_another_unit_this_way(office, colleague) -> None:
    case = office.sent(person="wangjianguo")
    with pytest.raises(NotToThem, match="不能移交给刘芳"):
        hand_over(case, office.cast.people["liufang"], by=office.cast.actor("limin"), at=office.at)


def test_all_that_somebody_holds_goes_at_once(office, colleague) -> None:
    cases = [office.sent(person="wangjianguo") for _ in range(3)]
    count = hand_over_all(office.cast.people["wangjianguo"], colleague, by=office.cast.actor("limin"), at=office.at)
    assert count == 3
    assert {one.pk for one in queries.my_work(office.cast.actor("maxiaomei"))} == {one.pk for one in cases}


def test_the_doctor_finds_work_whose_holder_is_gone(office, colleague) -> None:
    office.sent(person="maxiaomei")
    Person.objects.filter(pk=colleague.pk).update(is_active=False, disabled_at=office.at)
    found = {one.code: one for one in examine(office.at.date())}
    assert (found["turn_gone"].severity, found["turn_gone"].count) == ("bad", 1)


def test_handing_over_by_page_is_for_those_at_work_on_it(office, colleague, signed_in_as) -> None:
    case = office.sent(person="wangjianguo")
    url = f"/cases/{case.number}/hand-over/"
    assert signed_in_as("zhangqiang").post(url, {"person": "maxiaomei"}).status_code in {403, 404}
    assert signed_in_as("wangjianguo").post(url, {"person": "maxiaomei"}).status_code == 302
    page = signed_in_as("limin").get("/cases/hand-over/", {"from": "maxiaomei"}).content.decode()
    assert case.number in page
