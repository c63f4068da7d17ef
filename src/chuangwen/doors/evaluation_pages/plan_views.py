"""The plan: the document beside the tree that was read from it, its phases, tasks and targets; taking a plan in."""

import base64
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.evaluation_pages.duty_views import ChargeForm, charge_of
from chuangwen.doors.site.uploads import uploaded
from chuangwen.kernel.documents import read_document
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.plans import actions, queries
from chuangwen.work.plans.models import PlanDocument, Task
from chuangwen.work.plans.reading.reader import read_plan


@dataclass(frozen=True)
class Step:
    """One phase on the timeline."""

    name: str
    when: str
    state: str


def _phases(plan: PlanDocument, today: date) -> list[Step]:
    steps = []
    for phase in plan.phases.all():
        first, last = phase.first_year, phase.last_year
        state = ""
        if first and last:
            state = "is-done" if last < today.year else "is-now" if first <= today.year else ""
        when = "" if not first else say("{year} 年", year=first if first == last else f"{first}—{last}")
        steps.append(Step(phase.name, when, state))
    return steps


def tree_of(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reading's flat nodes as the nested tree that ``parts/_tree.html`` draws."""
    made: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for node in nodes:
        label = f"{node['number']}{node['title']}".strip()[:60] or "……"
        entry = {"id": node["id"], "label": label, "link": f"#{node['id']}", "children": [], "open": True}
        made[node["id"]] = entry
        parent = made.get(node["parent"] or "")
        (parent["children"] if parent else roots).append(entry)
    return roots


@require_safe
@needs(Permission.SEE_PLAN)
def plan(request: TownRequest) -> HttpResponse:
    """The town's plan."""
    found = queries.current()
    if found is None:
        return render(request, "plan/none.html", {"may_edit": request.actor.may(Permission.EDIT_PLAN)})
    tasks = queries.tasks_of(found)
    context = {
        "plan": found,
        "phases": _phases(found, request.at.date()),
        "passages": queries.passages(found),
        "plan_tree": tree_of(found.reading["nodes"]),
        "tasks": tasks,
        "bare": sum(task.duty is None for task in tasks),
        "targets": list(found.targets.all()),
        "may_edit": request.actor.may(Permission.EDIT_PLAN),
        "may_assign": request.actor.may(Permission.ASSIGN_DUTIES),
    }
    return render(request, "plan/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_PLAN, Permission.ASSIGN_DUTIES)
def assign_task(request: TownRequest, task_id: int) -> HttpResponse:
    """Give one task of the plan to a unit."""
    task = get_object_or_404(Task.objects.select_related("duty__lead", "duty__person", "phase"), pk=task_id)
    form = ChargeForm(request.POST or None, duty=task.duty)
    if request.method == "POST" and form.is_valid():
        actions.assign_task(task, charge_of(form), by=request.actor, at=request.at)
        messages.success(request, say("任务已分给“{lead}”。", lead=form.cleaned_data["lead"].name))
        return redirect("plan")
    return render(request, "duties/assign.html", {"form": form, "thing": task.title, "back": "plan"})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_PLAN, Permission.EDIT_PLAN)
def import_plan(request: TownRequest) -> HttpResponse:
    """First read a document and show what was found; then, on a second press, make it the town's plan."""
    if request.method != "POST":
        return render(request, "plan/import.html")
    if "text" in request.POST:
        text = base64.b64decode(request.POST["text"]).decode()
        made = actions.import_plan(
            read_plan(text), text, file=request.POST.get("file", ""), by=request.actor, at=request.at
        )
        messages.success(request, _told(made))
        return redirect("plan")
    file = uploaded(request, "file")
    document = read_document(file.read(), file.name or "")
    reading = read_plan(document.text)
    data = reading.as_data()
    context = {
        "file": file.name,
        "reading": data,
        "plan_tree": tree_of(data["nodes"]),
        "text": base64.b64encode(document.text.encode()).decode(),
        "passages": _plain_passages(document.text, data),
    }
    return render(request, "plan/read.html", context)


def _told(made: actions.Imported) -> str:
    if made.restored:
        return say("这份方案先前已经导入，现在恢复为本镇方案，任务和责任照旧。")
    return say("已成为本镇方案。") if made.new else say("这份方案先前已经导入，没有重复写入。")


def _plain_passages(text: str, data: dict[str, Any]) -> list[queries.Passage]:
    return queries.passages(PlanDocument(text=text, reading=data))
