"""The archive's everyday work in a real browser: files sent, decided, read, marked, linked and found again."""

import io
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Town, fits, sign_in
from tests.samples import photo

pytestmark = pytest.mark.browser
READ_IN = 90_000  # the background reads beside the site
WORDS = "保持公平秤可用，不得占道经营"


def paper(number: int) -> bytes:
    """An official paper with a number of its own."""
    made, out = docx.Document(), io.BytesIO()
    for line in (
        "张沟镇人民政府办公室文件",
        f"张政办〔2021〕{number}号",
        f"关于印发《张沟镇第{number}号集贸市场管理办法》的通知",
        "各村（社区）、镇直各单位：",
        f"为规范农贸市场经营秩序，{WORDS}，请认真贯彻执行。",
        "张沟镇人民政府办公室",
        "2021年5月11日",
    ):
        made.add_paragraph(line)
    made.save(out)
    return out.getvalue()


def known_file(town: Town) -> bytes:
    """Bytes that the demo's archive has already."""
    files = (one for one in (Path(town.home) / "files" / "sealed").rglob("*") if one.is_file())
    return next(data for one in sorted(files) if (data := one.read_bytes()).startswith(b"%PDF"))


def select(page: Page, words: str) -> None:
    """Select words in the text of the page as a hand does, and let go."""
    page.evaluate(
        """words => {
            const text = document.querySelector('[data-page-text]').firstChild;
            const range = document.createRange();
            const start = text.data.indexOf(words);
            range.setStart(text, start);
            range.setEnd(text, start + words.length);
            const selection = getSelection();
            selection.removeAllRanges();
            selection.addRange(range);
        }""",
        words,
    )
    page.locator("[data-page-text]").dispatch_event("mouseup")


def test_three_files_go_in_and_the_paper_is_read_marked_linked_and_found(page: Page, demo: Town) -> None:
    width = page.viewport_size["width"]
    number, title = width, f"第{width}号集贸市场管理办法"
    sign_in(page, demo, "limin")
    page.goto(f"{demo.address}/archive/")
    assert fits(page)
    page.get_by_role("link", name="上传资料").first.click()
    expect(page.locator(".message-bad")).to_contain_text("严禁上传涉密文件")
    page.locator("[data-send] input[type=file]").first.set_input_files(
        [
            {"name": f"{title}.docx", "mimeType": "application/octet-stream", "buffer": paper(number)},
            {"name": "早就有的.pdf", "mimeType": "application/pdf", "buffer": known_file(demo)},
            {"name": "东门.jpg", "mimeType": "image/jpeg", "buffer": photo(size=(900, 700), tint=width % 250)},
        ]
    )
    expect(page.locator("[data-send-all]")).to_contain_text("3 / 3")
    came = page.locator("[data-send-came]")
    expect(came).to_contain_text("已经有了")
    expect(came).to_contain_text("新收 2")
    assert fits(page)
    came.get_by_role("button", name="就是同一份").click()
    expect(page.locator(".message-good")).to_contain_text("与已有资料相同")

    page.get_by_role("link", name=title).click()
    address = page.url
    for _ in range(READ_IN // 1500):
        if page.get_by_role("button", name="采用它").count():
            break
        page.wait_for_timeout(1500)
        page.goto(address)
    page.locator(".facts-number").get_by_role("button", name="采用它").click()
    expect(page.get_by_label("文号")).to_have_value(f"张政办〔2021〕{number}号")
    assert fits(page)

    words = page.locator(".page-words > summary")
    if not page.locator("[data-page-text]").is_visible():
        words.click()
    select(page, WORDS)
    expect(page.get_by_label("里的原文")).to_have_value(WORDS)
    page.get_by_label("证明什么").fill("管理要求")
    page.get_by_role("button", name="标为佐证").click()
    expect(page.locator("[data-page-text] mark")).to_have_text(WORDS)

    choice = page.locator(".use-choices li").first
    linked = choice.locator("input").get_attribute("value") or ""
    expect(choice).to_contain_text("都有")
    choice.locator("input").check()
    page.get_by_role("button", name="关联勾选的").click()
    expect(page.locator(".uses")).to_contain_text(linked.partition(":")[2])
    for size in ("large", ""):
        page.context.add_cookies([{"name": "size", "value": size, "url": demo.address}])
        page.reload()
        assert fits(page)

    page.goto(f"{demo.address}/search/?q=公平秤可用")
    page.locator(".found a", has_text=f"第{number}号").or_(page.locator(".found a", has_text=title)).first.click()
    expect(page.locator("[data-page-text] mark")).to_have_text(WORDS)


def test_arrows_turn_the_pages_of_a_document(page: Page, demo: Town) -> None:
    sign_in(page, demo, "limin")
    page.goto(f"{demo.address}/archive/?kind=picture&sort=arrived")
    page.locator(".document-name a").first.click()
    first = page.locator(".page-picture img").get_attribute("src")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".page-picture img")).not_to_have_attribute("src", first or "")
    page.wait_for_load_state()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".page-picture img")).to_have_attribute("src", first or "")
    assert fits(page)


def test_without_a_script_the_plain_form_does_the_same(page: Page, demo: Town) -> None:
    width = page.viewport_size["width"]
    context = page.context.browser.new_context(  # type: ignore[union-attr]
        viewport={"width": width, "height": 900}, locale="zh-CN", java_script_enabled=False
    )
    plain = context.new_page()
    sign_in(plain, demo, "limin")
    plain.goto(f"{demo.address}/archive/add/")
    plain.locator("[data-send] input[type=file]").first.set_input_files(
        [{"name": f"无脚本{width}.txt", "mimeType": "text/plain", "buffer": f"无脚本 {width}".encode()}]
    )
    plain.get_by_role("button", name="上传", exact=True).click()
    expect(plain.locator("h1")).to_have_text("收到 1 个文件")
    expect(plain.locator(".came")).to_contain_text("新收 1")
    context.close()
