"""The duty table (责任分解表) of an edition: every standard with who answers for it, ready to print on A3."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from chuangwen.kernel.sheet_writing import Merge, Paper, TableColumn, TableText, Value, write_table
from chuangwen.kernel.words import listed, say
from chuangwen.records.standards.indicator_cells import METHOD_WORDS


@dataclass(frozen=True)
class DutyRow:
    """One standard of the table. ``methods`` are method id -> share in percent; ``due`` is written as handed in."""

    code: str
    item_code: str
    item: str
    content_code: str
    content: str
    text: str
    points: Decimal
    methods: dict[str, Decimal]
    lead: str = ""
    assisting: Sequence[str] = ()
    person: str = ""
    requirements: Sequence[str] = field(default=())
    due: str = ""
    note: str = ""


def duty_table(rows: Sequence[DutyRow], *, title: str, notes: Sequence[str] = ()) -> bytes:
    """The table as an xlsx, A3 landscape: items and contents merged down, head repeated on every page.

    ``rows`` come in tree order. Read back with ``workbook.read_indicators`` it gives the same standards.
    """
    columns = (
        TableColumn(say("编号"), 11),
        TableColumn(say("测评项目"), 14, wrap=True),
        TableColumn(say("测评内容"), 18, wrap=True),
        TableColumn(say("测评标准"), 56, wrap=True),
        TableColumn(say("测评方法"), 16, wrap=True),
        TableColumn(say("分值"), 6),
        TableColumn(say("牵头单位"), 14, wrap=True),
        TableColumn(say("责任单位"), 20, wrap=True),
        TableColumn(say("责任人"), 9, wrap=True),
        TableColumn(say("材料要求"), 34, wrap=True),
        TableColumn(say("完成时限"), 12),
        TableColumn(say("备注"), 12, wrap=True),
    )
    merges = [*_runs([row.item_code for row in rows], 1), *_runs([f"{r.item_code}|{r.content_code}" for r in rows], 2)]
    text = TableText(sheet=say("责任分解表"), title=title, notes=notes)
    return write_table(columns, map(_cells, rows), text, paper=Paper("A3"), merges=merges)


def _cells(row: DutyRow) -> tuple[Value, ...]:
    return (
        row.code,
        _numbered(row.item_code, row.item),
        _numbered(row.content_code, row.content),
        row.text,
        methods_text(row.methods),
        row.points,
        row.lead,
        listed(row.assisting),
        row.person,
        "\n".join(f"{number}. {text}" for number, text in enumerate(row.requirements, start=1)),
        row.due,
        row.note,
    )


def methods_text(methods: dict[str, Decimal]) -> str:
    """Methods as an official table writes them: one by its name, several with their shares."""
    names = {method: METHOD_WORDS[method][0] if method in METHOD_WORDS else method for method in methods}
    if len(methods) == 1:
        return next(iter(names.values()))
    return "+".join(f"{names[method]}{share.normalize():f}%" for method, share in methods.items())


def _numbered(code: str, title: str) -> str:
    """The code in front of the title in a way that the reader takes apart again."""
    return f"{code} {title}" if "-" in code or "." in code else (f"{code}、{title}" if code else title)


def _runs(keys: Sequence[str], column: int) -> list[Merge]:
    """The stretches of equal keys, one after another."""
    runs: list[Merge] = []
    first = 0
    for index in range(1, len(keys) + 1):
        if index == len(keys) or keys[index] != keys[first]:
            runs.append(Merge(column, first, index - 1))
            first = index
    return runs
