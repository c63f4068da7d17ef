"""What may happen to people, units, sites, deadlines: refused or done, and noted once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from tests import people
from tests.people import AT, Cast, hold

from chuangwen.kit.refusals import NotAllowed, OutOfReach
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.ledger.verifying import verify
from chuangwen.records.township import actions, place_actions, queries
from chuangwen.records.township.models import (
    Assignment,
    Deadline,
    Organisation,
    OrganisationKind,
    PasswordUsed,
    Person,
    Site,
)
from chuangwen.records.township.passwords import one_time_password
from chuangwen.records.township.permissions import Permission, Scope
from chuangwen.records.township.place_actions import NewOrganisation, NewSite
from chuangwen.records.township.policy import NotOneself, RolesExclude


def test_zhao_lei_opens_an_account_and_it_is_noted_once(cast: Cast) -> None:
    new = actions.add_person(
        by=cast.actor("zhaolei"),
        at=AT,
        username="heping",
        name="何平",
        organisation=cast.units["V2"],
        more={"phone": "19900012399"},
    )
    note = Note.objects.get()
    assert (note.verb, note.name, note.key, note.after["organisation"]) == ("开户", "赵磊", "heping", "V2")
    assert note.after["phone"] == "199****2399" == new.masked_phone
    assert not new.has_usable_password()


def test_an_account_is_one_persons_only_whatever_the_case(cast: Cast) -> None:
    with pytest.raises(actions.UsernameTaken, match="李敏"):
        actions.add_person(by=MACHINE, at=AT, username="LiMin", name="李明", organisation=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(username="LIMIN", name="李明")


def test_li_min_of_the_office_may_not_open_accounts(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.add_person(by=cast.actor("limin"), at=AT, username="heping", name="何平")
    assert not Note.objects.exists()


def test_a_moved_person_reaches_the_new_unit(cast: Cast) -> None:
    liufang = actions.move_person(
        cast.people["liufang"], by=cast.actor("zhaolei"), at=AT, organisation=cast.units["V2"], post="村主任"
    )
    assert cast.actor("liufang").reach(Permission.SEE_SCORE).covers(cast.units["V2"])
    assert not cast.actor("liufang").reach(Permission.SEE_SCORE).covers(cast.units["V1"])
    note = Note.objects.get()
    assert (note.before, note.after) == (
        {"organisation": "V1", "post": "村支书"},
        {"organisation": "V2", "post": "村主任"},
    )
    assert liufang.post == "村主任"


def test_a_closed_account_loses_its_roles_and_may_come_back_without_them(cast: Cast) -> None:
    zhaolei = cast.actor("zhaolei")
    actions.disable_person(cast.people["limin"], by=zhaolei, at=AT)
    assert not cast.actor("limin").reaches
    with pytest.raises(actions.AccountClosed):
        actions.issue_password(cast.people["limin"], by=zhaolei, at=AT)
    actions.enable_person(cast.people["limin"], by=zhaolei, at=AT)
    assert cast.actor("limin").person.is_active
    assert not cast.actor("limin").reaches
    with pytest.raises(NotOneself):
        actions.disable_person(cast.people["zhaolei"], by=zhaolei, at=AT)


def test_qian_an_gives_and_takes_a_role(cast: Cast) -> None:
    qianan = cast.actor("qianan")
    chosen = [cast.units["V1"], cast.units["V2"]]
    held = actions.assign_role(cast.people["sunyue"], cast.roles["contact"], by=qianan, at=AT, chosen=chosen)
    assert cast.actor("sunyue").reach(Permission.SEE_ROWS).covers(cast.units["V2"])
    with pytest.raises(actions.AlreadyHolds):
        actions.assign_role(cast.people["sunyue"], cast.roles["contact"], by=qianan, at=AT, chosen=chosen)
    actions.withdraw_role(held, by=qianan, at=AT)
    assert not cast.actor("sunyue").reaches
    given, taken = Note.objects.order_by("number")
    assert given.after == {"role": "contact", "scope": "chosen", "chosen": ["V1", "V2"]}
    assert taken.verb == "收回角色“包村干部”"


def test_a_role_of_chosen_units_needs_a_choice(cast: Cast) -> None:
    with pytest.raises(actions.NothingChosen):
        actions.assign_role(cast.people["sunyue"], cast.roles["contact"], by=MACHINE, at=AT)
    actions.assign_role(cast.people["sunyue"], cast.roles["contact"], by=MACHINE, at=AT, scope=Scope.OWN)


def test_nobody_gives_a_role_to_oneself_and_only_the_security_administrator_gives_any(cast: Cast) -> None:
    with pytest.raises(NotOneself):
        actions.assign_role(cast.people["qianan"], cast.roles["leader"], by=cast.actor("qianan"), at=AT)
    with pytest.raises(NotAllowed):
        actions.assign_role(cast.people["sunyue"], cast.roles["leader"], by=cast.actor("zhaolei"), at=AT)


@pytest.mark.parametrize("wanted", ["sysadmin", "secadmin", "auditor"])
@pytest.mark.parametrize("username", ["zhaolei", "qianan", "zhengming", "limin", "liufang"])
def test_an_administrative_role_stands_alone(cast: Cast, username: str, wanted: str) -> None:
    person = cast.people[username]
    if person.assignments.filter(role=wanted).exists():
        pytest.skip("holds it already")
    with pytest.raises(RolesExclude, match=cast.roles[wanted].title):
        actions.assign_role(person, cast.roles[wanted], by=MACHINE, at=AT)


def test_an_administrator_gets_no_business_role(cast: Cast) -> None:
    with pytest.raises(RolesExclude):
        actions.assign_role(cast.people["zhaolei"], cast.roles["office"], by=MACHINE, at=AT)


def test_the_database_refuses_a_second_administrative_role(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        hold(cast.people["zhaolei"], cast.roles["auditor"])
    with pytest.raises(IntegrityError), transaction.atomic():
        hold(cast.people["limin"], cast.roles["office"])


def test_roles_that_the_pack_sets_apart_exclude_each_other_both_ways(cast: Cast) -> None:
    cast.roles["discipline"].excludes = ["office"]
    cast.roles["discipline"].save()
    for username, wanted in (("limin", "discipline"), ("zhouzheng", "office")):
        with pytest.raises(RolesExclude):
            actions.assign_role(cast.people[username], cast.roles[wanted], by=MACHINE, at=AT)


def test_a_one_time_password_is_told_once_and_stands_nowhere(cast: Cast) -> None:
    once = actions.issue_password(cast.people["liufang"], by=cast.actor("zhaolei"), at=AT)
    liufang = Person.objects.get(username="liufang")
    assert liufang.check_password(once)
    assert liufang.must_change_password
    assert once not in str(Note.objects.values())
    assert len({one_time_password() for _turn in range(50)}) == 50


def test_the_last_five_passwords_are_not_taken_again(cast: Cast) -> None:
    liufang = cast.people["liufang"]
    for number in range(6):
        actions.change_password(liufang, f"Lian-Meng-{number}x", by=MACHINE, at=AT + timedelta(days=number))
    assert PasswordUsed.objects.filter(person=liufang).count() == 5
    with pytest.raises(ValidationError, match="最近用过"):
        actions.change_password(liufang, "Lian-Meng-1x", by=MACHINE, at=AT + timedelta(days=9))
    actions.change_password(liufang, "Lian-Meng-0x", by=MACHINE, at=AT + timedelta(days=9))


@pytest.mark.parametrize("plain", ["zhanggou2021", "ABCDEFGH1234", "Aa1!", "liufang-Liufang1"[:7]])
def test_plain_and_short_passwords_are_refused(cast: Cast, plain: str) -> None:
    with pytest.raises(ValidationError):
        actions.change_password(cast.people["liufang"], plain, by=MACHINE, at=AT)


def test_a_unit_is_founded_under_its_parent(cast: Cast) -> None:
    kind = OrganisationKind.objects.get(code="group")
    new = NewOrganisation(code="V2-1", name="联盟村一组", kind=kind, parent=cast.units["V2"])
    unit = place_actions.add_organisation(new, by=cast.actor("zhaolei"), at=AT)
    assert unit.path == "/T/V2/V2-1/"
    with pytest.raises(place_actions.CodeTaken):
        place_actions.add_organisation(new, by=MACHINE, at=AT)
    wrong = NewOrganisation(code="X", name="一组", kind=kind, parent=cast.units["market"])
    with pytest.raises(place_actions.NotUnderThat, match="市监所"):
        place_actions.add_organisation(wrong, by=MACHINE, at=AT)


def test_a_unit_closes_only_when_nothing_hangs_on_it(cast: Cast) -> None:
    with pytest.raises(place_actions.StillInUse, match="下级单位 2 个、在用人员 1 名"):
        place_actions.close_organisation(cast.units["V1"], by=MACHINE, at=AT)
    closed = place_actions.close_organisation(cast.units["V2"], by=MACHINE, at=AT)
    assert not closed.is_open(AT.date())
    assert closed not in queries.open_organisations(AT.date())
    with pytest.raises(actions.UnitClosed):
        actions.move_person(cast.people["liufang"], by=MACHINE, at=AT, organisation=closed)


def test_the_database_refuses_codes_that_would_break_a_path(cast: Cast) -> None:
    for code in ("a/b", "", "v1"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Organisation.objects.create(code=code, name="村", short="村", kind_id="village", path=f"/T/{code}x/")


def test_a_site_enters_and_leaves_the_register(cast: Cast) -> None:
    new = NewSite(code="S-1", name="中心市场", type_code="P06", organisation=cast.units["V1"], length=Decimal("120.5"))
    site = place_actions.add_site(new, by=cast.actor("limin"), at=AT)
    same = NewSite(code="S-2", name="中心市场", type_code="P06", organisation=cast.units["V1"])
    with pytest.raises(place_actions.SiteNameTaken):
        place_actions.add_site(same, by=MACHINE, at=AT)
    with pytest.raises(NotAllowed):
        place_actions.add_site(same, by=cast.actor("liufang"), at=AT)
    place_actions.close_site(site, by=cast.actor("limin"), at=AT)
    place_actions.add_site(same, by=MACHINE, at=AT)
    assert [one.code for one in queries.sites_on(AT.date())] == ["S-2"]
    assert Note.objects.count() == 3
    assert verify().holds


def test_a_site_stands_on_earth_and_has_a_length(cast: Cast) -> None:
    for wrong in ({"lon": 200, "lat": 30}, {"lon": 113, "lat": None}, {"length": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Site.objects.create(code="S", name="街", type_code="P01", organisation=cast.units["V1"], **wrong)


def test_a_deadline_is_set_moved_and_struck_out(cast: Cast) -> None:
    limin = cast.actor("limin")
    place_actions.set_deadline("submit", 2021, by=limin, at=AT, title="网上申报", date=date(2021, 11, 1))
    moved = place_actions.set_deadline("submit", 2021, by=limin, at=AT, title="网上申报", date=date(2021, 11, 5))
    assert queries.next_deadline(date(2021, 11, 2)) == moved
    assert moved.date - date(2021, 10, 14) == timedelta(days=moved.days_left(date(2021, 10, 14)))
    place_actions.remove_deadline(moved, by=limin, at=AT)
    assert not Deadline.objects.exists()
    assert [note.verb for note in Note.objects.order_by("number")] == ["设定时限", "调整时限", "取消时限"]


def test_liu_fang_sees_the_people_and_sites_of_her_village(cast: Cast) -> None:
    people.site("S-1", cast.units["V1-1"])
    people.site("S-2", cast.units["V2"])
    liufang = cast.actor("liufang")
    assert [one.code for one in queries.sites_visible_to(liufang)] == ["S-1"]
    assert [one.username for one in queries.people_visible_to(liufang)] == ["liufang"]
    assert queries.people_visible_to(cast.actor("limin")).count() == len(people.CAST)


def test_a_unit_is_found_by_any_of_its_names(cast: Cast) -> None:
    Organisation.objects.filter(code="V2").update(aliases=["联盟社区"], region_code="429004110230")
    for text in ("V2", "v2", "联盟村", " 联盟社区 ", "429004110230"):
        assert queries.organisation_named(text) == cast.units["V2"]
    assert queries.organisation_named("没有这个村") is None
    assert queries.organisation_named("") is None


def test_roles_count_their_holders(cast: Cast) -> None:
    assert {role.code: role.holders for role in queries.roles_in_use()}["office"] == 1
    assert Assignment.objects.filter(withdrawn_at=None).count() == queries.assignments_in_force().count()


def test_an_administrator_of_one_village_stays_in_it(cast: Cast) -> None:
    zhaolei = cast.people["zhaolei"]
    zhaolei.assignments.all().delete()
    hold(zhaolei, cast.roles["sysadmin"], scope=Scope.CHOSEN, chosen=(cast.units["V1"],))
    with pytest.raises(OutOfReach, match="联盟村"):
        actions.add_person(by=cast.actor("zhaolei"), at=AT, username="a1", name="甲", organisation=cast.units["V2"])
    actions.add_person(by=cast.actor("zhaolei"), at=AT, username="a1", name="甲", organisation=cast.units["V1-1"])
