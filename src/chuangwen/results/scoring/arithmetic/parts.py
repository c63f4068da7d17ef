"""The edition cut into parts: the smallest things that gain or lose points (计分点).

A part is (standard, check, site type), (standard, requirement), (standard, question) or (standard, figure). Made once
per edition; which parts drop out, and what each then weighs, depends on the round (``coefficients``).
A method that an edition names for a standard without saying what measures it gets one part that is never known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chuangwen.results.scoring.arithmetic.inputs import METHODS, Floats, Framework, Ints, Node, Register, weigh

UNDEFINED = ""


class Part(NamedTuple):
    """One part: indices into the framework; ``thing`` into checks, requirements, questions or figures (-1: none)."""

    standard: int
    method: int
    thing: int
    site_type: int
    weight: float
    effort: float


@dataclass(frozen=True)
class Plan:
    """All parts of an edition as arrays, with the way from each up the tree. Immutable, shared by all rounds."""

    framework: Framework
    standards: list[Node]
    parts: list[Part]
    standard: Ints
    method: Ints
    thing: Ints
    site_type: Ints
    weight: Floats
    effort: Floats
    points: Floats
    share: Floats
    pair: Ints
    pair_standard: Ints
    pair_method: Ints
    above: list[Ints]
    cell: Ints
    cell_check: Ints
    cell_type: Ints

    @property
    def size(self) -> int:
        return len(self.parts)


def make_plan(framework: Framework) -> Plan:
    """Cut an edition into parts."""
    standards = [node for node in framework.nodes if node.kind == "standard"]
    order = {node.code: index for index, node in enumerate(standards)}
    parts = sorted(_parts(framework, standards, order), key=lambda part: part[:4])
    columns = [np.array(column) for column in zip(*parts, strict=True)] if parts else [np.zeros(0)] * 6
    standard, method, thing, site_type = (column.astype(np.int64) for column in columns[:4])
    pairs, pair = _ranks(standard * len(METHODS) + method)
    cells, cell = _ranks(np.where((method == METHODS.index("field")) & (thing >= 0), thing * 1_000 + site_type, -1))
    shares = [float(node.shares.get(name, Decimal(0))) / 100 for node in standards for name in METHODS]
    return Plan(
        framework=framework,
        standards=standards,
        parts=parts,
        standard=standard,
        method=method,
        thing=thing,
        site_type=site_type,
        weight=columns[4].astype(np.float64),
        effort=columns[5].astype(np.float64),
        points=np.array([float(node.points) for node in standards]),
        share=np.array(shares).reshape(-1, len(METHODS)),
        pair=pair,
        pair_standard=pairs // len(METHODS),
        pair_method=pairs % len(METHODS),
        above=_above(framework, standards),
        cell=cell,
        cell_check=np.where(cells < 0, -1, cells // 1_000),
        cell_type=np.where(cells < 0, -1, cells % 1_000),
    )


def _ranks(keys: Ints) -> tuple[Ints, Ints]:
    found, places = np.unique(keys, return_inverse=True)
    return found, places.reshape(-1)


def _parts(framework: Framework, standards: list[Node], order: dict[str, int]) -> Iterator[Part]:
    measured: set[tuple[int, int]] = set()
    for part in _measured_parts(framework, standards, order):
        measured.add((part.standard, part.method))
        yield part
    for index, node in enumerate(standards):
        for name, share in node.shares.items():
            if share and (index, METHODS.index(name)) not in measured:
                yield Part(index, METHODS.index(name), -1, -1, 1.0, float(node.effort_days))


def _measured_parts(framework: Framework, standards: list[Node], order: dict[str, int]) -> Iterator[Part]:
    yield from _field_parts(framework, standards, order)
    for place, requirement in enumerate(framework.requirements):
        if requirement.standard in order:
            standard = order[requirement.standard]
            effort = float(standards[standard].effort_days)
            yield Part(standard, METHODS.index(requirement.method), place, -1, float(requirement.weight), effort)
    for name, rates in (("survey", framework.questions), ("figure", framework.figures)):
        for place, rate in enumerate(rates):
            for standard in (order[code] for code in rate.standards if code in order):
                effort = float(standards[standard].effort_days)
                yield Part(standard, METHODS.index(name), place, -1, 1.0, effort)


def _field_parts(framework: Framework, standards: list[Node], order: dict[str, int]) -> Iterator[Part]:
    types = {kind.code: place for place, kind in enumerate(framework.site_types)}
    for place, check in enumerate(framework.checks):
        for standard in (order[code] for code in check.standards if code in order):
            effort = check.effort_days if check.effort_days is not None else standards[standard].effort_days
            for kind in check.site_types:
                yield Part(standard, METHODS.index("field"), place, types[kind], 1.0, float(effort))


def _above(framework: Framework, standards: list[Node]) -> list[Ints]:
    """For each level going up (standard, its parent, ..., the whole), the group of every standard."""
    parents = {node.code: node.parent for node in framework.nodes}
    levels = [np.arange(len(standards), dtype=np.int64)]
    codes = [node.code for node in standards]
    while any(parents.get(code, "") for code in codes):
        codes = [parents.get(code, "") or code for code in codes]
        ranks = {code: rank for rank, code in enumerate(dict.fromkeys(codes))}
        levels.append(np.array([ranks[code] for code in codes], dtype=np.int64))
    levels.append(np.zeros(len(standards), dtype=np.int64))
    return levels


def coefficients(plan: Plan, alive: NDArray[np.bool_], standing: Floats) -> Floats:
    """What each part weighs in the total of 100, after parts that drop out have given their weight away.

    First to the siblings of the same (standard, method), then to the standard's other methods; a standard with
    nothing left leaves the base. ``standing`` is what each site type weighs (0: the town has none). Bonus standards
    weigh nothing here.
    """
    inside = _inside(plan, alive, standing)
    pairs = weigh(plan.pair, inside, len(plan.pair_standard))
    within = np.divide(inside, pairs[plan.pair], out=np.zeros(plan.size), where=pairs[plan.pair] > 0)
    stands = pairs > 0
    counted = np.array([not node.bonus for node in plan.standards], dtype=bool)
    points = np.where(counted, plan.points, 0.0)
    if plan.framework.composition == "by_method":
        weight = _by_method(plan, stands, points)
    else:
        weight = _by_standard(plan, stands, points)
    return weight[plan.pair] * within * 100


def standing_of(framework: Framework, register: Register) -> Floats:
    """What each site type weighs: the edition's weight, or as many as are registered.

    A type without a registered site is unknown and weighs as one site would, until the office states that the town
    has none; only then it drops out.
    """
    registered = registered_sites(framework, register)
    weights = [
        float(max(count, 1)) if kind.weight is None else float(kind.weight)
        for kind, count in zip(framework.site_types, registered, strict=True)
    ]
    gone = [place in register.absent and not count for place, count in enumerate(registered)]
    return np.where(np.array(gone, dtype=bool), 0.0, np.array(weights))


def _inside(plan: Plan, alive: NDArray[np.bool_], standing: Floats) -> Floats:
    """Weight of each part inside its (standard, method)."""
    field = (plan.method == METHODS.index("field")) & (plan.thing >= 0)
    kinds = np.append(standing, 0.0)  # a part of no site type (-1) finds the last place: none
    live = alive & (~field | (kinds[plan.site_type] > 0))
    _, group = _ranks(np.where(field, plan.standard * 1_000 + plan.site_type, -1))
    checks = weigh(group, np.where(field, live, 0).astype(float))
    shared = kinds[plan.site_type] / np.maximum(checks[group], 1.0)
    weight: Floats = np.where(field, shared, plan.weight)
    return np.where(live, weight, 0.0)


def _by_standard(plan: Plan, stands: NDArray[np.bool_], points: Floats) -> Floats:
    share = np.where(stands, plan.share[plan.pair_standard, plan.pair_method], 0.0)
    whole = weigh(plan.pair_standard, share, len(points))
    base = np.where(whole > 0, points, 0.0)
    total = base.sum()
    weight = np.divide(share, whole[plan.pair_standard], out=np.zeros_like(share), where=whole[plan.pair_standard] > 0)
    return weight * base[plan.pair_standard] / total if total else weight * 0.0


def _by_method(plan: Plan, stands: NDArray[np.bool_], points: Floats) -> Floats:
    shares = np.array([float(plan.framework.method_shares.get(name, Decimal(0))) for name in METHODS])
    mine = np.where(stands, points[plan.pair_standard], 0.0)
    base = weigh(plan.pair_method, mine, len(METHODS))
    shares = np.where(base > 0, shares, 0.0)
    total = shares.sum()
    if not total:
        return mine * 0.0
    rate = np.divide(mine, base[plan.pair_method], out=np.zeros_like(mine), where=base[plan.pair_method] > 0)
    weight: Floats = shares[plan.pair_method] / total * rate
    return weight


def alive_parts(plan: Plan, seen: Ints, skipped: Ints) -> NDArray[np.bool_]:
    """Which parts count: a field cell drops out when every site looked at said "not applicable"."""
    gone = (seen == 0) & (skipped > 0)
    dropped: NDArray[np.bool_] = gone[plan.cell] & (plan.method == METHODS.index("field"))
    return ~dropped


def registered_sites(framework: Framework, register: Register) -> Ints:
    """How many sites of each type the register holds."""
    return np.bincount(register.types, minlength=len(framework.site_types)).astype(np.int64)
