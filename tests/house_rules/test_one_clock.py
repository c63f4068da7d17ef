"""A stored moment comes back in universal time: its day and its clock are told by ``kernel.dates`` alone, in the town's zone.

Whoever writes ``at.date()`` or ``f"{row.at:%Y-%m-%d}"`` tells the day before until eight in the morning. Of moments that
are local by their making (``request.at``, what ``astimezone`` gave) a door may take the day itself.
"""

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "src" / "chuangwen"
RAW = re.compile(
    r"(?<!request\.)(?<![\w.])(?:\w+\.)*(?:\w*_at|at)(?:\.date\(\)|\.time\(\)|\.year\b|\.strftime\(|:%)"
    r"|(?<![\w.])(?:\w+\.)*(?:\w*_at|at)\s*\|\s*stringformat"
)
LOCAL_BY_MAKING = {
    "doors/commands/demo_archive.py",  # the demo's own days, made in the town's zone
    "doors/commands/demo_grades.py",
    "doors/commands/demo_cases.py",
    "doors/commands/demo_releases.py",
    "doors/commands/management/commands/backup.py",  # clock.now()
    "doors/case_pages/rota_plan_views.py",  # shifts as proposed, before they are stored
    "work/rotas/sheet_rows.py",  # rows as read from a table
    "records/measures/visits.py",  # part of a key, never shown
}


def raw(text: str) -> list[str]:
    """What tells a moment's day or clock without its zone."""
    return [one.group() for one in RAW.finditer(text) if not one.group().startswith("request.at")]


@pytest.mark.parametrize(
    "said",
    ['f"{row.at:%Y-%m-%d %H:%M:%S}"', "event.withdrawn_at.date()", 'f"{one.locked_at:%Y-%m-%d}"', "x = at.date()"],
)
def test_a_day_without_a_zone_is_found(said: str) -> None:
    assert raw(said) != []


@pytest.mark.parametrize(
    "said", ["request.at.date()", "day_of(row.at)", "at.astimezone(CHINA).date()", "self.at.other"]
)
def test_a_day_of_the_town_is_none(said: str) -> None:
    assert raw(said) == []


def test_nobody_tells_the_day_of_a_moment_but_the_one_clock() -> None:
    found = [
        f"{name}:{number}: {one}"
        for path in sorted([*HOUSE.rglob("*.py"), *HOUSE.rglob("*.html")])
        if (name := str(path.relative_to(HOUSE))) not in LOCAL_BY_MAKING
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for one in raw(line)
    ]
    assert found == []
