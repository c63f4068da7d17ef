"""A plan document read into tree, phases, tasks, targets: a pure function that never raises on any text."""

import re
from collections.abc import Iterator
from typing import Any

from chuangwen.kernel.words import lasting, later, written
from chuangwen.work.plans.reading import facts
from chuangwen.work.plans.reading.marks import ROW, halved
from chuangwen.work.plans.reading.result import PlanReading
from chuangwen.work.plans.reading.task_tables import task_rows
from chuangwen.work.plans.reading.tree import Branch, body_end, children, grow

_AREAS = re.compile(r"任务|重点工作|主要工作|工作内容|主要措施|重点内容|工作重点|创建内容|工作举措")
_PHASES = re.compile(r"步骤|阶段|进度|安排|时间表")
_NEEDS = re.compile(r"工作要求|保障|组织领导|有关要求|要求$|措施$")
_GOALS = re.compile(r"目标")
_STAGE = re.compile(r"阶段|第.{1,2}步")
_ASKED = {
    "title": later("标题"),
    "publisher": later("发布机构"),
    "issued": later("发文日期"),
    "document_number": later("文号"),
    "index_number": later("索引号"),
}

NO_FIELD = lasting("原文没有写{name}，请补。")
NO_TARGET_YEAR = lasting("“{text}”没有写哪一年完成，请定。")
NOBODY = lasting("{count} 项任务没有写由谁负责，请在“责任分解”里分到单位和人。")
NO_PHASE_YEAR = lasting("“{name}”没有写年份，请定。")
NO_WORKS = lasting("“{name}”没有分条的工作，请列。")


def read_plan(text: str) -> PlanReading:
    """Read a plan. Whatever the text does not say stays empty and is listed in ``to_settle``."""
    branches = grow(text)
    head_end = branches[0].start if branches else len(text)
    document, used = facts.document_fields(text, head_end)
    areas, phases, requirements = _roles(branches)
    years = {branch.id: years_of(branch, text) for branch in branches} | _years_of_rows(branches, text)
    targets = [facts.plain(one) for one in facts.targets_in(text, branches, years)]
    responsible = facts.responsible_in(text, branches)
    phase_rows = [_phase(branch, branches, years) for branch in phases]
    data: dict[str, Any] = {
        "document": document,
        "nodes": [branch.as_dict() for branch in branches],
        "goals": _goals(text, branches),
        "areas": [_short(branch) for branch in areas],
        "phases": phase_rows,
        "requirements": [_short(branch) for branch in requirements],
        "campaigns": [facts.plain(one) for one in facts.campaigns_in(text)],
        "targets": targets,
        "channels": facts.channels_in(text),
        "responsible": responsible,
        "unplaced": _unplaced(text, branches, used),
    }
    data["to_settle"] = list(_to_settle(data))
    return PlanReading(data)


def _roles(branches: list[Branch]) -> tuple[list[Branch], list[Branch], list[Branch]]:
    """Which nodes are task areas, phases and requirements; each node is told so in its ``role``."""
    areas = _under(branches, _AREAS, avoid=_PHASES)
    phases = [branch for branch in branches if branch.mark == "stage" or _is_stage(branch, branches)]
    requirements = _under(branches, _NEEDS, avoid=_AREAS)
    for branch in branches:
        branch.role = "section" if branch.level == 0 else "item"
    for role, found in (("area", areas), ("requirement", requirements), ("phase", phases)):
        for branch in found:
            branch.role = role
    for phase in phases:
        for work in children(branches, phase):
            work.role = "work"
    return areas, phases, requirements


def _under(branches: list[Branch], pattern: re.Pattern[str], avoid: re.Pattern[str]) -> list[Branch]:
    """Children of the first heading that matches (the last one, for requirements at the end, when several do)."""
    heads = [
        branch
        for branch in branches
        if branch.level <= 1 and len(branch.title) <= 30 and pattern.search(branch.title) and children(branches, branch)
    ]
    better = [branch for branch in heads if not avoid.search(branch.title)] or heads
    top = min((branch.level for branch in better), default=0)
    found = [branch for branch in better if branch.level == top]
    return children(branches, found[0] if pattern is _AREAS else found[-1]) if found else []


def _is_stage(branch: Branch, branches: list[Branch]) -> bool:
    parent = next((one for one in branches if one.id == branch.parent), None)
    under = parent is not None and bool(_PHASES.search(parent.title)) and len(parent.title) <= 24
    return under and bool(_STAGE.search(branch.title))


