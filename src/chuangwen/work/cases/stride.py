"""One step being made: the case, the move, what was said, the codes it may name, and what the step leaves behind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chuangwen.kernel.fields import Kind, Known
from chuangwen.kernel.workdays import WorkCalendar
from chuangwen.kit.rows import rows_where
from chuangwen.records.township.models import Organisation, Person
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.models import Case, Category
from chuangwen.work.cases.said import Said


@dataclass(frozen=True)
class Lists:
    """The codes that fields may name, read once for a step."""

    units: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    grades: Sequence[str] = ()

    @property
    def known(self) -> Known:
        return Known(self.units, self.people, self.categories, self.grades)


def lists_for(type_: CaseTypeRow, move: MoveRow, said: Said, grades: Sequence[str] = ()) -> Lists:
    """Only what was named: no query for a move that names nothing. ``grades`` is the scale, where a grade is asked."""
    named: dict[Kind, set[str]] = {}
    for row in type_.fields_of(move):
        value = said.answers.get(row.id)
        codes = value if isinstance(value, list | tuple) else [value]
        named.setdefault(row.kind, set()).update(str(one).strip() for one in codes if one)
    units = named.get(Kind.UNIT, set()) | named.get(Kind.UNITS, set())
    people, categories = named.get(Kind.PERSON, set()), named.get(Kind.CATEGORY, set())
    table = type_.type.categories
    return Lists(
        {one.code: one for one in rows_where(Organisation, "code", units, also={"closed": None})},
        {one.username: one for one in Person.objects.filter(username__in=people, is_active=True)} if people else {},
        {one.code: one for one in Category.objects.filter(table=table, code__in=categories, retired=False)}
        if categories
        else {},
        grades,
    )


@dataclass
class Stride:
    """One step being made: everything that the effects need, and what they leave behind for the step's row."""

    case: Case
    type: CaseTypeRow
    move: MoveRow
    answers: dict[str, Any]
    lists: Lists
    at: datetime
    person: Person | None
    days: WorkCalendar
    in_time: bool | None = None
    due_at: datetime | None = None
    assisting: list[Organisation] | None = None
    remarks: list[str] = field(default_factory=list)
