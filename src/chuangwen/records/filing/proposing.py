"""What filing proposes for a document: its year, its retention class with the line of the table, its section."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.definitions import FilingRow, FondsRow, SectionRow, TermRow
from chuangwen.records.archive.models import Document
from chuangwen.records.archive.rules import Rules, rules_in_force
from chuangwen.records.township.models import Organisation, RetentionClass, RetentionRule


@dataclass(frozen=True)
class Proposed:
    """A class and a section; ``why`` is the line of the retention table, empty where the kind of material decided."""

    retention: str
    section: str
    why: str = ""


@dataclass(frozen=True)
class Proposer:
    """Everything that a proposal stands on, read once for any number of documents."""

    rules: Rules
    classes: Mapping[str, RetentionClass]
    lines: Mapping[str, str]
    parents: Mapping[int, int | None]
    codes: Mapping[int, str]
    sections: Mapping[str, SectionRow] = field(default_factory=dict)

    @property
    def fonds(self) -> FondsRow | None:
        return self.rules.fonds

    @property
    def filing(self) -> FilingRow:
        return self.rules.filing

    def propose(self, document: Document) -> Proposed:
        """The first line of the table that fits; else the class of its kind, else the shortest."""
        section = self.section_of(document)
        for one in self.rules.terms:
            if one.what in self.lines and fits(one, document, section):
                return Proposed(self.lines[one.what], section, one.what)
        return Proposed(self._of_kind(document), section)

    def _of_kind(self, document: Document) -> str:
        if document.kind.retention in self.classes:
            return document.kind.retention
        return min(self.classes, key=lambda one: self.classes[one].years or 1000, default="")

    def section_of(self, document: Document) -> str:
        """The section of its unit or of the nearest unit above; else the one that takes the rest.

        Where the code has no section, no item has one.
        """
        if "{section}" not in self.filing.code:
            return ""
        own = {one.unit: one.code for one in self.rules.sections if one.unit}
        unit: int | None = document.unit_id
        while unit is not None:
            if self.codes.get(unit) in own:
                return own[self.codes[unit]]
            unit = self.parents.get(unit)
        rest = [one.code for one in self.rules.sections if one.rest]
        return (rest or [one.code for one in self.rules.sections] or [""])[0]

    def title_of(self, section: str) -> str:
        """What a section is called."""
        return next((one.title for one in self.rules.sections if one.code == section), section)


def fits(term: TermRow, document: Document, section: str) -> bool:
    """Whether a line of the retention table takes this document."""
    return (
        (not term.kinds or document.kind_id in term.kinds)
        and (not term.sections or section in term.sections)
        and (not term.words or any(word in document.title for word in term.words))
    )


def year_of(document: Document) -> int:
    """The year whose filing a document belongs to: that of its own day, else of the day it arrived."""
    return document.dated.year if document.dated else document.arrived_at.astimezone(CHINA).year


def proposer() -> Proposer:
    """In four queries."""
    units = list(Organisation.objects.values_list("pk", "parent_id", "code"))
    rules = rules_in_force()
    return Proposer(
        rules=rules,
        classes={one.code: one for one in RetentionClass.objects.all()},
        lines=dict(RetentionRule.objects.values_list("what", "retention_id")),
        parents={pk: parent for pk, parent, _ in units},
        codes={pk: code for pk, _, code in units},
        sections={one.code: one for one in rules.sections},
    )


def code_of(row: FilingRow, facts: Mapping[str, object]) -> str:
    """The 档号: ``J001-WS·2021-D30-CJB-0001``. ``facts`` are those of ``CODE_FIELDS``."""
    return row.code.format(**{**facts, "number": f"{facts['number']:0{row.digits}d}"})
