"""The working of a score: every figure opened down to its parts, for pages and the API."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chuangwen.kernel.judging import parse_rule
from chuangwen.kernel.words import later, say
from chuangwen.records.standards.definitions import FrameworkPack
from chuangwen.results.scoring.arithmetic.inputs import METHODS
from chuangwen.results.scoring.arithmetic.lines import Line
from chuangwen.results.scoring.arithmetic.losses import thing_of
from chuangwen.results.scoring.arithmetic.scores import Scored

METHOD_TITLES = {
    "material": later("材料审核"),
    "field": later("实地考察"),
    "survey": later("问卷调查"),
    "figure": later("统计数据"),
    "opinion": later("部门意见"),
    "overall": later("整体观察"),
}


def method_title(method: str) -> str:
    """What people call a method."""
    return say(METHOD_TITLES[method])


@dataclass(frozen=True)
class PartLine:
    """One part as its working shows it: what, at which kind of site, by which rule, on how much, worth how much."""

    thing: str
    text: str
    site_type: str
    site_type_title: str
    rule: str
    seen: int
    registered: int
    counts: str
    value: float | None
    coef: float
    got: float

    @property
    def lost(self) -> float:
        return self.coef - self.got


@dataclass(frozen=True)
class MethodWorking:
    """One method of a standard: its line and its parts."""

    method: str
    title: str
    share: str
    line: Line
    parts: Sequence[PartLine]


class Names:
    """What codes of a pack stand for."""

    def __init__(self, pack: FrameworkPack) -> None:
        self.types = {row.code: row.name for row in pack.site_types}
        self.checks = {row.code: row for row in pack.checks}
        self.requirements = {row.code: row.title for row in pack.requirements}
        self.questions = {row.code: row.text for row in pack.questions}
        self.figures = {row.code: row.title for row in pack.figures}
        self.standards = {row.code: row.title for row in pack.standards}

    def text(self, method: str, thing: str) -> str:
        """The text of a check, requirement, question or figure."""
        if not thing:
            return say("这一方法还没有写明看什么，所以一直是未知")
        if method == "field":
            return self.checks[thing].text
        found = {"survey": self.questions, "figure": self.figures}.get(method, self.requirements)
        return found[thing]

    def rule(self, thing: str) -> str:
        """The judging rule of a check in one sentence."""
        check = self.checks[thing]
        return parse_rule(check.rule, check.params).tell()


def working_of(scored: Scored, pack: FrameworkPack, standard: str) -> list[MethodWorking]:
    """How a standard's score is made: its methods, and their parts down to the counts."""
    plan, names = scored.prepared.plan, Names(pack)
    index = next(place for place, node in enumerate(plan.standards) if node.code == standard)
    found = []
    for method, name in enumerate(METHODS):
        parts = np.flatnonzero((plan.standard == index) & (plan.method == method))
        key = ("pair", f"{standard}|{name}")
        if len(parts) and key in scored.rows:
            lines = [part_line(scored, names, int(part)) for part in parts]
            share = plan.standards[index].shares.get(name)
            found.append(
                MethodWorking(name, method_title(name), f"{share:f}" if share else "", scored.rows[key], lines)
            )
    return found


def part_line(scored: Scored, names: Names, part: int) -> PartLine:
    """One part of the working."""
    prepared = scored.prepared
    plan = prepared.plan
    method, thing = METHODS[plan.method[part]], thing_of(scored, part)
    kind = int(plan.site_type[part])
    code = plan.framework.site_types[kind].code if kind >= 0 else ""
    known = bool(prepared.known[part])
    value = float(prepared.value[part]) if known else None
    cell = int(plan.cell[part])
    return PartLine(
        thing=thing,
        text=names.text(method, thing),
        site_type=code,
        site_type_title=names.types.get(code, ""),
        rule=names.rule(thing) if method == "field" and thing else "",
        seen=int(prepared.cells.seen[cell]) if kind >= 0 else 0,
        registered=int(prepared.cells.registered[cell]) if kind >= 0 else 0,
        counts=_counts(scored, method, thing),
        value=value,
        coef=float(prepared.coef[part]),
        got=float(prepared.coef[part]) * (value or 0.0),
    )


def _counts(scored: Scored, method: str, thing: str) -> str:
    measures = scored.prepared.measures
    if method == "survey" and thing in measures.tallies:
        return "{} / {}".format(*measures.tallies[thing])
    if method == "figure" and thing in measures.figures:
        return "{} / {}".format(*(f"{one.normalize():f}" for one in measures.figures[thing]))
    if method in {"material", "opinion", "overall"}:
        return measures.grades.get(thing, say("没有材料，已锁定") if measures.locked else "")
    return ""
