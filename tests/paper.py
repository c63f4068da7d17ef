"""A page's tables as they come out of the printer: which columns a row keeps when those for the hand are left out."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

OFF_PAPER = {"tick", "no-print", "twist"}
"""Classes that ``web/src/css/print.css`` hides."""
VOID = {"input", "img", "br", "hr", "meta", "link", "source", "wbr", "col", "area", "base", "embed", "track", "param"}


@dataclass
class Row:
    """Where the next cell begins, and which columns are seen on paper."""

    place: int = 0
    seen: set[int] = field(default_factory=set)
    words: list[str] = field(default_factory=list)


@dataclass
class Table:
    """The rows of one table that are printed; ``reaching`` holds by row the columns that a cell above reaches into."""

    rows: list[Row] = field(default_factory=list)
    count: int = 0
    reaching: dict[int, dict[int, bool]] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        """Rows that keep other columns on paper than the first."""
        kept = self.rows[0].seen if self.rows else set()
        told = [(sorted(one.seen ^ kept), " ".join("".join(one.words).split())) for one in self.rows]
        return [f"columns {wrong}: {words:.60}" for wrong, words in told if wrong]


class Paper(HTMLParser):
    """The tables of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self._open: list[tuple[Table, Row | None]] = []
        self._off: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        hidden = bool(OFF_PAPER & set(said.get("class", "").split())) or (self._off[-1] if self._off else False)
        if tag not in VOID:
            self._off.append(hidden)
        if tag == "table":
            self.tables.append(Table())
            self._open.append((self.tables[-1], None))
        elif tag == "tr" and self._open:
            self._open[-1] = (self._open[-1][0], Row())
        elif tag in {"td", "th"} and self._open:
            table, row = self._open[-1]
            if row is not None:
                _add(table, row, said, seen=not hidden)

    def handle_endtag(self, tag: str) -> None:
        hidden = self._off.pop() if self._off and tag not in VOID else False
        if tag == "tr" and self._open:
            table, row = self._open[-1]
            if row is not None and not hidden:
                _reach(table, row)
                table.rows.append(row)
            table.count += 1
            self._open[-1] = (table, None)
        elif tag == "table" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and (row := self._open[-1][1]) is not None:
            row.words.append(data)


def _reach(table: Table, row: Row) -> None:
    """Step over the columns that are taken by a cell from above."""
    taken = table.reaching.get(table.count, {})
    while row.place in taken:
        if taken[row.place]:
            row.seen.add(row.place)
        row.place += 1


def _add(table: Table, row: Row, said: dict[str, str], *, seen: bool) -> None:
    _reach(table, row)
    wide, down = int(said.get("colspan", 1)), int(said.get("rowspan", 1))
    for column in range(row.place, row.place + wide):
        if seen:
            row.seen.add(column)
        for step in range(1, down):
            table.reaching.setdefault(table.count + step, {})[column] = seen
    row.place += wide


def crooked(page: str) -> list[str]:
    """Every row of every table that would stand under another heading on paper."""
    paper = Paper()
    paper.feed(page)
    return [fault for table in paper.tables for fault in table.faults]
