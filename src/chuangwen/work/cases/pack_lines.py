"""Where things stand in a file of a pack, and a word there that points at nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import listed, say


class Lines:
    """Where things stand in a TOML file, so that a problem can name its line."""

    def __init__(self, path: Path | None = None, text: str = "") -> None:
        self._lines = (path.read_text("utf-8") if path and path.is_file() else text).splitlines()

    def of(self, text: str, after: int = 0) -> int:
        """The first line (counted from 1) that begins with this text; 0 when there is none."""
        for number, line in enumerate(self._lines, start=1):
            if number > after and line.strip().startswith(text):
                return number
        return 0

    def row(self, part: str, id_: str) -> int:
        """The line of the ``id`` of one ``[[part]]``."""
        inside = False
        for number, line in enumerate(self._lines, start=1):
            bare = line.strip()
            if bare.startswith("["):
                inside = bare.startswith(f"[[{part}]]")
            elif inside and bare.replace(" ", "").startswith(f'id="{id_}"'):
                return number
        return 0


@dataclass(frozen=True)
class Place:
    """A line of a file."""

    file: str
    line: int


def known(column: str, said: Iterable[str], these: Collection[str], place: Place, problems: Problems) -> None:
    for word in said:
        if word not in these:
            near = _nearest(word, these)
            cure = say("是否应为“{near}”？", near=near) if near else say("可用：{known}。", known=listed(these))
            what = say("指向没有声明的“{word}”", word=word)
            problems.add(file=place.file, row=place.line, column=column, what=what, cure=cure)


def _nearest(word: str, known: Iterable[str]) -> str:
    best = [(len(set(word) & set(one)) * 2 / max(1, len(set(word)) + len(set(one))), one) for one in known]
    return max(best)[1] if best and max(best)[0] > 0.6 else ""
