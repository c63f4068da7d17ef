"""Merged ranges of a sheet."""

from dataclasses import dataclass

from chuangwen.kernel.cells import Cell


@dataclass(frozen=True)
class Range:
    """A merged range: rows counted from 1, columns from 0, both ends inside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> int:
        return max(self.bottom - self.top + 1, 0) * max(self.right - self.left + 1, 0)


def fill(rows: list[list[Cell]], area: Range, value: Cell) -> None:
    """The value in all cells of the range."""
    for row in rows[area.top - 1 : area.bottom]:
        row[area.left : area.right + 1] = [value] * len(row[area.left : area.right + 1])
