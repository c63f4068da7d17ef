"""Every case type that the township ships, walked from start to end in a real browser by its real roles.

A walk is a list of steps ``who move [field=value …]``; what a step must have and the walk does not say is filled in as a
person would, from the page alone. Returns, rework, pauses, extensions, objections and re-visits are among the steps.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import Town, fits, sign_in

pytestmark = pytest.mark.browser

OFFICE, LEAD, INSPECTOR, LEADER, VILLAGE, DISCIPLINE = (
    "limin", "wangjianguo", "zhangqiang", "hewei", "liufang", "zhouzheng",
)  # fmt: skip
SAID = {
    "unit": "sjs", "extension": "3 工作日", "term": "5 工作日", "plan_term": "5 工作日", "mend_term": "10 工作日",
    "plot": "120", "people": "2", "reported_on": "2021-10-14", "perform_by": "2021-11-30", "notice_from": "2021-09-01",
    "notice_to": "2021-09-20", "approved_area": "120", "level": "一般", "perform_term": "30 日",
}  # fmt: skip
WALKS = {
    "rectification": [
        "limin find", "limin dispatch", "wangjianguo send_back", "limin dispatch", "wangjianguo take_on", "wangjianguo ask",
        "limin grant", "limin pause", "limin resume", "wangjianguo mend", "zhangqiang redo", "wangjianguo mend",
        "zhangqiang accept", "zhangqiang relapsed", "wangjianguo take_on", "wangjianguo mend", "limin accept", "zhangqiang looked",
    ],
    "appeal": [
        "limin register", "limin dispatch", "wangjianguo first", "wangjianguo ask", "limin grant", "limin pause", "limin resume",
        "wangjianguo reply", "limin call_bad", "wangjianguo reply", "limin call_ok solved=yes stars=5", "limin object",
        "wangjianguo reply", "limin call_ok solved=yes stars=4",
    ],
    "petition": [
        "limin receive", "limin accept", "wangjianguo taken", "wangjianguo ask", "hewei grant", "wangjianguo deliver",
        "limin ask_review", "hewei reviewed", "limin ask_recheck", "hewei hear", "hewei heard", "hewei rechecked",
    ],
    "dispute": [
        "limin register", "limin accept", "wangjianguo session", "wangjianguo ask", "limin grant", "wangjianguo agree",
        "wangjianguo confirmed", "wangjianguo perform", "wangjianguo file", "limin back",
    ],
    "hazard": [
        "limin register", "limin issue", "wangjianguo ask", "hewei grant", "wangjianguo mend", "zhangqiang redo",
        "wangjianguo mend", "zhangqiang close", "limin looked",
    ],
    "building": [
        "liufang apply", "liufang discuss", "liufang posted", "liufang review", "u_csb visit1 unit=csb", "u_csb joint",
        "hewei approve", "u_csb visit2", "u_csb patrol", "liufang finish", "u_csb unfit", "liufang finish", "hewei visit3",
    ],
    "illegal_building": [
        "limin find unit=sjs", "wangjianguo stop", "wangjianguo report_up", "wangjianguo decide", "wangjianguo ask", "hewei grant",
        "wangjianguo mend", "zhangqiang redo", "wangjianguo mend", "zhangqiang accept", "limin looked",
    ],
    "supervision": [
        "hewei issue", "wangjianguo sign", "wangjianguo ask", "hewei grant", "wangjianguo answer", "limin redo",
        "wangjianguo answer", "hewei close",
    ],
    "accountability": ["zhouzheng take", "zhouzheng keep", "zhouzheng reopen", "zhouzheng check", "zhouzheng found", "zhouzheng decide"],
    "upper": [
        "limin receive", "limin split", "wangjianguo send_back", "limin split", "wangjianguo ask", "limin grant",
        "wangjianguo finish", "limin redo", "wangjianguo finish", "limin pass", "limin report",
    ],
}  # fmt: skip


class People:
    """One signed-in browser for each person."""

    def __init__(self, browser: Browser, town: Town, width: int) -> None:
        self.browser, self.town, self.width = browser, town, width
        self.open: dict[str, tuple[BrowserContext, Page]] = {}

    def page(self, username: str) -> Page:
        if username not in self.open:
            if username not in self.town.passwords:
                self.town.let_in(username)
            context = self.browser.new_context(viewport={"width": self.width, "height": 900}, locale="zh-CN")
            page = context.new_page()
            sign_in(page, self.town, username)
            self.open[username] = (context, page)
        return self.open[username][1]

    def close(self) -> None:
        for context, _ in self.open.values():
            context.close()


@pytest.fixture(scope="module")
def people(browser: Browser, demo: Town) -> Iterator[People]:
    found = People(browser, demo, 1440)
    yield found
    found.close()


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory):
    """A new photo each time: the same one twice is refused."""
    folder, count = tmp_path_factory.mktemp("photos"), [0]

    def take() -> Path:
        count[0] += 1
        path = folder / f"{count[0]}.jpg"
        picture = Image.new("RGB", (640, 480), (200, 210, 220))
        ImageDraw.Draw(picture).rectangle((count[0] * 3, 100, count[0] * 3 + 200, 300), fill=(count[0] % 255, 90, 60))
        picture.save(path)
        return path

    return take


def fill(form: Locator, said: dict[str, str], photo) -> None:
    """Fill in what the form marks as needed, and what the walk says."""
    for field in form.locator(".field").all():
        named = field.locator("[name^='f-'], [name='text']")
        name = named.first.get_attribute("name") if named.count() else ""
        key = (name or "").removeprefix("f-")
        needed = field.locator(".need").count() > 0
        if not name or not (needed or key in said):
            continue
        _fill_one(field, key, said.get(key, SAID.get(key, "")))
    if form.locator("input[name=photos][required]").count():
        form.locator("input[name=photos]").set_input_files(photo())
    if form.locator(".more-files .need").count():
        form.locator("input[name=files]").set_input_files(
            {"name": "材料.txt", "mimeType": "text/plain", "buffer": "材料".encode()}
        )


def _fill_one(field: Locator, key: str, value: str) -> None:
    if field.locator("select").count():
        select = field.locator("select")
        select.select_option(value) if value else select.select_option(index=1)
    elif field.locator("input[type=radio]").count():
        field.locator(f"input[type=radio][value='{value}']" if value else "input[type=radio]").first.check()
    elif field.locator("input[type=checkbox]").count():
        for box in field.locator("input[type=checkbox]").all():
            box.check()
    elif field.locator("textarea").count():
        is_table = bool(field.locator("textarea").get_attribute("placeholder"))
        field.locator("textarea").fill(value or ("甲某\n乙某" if is_table else "按规定办理，情况属实。"))
    else:
        kinds = {"number": "1", "date": "2021-10-14", "tel": "13900001234", "datetime-local": "2021-10-14T09:30"}
        kind = field.locator("input").get_attribute("type") or "text"
        field.locator("input").fill(value or kinds.get(kind, "演示"))


def opened(people: People, kind: str, step: str, photo) -> str:
    """Open a case by page; its number."""
    who, move, *said = step.split()
    page = people.page(who)
    page.goto(f"{people.town.address}/cases/new/{kind}/?move={move}")
    form = page.locator("main form.form")
    form.locator("#title").fill(f"浏览器走查：{kind}")
    form.locator("#area").select_option(index=5 if who != VILLAGE else 0)
    if who == VILLAGE:
        form.locator("#area").select_option("v219")
    fill(form, {"text": "走查", **dict(one.split("=") for one in said)}, photo)
    form.locator(".form-acts .btn-main").click()
    page.wait_for_load_state()
    return _number(page, people, kind)


def _number(page: Page, people: People, kind: str) -> str:
    told = page.locator("main").inner_text()
    found = [word for word in told.replace("：", " ").replace("。", " ").split() if "2021-0" in word and word[0] > "一"]
    assert found, told[:500]
    return found[0]


@pytest.mark.parametrize("kind", WALKS)
def test_each_shipped_type_is_walked_from_start_to_end(people: People, photo, kind: str) -> None:
    number = opened(people, kind, WALKS[kind][0], photo)
    for step in WALKS[kind][1:]:
        who, move, *said = step.split()
        page = people.page(who)
        answer = page.goto(f"{people.town.address}/cases/{number}/do/{move}/")
        assert answer is not None
        assert answer.status == 200, f"{step}: {answer.status}"
        form = page.locator("details.move[open] form")
        expect(form, f"{step} on {number}").to_have_count(1)
        facts = dict(one.split("=") for one in said)
        if "unit" not in facts and kind in {"rectification", "appeal", "hazard", "dispute", "upper", "petition"}:
            facts["unit"] = "sjs"
        fill(form, facts, photo)
        form.locator(".form-acts button").click()
        page.wait_for_load_state()
        assert "已办，现在是" in page.locator("main").inner_text(), f"{step}: {page.locator('main').inner_text()[:400]}"
    page = people.page(DISCIPLINE if kind == "accountability" else OFFICE)
    page.goto(f"{people.town.address}/cases/{number}/")
    assert len(page.locator(".case-steps > li").all()) >= len(WALKS[kind])


def test_the_mender_gets_no_button_to_accept(people: People, photo) -> None:
    number = opened(people, "rectification", "limin find", photo)
    for who, move in ((OFFICE, "dispatch"), (LEAD, "take_on"), (LEAD, "mend")):
        page = people.page(who)
        page.goto(f"{people.town.address}/cases/{number}/do/{move}/")
        form = page.locator("details.move[open] form")
        fill(form, {"unit": "sjs"} if move == "dispatch" else {}, photo)
        form.locator(".form-acts button").click()
        page.wait_for_load_state()
    page = people.page(LEAD)
    page.goto(f"{people.town.address}/cases/{number}/")
    assert "核查通过" not in page.locator("#next").inner_text()


def test_a_clue_is_seen_by_the_discipline_inspector_alone(people: People, photo) -> None:
    number = opened(people, "accountability", "zhouzheng take", photo)
    for who in (OFFICE, LEAD, LEADER, VILLAGE, INSPECTOR):
        answer = people.page(who).goto(f"{people.town.address}/cases/{number}/")
        assert answer is not None
        assert answer.status == 404, who


def test_the_ladder_climbs_by_itself_and_the_orders_stand_in_the_inbox(people: People) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "chuangwen", "cases", "sweep", "--json", "--home", people.town.home],
        capture_output=True,
        check=True,
    )
    assert b"warned" in told.stdout
    page = people.page(OFFICE)
    page.goto(f"{people.town.address}/cases/?tab=all&kind=supervision")
    expect(page.locator("main")).to_contain_text("督办单：")


@pytest.mark.parametrize("width", [390, 1440])
def test_the_inbox_fits_its_screen(browser: Browser, demo: Town, width: int) -> None:
    person = People(browser, demo, width)
    page = person.page(OFFICE)
    for path in ("/cases/", "/cases/?tab=all&mode=board", "/cases/?tab=all&mode=calendar", "/cases/?tab=all&mode=map",
                 "/cases/figures/", "/cases/new/", "/cases/new/building/", "/calendar/"):  # fmt: skip
        page.goto(f"{demo.address}{path}")
        assert fits(page), path
    person.close()


def test_a_resident_reports_by_phone_and_says_whether_it_was_solved(
    browser: Browser, demo: Town, people: People, photo
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{demo.address}/p/")
    page.locator("#photos").set_input_files(photo())
    page.locator("#area").select_option(index=3)
    page.locator("#text").fill("村口路灯不亮，晚上看不见")
    page.locator(".portal-send").click()
    code = page.locator("[data-code]").inner_text().replace(" ", "")
    page.goto(f"{demo.address}/p/t/{code}/")
    expect(page.locator("h1")).to_contain_text("村口路灯不亮")
    office = people.page(OFFICE)
    office.goto(f"{demo.address}/cases/?tab=all&q=村口路灯不亮")
    office.locator(".case-title a").first.click()
    number = office.locator(".head p").first.inner_text().split()[0]
    for who, move in ((OFFICE, "verified"), (OFFICE, "dispatch"), (LEAD, "first"), (LEAD, "reply")):
        there = people.page(who)
        there.goto(f"{demo.address}/cases/{number}/do/{move}/")
        form = there.locator("details.move[open] form")
        fill(form, {"unit": "sjs"} if move == "dispatch" else {}, photo)
        form.locator(".form-acts button").click()
        there.wait_for_load_state()
    page.reload()
    page.locator("input[name=solved][value=yes]").check()
    page.locator("input[name=stars][value='5']").check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("main")).to_contain_text("您的评价")
    assert fits(page)
    context.close()
