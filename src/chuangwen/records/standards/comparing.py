"""What a new edition would change, and which old codes find no home in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chuangwen.records.standards.definitions import FrameworkPack

TABLES = ("standards", "requirements", "checks", "questions", "figures", "negative", "site_types")


@dataclass(frozen=True)
class Change:
    """One row that differs: which field, before and after."""

    table: str
    code: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """Rows added and removed as (table, code), fields changed, and where old codes went."""

    added: Sequence[tuple[str, str]]
    removed: Sequence[tuple[str, str]]
    changed: Sequence[Change]
    homes: Mapping[str, Sequence[str]]
    homeless: Sequence[str]

    def as_data(self) -> dict[str, Any]:
        """For ``packs diff --json``."""
        return {
            "added": [{"table": table, "code": code} for table, code in self.added],
            "removed": [{"table": table, "code": code} for table, code in self.removed],
            "changed": [vars(change) for change in self.changed],
            "homeless": list(self.homeless),
        }


def homes_of(old: FrameworkPack, new: FrameworkPack) -> dict[str, list[str]]:
    """Old standard -> new standards: by the new pack's crosswalk, else the same code."""
    codes = {row.code for row in new.leaves()}
    walked: dict[str, list[str]] = {}
    for row in new.crosswalk:
        if row.from_framework == old.pack.id:
            walked.setdefault(row.from_code, []).append(row.to_code)
    homes = {}
    for node in old.leaves():
        wanted = walked.get(node.code, [node.code])
        homes[node.code] = [code for code in wanted if code in codes]
    return homes


def compare(old: FrameworkPack, new: FrameworkPack) -> Comparison:
    """Everything that is not the same in two editions."""
    added, removed, changed = [], [], []
    for table in TABLES:
        before = {row.code: row for row in getattr(old, table)}
        after = {row.code: row for row in getattr(new, table)}
        added += [(table, code) for code in after if code not in before]
        removed += [(table, code) for code in before if code not in after]
        for code in before:
            if code in after:
                changed += _changes(
                    table, code, before[code].model_dump(mode="json"), after[code].model_dump(mode="json")
                )
    homes = homes_of(old, new)
    return Comparison(added, removed, changed, homes, [code for code, found in homes.items() if not found])


def _changes(table: str, code: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    return [
        Change(table, code, field, str(before[field]), str(after[field]))
        for field in before
        if before[field] != after[field]
    ]
