"""Roles, scopes and units: lists and single things follow one rule, and whatever is not given is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests import people
from tests.people import Cast, hold

from chuangwen.kit.refusals import NotAllowed, OutOfReach, SignInFirst
from chuangwen.records.township import policy, queries
from chuangwen.records.township.actors import NOBODY, Reach, actor_for, united
from chuangwen.records.township.models import Organisation, Person, Site
from chuangwen.records.township.permissions import Permission, Scope

ALL = {code for code, *_rest in people.UNITS}
REACHED = [
    (Scope.ALL, (), ALL),
    (Scope.CHOSEN, ("V2", "V1"), {"V1", "V1-1", "V1-2", "V2"}),
    (Scope.CHOSEN, ("V1-2",), {"V1-2"}),
    (Scope.BELOW, (), {"V1", "V1-1", "V1-2"}),
    (Scope.OWN, (), {"V1"}),
    (Scope.ROWS, (), set()),
]


@pytest.mark.parametrize(("scope", "chosen", "reached"), REACHED)
def test_each_scope_reaches_the_same_units_in_lists_and_one_by_one(
    cast: Cast, scope: Scope, chosen: tuple[str, ...], reached: set[str]
) -> None:
    liufang = cast.people["liufang"]
    liufang.assignments.all().delete()
    hold(liufang, cast.roles["contact"], scope=scope, chosen=tuple(cast.units[code] for code in chosen))
    reach = actor_for(liufang).reach(Permission.SEE_SCORE)
    assert {unit.code for unit in reach.filter(Organisation.objects.all(), "")} == reached
    assert {code for code, unit in cast.units.items() if reach.covers(unit)} == reached


def test_a_village_does_not_reach_another_whose_code_begins_alike(cast: Cast) -> None:
    assert not cast.actor("liufang").reach(Permission.SEE_SCORE).covers(cast.units["V10"])


def test_every_role_agrees_with_itself_over_all_people_units_and_sites(cast: Cast) -> None:
    for number, unit in enumerate(cast.units.values()):
        people.site(f"S{number}", unit)
    for username in cast.people:
        actor = cast.actor(username)
        for permission in Permission:
            listed = set(
                actor.reach(permission).filter(Site.objects.all()).values_list("organisation__code", flat=True)
            )
            allowed = {code for code, unit in cast.units.items() if policy.why_not(actor, permission, unit) is None}
            assert listed == allowed, (username, permission)


def test_an_inspector_reaches_the_own_rows_only(cast: Cast) -> None:
    zhangqiang = cast.actor("zhangqiang")
    reach = zhangqiang.reach(Permission.RECORD_OBSERVATIONS)
    assert list(reach.filter(Person.objects.all(), "organisation", person="id")) == [zhangqiang.person]
    assert reach.covers(cast.units["V1"], person_id=zhangqiang.person_id)
    assert not reach.covers(cast.units["V1"], person_id=zhangqiang.person_id + 1)
    assert not reach.covers(cast.units["office"])


def test_two_roles_reach_as_far_as_both(cast: Cast) -> None:
    wangjianguo = cast.people["wangjianguo"]
    hold(wangjianguo, cast.roles["contact"], chosen=(cast.units["V2"],))
    reach = actor_for(wangjianguo).reach(Permission.SEE_SCORE)
    assert {code for code, unit in cast.units.items() if reach.covers(unit)} == {"market", "V2"}


class AnyReach(TestCase):
    """Whatever a reach is made of, ``filter`` and ``covers`` say the same."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cast = people.settle()
        for unit in cls.cast.units.values():
            people.site(f"S-{unit.code}", unit)

    @given(
        everything=st.sampled_from([False, False, False, True]),
        below=st.sets(st.sampled_from(sorted(ALL)), max_size=3),
        exact=st.sets(st.sampled_from(sorted(ALL)), max_size=3),
        own_rows=st.booleans(),
    )
    def test_lists_and_single_things_agree(
        self, everything: bool, below: set[str], exact: set[str], own_rows: bool
    ) -> None:
        units = self.cast.units
        reach = united(
            [
                Reach(everything=everything, own_rows=own_rows, person_id=1),
                Reach(below=frozenset(units[code].path for code in below)),
                Reach(exact=frozenset(units[code].pk for code in exact)),
            ]
        )
        listed = set(reach.filter(Site.objects.all()).values_list("organisation__code", flat=True))
        assert listed == {code for code, unit in units.items() if reach.covers(unit)}


def test_an_actor_is_built_in_one_query(cast: Cast, django_assert_num_queries) -> None:
    hold(cast.people["wangjianguo"], cast.roles["contact"], chosen=(cast.units["V2"], cast.units["V1"]))
    person = Person.objects.get(username="wangjianguo")
    with django_assert_num_queries(1):
        actor = actor_for(person)
        assert actor.organisation_name == "市监所"
        assert actor.reach(Permission.SEE_ROWS).below == {"/T/V1/", "/T/V2/"}
    assert sorted(actor.roles) == ["contact", "station"]


def test_the_outsider_and_nobody_may_do_nothing(cast: Cast) -> None:
    sunyue = cast.actor("sunyue")
    for permission in Permission:
        assert isinstance(policy.why_not(sunyue, permission), NotAllowed)
        assert isinstance(policy.why_not(NOBODY, permission), SignInFirst)
        assert not sunyue.reach(permission).filter(Organisation.objects.all(), "").exists()
    assert list(queries.people_visible_to(sunyue)) == [sunyue.person]
    assert not queries.organisations_visible_to(sunyue).exists()


def test_the_refusal_names_the_permission_and_the_unit(cast: Cast) -> None:
    no = policy.why_not(cast.actor("liufang"), Permission.RECORD_FIGURES, cast.units["V2"])
    assert isinstance(no, OutOfReach)
    assert "录入统计指标" in str(no)
    assert "联盟村" in str(no)
    with pytest.raises(NotAllowed, match="管理人员与单位"):
        policy.require(cast.actor("liufang"), Permission.MANAGE_PEOPLE)


def test_only_a_reach_over_the_whole_town_is_everywhere(cast: Cast) -> None:
    assert policy.why_not_everywhere(cast.actor("limin"), Permission.CLOSE_ROUNDS) is None
    assert "全镇" in str(policy.why_not_everywhere(cast.actor("liufang"), Permission.SEE_SCORE))


def test_a_closed_account_and_a_withdrawn_role_give_nothing(cast: Cast) -> None:
    limin, zhouzheng = cast.people["limin"], cast.people["zhouzheng"]
    limin.is_active = False
    zhouzheng.assignments.update(withdrawn_at=people.AT)
    assert not actor_for(limin).reaches
    assert not actor_for(zhouzheng).reaches


def test_every_permission_has_a_title_of_its_own() -> None:
    assert len({one.title for one in Permission}) == len(Permission) == 36
    assert all(one.value == one.name.lower() for one in Permission)
