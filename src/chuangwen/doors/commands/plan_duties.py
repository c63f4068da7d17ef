"""Who leads which task of the plan, from the town pack: targets are phase:1/2 (phase, work) or area:3."""

from datetime import date, datetime
from pathlib import Path

from chuangwen.kernel.packfiles import Row, read_csv
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import say
from chuangwen.records.duties.actions import Charge
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation, Person
from chuangwen.work.plans.actions import assign_task
from chuangwen.work.plans.models import PlanDocument, Task


class PlanDutyRow(Row):
    """One line of plan_duties.csv."""

    target: str
    lead: str
    assisting: tuple[str, ...] = ()
    person: str = ""
    due: date | None = None


def assign_plan_duties(folder: Path, plan: PlanDocument, *, by: By, at: datetime) -> int:
    """Assign the tasks that the pack names; a target that the plan does not have is a problem, told with its line."""
    problems = Problems()
    rows = read_csv(folder, "plan_duties.csv", PlanDutyRow, problems, needed=False)
    tasks = _tasks_by_target(plan)
    units = {unit.code: unit for unit in Organisation.objects.all()}
    people = {person.username: person for person in Person.objects.all()}
    for placed in rows:
        for wanted, known in ((placed.row.target, tasks), (placed.row.lead, units)):
            if wanted not in known:
                what = say("没有“{wanted}”", wanted=wanted)
                problems.add(file="plan_duties.csv", row=placed.line, what=what, cure=say("请照方案的阶段和条数写。"))
    problems.refuse("plan_duties.csv")
    for placed in rows:
        said = placed.row
        assisting = [units[code] for code in said.assisting]
        charge = Charge(units[said.lead], assisting, people.get(said.person), said.due)
        assign_task(tasks[said.target], charge, by=by, at=at)
    return len(rows)


def _tasks_by_target(plan: PlanDocument) -> dict[str, Task]:
    by_node = {task.node: task for task in Task.objects.filter(plan=plan).select_related("duty")}
    found: dict[str, Task] = {}
    for number, phase in enumerate(plan.reading["phases"], start=1):
        for place, work in enumerate(phase["works"], start=1):
            if work["id"] in by_node:
                found[f"phase:{number}/{place}"] = by_node[work["id"]]
    for number, area in enumerate(plan.reading["areas"], start=1):
        if area["id"] in by_node:
            found[f"area:{number}"] = by_node[area["id"]]
    return found
