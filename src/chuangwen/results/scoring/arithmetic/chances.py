"""How far chance may move a score that is measured on some sites and some people only: the one estimator of every line.

A line is a weighted sum of cells (check x site type) and of questions. Per site type its variance is a mean of two:
what the sites seen show, their checks summed before squaring since a site's faults go together; and what the town's
other sites lead one to expect of such cells (a beta prior, the town's own spread and its own clustering). The fewer the
sites and the rarer the faults, the more the second counts, so that one site seen, or none that failed, is not taken
for certainty. Both are corrected for the finite register. The limits follow Student's t, and lean to the side where
rare faults hide (the variance falls together with the faults that were found, as in Wilson's interval).
Why so, and how well it holds: docs/reference/interval.md. No random numbers: the same digits every time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from chuangwen.results.scoring.arithmetic.inputs import Floats, Ints, Rate, through, weigh
from chuangwen.results.scoring.arithmetic.scores import Cells, Prepared, z_of

# Chosen by measurement over simulated towns (docs/reference/interval.md), the same for every town.
PRIOR_SITES = 1.0  # a cell's rate leans on its type's, and that on the town's, as on so many sites
PRIOR_FREEDOM = 5.0  # a type's variance leans on the town's as on so many sites more
PRIOR_CLUSTER, PRIOR_CLUSTER_SITES = 0.3, 2.0  # how far faults go together, before so many sites are seen
MOST_SPREAD = 1.3  # a cell never spreads wider than this many times a coin of its rate
RARITY = 0.25  # how much rare faults take from what the found variance is worth
LEAST_FREEDOM = 2.0
ANSWERS_LOST = 4  # answers by which a question is taken for smaller: its scale bends, its variance is an estimate
BLOCK = 2_000_000


@dataclass(frozen=True)
class Answers:
    """Each question's attainment: how far it may lie below and above, and how it leans (third moment of what is lost)."""

    down: Floats
    up: Floats
    lean: Floats


@dataclass(frozen=True)
class Pool:
    """What the whole town teaches about a cell: its type's rate, how values spread, how a site's faults go together."""

    rate: Floats
    spread: float
    cluster: float


@dataclass(frozen=True)
class Chances:
    """What chance may move, before it is weighed: entries as seen, cells as expected, questions.

    ``deviation`` of each entry, ``expected`` deviation of each cell, ``lost`` its likely loss, ``finite`` what of its
    sites is left to chance (0 where all were seen), ``seen`` how many were.
    """

    deviation: Floats
    entry_cell: Ints
    entry_site: Ints
    expected: Floats
    lost: Floats
    finite: Floats
    seen: Floats
    cell_type: Ints
    types: Ints
    kinds: int
    cluster: float
    answers: Answers
    z: float


def chances_of(prepared: Prepared, answers: Answers | None = None) -> Chances:
    """The chances of a prepared round; ``answers`` if they are known from before."""
    told = answers or answer_chances(prepared, z_of(prepared.plan.framework.level))
    return field_chances(prepared, prepared.cells, pool_of(prepared), told)


def field_chances(prepared: Prepared, cells: Cells, pool: Pool, answers: Answers) -> Chances:
    """The chances of these cells (the town's, or one owner's own)."""
    plan, seen = prepared.plan, cells.seen.astype(np.float64)
    kind = np.maximum(plan.cell_type, 0)
    finite = np.sqrt(np.clip(1 - seen / np.maximum(cells.registered, 1), 0.0, 1.0)) * (seen > 0)
    rate = (seen * cells.mean + PRIOR_SITES * pool.rate[kind]) / (seen + PRIOR_SITES) if len(pool.rate) else cells.mean
    share = finite * _bessel(seen) / np.maximum(seen, 1)
    return Chances(
        deviation=(cells.entry_value - cells.mean[cells.entry_cell]) * share[cells.entry_cell],
        entry_cell=cells.entry_cell,
        entry_site=cells.entry_site,
        expected=np.sqrt(rate * (1 - rate) * pool.spread / np.maximum(seen, 1)) * finite,
        lost=1 - rate,
        finite=finite,
        seen=seen,
        cell_type=kind,
        types=prepared.measures.register.types,
        kinds=len(plan.framework.site_types),
        cluster=pool.cluster,
        answers=answers,
        z=z_of(plan.framework.level),
    )


def _bessel(seen: Floats) -> Floats:
    """What makes deviations from a mean of so many as wide as those from the truth; 0 where one site says nothing."""
    return np.sqrt(np.divide(seen, seen - 1, out=np.zeros_like(seen), where=seen > 1))


