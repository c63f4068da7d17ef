"""Where points are lost, what is at risk, and what pays most per day of work; in points of the town's total.

For a part with coefficient c (points of its system's 100), its system's share s and value v:
lost = s c (1 - v) when it is known; at_risk = s c when it is unknown;
regain = what work is likely to win: lost, or at_risk x (1 - fill), where the fill is the expected value of an unknown
part (the mean of its nearest known ancestor; 0 when nothing is known). What work alone cannot regain - answers to a
survey, a rate of a past period, a method of which nothing is written down - regains nothing here and says what it needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from chuangwen.results.scoring.arithmetic.inputs import METHODS, Floats, Ints
from chuangwen.results.scoring.arithmetic.scores import Scored
from chuangwen.results.scoring.arithmetic.town import Town

LEAST_DAYS = 0.25
Needs = Literal["work", "survey", "figure", "definition", "locked"]


@dataclass(frozen=True)
class LostPart:
    """One part's loss. ``thing`` is the code of its check, requirement, question or figure ("": nothing defined).

    Of ``registered`` sites ``seen`` were looked at, and ``failed`` of these did not get full marks.
    """

    part: int
    thing: str
    site_type: str
    lost: float
    at_risk: float
    regain: float
    effort_days: float
    seen: int
    failed: int
    registered: int


@dataclass(frozen=True)
class Loss:
    """The loss of one method of one standard of one system, with its parts, largest first.

    ``own`` is what could be regained in points of the system's own 100; ``under_floor``: the system's floor is missed.
    """

    system: str
    standard: str
    method: str
    lost: float
    at_risk: float
    regain: float
    own: float
    effort_days: float
    lead: str
    needs: Needs
    under_floor: bool
    parts: Sequence[LostPart]

    @property
    def key(self) -> str:
        """The loss's name in forms and addresses."""
        return f"{self.system}|{self.standard}|{self.method}"

    @property
    def per_day(self) -> float:
        """Points regained per day of work: what losses are ranked by."""
        return self.regain / max(self.effort_days, LEAST_DAYS)

    def as_dict(self) -> dict[str, object]:
        return {
            "system": self.system,
            "standard": self.standard,
            "method": self.method,
            "lost": self.lost,
            "at_risk": self.at_risk,
            "regain": self.regain,
            "needs": self.needs,
            "effort_days": self.effort_days,
            "lead_unit": self.lead,
            "under_floor": self.under_floor,
        }


def part_losses(scored: Scored, share: float = 1.0) -> tuple[Floats, Floats, Floats]:
    """(lost, at_risk, regain) of every part, in points of the town's total."""
    prepared = scored.prepared
    lost = np.where(prepared.known, prepared.coef * (1 - prepared.value), 0.0) * share
    at_risk = np.where(prepared.known, 0.0, prepared.coef) * share
    fill = np.nan_to_num(scored.fill, nan=0.0)
    closed = (*_NOT_BY_WORK, *_LOCKED) if prepared.measures.locked else _NOT_BY_WORK
    work = (prepared.plan.thing >= 0) & ~np.isin(prepared.plan.method, [METHODS.index(one) for one in closed])
    return lost, at_risk, np.where(work, lost + at_risk * (1 - fill), 0.0)


_NOT_BY_WORK = ("survey", "figure")
_LOCKED = ("material", "opinion", "overall")  # what was handed in stands once it is locked


def losses(town: Town) -> list[Loss]:
    """All losses by (system, standard, method): a missed floor's first, then best paid day first; ties by points."""
    found = [loss for system in town.systems for loss in _losses_of(town, system.code)]
    return sorted(
        found,
        key=lambda one: (
            not one.under_floor,
            -one.per_day,
            -one.regain,
            -one.lost - one.at_risk,
            one.system,
            one.standard,
            one.method,
        ),
    )


@dataclass(frozen=True)
class _System:
    """What every loss of one system is told from."""

    code: str
    scored: Scored
    share: float
    under_floor: bool
    amounts: tuple[Floats, Floats, Floats]
    failed: Ints


def _losses_of(town: Town, code: str) -> list[Loss]:
    system = next(one for one in town.systems if one.code == code)
    cells = system.scored.prepared.cells
    failed = np.bincount(cells.entry_cell[cells.entry_value < 1 - 1e-9], minlength=len(cells.seen))
    amounts = part_losses(system.scored, system.share)
    told = _System(code, system.scored, system.share, town.under_floor(code), amounts, failed)
    by_pair: dict[int, list[int]] = {}
    for part in np.flatnonzero(amounts[0] + amounts[1] > 1e-12):
        by_pair.setdefault(int(system.scored.prepared.plan.pair[part]), []).append(int(part))
    return [_loss(told, pair, parts) for pair, parts in by_pair.items()]


def _loss(system: _System, pair: int, parts: list[int]) -> Loss:
    plan = system.scored.prepared.plan
    lost, at_risk, regain = (float(one[parts].sum()) for one in system.amounts)
    node = plan.standards[plan.pair_standard[pair]]
    told = sorted((_part(system, part) for part in parts), key=lambda one: (-one.lost - one.at_risk, one.part))
    efforts = {int(plan.thing[part]): float(plan.effort[part]) for part in parts}
    method = METHODS[plan.pair_method[pair]]
    effort = sum(efforts.values()) if method == "field" else float(node.effort_days)
    return Loss(
        system=system.code,
        standard=node.code,
        method=method,
        lost=lost,
        at_risk=at_risk,
        regain=regain,
        own=regain / system.share if system.share else 0.0,
        effort_days=max(effort, LEAST_DAYS),
        lead=system.scored.prepared.measures.leads.get(node.code, ""),
        needs=_needs(method, told, locked=system.scored.prepared.measures.locked),
        under_floor=system.under_floor,
        parts=told,
    )


def _needs(method: str, parts: Sequence[LostPart], *, locked: bool) -> Needs:
    if all(not part.thing for part in parts):
        return "definition"
    if locked and method in _LOCKED:
        return "locked"
    if method == "survey":
        return "survey"
    return "figure" if method == "figure" else "work"


def _part(system: _System, part: int) -> LostPart:
    prepared = system.scored.prepared
    plan = prepared.plan
    kind = int(plan.site_type[part])
    cell = int(plan.cell[part])
    lost, at_risk, regain = (float(one[part]) for one in system.amounts)
    return LostPart(
        part=part,
        thing=thing_of(system.scored, part),
        site_type=plan.framework.site_types[kind].code if kind >= 0 else "",
        lost=lost,
        at_risk=at_risk,
        regain=regain,
        effort_days=float(plan.effort[part]),
        seen=int(prepared.cells.seen[cell]) if kind >= 0 else 0,
        failed=int(system.failed[cell]) if kind >= 0 else 0,
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
