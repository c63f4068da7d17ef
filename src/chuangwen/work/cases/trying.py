"""A table of cases tried before it is taken in: what was read, beside the cases that are there. Nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chuangwen.kernel.sheets import Workbook
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.names import Names
from chuangwen.kernel.tables.reading import TableReading
from chuangwen.records.township.gates import By
from chuangwen.work.cases.case_rows import CaseBatch, Plan
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.import_actions import plan_rows
from chuangwen.work.cases.row_desk import opening_for_rows
from chuangwen.work.cases.sheet_rows import names_of_town, read_cases
from chuangwen.work.cases.types import definition, in_force


@dataclass(frozen=True)
class Kind:
    """A kind of case and the opening by which its rows come in, with the names that they may say."""

    type: CaseTypeRow
    move: MoveRow
    names: Mapping[str, Names]


def kind_for_rows(code: str, move: str, *, by: By) -> Kind:
    """The kind of this code, if this person may open its cases from a table."""
    type_ = definition(in_force(code))
    return Kind(type_, opening_for_rows(type_, move, by), names_of_town(type_.type.categories))


@dataclass(frozen=True)
class Tried:
    """The reading, with all that is wrong and to be asked in it; the batch to be taken in; what that would do."""

    reading: TableReading
    batch: CaseBatch
    plan: Plan


def try_cases(book: Workbook, kind: Kind, said: Said, *, by: By, at: datetime) -> Tried:
    """Read a file, and say what taking it in would do."""
    found = read_cases(book, (kind.type, kind.move), kind.names, said)
    reading = found.table
    batch = CaseBatch(kind.type.type.id, found.rows, kind.move.id, book.name, said.answers)
    plan = plan_rows(batch, by=by, at=at)
    reading.problems.extend(plan.problems)
    reading.questions.extend(plan.questions)
    return Tried(reading, batch, plan)
