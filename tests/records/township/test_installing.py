"""Installing packs: all or nothing, twice is once, in few queries, one note."""

from datetime import date

import pytest
from tests.people import AT, KINDS, ROLES, Cast

from chuangwen.kernel.problems import Rejected
from chuangwen.kit.refusals import NotAllowed
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.township import installing, place_actions
from chuangwen.records.township.actors import actor_for
from chuangwen.records.township.definitions import TownPack, TownshipPack
from chuangwen.records.township.models import (
    Deadline,
    Holiday,
    Organisation,
    Person,
    RoleDefinition,
    Site,
    Town,
    Workgroup,
)
from chuangwen.records.township.permissions import Permission


def township(edition: str = "1", **more: object) -> TownshipPack:
    content: dict[str, object] = {
        "pack": {"id": "township", "edition": edition, "title": "乡镇通用", "kind": "township", "standing": "derived"},
        "kinds": [{"id": code, "title": title, "level": level, "parents": over} for code, title, level, over in KINDS],
        "roles": [
            {"id": code, "title": title, "permissions": may, "scope": scope, "administrative": alone}
            for code, title, may, scope, alone in ROLES
        ],
        "calendar": [{"date": "2021-10-01", "kind": "holiday", "name": "国庆节"}],
        "retention": {
            "classes": [{"id": "D10", "title": "10年", "years": 10}],
            "rules": [{"what": "考察照片", "class": "D10"}],
        },
        "office_hours": [{"from": "08:30", "to": "12:00"}],
    }
    return TownshipPack.model_validate({**content, **more})


def town(edition: str = "1", villages: int = 3, **more: object) -> TownPack:
    content: dict[str, object] = {
        "pack": {"id": "zhanggou", "edition": edition, "title": "张沟镇", "kind": "town", "standing": "example"},
        "town": {
            "code": "429004110",
            "name": "张沟镇",
            "full_name": "仙桃市张沟镇",
            "office_name": "创文办",
            "deadlines": [{"code": "submit", "title": "网上申报", "date": "2021-11-01", "year": 2021}],
            "demo": {"today": "2021-10-14", "year": 2021, "seed": 1},
        },
        "organisations": [
            *({"code": f"V{n}", "name": f"{n}村", "kind": "village", "parent": "T"} for n in range(villages)),
            {"code": "T", "name": "张沟镇", "kind": "town", "aliases": ["张沟"]},
        ],
        "people": [
            {"username": "limin", "name": "李敏", "organisation": "T", "role": "office", "phone": "19900000001"},
            {"username": "heping", "name": "何平", "organisation": "T", "role": "contact", "scope": "chosen:V0|V1"},
        ],
        "sites": [
            {"code": f"S{n}", "name": f"{n}号街", "type": "P01", "organisation": f"V{n}", "length": "80.5"}
            for n in range(villages)
        ],
        "workgroups": [{"code": "W1", "title": "市场专班", "lead": "T", "members": ["V0", "V1"], "head": "limin"}],
    }
    return TownPack.model_validate({**content, **more})


@pytest.mark.django_db
def test_a_town_stands_after_two_installations_and_two_notes() -> None:
    installing.install_township(township(), by=MACHINE, at=AT)
    done = installing.install_town(town(), by=MACHINE, at=AT)
    assert done.changed
    assert done.counts == {"organisations": 4, "people": 2, "sites": 3, "workgroups": 1, "deadlines": 1}
    assert Town.objects.get().demo_today == date(2021, 10, 14)
    assert Organisation.objects.get(code="V1").path == "/T/V1/"
    assert Workgroup.objects.get().members.count() == 2
    assert Workgroup.objects.get().head.name == "李敏"
    assert Holiday.objects.get().name == "国庆节"
    heping = actor_for(Person.objects.get(username="heping"))
    reach = heping.reach(Permission.SEE_ROWS)
    assert [site.code for site in reach.filter(Site.objects.order_by("code"))] == ["S0", "S1"]
    assert not heping.person.has_usable_password()
    first, second = Note.objects.order_by("number")
    assert (first.key, second.key) == ("township 1", "zhanggou 1")
    assert second.after["sites"] == 3


@pytest.mark.django_db
def test_the_same_edition_again_changes_nothing() -> None:
    installing.install_township(township(), by=MACHINE, at=AT)
    installing.install_town(town(), by=MACHINE, at=AT)
    assert not installing.install_township(township(), by=MACHINE, at=AT).changed
    assert not installing.install_town(town(), by=MACHINE, at=AT).changed
    assert Note.objects.count() == 2


@pytest.mark.django_db
def test_an_installed_edition_never_changes() -> None:
    installing.install_township(township(), by=MACHINE, at=AT)
    with pytest.raises(installing.EditionChanged):
        installing.install_township(township(roles=[]), by=MACHINE, at=AT)


@pytest.mark.django_db
def test_a_new_edition_amends_and_leaves_what_the_office_has_done() -> None:
    installing.install_township(township(), by=MACHINE, at=AT)
    installing.install_town(town(), by=MACHINE, at=AT)
    place_actions.set_deadline("submit", 2021, by=MACHINE, at=AT, title="网上申报", date=date(2021, 11, 9))
    installing.install_township(township("2", roles=township().model_dump()["roles"][:-1]), by=MACHINE, at=AT)
    installing.install_town(town("2", villages=5), by=MACHINE, at=AT)
    assert RoleDefinition.objects.get(code="auditor").retired
    assert Organisation.objects.count() == 6
    assert Site.objects.count() == 5
    assert Person.objects.count() == 2
    assert Deadline.objects.get().date == date(2021, 11, 9)


@pytest.mark.django_db
def test_everything_that_does_not_fit_is_told_at_once_and_nothing_is_written() -> None:
    installing.install_township(township(), by=MACHINE, at=AT)
    wrong = town(
        organisations=[
            {"code": "A", "name": "甲", "kind": "village", "parent": "B"},
            {"code": "B", "name": "乙", "kind": "palace", "parent": "A"},
        ],
        people=[{"username": "x", "name": "某", "organisation": "A", "role": "king", "scope": "chosen:Z"}],
    )
    with pytest.raises(Rejected) as told:
        installing.install_town(wrong, by=MACHINE, at=AT)
    sentences = "\n".join(str(problem) for problem in told.value.problems)
    for piece in ("palace", "king", "“Z”", "绕成了圈", "V0", "limin"):
        assert piece in sentences
    assert not Organisation.objects.exists()
    assert not Town.objects.exists()


@pytest.mark.django_db
def test_the_township_pack_comes_first() -> None:
    with pytest.raises(installing.TownshipFirst):
        installing.install_town(town(), by=MACHINE, at=AT)


def test_another_town_is_refused_and_only_a_system_administrator_installs(cast: Cast) -> None:
    other = {**town().model_dump()["town"], "code": "429004111", "full_name": "仙桃市别镇"}
    with pytest.raises(installing.AnotherTown, match="张沟镇"):
        installing.install_town(town(town=other), by=cast.actor("zhaolei"), at=AT)
    with pytest.raises(NotAllowed):
        installing.install_township(township(), by=cast.actor("limin"), at=AT)


@pytest.mark.django_db
def test_a_bigger_town_takes_no_more_queries(django_assert_max_num_queries) -> None:
    installing.install_township(township(), by=MACHINE, at=AT)
    with django_assert_max_num_queries(45):
        installing.install_town(town(villages=70), by=MACHINE, at=AT)
