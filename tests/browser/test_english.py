"""Somebody who chooses English reads English on every page, at a desk and on a phone."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Town, fits, sign_in

pytestmark = pytest.mark.browser

PAGES = [
    *["/", "/framework/", "/duties/", "/duties/mine/", "/duties/bulk/", "/rounds/", "/rounds/open/", "/losses/"],
    *["/villages/", "/cases/?tab=all", "/cases/?tab=all&mode=board", "/cases/?tab=all&mode=calendar"],
    *[
        "/cases/new/",
        "/cases/hand-over/",
        "/cases/new/rectification/sheet/",
        "/cases/figures/",
        "/cases/kinds/",
        "/cases/kinds/rectification/",
        "/cases/posters/",
        "/notices/",
        "/plan/",
        "/observations/",
        "/observations/record/",
    ],
    *["/materials/", "/answers/", "/people/", "/people/units/", "/sites/", "/packs/", "/doctor/"],
    *["/ledger/", "/p/", "/p/t/", "/p/near/", "/p/privacy/", "/p/reception/"],
    *["/rotas/?mode=month", "/rotas/reception/plan/", "/rotas/reception/sheet/"],
    *["/archive/", "/archive/lacking/", "/archive/add/", "/archive/arrivals/", "/archive/photos/"],
]
# The product's own words; what stands under them is the town's content. A name may stand in an English heading.
OWN = "h1, .side-link, .bottom a, thead th"
UNTRANSLATED = re.compile(r"[^A-Za-z]*[\u4e00-\u9fff][^A-Za-z]*")


def test_english_is_chosen_in_the_menu_and_holds_on_every_page(page: Page, demo: Town) -> None:
    sign_in(page, demo, "limin")
    page.click(".who > .switch:last-child > summary")
    page.click(".switch-list button[value=en]")
    page.wait_for_selector("html[lang=en]")
    wrong = {}
    for address in PAGES:
        page.goto(demo.address + address)
        if not fits(page):
            wrong[address] = "does not fit"
        named = page.eval_on_selector_all(OWN, "all => all.map(one => one.textContent)")
        if left := [text for text in named if UNTRANSLATED.fullmatch(text)]:
            wrong[address] = left
    assert wrong == {}


def test_a_resident_finds_english_and_the_way_back(page: Page, demo: Town) -> None:
    page.goto(f"{demo.address}/p/near/")
    page.click("button[value=en]")
    page.wait_for_selector("html[lang=en]")
    assert page.url == f"{demo.address}/p/near/"
    assert page.inner_text("h1") == "Reported lately"
    page.click("button[value=zh-hans]")
    page.wait_for_selector("html[lang=zh-hans]")
    assert page.inner_text("h1") == "近来反映的事"
