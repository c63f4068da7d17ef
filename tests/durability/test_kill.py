"""Acknowledged means durable: the town is killed in the middle of its work, again and again, and nothing told "done" is lost."""

import http.cookiejar
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long
KILLS = 6


class Town:
    """A served town that can be killed without warning."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = [sys.executable, "-m", "chuangwen", "serve", "--home", str(self.home), "--port", str(self.port)]
        self.process = subprocess.Popen(words, start_new_session=True)
        for _ in range(200):
            if self._answers():
                return
            time.sleep(0.1)
        raise AssertionError("the town does not answer")

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def sign_in(town: Town, password: str) -> urllib.request.OpenerDirector:
    """A session with its cookies."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = f"http://127.0.0.1:{town.port}/accounts/login/"
    form = opener.open(page).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert token is not None
    body = {"login": "limin", "password": password, "csrfmiddlewaretoken": token[1]}
    opener.open(page, urllib.parse.urlencode(body).encode())
    return opener


def record(town: Town, opener: urllib.request.OpenerDirector, number: int) -> bool:
    """Send one observation; True when the town has acknowledged it."""
    body = {"round": "2021-annual", "site": "P06-001", "check": f"P06-{number % 9 + 1:02d}", "result": "合格",
            "seen_at": "2021-10-13T10:00:00+08:00", "mark": f"kill-{number}"}  # fmt: skip
    request = urllib.request.Request(
        f"http://127.0.0.1:{town.port}/api/observations",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status == 200
    except OSError:
        return False


def run(*words: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "chuangwen", *words, "--json"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_nothing_acknowledged_is_lost_when_the_town_is_killed(tmp_path: Path) -> None:
    made = run("demo", "--no-serve", "--home", str(tmp_path))
    password = next(one["password"] for one in made["people"] if one["username"] == "limin")
    dice, town, acknowledged, number = random.Random(1), Town(tmp_path), 0, 0
    before = _counting(tmp_path)
    for _ in range(KILLS):
        town.start()
        opener = sign_in(town, password)
        threading.Timer(dice.uniform(0.5, 2), town.kill).start()
        while record(town, opener, number):
            acknowledged += 1
            number += 1
        number += 1
        time.sleep(2.5)
    kept = _counting(tmp_path) - before
    assert acknowledged >= KILLS
    assert acknowledged <= kept <= acknowledged + KILLS
    assert run("ledger", "verify", "--home", str(tmp_path))["holds"]
    assert "states" not in {one["code"] for one in run("doctor", "--home", str(tmp_path))["findings"]}


def _counting(home: Path) -> int:
    with sqlite3.connect(home / "chuangwen.sqlite3") as database:
        count: int = database.execute("SELECT COUNT(*) FROM measures_observation").fetchone()[0]
    return count