def pool_of(prepared: Prepared) -> Pool:
    """What all cells of the town teach together."""
    cells, kinds = prepared.cells, len(prepared.plan.framework.site_types)
    seen, kind = cells.seen.astype(np.float64), np.maximum(prepared.plan.cell_type, 0)
    got = seen * cells.mean
    whole = (float(got.sum()) + 0.5) / (float(seen.sum()) + 1)
    by_kind = weigh(kind, seen, kinds)
    rate = (weigh(kind, got, kinds) + PRIOR_SITES * whole) / (by_kind + PRIOR_SITES)
    if not kinds:
        return Pool(rate, 1.0, PRIOR_CLUSTER)
    leaning = (got + PRIOR_SITES * rate[kind]) / (seen + PRIOR_SITES)
    coin = leaning * (1 - leaning)
    deviation = (cells.entry_value - cells.mean[cells.entry_cell]) * _bessel(seen)[cells.entry_cell]
    many = seen > 1
    spread = (float(deviation @ deviation) + 1) / (float((seen * coin)[many].sum()) + 1)
    spread = min(spread, MOST_SPREAD)
    return Pool(rate, spread, _cluster(cells, deviation, np.sqrt(coin * spread)))


def _cluster(cells: Cells, deviation: Floats, expected: Floats) -> float:
    """How far a site's faults go together, 0 to 1: products of its checks' deviations, against their widths."""
    site = cells.entry_site
    wide = expected[cells.entry_cell]
    counted = wide * (cells.seen > 1)[cells.entry_cell]
    found = float(_products(site, deviation).sum())
    possible = float(_products(site, counted).sum())
    typical = _products(site, wide)
    prior = PRIOR_CLUSTER_SITES * float(typical.sum()) / max(int(np.count_nonzero(typical > 0)), 1)
    if possible + prior <= 0:
        return PRIOR_CLUSTER
    return min(max((found + PRIOR_CLUSTER * prior) / (possible + prior), 0.0), 1.0)


def _products(site: Ints, amounts: Floats) -> Floats:
    """Per site the sum over pairs of different checks of the product of their amounts."""
    products: Floats = np.square(weigh(site, amounts)) - weigh(site, np.square(amounts))
    return products


def answer_chances(prepared: Prepared, z: float) -> Answers:
    """The chances of the town's questions."""
    return answers_of(prepared.plan.framework.questions, prepared.measures.tallies, z)


def answers_of(questions: Sequence[Rate], tallies: Mapping[str, tuple[float, float]], z: float) -> Answers:
    """How far each question's attainment may lie from what was found; 0 where nobody was asked."""
    told = [_answer(one, tallies.get(one.code), z) for one in questions]
    down, up, lean = np.array(told, dtype=np.float64).reshape(-1, 3).T
    return Answers(down, up, lean)


def _answer(question: Rate, counts: tuple[float, float] | None, z: float) -> tuple[float, float, float]:
    """Wilson's half-width about the found share, read through the scale; and the third moment of what is lost."""
    if not counts or counts[1] <= 0:
        return 0.0, 0.0, 0.0
    rate, whole = counts[0] / counts[1], counts[1]
    fewer = max(whole - ANSWERS_LOST, 1)
    first, last = wilson(rate * fewer, fewer, z)
    half = (last - first) / 2
    low, middle, high = (through(question.scale, rate + step) for step in (-half, 0.0, half))
    low, high = min(low, high), max(low, high)
    centre = (rate * whole + z * z / 2) / (whole + z * z)
    slope = (high - low) / (2 * half)
    lean = slope**3 * centre * (1 - centre) * (2 * centre - 1) / whole**2
    return max(0.0, middle - low), max(0.0, high - middle), lean


