"""A real town on a real port with a real browser: the demo town, made once, served as users serve it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.demo_home import demo_home

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
# The pictures of the README are taken anew by: CHUANGWEN_PICTURES=1 make test-browser
KEEP = os.environ.get("CHUANGWEN_PICTURES") == "1"
SHOTS = Path(__file__).parents[2] / "docs" / "pictures" if KEEP else Path(tempfile.gettempdir()) / "chuangwen-pictures"


class Town:
    """The running demo town: its address and the passwords that ``demo`` printed."""

    def __init__(self, address: str, passwords: dict[str, str], home: str) -> None:
        self.address, self.passwords, self.home = address, passwords, home

    def let_in(self, username: str) -> None:
        """Give one more person of the demo a password, as the machine's own hand may."""
        code = (
            "from chuangwen.records.township.models import Person as P\n"
            "from chuangwen.records.township.actions import give_visitor_password as give\n"
            "from chuangwen.records.ledger.actions import MACHINE as M\n"
            "from chuangwen.kit import clock\n"
            f"print('PASS', give(P.objects.get(username={username!r}), by=M, at=clock.real_now()))"
        )
        manage = Path(__file__).parents[2] / "manage.py"
        environment = {**os.environ, "CHUANGWEN_HOME": self.home}
        told = subprocess.run(
            [sys.executable, str(manage), "shell", "-v0", "-c", code], capture_output=True, check=True, env=environment
        )
        self.passwords[username] = told.stdout.decode().split("PASS ")[1].split()[0]


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "chuangwen", *words]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    home = tmp_path_factory.mktemp("home")
    people = demo_home(home)["people"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "CHUANGWEN_HOME": str(home)}
    server = subprocess.Popen(_command("serve", "--home", str(home), "--port", str(port)), env=environment)
    address = f"http://127.0.0.1:{port}"
    _wait(address)
    yield Town(address, {one["username"]: one["password"] for one in people}, str(home))
    server.terminate()
    server.wait(20)


def _wait(address: str) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the town does not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(params=[1440, 390], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, demo: Town) -> Iterator[Page]:
    """A fresh page at a desk's or a phone's width; an error in the page's console fails the test."""
    context = browser.new_context(viewport={"width": request.param, "height": 900}, locale="zh-CN")
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    yield opened
    context.close()
    assert [one for one in wrong if "422" not in one and "403" not in one] == []


def sign_in(page: Page, town: Town, username: str) -> None:
    """As a person does it."""
    page.goto(town.address)
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", town.passwords[username])
    page.click("form button")
    page.wait_for_url(f"{town.address}/")


def fits(page: Page) -> bool:
    """No sideways scroll."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
