"""A table read by its declaration: rows with their cells, problems, questions, and everything that was not read by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chuangwen.kernel.cells import cell_name
from chuangwen.kernel.problems import Problem, Problems
from chuangwen.kernel.sheets import Workbook
from chuangwen.kernel.tables.declared import Table
from chuangwen.kernel.tables.heads import Head, Said
from chuangwen.kernel.tables.telling import Option, Question, Unread
from chuangwen.kernel.words import say


@dataclass(frozen=True, eq=False)
class TableRow:
    """One row understood: values by field (an empty cell has none), the texts they were read from, and where it stands.

    ``part_of``: the row of the same merged thing that this row adds to, where a person said that it is one thing.
    ``asides``: by field, what a bracket says behind a name that is no other word for it.
    """

    sheet: str
    row: int
    values: Mapping[str, object]
    texts: Mapping[str, str]
    columns: Mapping[str, int]
    part_of: int | None = None
    asides: Mapping[str, str] = field(default_factory=dict)

    def cell(self, name: str) -> str:
        """The address of a field's cell: C5."""
        return cell_name(self.row, self.columns[name]) if name in self.columns else str(self.row)

    def text(self, name: str) -> str:
        """The value of a text field, empty where nothing is said."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""


@dataclass
class TableReading:
    """What came of a file. A reader of one kind of table adds its own problems and questions by ``tell`` and ``ask``."""

    name: str
    table: Table
    book: Workbook
    said: Said
    heads: list[Head] = field(default_factory=list)
    read: list[TableRow] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)
    questions: list[Question] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    _bad: set[tuple[str, int]] = field(default_factory=set)
    _places: dict[tuple[str, int], TableRow] = field(default_factory=dict)

    @property
    def rows(self) -> list[TableRow]:
        """The rows that nothing is wrong with."""
        return [row for row in self.read if (row.sheet, row.row) not in self._bad]

    @property
    def open_questions(self) -> list[Question]:
        return [one for one in self.questions if one.is_open]

    @property
    def is_ready(self) -> bool:
        """Whether it may be written: no problem, no question open."""
        return not self.problems and not self.open_questions

    def at(self, sheet: str, row: int) -> TableRow:
        """The row that stands there."""
        if not self._places:
            self._places.update({(one.sheet, one.row): one for one in self.read})
        return self._places[sheet, row]

    def head(self, sheet: str) -> Head:
        return next(one for one in self.heads if one.sheet.name == sheet)

    def tell(self, row: TableRow, name: str, what: str, cure: str = "") -> None:
        """Something is wrong with a row; it is not among ``rows`` any more."""
        self.tell_at(row.sheet, row.row, name, what, cure)

    def ask(
        self, key: str, what: str, options: Sequence[Option], *, row: TableRow | None = None, rows: Sequence[int] = ()
    ) -> str:
        """Ask a person once; the answer, empty while there is none."""
        said = self.said.answers.get(key, "")
        answer = said if said in {one.value for one in options} else ""
        if all(one.id != key for one in self.questions):
            where = (row.row,) if row else tuple(rows)
            self.questions.append(Question(key, what, tuple(options), row.sheet if row else "", where, answer))
        return answer

    def leave(self, row: TableRow, *, why: str) -> None:
        """Leave a row out by a person's decision; it is named."""
        self._bad.add((row.sheet, row.row))
        sample = " ".join(text for text in row.texts.values() if text)[:60]
        self.unread.append(Unread("row", row.sheet, say("第 {row} 行", row=row.row), why, sample))

    def sorted_problems(self) -> list[Problem]:
        """By sheet, then row, then column."""
        return sorted(self.problems)

    def tell_at(self, sheet: str, number: int, name: str, what: str, cure: str) -> None:
        """The same for a row that is not understood yet."""
        title = self.head(sheet).title(name) if name else ""
        if name and not title:
            title = self.table.field(name).title
        self._bad.add((sheet, number))
        self.problems.add(file=sheet, row=number, column=title, what=what, cure=cure)


def by_sheet(reading: TableReading) -> dict[str, list[Problem]]:
    """The problems by the sheet they stand in, for a copy of the workbook."""
    found: dict[str, list[Problem]] = {}
    for problem in reading.sorted_problems():
        found.setdefault(problem.file, []).append(problem)
    return found
