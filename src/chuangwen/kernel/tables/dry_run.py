"""What writing a table would do, told alike by page and command."""

from collections.abc import Sequence
from dataclasses import dataclass

from chuangwen.kernel.words import say


@dataclass(frozen=True)
class Change:
    """A row that corrects what stands: where, what it is about, what stood, what will stand."""

    row: int
    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """A row as it will be written; ``tag`` says what it is beside a new one, ``tone`` its colour."""

    row: int
    cells: Sequence[object]
    tag: str = ""
    tone: str = ""


@dataclass(frozen=True)
class DryRun:
    """What writing would do: rows new, corrected, there already, left out; and the rows as they will stand."""

    new: int = 0
    changed: int = 0
    known: int = 0
    left: int = 0
    columns: Sequence[str] = ()
    lines: Sequence[Line] = ()
    changes: Sequence[Change] = ()

    @property
    def told(self) -> str:
        """写入 n 条, 改正 m 条, 已有 k 条."""
        told = say(
            "写入 {new} 条，改正 {changed} 条，已有 {known} 条", new=self.new, changed=self.changed, known=self.known
        )
        return told + (say("，略过 {left} 条", left=self.left) if self.left else "")

    @property
    def writes(self) -> int:
        return self.new + self.changed
