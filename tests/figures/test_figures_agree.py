"""In the demo town one figure has one value wherever it stands, for every role, and a fault put in by hand is found."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.demo_home import demo_home

pytestmark = pytest.mark.skipif(
    "sqlite" not in connection.settings_dict["ENGINE"], reason="the demo's town lies in SQLite: once in a run is enough"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    demo_home(folder)
    return folder


def walk(home: Path, *, plant: str = "") -> dict[str, Any]:
    words = [
        sys.executable,
        "-m",
        "tests.figures.crawl",
        "--home",
        str(home),
        *(["--plant", plant, "--only", "contact", "--most", "10"] if plant else []),
    ]
    done = subprocess.run(words, capture_output=True, check=True, cwd=Path(__file__).parents[2])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_figure_has_one_value_and_opens_what_it_counts(home: Path) -> None:
    found = walk(home)
    assert found["disagreeing"] == []
    assert found["wrong_lists"] == []
    assert {"cases.mine", "cases.overdue", "cases.on_time_rate", "filing.filed"} <= set(found["shared"])
    assert "command" in found["sources"]
    assert found["marks"] > 1000


@pytest.mark.parametrize(
    ("fault", "where", "what"),
    [
        ("menu", "disagreeing", "cases.mine"),
        ("list", "wrong_lists", "figure=on_time_rate"),
    ],
)
def test_a_wrong_figure_put_in_by_hand_is_found(home: Path, fault: str, where: str, what: str) -> None:
    assert any(what in one for one in walk(home, plant=fault)[where])