def years_of(branch: Branch, text: str) -> list[int]:
    """The years a heading names: 2021年, 2021—2023年, 2024-2026, 2021年1月至2022年6月."""
    line = halved(text[branch.start : min(branch.end, branch.start + 90)].split("\n", 1)[0])
    span = re.search(r"(20\d\d)\s*年?(?:\d{1,2}月)?\s*[—–\-~～至到]+\s*(20\d\d)", line)
    if span and int(span[1]) <= int(span[2]) <= int(span[1]) + 10:
        return list(range(int(span[1]), int(span[2]) + 1))
    return sorted({int(year) for year in re.findall(r"(20\d\d)\s*年", line)})


def _years_of_rows(branches: list[Branch], text: str) -> dict[str, list[int]]:
    """A row of a table is done by the year that its column of times says."""
    when = {one.start: one.when for one in task_rows(text)}
    rows = [branch for branch in branches if branch.mark == ROW]
    return {one.id: sorted({int(year) for year in re.findall(r"20\d\d", halved(when[one.start]))}) for one in rows}


def _phase(branch: Branch, branches: list[Branch], years: dict[str, list[int]]) -> dict[str, Any]:
    return {
        "id": branch.id,
        "name": f"{branch.number}{branch.title}",
        "years": years[branch.id],
        "works": [_short(work) for work in children(branches, branch)],
        "start": branch.start,
        "end": branch.end,
    }


def _short(branch: Branch) -> dict[str, Any]:
    return {
        "id": branch.id,
        "number": branch.number,
        "title": branch.title,
        "start": branch.start,
        "end": branch.end,
    }


def _goals(text: str, branches: list[Branch]) -> list[dict[str, Any]]:
    """The sentences under the heading of goals."""
    head = next((one for one in branches if _GOALS.search(one.title) and len(one.title) <= 20), None)
    if head is None:
        return []
    first_line = text.find("\n", head.start)
    start = first_line if 0 <= first_line < head.end else head.start
    return [
        {"text": match[0].strip(), "start": match.start() + len(match[0]) - len(match[0].lstrip()), "end": match.end()}
        for match in re.finditer(r"[^。；\n]+[。；]?", text[: head.end])
        if match.start() >= start and len(match[0].strip()) > 1
    ]


def _unplaced(text: str, branches: list[Branch], used: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Lines before the first node and after the last that were not read as fields or title."""
    first = branches[0].start if branches else len(text)
    last = max((branch.end for branch in branches), default=body_end(text, len(text)))
    found, place = [], 0
    for line in text.splitlines(keepends=True):
        outside = place + len(line) <= first or place >= last
        if outside and line.strip() and not any(start <= place < end for start, end in used):
            begin = place + len(line) - len(line.lstrip())
            found.append({"text": line.strip(), "start": begin, "end": begin + len(line.strip())})
        place += len(line)
    return found


def _to_settle(data: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Questions to the office, one for each thing that the text does not say."""
    for key, name in _ASKED.items():
        if not data["document"].get(key):
            yield {"field": key, "question": written(NO_FIELD, name=name)}
    yield from _phases_to_settle(data["phases"])
    for target in data["targets"]:
        if target["year"] is None:
            yield {
                "field": "targets",
                "question": written(NO_TARGET_YEAR, text=target["text"][:40]),
            }
    answered = {one["node"] for one in data["responsible"]}
    parents = {one["id"]: one["parent"] for one in data["nodes"]}
    works = {work["id"] for phase in data["phases"] for work in phase["works"]} | {one["id"] for one in data["areas"]}
    if open_ := works - answered - _answered_below(works, answered, parents):
        question = written(NOBODY, count=len(open_))
        yield {"field": "responsible", "question": question}


def _answered_below(works: set[str], answered: set[str], parents: dict[str, str | None]) -> set[str]:
    """The works of which every last part says who answers for it."""
    parts: dict[str, list[bool]] = {one: [] for one in works}
    for leaf in parents.keys() - set(parents.values()):
        one: str | None = parents[leaf]
        while one is not None:
            if one in parts:
                parts[one].append(leaf in answered)
            one = parents[one]
    return {one for one, told in parts.items() if told and all(told)}


def _phases_to_settle(phases: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    if not phases:
        yield {"field": "phases", "question": written("原文没有分阶段，请定进度。")}
    for phase in phases:
        if not phase["years"]:
            yield {"field": "phases", "question": written(NO_PHASE_YEAR, name=phase["name"])}
        if not phase["works"]:
            yield {"field": "phases", "question": written(NO_WORKS, name=phase["name"])}
