"""One formatter for the numbers that people see: ``kernel.numerals``. Whoever rounds otherwise measures lengths or places."""

import re
from pathlib import Path

HOUSE = Path(__file__).parents[2] / "src" / "chuangwen"
OTHERWISE = re.compile(r":[<>]?\d*\.\d[f%g]\}|\bfloatformat\b")
NOT_FOR_PEOPLE = {
    "doors/commands/demo_archive.py",  # the demo's dice
    "doors/commands/demo_cases.py",
    "kernel/coordinates.py",  # places on the earth
    "kernel/flowchart/svg.py",  # lengths of a drawing
    "records/photos/claims.py",
}
SAY = re.compile(r"(say|written|counted)\([^\n]*\bround\(")


def sources() -> list[Path]:
    return sorted([*HOUSE.rglob("*.py"), *HOUSE.rglob("*.html")])


def test_no_page_paper_or_command_rounds_a_number_by_itself() -> None:
    found = [
        f"{path.relative_to(HOUSE)}:{number}"
        for path in sources()
        if str(path.relative_to(HOUSE)) not in NOT_FOR_PEOPLE
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if OTHERWISE.search(line) or SAY.search(line)
    ]
    assert found == []