def wilson(part: float, whole: float, z: float) -> tuple[float, float]:
    """Wilson's limits of a proportion (E. B. Wilson 1927)."""
    rate, square = part / whole, z * z
    middle = (rate + square / (2 * whole)) / (1 + square / whole)
    half = z * sqrt(rate * (1 - rate) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Types:
    """Per line and site type: variance, what it is worth in degrees of freedom, and the third moment of what is lost.

    ``bend`` keeps the lean in bounds where few sites were seen: as in Wilson's interval nothing loses more than it weighs.
    """

    variance: Floats
    freedom: Floats
    lean: Floats
    bend: Floats


def swings(chances: Chances, cells: Floats, asked: Floats) -> tuple[Floats, Floats]:
    """How far chance may move lines down and up. ``cells`` and ``asked``: what each weighs in each line (rows).

    Lines of the same weights are asked once, and one without any weight is not moved.
    """
    down, up = np.zeros(len(cells)), np.zeros(len(cells))
    first: dict[tuple[bytes, bytes], int] = {}
    weighing = np.flatnonzero(cells.any(axis=1) | asked.any(axis=1))
    alike = [first.setdefault((cells[row].tobytes(), asked[row].tobytes()), row) for row in weighing.tolist()]
    at_once, chosen = max(1, BLOCK // max(len(chances.entry_cell), 1)), list(first.values())
    for start in range(0, len(chosen), at_once):
        some = chosen[start : start + at_once]
        down[some], up[some] = _swings(chances, cells[some], asked[some])
    down[weighing], up[weighing] = down[alike], up[alike]
    return down, up


def swing(chances: Chances, cells: Floats, asked: Floats) -> tuple[float, float]:
    """How far chance may move one line down and up."""
    down, up = _swings(chances, cells[None, :], asked[None, :])
    return float(down[0]), float(up[0])


def _swings(chances: Chances, cells: Floats, asked: Floats) -> tuple[Floats, Floats]:
    return limits(by_type(chances, cells), chances.answers, asked, chances.z)


def limits(types: Types, told: Answers, asked: Floats, z: float) -> tuple[Floats, Floats]:
    """Put site types and questions together: how far each line may move down and up."""
    down, up = (np.square(asked * one).sum(axis=1) / (z * z) for one in (told.down, told.up))
    field = types.variance.sum(axis=1)
    whole = field + (down + up) / 2
    lean = types.lean.sum(axis=1) + (asked**3 * told.lean).sum(axis=1)
    some = whole > 0
    safe = np.where(some, whole, 1.0)
    vague = (np.square(types.variance) / types.freedom).sum(axis=1) / np.square(safe)
    vague += RARITY * np.square(lean) / (2 * safe**3)
    square = np.square(np.where(some, student(z, vague), 0.0))
    bent = 1 + square * types.bend.sum(axis=1) / np.square(safe)
    shift = square / 2 * lean / safe / bent
    square = square / np.sqrt(bent)  # half of the bend, by measurement: the variance itself is an estimate
    return (
        np.sqrt(square * (field + down) + np.square(shift)) + shift,
        np.sqrt(square * (field + up) + np.square(shift)) - shift,
    )


def student(z: float, vague: Floats) -> Floats:
    """Student's quantile at the chance of the normal quantile ``z``, by its expansion in 1 / degrees of freedom."""
    one = np.minimum(vague, 1 / LEAST_FREEDOM)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    quantile: Floats = z + one * (first + one * (second + one * third))
    return quantile


def by_type(chances: Chances, cells: Floats) -> Types:
    """Every site type's share in each line's variance."""
    live = cells * (chances.finite > 0)
    expected = cells * chances.expected

    keys = _keys(chances.cell_type, len(cells), chances.kinds)

    def gather(amounts: Floats) -> Floats:
        return _summed(keys, amounts, chances.kinds)

    weight, wide = gather(live), gather(expected)
    model = chances.cluster * np.square(wide) + (1 - chances.cluster) * gather(np.square(expected))
    lost = _ratio(gather(live * chances.lost), weight, 0.5)
    coin = np.maximum(lost * (1 - lost), 1e-12)
    finite = _ratio(gather(cells * chances.finite), weight, 1.0)
    rare = _ratio(model * np.square(1 - 2 * lost), np.square(weight * coin * finite), 0.0)
    more = np.maximum(_ratio(gather(expected * chances.seen), wide, 1.0) - 1, 0.0)
    freedom = more / (1 + more * rare / 2)
    trust = freedom / (PRIOR_FREEDOM + freedom)
    variance = trust * _found(chances, cells) + (1 - trust) * model
    lean = _ratio(np.square(variance) * (1 - 2 * lost), weight * coin, 0.0)
    bend = _ratio(variance**3, np.square(weight) * coin, 0.0)
    return Types(variance, PRIOR_FREEDOM + freedom, lean, bend)


def _found(chances: Chances, cells: Floats) -> Floats:
    """The variance that the sites seen show, by type: a site's cells are summed before squaring."""
    moved = cells[:, chances.entry_cell] * chances.deviation
    sites = _gathered(chances.entry_site, moved, len(chances.types))
    return _gathered(chances.types, np.square(sites), chances.kinds)


def _gathered(places: Ints, amounts: Floats, count: int) -> Floats:
    """Each row's amounts summed by place."""
    return _summed(_keys(places, len(amounts), count), amounts, count)


def _summed(keys: Ints, amounts: Floats, count: int) -> Floats:
    """Each row's amounts by their keys; nothing where there is no place to sum them at."""
    rows = len(amounts)
    return weigh(keys, amounts.ravel(), rows * count).reshape(rows, count) if count else np.zeros((rows, 0))


def _keys(places: Ints, rows: int, count: int) -> Ints:
    """Where each amount of so many rows goes: its row's part, and its place in that."""
    if rows == 1:
        return places
    keys: Ints = (np.arange(rows, dtype=np.int64)[:, None] * count + places).ravel()
    return keys


def _ratio(part: Floats, whole: Floats, otherwise: float) -> Floats:
    ratio: Floats = np.divide(part, whole, out=np.full(np.shape(part), otherwise), where=whole > 0)
    return ratio
