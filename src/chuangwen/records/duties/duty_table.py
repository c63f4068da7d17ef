"""A duty table pasted or sent by the office: read by its declaration, held against what stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from chuangwen.kernel.sheets import Workbook
from chuangwen.kernel.tables.cells import REQUIRED, Around
from chuangwen.kernel.tables.declared import Table, declared
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.names import Lists
from chuangwen.kernel.tables.reader import read_rows
from chuangwen.kernel.tables.reading import TableReading, TableRow
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
        _check_name(reading, row, known)
        lead, assisting = row.values.get("lead"), row.values.get("assisting", ())
        if isinstance(assisting, tuple) and lead in assisting and len(assisting) > 1:
            what = say("“{unit}”既是牵头单位又是责任单位。", unit=row.texts["lead"])
            reading.tell(row, "assisting", what, say("请只写在一处。"))
        _check_lead(reading, row, known)
    return DutyReading(reading, [one for row in reading.rows if (one := _duty(row, known)) is not None], known)


def _check_name(reading: TableReading, row: TableRow, known: Known) -> None:
    """Code and name of one row are of one thing: a column that slipped by a row would give every duty to another."""
    code, said = row.text("target"), row.texts.get("text", "")
    real = known.lists["targets"].unlike(code, said) if code else ""
    if real:
        what = say("编号“{code}”是“{real}”，同一行写的名称是“{said}”。", code=code, real=real, said=said[:60])
        reading.tell(row, "text", what, say("请核对原表，改正编号或名称；名称可以留空。"))


def _check_lead(reading: TableReading, row: TableRow, known: Known) -> None:
    """A blank lead leaves the one that stands; where none stands, the row says nothing, or too little."""
    if row.texts.get("lead") or not row.text("target") or row.text("target") in known.standing:
        return
    if _says_more(row):
        lead = DUTY_TABLE.field("lead")
        reading.tell(row, "lead", say(REQUIRED, title=say(lead.title)), say(lead.cure))
    else:
        reading.leave(row, why=say("没有牵头单位，先前也没有分过"))


def _says_more(row: TableRow) -> bool:
    """Whether a row without a lead says something of the duty all the same."""
    return any(row.texts.get(name) for name in ("assisting", "person", "due"))


def _duty(row: TableRow, known: Known) -> DutyRow | None:
    """The duty as it will stand: what the table leaves blank it does not deny; nothing where there is none."""
    target = row.text("target")
    was = known.standing.get(target)
    lead = known.units[row.text("lead")] if row.text("lead") else was.lead if was else None
    if lead is None:
        return None
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
