"""What a paper of a case is about: its deadline and the step that it belongs to, as the case's own page shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chuangwen.work.cases import clocks
from chuangwen.work.cases.definitions import CaseTypeRow, PaperRow
from chuangwen.work.cases.models import Case, Step
from chuangwen.work.cases.stepping import handling_clocks


def clocks_of(type_: CaseTypeRow, paper: PaperRow) -> tuple[str, ...]:
    """The deadlines that the paper is about: those it names, else those for the handling itself."""
    handling = handling_clocks(type_)
    return paper.clocks or tuple(one.id for one in type_.clocks if one.id in handling)


def steps_of(type_: CaseTypeRow, paper: PaperRow) -> tuple[str, ...]:
    """The moves that the paper belongs to: those it names, else those that start its deadlines, else the openings."""
    if paper.steps:
        return paper.steps
    names = set(clocks_of(type_, paper))
    starting = tuple(move.id for move in type_.moves if names & set(move.starts))
    return starting or tuple(move.id for move in type_.openings)


def clock_of(case: Case, type_: CaseTypeRow, paper: PaperRow) -> Mapping[str, Any] | None:
    """The deadline that the paper prints: the first of its own that runs, else the one that began last."""
    found = [case.clocks[name] for name in clocks_of(type_, paper) if name in case.clocks]
    running = [one for one in found if clocks.runs(one)]
    return running[0] if running else max(found, key=lambda one: str(one["start"]), default=None)


def due_of(clock: Mapping[str, Any] | None) -> datetime | None:
    """When it ends; nothing while it rests, for then nobody knows."""
    return None if clock is None or "left" in clock else datetime.fromisoformat(clock["due"])


def due_before(clock: Mapping[str, Any] | None, step: Step | None, steps: Sequence[Step]) -> datetime | None:
    """When it ended before the extension that the step asked for, also once that is granted."""
    if clock is None or step is None:
        return due_of(clock)
    granted = any(one.does == "grant_extension" and one.number >= step.number for one in steps)
    return datetime.fromisoformat(clock["was"]) if granted and clock.get("was") else due_of(clock)


def step_of(type_: CaseTypeRow, paper: PaperRow, steps: Sequence[Step]) -> Step | None:
    """The last step taken of those that the paper belongs to."""
    named = steps_of(type_, paper)
    return next((one for one in reversed(steps) if one.move in named), None)
