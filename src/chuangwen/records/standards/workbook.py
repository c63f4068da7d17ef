"""An official indicator table read from a workbook: columns guessed, every row placed, every problem told."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal

from chuangwen.kernel.headings import Heading, find_heading
from chuangwen.kernel.problems import Problem, Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheets import Sheet, Workbook, cell_problems
from chuangwen.kernel.words import later, say
from chuangwen.records.standards.indicator_cells import HEADINGS
from chuangwen.records.standards.indicator_rows import Place, SheetRows, Standard


class NoIndicatorTable(Refusal):
    code = "no_indicator_table"
    sentence = later(
        "“{name}”里没有找到测评指标表：前 30 行中没有“测评内容”“测评标准”“分值”这样的表头。请检查文件，或在下一步手工指定各列。"
    )
    status = 422


@dataclass(frozen=True)
class WorkbookReading:
    """What a workbook says: the guessed columns of each sheet, the tree, and all that is wrong with it."""

    name: str
    headings: tuple[Heading, ...]
    items: tuple[Place, ...]
    contents: tuple[Place, ...]
    standards: tuple[Standard, ...]
    problems: Problems = field(default_factory=Problems)

    def as_data(self) -> dict[str, object]:
        """One JSON-ready object: columns, items, contents, standards, problems (row, column, what, cure)."""
        return {
            "columns": [
                {"sheet": head.sheet, "row": head.first_row, "last_row": head.last_row, **column.as_dict()}
                for head in self.headings
                for column in sorted(head.columns.values(), key=lambda column: column.index)
            ],
            "confidence": min((head.confidence for head in self.headings), default=0.0),
            "unread": sorted({name for head in self.headings for name in head.unread}),
            "items": [asdict(item) | {"points": _text(item.points)} for item in self.items],
            "contents": [asdict(content) | {"points": _text(content.points)} for content in self.contents],
            "standards": [standard.as_dict() for standard in self.standards],
            "problems": [problem.as_dict() | {"sheet": problem.file} for problem in self.problems],
        }


def guess_columns(sheet: Sheet) -> Heading:
    """Guess which column holds what, with a confidence for each; a heading without columns where it is no such table.

    A column whose heading says the opposite of a field (去年分值) stays unread unless a person chooses it.
    """
    head = find_heading(sheet, HEADINGS)
    opposed = tuple(column for column in head.columns.values() if column.doubt == "opposing")
    kept = {field: column for field, column in head.columns.items() if column not in opposed}
    return replace(head, columns=kept, rest=(*head.rest, *opposed))


def is_indicator_table(heading: Heading) -> bool:
    """Whether a sheet can be read: it needs the standards or the contents, and something beside them."""
    return len(heading.columns) >= 2 and ("standard" in heading.columns or "content" in heading.columns)


def guess_workbook(book: Workbook) -> list[Heading]:
    """The headings of all shown sheets that hold an indicator table; NoIndicatorTable where none does."""
    found = [heading for heading in map(guess_columns, book.shown) if is_indicator_table(heading)]
    if not found:
        raise NoIndicatorTable(name=book.name)
    return found


def read_indicators(book: Workbook, headings: Sequence[Heading] | None = None) -> WorkbookReading:
    """Read every sheet that has a heading (guessed, or corrected by a person) into one tree.

    Problems carry the sheet's name as their file. Raises NoIndicatorTable.
    """
    headings = guess_workbook(book) if headings is None else [head for head in headings if is_indicator_table(head)]
    if not headings:
        raise NoIndicatorTable(name=book.name)
    problems = Problems()
    sheets = {sheet.name: sheet for sheet in book.sheets}
    reader = SheetRows(problems)
    for heading in headings:
        sheet = sheets.get(heading.sheet)
        if sheet is None:
            raise NoIndicatorTable(name=book.name)
        for problem in cell_problems(book, sheet):
            problems.add(file=sheet.name, row=problem.row, column=problem.column, what=problem.what, cure=problem.cure)
        reader.read(sheet, heading)
    reader.finish()
    if not reader.standards:
        problems.add(
            file=headings[0].sheet,
            what=say("表头下面没有一条测评标准。"),
            cure=say("请检查“测评标准”一列是否指对。"),
        )
    return WorkbookReading(
        name=book.name,
        headings=tuple(headings),
        items=tuple(reader.items),
        contents=tuple(reader.contents),
        standards=tuple(reader.standards),
        problems=problems,
    )


def problems_by_row(reading: WorkbookReading, sheet: str) -> dict[int, list[Problem]]:
    """The problems of one sheet by row, for the copy of the workbook that is handed back; row 0 is the whole sheet."""
    found: dict[int, list[Problem]] = {}
    for problem in reading.problems:
        if problem.file == sheet:
            found.setdefault(problem.row, []).append(problem)
    return found


def _text(points: Decimal | None) -> str | None:
    return None if points is None else f"{points:f}"
