"""The office worker's first hour in a real browser, on a desk and on a phone."""

import io
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SHOTS, Town, fits, sign_in

pytestmark = pytest.mark.browser

PAGES = [
    "/", "/framework/", "/duties/", "/duties/mine/", "/rounds/", "/rounds/2021-annual/", "/losses/", "/villages/", "/plan/",
    "/observations/", "/observations/record/?site=P06-001", "/materials/", "/answers/", "/people/", "/people/units/", "/sites/",
    "/packs/", "/doctor/", "/framework/import/", "/observations/import/", "/duties/bulk/", "/plan/import/", "/rounds/open/",
    "/rotas/", "/rotas/?mode=month", "/rotas/?tab=all", "/rotas/reception/plan/", "/rotas/reception/sheet/",
]  # fmt: skip


def test_every_page_of_the_office_fits_its_screen_in_both_sizes_of_type(page: Page, demo: Town) -> None:
    sign_in(page, demo, "limin")
    for size in ("", "large"):
        page.context.add_cookies([{"name": "size", "value": size, "url": demo.address}])
        for path in PAGES:
            answer = page.goto(f"{demo.address}{path}")
            assert answer is not None
            assert answer.status == 200, path
            assert fits(page), f"{path} {size}"


def test_from_sign_in_to_the_moved_score(page: Page, demo: Town, tmp_path: Path) -> None:
    sign_in(page, demo, "limin")
    expect(page.locator("h1")).to_contain_text("挡着全镇参评")
    before = _score(page)
    page.goto(f"{demo.address}/plan/")
    expect(page.locator(".document")).to_contain_text("全面启动全国文明城市创建工作")
    page.goto(f"{demo.address}/duties/?state=bare")
    page.get_by_role("link", name="分配", exact=True).first.click()
    page.select_option("select[name=lead]", label="市场监督管理所")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".message-good")).to_contain_text("由“市场监督管理所”牵头")
    page.goto(f"{demo.address}/observations/import/")
    page.set_input_files("input[type=file]", _table(tmp_path, f"第三方{page.viewport_size['width']}组"))
    page.get_by_role("button", name="试读").click()
    expect(page.locator("h1")).to_contain_text("写入 33 条，改正 0 条，已有 0 条")
    page.get_by_role("button", name=re.compile("写入这")).click()
    expect(page.locator(".message-good")).to_contain_text("新记")
    page.goto(demo.address)
    assert _score(page) != before
    page.goto(f"{demo.address}/rounds/2021-annual/")
    page.locator("a", has_text="诚信守法的市场").first.click()
    page.locator("a", has_text="集贸市场管理").first.click()
    page.locator("a", has_text="农贸市场经营秩序").first.click()
    expect(page.locator("#working")).to_contain_text("出入口设公平秤且检定有效")


def _score(page: Page) -> str:
    return page.locator(".score-number").first.inner_text()


def _table(folder: Path, who: str) -> str:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["点位", "点位类型", "考察内容", "结果", "次数/总数", "时间", "考察人", "备注"])
    day = 11 if "390" in who else 12  # one town for both: a second look on one day would be asked about
    for site in ("P06-001", "P06-002", "P06-003"):
        for number in range(1, 12):
            sheet.append([site, "集贸市场", f"P06-{number:02d}", "不合格", "", f"2021年10月{day}日", who, "浏览器测试"])
    path = folder / f"考察{folder.name}.xlsx"
    book.save(path)
    return str(path)


def test_ticking_a_loss_moves_the_total_at_once_and_the_list_leaves_as_excel(page: Page, demo: Town) -> None:
    sign_in(page, demo, "hewei")
    page.goto(f"{demo.address}/losses/")
    page.get_by_role("link", name="全不选").click()
    box = page.locator("#whatif")
    expect(box).to_contain_text("现在")
    page.locator("input[name=tick]").first.check()
    expect(box).to_contain_text("补上勾选的 1 项以后")
    expect(box).to_contain_text("→")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("导出 Excel")).click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert book.active.max_row > 20


def test_the_outsider_meets_a_closed_door_with_a_reason(page: Page, demo: Town) -> None:
    sign_in(page, demo, "sunyue")
    expect(page.locator("main")).to_contain_text("没有任何角色")
    page.goto(f"{demo.address}/losses/")
    expect(page.locator("body")).to_contain_text("你没有“查看得分”的权限")


def test_an_odd_indicator_workbook_becomes_an_official_edition(
    page: Page, demo: Town, request: pytest.FixtureRequest
) -> None:
    sign_in(page, demo, "limin")
    page.goto(f"{demo.address}/framework/import/")
    page.set_input_files("input[type=file]", "tests/files/odd-indicators.xlsx")
    page.get_by_role("button", name="读一读").click()
    expect(page.locator("h1")).to_contain_text("68 条标准")
    page.fill("input[name=id]", f"official-{page.viewport_size['width']}")
    page.get_by_role("button", name="装为正式文本").click()
    expect(page.locator(".message-good")).to_contain_text("已装为正式文本")
    expect(page.locator("main")).to_contain_text("官方文本")


def test_the_home_page_keeps_its_picture_for_the_readme(page: Page, demo: Town) -> None:
    sign_in(page, demo, "limin")
    expect(page.locator("svg.band").first).to_be_visible()
    SHOTS.mkdir(parents=True, exist_ok=True)
    width = page.viewport_size["width"]
    picture = page.screenshot(path=SHOTS / f"home-{width}.png")
    assert len(picture) > 20_000
