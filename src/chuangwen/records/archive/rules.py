"""The archive's rules in force: what all installed packs say together."""

from dataclasses import dataclass, field
from datetime import date

from chuangwen.kit.rows import by_keys
from chuangwen.records.archive.definitions import (
    ArchiveContent,
    CategoryRow,
    CellRow,
    ColumnRow,
    DisclosureRow,
    FilingRow,
    FondsRow,
    InformationRow,
    MetadataRow,
    PhotoRow,
    SectionRow,
    TermRow,
    WindowRow,
)
from chuangwen.records.archive.models import ArchiveRules


@dataclass(frozen=True)
class Rules:
    """One answer to each question, with plain defaults where no pack says anything."""

    fonds: FondsRow | None = None
    sections: tuple[SectionRow, ...] = ()
    categories: tuple[CategoryRow, ...] = ()
    window: WindowRow = field(default_factory=WindowRow)
    photo: PhotoRow = field(default_factory=PhotoRow)
    information: tuple[InformationRow, ...] = ()
    filing: FilingRow = field(default_factory=FilingRow)
    stamp: tuple[CellRow, ...] = ()
    columns: tuple[ColumnRow, ...] = ()
    metadata: tuple[MetadataRow, ...] = ()
    terms: tuple[TermRow, ...] = ()
    disclosure: DisclosureRow = field(default_factory=DisclosureRow)

    def window_of(self, year: int) -> tuple[date, date]:
        """The first and the last day from which the material of a year may come."""
        first = date.fromisoformat(f"{year - self.window.back}-{self.window.first}")
        return first, date.fromisoformat(f"{year}-{self.window.last}")


def rules_in_force() -> Rules:
    """Read in one query."""
    row = by_keys(ArchiveRules, [1]).get(1)
    parts = [ArchiveContent.model_validate(one) for one in row.content.values()] if row else []
    last = Rules()
    for one in parts:
        last = Rules(
            fonds=one.fonds or last.fonds,
            sections=one.sections or last.sections,
            categories=one.categories or last.categories,
            window=one.window or last.window,
            photo=one.photo or last.photo,
            information=one.information or last.information,
            filing=one.filing or last.filing,
            stamp=one.stamp or last.stamp,
            columns=one.columns or last.columns,
            metadata=one.metadata or last.metadata,
            terms=one.terms or last.terms,
            disclosure=one.disclosure or last.disclosure,
        )
    return last
