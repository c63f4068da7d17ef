"""The plan document becomes the town's plan: phases, tasks, targets."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.duties.actions import Charge, set_duty
from chuangwen.records.duties.models import Duty, DutyKind
from chuangwen.records.ledger.actions import Thing, note
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.permissions import Permission
from chuangwen.work.plans.models import Phase, PlanDocument, Target, Task
from chuangwen.work.plans.reading.result import PlanReading


class EmptyPlan(Refusal):
    """A text in which no task could be found is no plan."""

    code = "empty_plan"
    sentence = later("“{file}”里没有读到任何任务。请核对是不是实施方案的正文；扫描件请先转成文字。")
    status = 422


@dataclass(frozen=True)
class Imported:
    """What the import made, or found already there; ``restored``: an earlier plan is the town's again."""

    plan: PlanDocument
    new: bool
    restored: bool = False


@transaction.atomic
def import_plan(reading: PlanReading, text: str, *, file: str, by: By, at: datetime) -> Imported:
    """Make a reading the town's plan; an earlier plan is kept, no longer current.

    The text of the current plan again changes nothing; the text of an earlier one makes that one current again, with
    its tasks and their duties.
    """
    must(by, Permission.EDIT_PLAN)
    data = reading.as_data()
    works = list(_works(data))
    if not works:
        raise EmptyPlan(file=file)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if known := PlanDocument.objects.filter(digest=digest).first():
        restored = not known.current
        if restored:
            _put_back(known, file, by=by, at=at)
        return Imported(known, new=False, restored=restored)
    PlanDocument.objects.filter(current=True).update(current=False)
    document = data["document"]
    plan = PlanDocument.objects.create(
        title=(document.get("title") or file)[:200],
        publisher=document.get("publisher") or "",
        issued=document.get("issued") or "",
        text=text,
        reading=data,
        digest=digest,
        imported_at=at,
        imported_by=by.name,
    )
    _write(plan, data, works)
    after = {"phases": len(data["phases"]), "tasks": len(works), "targets": len(data["targets"]), "file": file}
    note(Thing("plan", str(plan.pk), plan.title), later("导入实施方案"), by=by, at=at, after=after)
    return Imported(plan, new=True)


def _put_back(plan: PlanDocument, file: str, *, by: By, at: datetime) -> None:
    PlanDocument.objects.filter(current=True).update(current=False)
    plan.current = True
    plan.save(update_fields=["current"])
    note(Thing("plan", str(plan.pk), plan.title), later("恢复实施方案"), by=by, at=at, after={"file": file})


@transaction.atomic
def assign_task(task: Task, charge: Charge, *, by: By, at: datetime) -> Duty:
    """Give a task of the plan to its lead unit."""
    must(by, Permission.ASSIGN_DUTIES, charge.lead)
    if task.duty:
        must(by, Permission.ASSIGN_DUTIES, task.duty.lead)
    duty = task.duty or Duty(kind=DutyKind.TASK)
    before = {"lead": duty.lead.name} if duty.pk else {}
    task.duty = set_duty(duty, charge, at=at)
    task.save(update_fields=["duty"])
    note(
        Thing("task", str(task.pk), task.title[:300]),
        later("分配任务"),
        by=by,
        at=at,
        before=before,
        after=charge.told(),
    )
    return task.duty


def _works(data: Mapping[str, Any]) -> Iterable[tuple[int | None, Mapping[str, Any], str]]:
    """(phase position, node, area) of every task: the phases' works, then the leaves of the task areas."""
    nodes = {node["id"]: node for node in data["nodes"]}
    parents = {node["parent"] for node in data["nodes"]}
    taken: set[str] = set()
    for position, phase in enumerate(data["phases"]):
        for work in phase["works"]:
            taken.add(work["id"])
            yield position, nodes[work["id"]], ""
    for area in data["areas"]:
        leaves = [
            node for node in data["nodes"] if node["id"] not in parents and _stands_under(node, area["id"], nodes)
        ]
        for node in leaves or [nodes[area["id"]]]:
            if node["id"] not in taken:
                taken.add(node["id"])
                yield None, node, area["title"]


def _stands_under(node: Mapping[str, Any], top: str, nodes: Mapping[str, Mapping[str, Any]]) -> bool:
    parent = node["parent"]
    while parent is not None:
        if parent == top:
            return True
        parent = nodes[parent]["parent"]
    return False


def _write(plan: PlanDocument, data: Mapping[str, Any], works: list[tuple[int | None, Mapping[str, Any], str]]) -> None:
    phases = Phase.objects.bulk_create(
        Phase(
            plan=plan,
            position=position,
            name=phase["name"][:200],
            first_year=min(phase["years"], default=None),
            last_year=max(phase["years"], default=None),
        )
        for position, phase in enumerate(data["phases"])
    )
    Task.objects.bulk_create(
        Task(
            plan=plan,
            phase=phases[phase] if phase is not None else None,
            position=position,
            node=node["id"],
            area=area[:200],
            number=node["number"][:40],
            title=re.sub(r"\s+", "", node["title"]) or plan.text[node["start"] : node["end"]].strip(),
            start=node["start"],
            end=node["end"],
        )
        for position, (phase, node, area) in enumerate(works)
    )
    Target.objects.bulk_create(
        Target(plan=plan, position=position, **{key: target[key] for key in _TARGET_KEYS})
        for position, target in enumerate(data["targets"])
    )


_TARGET_KEYS = ("year", "low", "high", "unit", "kinds", "text", "start", "end")
