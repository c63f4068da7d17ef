"""Every address as every role: what a role may open is what its permissions say, nothing more and nothing less."""

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.people import CAST, ROLES
from tests.town import MeasuredTown, standard
from tests.work.rotas.turns import Turns

from chuangwen.doors.site.middleware import SIGN_IN_PAGES, declared, why_not_open
from chuangwen.kit.doors import Access
from chuangwen.records.township.permissions import Permission
from chuangwen.work.rotas.models import Shift

PAGES = [
    page
    for room in get_resolver().url_patterns
    if isinstance(room, URLResolver) and not str(room.pattern)
    for page in room.url_patterns
    if isinstance(page, URLPattern)
]
NAMES = [page.name or "" for page in PAGES]
WHO = [username for username, *_ in CAST]


@pytest.fixture
def town(town: MeasuredTown, turns: Turns) -> MeasuredTown:
    """The measured town with a month of receptions."""
    turns.plan()
    return town


def address(town: MeasuredTown, name: str) -> str:
    """A real address of a page."""
    facts: dict[str, Any] = {
        "edition_id": town.edition.pk,
        "node_id": standard(town, 1).pk,
        "release_id": 999_999,
        "document_id": 999_999,
        "file_id": 999_999,
        "person_id": town.cast.people["liufang"].pk,
        "task_id": 999_999,
        "number": "整2021-00001",
        "kind": "none",
        "move_id": "none",
        "paper_id": "none",
        "attachment_id": 999_999,
        "observation_id": 999_999,
        "photo_id": 999_999,
        "size": "page",
        "item_id": 999_999,
        "hand_over_id": 999_999,
        "destruction_id": 999_999,
        "question_id": 999_999,
        "side": "photo",
        "year": 2021,
        "package_id": 999_999,
        "requirement_id": 999_999,
        "secret": "none",
        "batch": "none",
        "arrival_id": 999_999,
        "row_id": 999_999,
        "unit_id": 999_999,
        "event_id": 999_999,
        "page": 1,
        "rota_code": "reception",
        "shift_id": Shift.objects.values_list("pk", flat=True)[0],
        "key": "none",
    }
    pattern = next(one for one in PAGES if one.name == name)
    wanted = pattern.pattern.converters
    facts["code"] = "I-1-1" if name == "standard_by_code" else town.round.code
    return reverse(name, kwargs={key: facts[key] for key in wanted})


@pytest.mark.parametrize("username", WHO)
def test_each_page_opens_to_those_whose_roles_hold_its_permissions_and_to_nobody_else(
    town: MeasuredTown, client: Client, username: str
) -> None:
    client.force_login(town.cast.people[username], backend="allauth.account.auth_backends.AuthenticationBackend")
    actor = town.cast.actor(username)
    for name in NAMES:
        pattern = next(one for one in PAGES if one.name == name)
        access = declared(pattern.callback, name)
        assert access is not None
        answer = client.get(address(town, name))
        if answer.streaming:  # what is streamed holds a file open until it is read
            list(answer)
        if access.anyone:
            assert answer.status_code in {200, 404}, name
        elif why_not_open(actor, access):
            assert answer.status_code == 403, f"{username} {name}"
        else:
            assert answer.status_code in {200, 302, 404, 405}, f"{username} {name} {answer.status_code}"


def test_nobody_opens_a_page_without_signing_in(town: MeasuredTown, client: Client) -> None:
    for name in NAMES:
        answer = client.get(address(town, name))
        if name == "case_feed":  # calendar programs cannot sign in: the address itself is the key
            assert answer.status_code == 404
            continue
        assert answer.status_code == 302, name
        assert "/accounts/login/" in answer["Location"], name


def test_the_outsider_sees_nothing_but_an_empty_home(town: MeasuredTown, signed_in_as: Any) -> None:
    sunyue = signed_in_as("sunyue")
    for name in NAMES:
        answer = sunyue.get(address(town, name))
        if name == "home":
            assert "没有任何角色" in answer.content.decode()
        elif name == "case_feed":
            assert answer.status_code == 404
        elif name in {
            "notices",
            "notices_read",
            "search",
            "figures",
        }:  # an own list, a question, definitions: no data here
            assert answer.status_code in {200, 405}
        else:
            assert answer.status_code == 403, name


def test_every_address_declares_whom_it_is_for() -> None:
    for pattern, name in _all(get_resolver().url_patterns):
        if not str(getattr(pattern.callback, "__module__", "")).startswith("allauth."):
            assert isinstance(declared(pattern.callback, name), Access)
    assert SIGN_IN_PAGES


def _all(patterns: Any) -> Any:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _all(one.url_patterns)
        elif isinstance(one, URLPattern):
            yield one, one.name


def test_every_permission_is_granted_by_some_role_of_the_pack_and_asked_somewhere() -> None:
    asked = {
        str(permission) for pattern in PAGES for permission in declared(pattern.callback, pattern.name).permissions
    }
    granted = {permission for _, _, permissions, _, _ in ROLES for permission in permissions}
    assert asked <= granted | {str(one) for one in Permission}
    assert {str(one) for one in Permission} - granted == set()


def test_whoever_comes_reads_what_is_released_and_nothing_else(town: MeasuredTown, client: Client) -> None:
    assert [client.get(one).status_code for one in ("/open/", "/open/1/", "/open/1/files/1/")] == [200, 404, 404]


def test_the_village_sees_its_own_rows_and_no_others(town: MeasuredTown, signed_in_as: Any) -> None:
    town.see(2, 0, 0)
    page = signed_in_as("liufang").get(reverse("observations"))
    assert {row.site.organisation.code for row in page.context["page"].rows} == {"V1"}


def test_the_village_may_not_record_at_another_villages_site(town: MeasuredTown, signed_in_as: Any) -> None:
    answer = signed_in_as("liufang").post(reverse("record"), {"site": "S2", "result-C000": "合格"})
    assert "没有你能录入的这个点位" in answer.content.decode()


@pytest.mark.parametrize(("method", "path"), [("get", "/api/score?year=2021"), ("get", "/api/losses?year=2021")])
def test_the_api_asks_the_same_rights(
    town: MeasuredTown, client: Client, signed_in_as: Any, method: str, path: str
) -> None:
    assert getattr(client, method)(path).status_code == 401
    assert getattr(signed_in_as("sunyue"), method)(path).status_code == 403
    assert getattr(signed_in_as("limin"), method)(path).status_code == 200
