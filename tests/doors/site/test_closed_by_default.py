"""Deny by default: a view says whom it is for, or it does not open; a refusal is shown as its reader wants it."""

import json
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path
from tests.people import CAST, Cast

from chuangwen.doors.site.middleware import SIGN_IN_PAGES, UndeclaredView, declared
from chuangwen.kit.doors import needs, open_to_all, signed_in
from chuangwen.kit.refusals import NotFound
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.urls import urlpatterns as real


@open_to_all
def square(request: HttpRequest) -> HttpResponse:
    return HttpResponse("square")


@signed_in
def hall(request: TownRequest) -> HttpResponse:
    return HttpResponse(f"{request.actor.name} {request.at:%Y}")


@needs(Permission.SEE_LEDGER)
def ledger(request: TownRequest) -> HttpResponse:
    return HttpResponse("ledger")


@signed_in
def gone(request: TownRequest) -> HttpResponse:
    raise NotFound(what="点位")


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


urlpatterns = [
    *real,
    path("square", square),
    path("hall", hall),
    path("ledger-page", ledger),
    path("gone", gone),
    path("api/gone", gone),
    path("forgotten", forgotten),
]
here = override_settings(ROOT_URLCONF=__name__)


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


def test_every_address_of_the_product_declares_whom_it_is_for() -> None:
    opened = {one.name for one in patterns(get_resolver()) if declared(one.callback, one.name)}
    assert {"healthz", *SIGN_IN_PAGES} <= opened
    assert not opened & {"account_signup", "account_email", "account_reset_password"}


@here
def test_a_view_that_declares_nothing_does_not_open(cast: Cast, signed_in_as) -> None:
    with pytest.raises(UndeclaredView, match="forgotten"):
        signed_in_as("limin").get("/forgotten")


@here
@pytest.mark.parametrize("username", [person[0] for person in CAST])
def test_only_the_auditor_opens_the_ledger(username: str, signed_in_as) -> None:
    browser = signed_in_as(username)
    answer = browser.get("/ledger-page")
    assert answer.status_code == (200 if username == "zhengming" else 403)
    assert browser.get("/square").status_code == browser.get("/hall").status_code == 200


@here
def test_whoever_is_not_signed_in_is_led_to_the_sign_in_page_and_back(db: None, client: Client) -> None:
    assert client.get("/square").content == b"square"
    assert client.get("/ledger-page?page=2")["Location"] == "/accounts/login/?next=%2Fledger-page%3Fpage%3D2"
    answer = client.get("/hall", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/login/")
    answer = client.get("/hall", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_first")


@here
def test_a_refusal_is_a_page_a_piece_of_page_or_json(signed_in_as) -> None:
    browser = signed_in_as("limin")
    page = browser.get("/gone")
    assert (page.status_code, "<html" in page.content.decode()) == (404, True)
    assert "没有找到点位" in page.content.decode()
    piece = browser.get("/gone", headers={"HX-Request": "true"})
    assert (piece.status_code, piece["HX-Retarget"]) == (404, "#refusal")
    assert "<html" not in piece.content.decode()
    answer = browser.get("/api/gone")
    assert answer.status_code == 404
    assert json.loads(answer.content)["message"].startswith("没有找到点位")
    assert "没有找到点位" in answer.content.decode()


@here
def test_a_view_knows_who_acts(signed_in_as) -> None:
    assert signed_in_as("limin").get("/hall").content.decode().startswith("李敏 ")


def test_the_sign_of_life_needs_no_account(db: None, client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


def test_needs_wants_a_permission() -> None:
    with pytest.raises(ValueError, match="at least one"):
        needs()
