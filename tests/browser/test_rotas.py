"""Receptions in a real browser: the office plans and changes them, a visitor's form knows the leader, residents read it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Town, fits, sign_in

pytestmark = pytest.mark.browser


def test_the_office_plans_a_month_swaps_a_leader_and_cancels_a_day(page: Page, demo: Town) -> None:
    width = page.viewport_size["width"]
    first, last = ("2022-03-01", "2022-03-31") if width > 1000 else ("2022-04-06", "2022-04-30")
    sign_in(page, demo, "limin")
    page.goto(f"{demo.address}/rotas/reception/plan/")
    page.get_by_label("从哪天起").fill(first)
    page.get_by_label("到哪天止").fill(last)
    page.get_by_role("button", name="试排").click()
    expect(page.locator("h1")).to_contain_text("还没有写入")
    assert fits(page)
    page.get_by_role("button", name="排定这").click()
    expect(page.locator(".message-good")).to_contain_text("有关的人已收到通知")
    page.goto(f"{demo.address}/rotas/?tab=all&sort=-day")
    page.locator(".sheet-shifts a.btn").first.click()
    page.get_by_label("接访领导").select_option(label="何伟（分管副镇长）")
    page.get_by_label("备注").fill("对调")
    page.get_by_role("button", name="改好").click()
    expect(page.locator(".message-good")).to_contain_text("已改好")
    page.goto(f"{demo.address}/rotas/?tab=all&sort=-day")
    page.locator(".sheet-shifts a.btn").first.click()
    for size in ("large", ""):
        page.context.add_cookies([{"name": "size", "value": size, "url": demo.address}])
        page.reload()
        assert fits(page)
    page.get_by_label("原因").fill("外出开会")
    page.get_by_role("button", name="取消这一次").click()
    expect(page.locator(".message-good")).to_contain_text("已取消")
    page.goto(f"{demo.address}/rotas/?tab=all&state=cancelled&sort=-day")
    expect(page.locator(".sheet-shifts tbody tr").first).to_contain_text("外出开会")


def test_on_a_reception_day_the_form_of_a_visit_knows_the_leader(page: Page, demo: Town) -> None:
    sign_in(page, demo, "limin")
    page.goto(f"{demo.address}/cases/new/petition/")
    expect(page.get_by_label("接访领导", exact=True)).to_have_value("hewei")


def test_a_resident_finds_the_day_the_place_and_the_leader_in_either_size(page: Page, demo: Town) -> None:
    page.goto(f"{demo.address}/p/")
    page.get_by_role("link", name="领导接访").click()
    expect(page.locator(".is-today")).to_contain_text("何伟")
    assert fits(page)
    page.get_by_role("button", name="长辈版").click()
    expect(page.locator(".is-today")).to_contain_text("分管副镇长")
    assert page.locator(".reception-day").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") > 24
    assert fits(page)
