"""Numbers merged over several cells: nobody knows how much of them is whose, unless the rows are one matter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chuangwen.kernel.cells import Cell, cell_name, text_of
from chuangwen.kernel.ranges import Range
from chuangwen.kernel.tables.cells import BadCell, raw_text
from chuangwen.kernel.words import say

_SHOWN = 40


@dataclass
class Merged:
    """What is merged downwards in one sheet.

    ``matters``: row -> first row of the one matter that it is part of; ``numbers``: for each field that counts, row ->
    first row of the merged cell that covers it; ``wide``: cells of one row that are merged over several such fields.
    """

    matters: dict[int, int] = field(default_factory=dict)
    numbers: dict[str, Mapping[int, int]] = field(default_factory=dict)
    wide: dict[tuple[int, int], str] = field(default_factory=dict)

    def note_wide(self, areas: Sequence[Range], places: Sequence[int]) -> None:
        """Keep what is merged over several of the columns that count."""
        for one in areas:
            covered = [place for place in places if one.left <= place <= one.right]
            if len(covered) > 1:
                span = f"{cell_name(one.top, one.left)}:{cell_name(one.bottom, one.right)}"
                self.wide |= {(row, place): span for row in range(one.top, one.bottom + 1) for place in covered}

    def refuse_number(self, name: str, row: int, place: int, cell: Cell) -> None:
        """A number that stands for several rows or columns says of none of them how many. Raises BadCell."""
        span = self.wide.get((row, place)) or self._deep(name, row, place)
        if span and _is_number(cell):
            text = text_of(cell)[:_SHOWN]
            what = say("{span} 合并成一格，只写了一个数“{text}”，不知道各格各是多少。", span=span, text=text)
            raise BadCell(what, say("请取消合并，一格填一个数。"))

    def _deep(self, name: str, row: int, place: int) -> str:
        """The merged cell that covers this one and rows of more than one matter."""
        tops = self.numbers.get(name, {})
        rows = [other for other, top in tops.items() if top == tops.get(row)] if row in tops else []
        if len({self.matters.get(one, -one) for one in rows}) <= 1:
            return ""
        return f"{cell_name(rows[0], place)}:{cell_name(rows[-1], place)}"


def _is_number(cell: Cell) -> bool:
    """Whether it counts: a word that is merged (不合格) is the same for all its rows."""
    return any(sign.isdecimal() for sign in raw_text(cell))
