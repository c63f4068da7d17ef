"""Official papers of many shapes, each with what a clerk would write down of it."""

from dataclasses import dataclass
from pathlib import Path

FILES = Path(__file__).parents[2] / "files"
FIELDS = ("number", "dated", "issuer", "title", "kind", "mark", "internal")


@dataclass(frozen=True)
class Paper:
    """A paper: what it is, its lines, and its facts."""

    name: str
    lines: list[str]
    facts: dict[str, str]


def papers(file: str = "official-papers.txt") -> list[Paper]:
    """All of them."""
    made = []
    for block in (FILES / file).read_text(encoding="utf-8").split("===== ")[1:]:
        name, *lines = block.strip("\n").split("\n")
        facts = {}
        while lines and lines[0].partition(": ")[0] in FIELDS:
            key, _, value = lines.pop(0).partition(": ")
            facts[key] = value
        made.append(Paper(name, lines, facts))
    return made
