"""The drawing of a flow in a real browser: it fits, it is the one for this width, and it prints on one page."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Town, fits, sign_in

pytestmark = pytest.mark.browser


def test_every_kind_has_a_page_whose_drawing_fits(page: Page, demo: Town) -> None:
    sign_in(page, demo, "zhouzheng")
    page.goto(f"{demo.address}/cases/kinds/")
    links = page.locator("main .card").evaluate_all("all => all.map(one => one.href)")
    assert len(links) >= 10
    wide = (page.viewport_size or {})["width"] > 767
    for link in links:
        page.goto(link)
        assert fits(page), link
        assert page.locator("#flow-wide-title").locator("..").is_visible() == wide
        assert page.locator("#flow-slim-title").locator("..").is_visible() != wide
        frame = page.locator(".flow-frame:visible")
        assert frame.evaluate("one => one.scrollWidth <= one.clientWidth"), link


def test_from_a_case_one_sees_where_it_stands_and_comes_back(page: Page, demo: Town) -> None:
    sign_in(page, demo, "limin")
    page.goto(f"{demo.address}/cases/?tab=all&phase=open")
    page.locator(".case-title a").first.click()
    number = page.locator(".head-text p").first.inner_text().split(" ")[0]
    page.get_by_role("link", name="流程图").click()
    assert page.locator(".flow-now:visible").count() == 1
    assert page.locator(".flow-here:visible").text_content() == "现在"
    page.locator(".head-text").get_by_role("link").filter(has_text=number).click()
    assert number in page.locator(".head-text").inner_text()


def test_the_calendars_address_is_found_from_every_page(page: Page, demo: Town) -> None:
    sign_in(page, demo, "wangjianguo")
    page.locator(".who details.switch").last.click()
    page.locator(".switch-list").get_by_role("link", name="通知").click()
    page.get_by_role("link", name="日历订阅").click()
    assert "/cases/feed/" in page.get_by_label("日历订阅地址").input_value()
    assert fits(page)


def test_on_paper_it_is_the_wide_drawing_whatever_the_screen(page: Page, demo: Town) -> None:
    sign_in(page, demo, "limin")
    page.goto(f"{demo.address}/cases/kinds/building/")
    page.emulate_media(media="print")
    assert page.locator(".flow-wide").is_visible()
    assert not page.locator(".flow-slim").is_visible()
    assert page.locator(".flow-wide .flow").evaluate("one => one.getBoundingClientRect().height") <= 205 * 96 / 25.4 + 1
