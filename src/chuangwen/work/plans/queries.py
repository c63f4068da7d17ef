"""The town's plan as pages and commands read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chuangwen.records.duties.queries import DutyLine, of_tasks
from chuangwen.work.plans.models import PlanDocument, Task


@dataclass(frozen=True)
class TaskLine:
    """A task with its duty."""

    id: int
    phase: str
    area: str
    number: str
    title: str
    node: str
    start: int
    end: int
    duty: DutyLine | None


def current() -> PlanDocument | None:
    """The plan the town works by, or ``None`` before one is imported."""
    return PlanDocument.objects.filter(current=True).first()


def tasks_of(plan: PlanDocument) -> list[TaskLine]:
    """All tasks in the order of the document, with their duties, in three queries."""
    rows = list(Task.objects.filter(plan=plan).select_related("phase").order_by("position"))
    duties = of_tasks([task.duty_id for task in rows if task.duty_id])
    return [
        TaskLine(
            id=task.pk,
            phase=task.phase.name if task.phase else "",
            area=task.area,
            number=task.number,
            title=task.title,
            node=task.node,
            start=task.start,
            end=task.end,
            duty=duties.get(task.duty_id or 0),
        )
        for task in rows
    ]


@dataclass(frozen=True)
class Passage:
    """A run of the document's own characters, belonging to the deepest node that holds it ("" for none)."""

    node: str
    text: str


def passages(plan: PlanDocument) -> list[Passage]:
    """The whole document cut at the borders of its nodes; joined again it is the text, character for character."""
    nodes: list[Mapping[str, Any]] = plan.reading["nodes"]
    owner = [""] * len(plan.text)
    for node in nodes:  # parents precede children, so the deepest is written last
        owner[node["start"] : node["end"]] = [node["id"]] * (node["end"] - node["start"])
    found: list[Passage] = []
    start = 0
    for place in range(1, len(owner) + 1):
        if place == len(owner) or owner[place] != owner[start]:
            found.append(Passage(owner[start], plan.text[start:place]))
            start = place
    return found
