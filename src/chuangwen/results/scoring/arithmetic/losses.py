"""Where points are lost, what is at risk, and what pays most per day of work.

For a part with coefficient c (points of the total) and value v:
lost = c (1 - v) when it is known; at_risk = c when it is unknown;
regain = what a day's work is likely to win: lost, or at_risk x (1 - fill), where the fill is the expected value of an
unknown part (the mean of its nearest known ancestor; 0 when nothing is known).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chuangwen.results.scoring.arithmetic.inputs import METHODS, Floats
from chuangwen.results.scoring.arithmetic.scores import Scored

LEAST_DAYS = 0.25


@dataclass(frozen=True)
class LostPart:
    """One part's loss. ``thing`` is the code of its check, requirement, question or figure ("": nothing defined)."""

    part: int
    thing: str
    site_type: str
    lost: float
    at_risk: float
    regain: float
    effort_days: float
    seen: int
    registered: int


@dataclass(frozen=True)
class Loss:
    """The loss of one method of one standard, with its parts, largest first."""

    standard: str
    method: str
    lost: float
    at_risk: float
    regain: float
    effort_days: float
    lead: str
    parts: Sequence[LostPart]

    @property
    def per_day(self) -> float:
        """Points regained per day of work: what losses are ranked by."""
        return self.regain / max(self.effort_days, LEAST_DAYS)

    def as_dict(self) -> dict[str, object]:
        return {
            "standard": self.standard,
            "method": self.method,
            "lost": self.lost,
            "at_risk": self.at_risk,
            "regain": self.regain,
            "effort_days": self.effort_days,
            "lead_unit": self.lead,
        }


def part_losses(scored: Scored) -> tuple[Floats, Floats, Floats]:
    """(lost, at_risk, regain) of every part, in points of the total."""
    prepared = scored.prepared
    lost = np.where(prepared.known, prepared.coef * (1 - prepared.value), 0.0)
    at_risk = np.where(prepared.known, 0.0, prepared.coef)
    fill = np.nan_to_num(scored.fill, nan=0.0)
    return lost, at_risk, lost + at_risk * (1 - fill)


def losses(scored: Scored) -> list[Loss]:
    """All losses by (standard, method), best paid day first; ties by points, then by code."""
    plan = scored.prepared.plan
    lost, at_risk, regain = part_losses(scored)
    by_pair: dict[int, list[int]] = {}
    for part in np.flatnonzero(regain + at_risk > 1e-12):
        by_pair.setdefault(int(plan.pair[part]), []).append(int(part))
    found = [_loss(scored, pair, parts, (lost, at_risk, regain)) for pair, parts in by_pair.items()]
    return sorted(found, key=lambda one: (-one.per_day, -one.regain, one.standard, one.method))


def _loss(scored: Scored, pair: int, parts: list[int], amounts: tuple[Floats, Floats, Floats]) -> Loss:
    plan = scored.prepared.plan
    lost, at_risk, regain = amounts
    node = plan.standards[plan.pair_standard[pair]]
    told = sorted((_part(scored, part, amounts) for part in parts), key=lambda one: (-one.regain, one.part))
    efforts = {int(plan.thing[part]): float(plan.effort[part]) for part in parts}
    field = METHODS[plan.pair_method[pair]] == "field"
    effort = sum(efforts.values()) if field else float(node.effort_days)
    return Loss(
        standard=node.code,
        method=METHODS[plan.pair_method[pair]],
        lost=float(lost[parts].sum()),
        at_risk=float(at_risk[parts].sum()),
        regain=float(regain[parts].sum()),
        effort_days=max(effort, LEAST_DAYS),
        lead=scored.prepared.measures.leads.get(node.code, ""),
        parts=told,
    )


def _part(scored: Scored, part: int, amounts: tuple[Floats, Floats, Floats]) -> LostPart:
    prepared = scored.prepared
    plan = prepared.plan
    kind = int(plan.site_type[part])
    cell = int(plan.cell[part])
    return LostPart(
        part=part,
        thing=thing_of(scored, part),
        site_type=plan.framework.site_types[kind].code if kind >= 0 else "",
        lost=float(amounts[0][part]),
        at_risk=float(amounts[1][part]),
        regain=float(amounts[2][part]),
        effort_days=float(plan.effort[part]),
        seen=int(prepared.cells.seen[cell]) if kind >= 0 else 0,
        registered=int(prepared.cells.registered[cell]) if kind >= 0 else 0,
    )


def thing_of(scored: Scored, part: int) -> str:
    """The code of what measures a part."""
    plan = scored.prepared.plan
    place, name = int(plan.thing[part]), METHODS[plan.method[part]]
    if place < 0:
        return ""
    framework = plan.framework
    if name == "field":
        return framework.checks[place].code
    if name in {"survey", "figure"}:
        return (framework.questions if name == "survey" else framework.figures)[place].code
    return framework.requirements[place].code
