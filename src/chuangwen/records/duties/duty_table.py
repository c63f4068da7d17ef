"""A duty table pasted or sent by the office: read by its declaration, held against what stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from chuangwen.kernel.sheets import Workbook
from chuangwen.kernel.tables.cells import Around
from chuangwen.kernel.tables.declared import Table, declared
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.names import Lists
from chuangwen.kernel.tables.reading import TableReading, TableRow, read_rows
from chuangwen.kernel.words import say

DUTY_TABLE: Table = declared(Path(__file__).parent / "tables" / "duties.toml")


@dataclass(frozen=True)
class DutyRow:
    """One line of a duty table. Keys are database ids; ``person`` and ``due`` may be open."""

    row: int
    target: str
    lead: int
    assisting: tuple[int, ...]
    person: int | None
    due: date | None

    def says(self, other: "DutyRow") -> bool:
        """Whether both say one thing, wherever they stand."""
        return replace(self, row=0, assisting=tuple(sorted(self.assisting))) == replace(
            other, row=0, assisting=tuple(sorted(other.assisting))
        )


@dataclass(frozen=True)
class Known:
    """What names may stand for (lists ``targets``, ``units``, ``people``; codes to keys), and the duties that stand."""

    lists: Lists
    units: Mapping[str, int]
    people: Mapping[str, int]
    standing: Mapping[str, DutyRow] = field(default_factory=dict)

    def unit(self, name: str) -> int | None:
        """The key of the one unit that goes by a name."""
        codes = self.lists["units"].codes(name) if name else set()
        return self.units[next(iter(codes))] if len(codes) == 1 else None

    def person(self, name: str) -> int | None:
        """The key of the one person that goes by a name."""
        codes = self.lists["people"].codes(name) if name else set()
        return self.people[next(iter(codes))] if len(codes) == 1 else None


@dataclass(frozen=True)
class DutyReading:
    """The rows that can be taken in, as they will stand; the reading tells all else."""

    reading: TableReading
    rows: Sequence[DutyRow]
    known: Known

    def was(self, row: DutyRow) -> DutyRow | None:
        """What stands for the same thing."""
        return self.known.standing.get(row.target)

    @property
    def new(self) -> list[DutyRow]:
        return [row for row in self.rows if self.was(row) is None]

    @property
    def changed(self) -> list[tuple[DutyRow, DutyRow]]:
        """(what stands, what the table says) where they differ."""
        return [(was, row) for row in self.rows if (was := self.was(row)) is not None and not was.says(row)]


def read_duties(book: Workbook, known: Known, said: Said | None = None) -> DutyReading:
    """Read every sheet that has a head of duties, or a pasted table without one; nothing is written."""
    reading = read_rows(book, DUTY_TABLE, Around(known.lists), said)
    for row in reading.read:
        lead, assisting = row.values.get("lead"), row.values.get("assisting", ())
        if isinstance(assisting, tuple) and lead in assisting and len(assisting) > 1:
            what = say("“{unit}”既是牵头单位又是责任单位。", unit=row.texts["lead"])
            reading.tell(row, "assisting", what, say("请只写在一处。"))
    return DutyReading(reading, [_duty(row, known) for row in reading.rows], known)


def _duty(row: TableRow, known: Known) -> DutyRow:
    """The duty as it will stand: what the table leaves blank it does not deny."""
    target, lead = row.text("target"), known.units[row.text("lead")]
    was = known.standing.get(target)
    units, person, due = row.values.get("assisting"), row.text("person"), row.values.get("due")
    stands = was.assisting if was else ()
    assisting = tuple(known.units[one] for one in units) if isinstance(units, tuple) else stands
    return DutyRow(
        row=row.row,
        target=target,
        lead=lead,
        assisting=tuple(one for one in assisting if one != lead),
        person=known.people[person] if person else (was.person if was else None),
        due=due if isinstance(due, date) else (was.due if was else None),
    )
