"""The sheets that hang in the villages."""

import pytest
from tests.people import Cast

from chuangwen.doors.case_pages.poster_views import code_of
from chuangwen.records.township.models import Organisation


@pytest.fixture
def villages(cast: Cast) -> Cast:
    for code in ("V1", "V2"):
        Organisation.objects.filter(code=code).update(region_code=f"42900411020{code[1]}")
    return cast


def test_the_towns_sheet_leads_to_the_residents_page(villages, signed_in_as) -> None:
    page = signed_in_as("limin").get("/cases/posters/").content.decode()
    assert "http://testserver/p/</p>" in page
    assert str(code_of("http://testserver/p/")) in page


def test_a_villages_code_brings_the_village_along(villages, signed_in_as, client) -> None:
    page = signed_in_as("limin").get("/cases/posters/?area=V1").content.decode()
    assert "http://testserver/p/?area=V1</p>" in page
    assert '<p class="poster-place">先锋村</p>' in page


def test_each_village_gets_its_own_sheet(villages, signed_in_as) -> None:
    page = signed_in_as("limin").get("/cases/posters/?area=all").content.decode()
    assert page.count('class="box poster"') == 2
    assert str(code_of("http://testserver/p/?area=V1")) != str(code_of("http://testserver/p/?area=V2"))


def test_the_address_given_in_the_settings_stands_on_the_sheet(villages, signed_in_as, settings) -> None:
    settings.SITE_ADDRESS = "https://cw.example.org"
    page = signed_in_as("limin").get("/cases/posters/").content.decode()
    assert "https://cw.example.org/p/</p>" in page
    assert "只有这台电脑打得开" not in page


def test_an_address_that_no_phone_can_reach_is_said_to_be_one(villages, signed_in_as, settings) -> None:
    settings.SITE_ADDRESS = "http://127.0.0.1:8000"
    assert "只有这台电脑打得开" in signed_in_as("limin").get("/cases/posters/").content.decode()


def test_only_the_office_prints_them(villages, signed_in_as) -> None:
    assert signed_in_as("wangjianguo").get("/cases/posters/").status_code == 403
