"""How often the interval holds the truth, and how wide it is: against the estimator before, and against drawing anew.

``python -m tests.results.scoring.coverage`` makes the table of docs/reference/interval.md again.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np

from chuangwen.results.scoring.arithmetic.chances import wilson
from chuangwen.results.scoring.arithmetic.inputs import through, weigh
from chuangwen.results.scoring.arithmetic.lines import Line, weighted
from chuangwen.results.scoring.arithmetic.rows import total_of
from chuangwen.results.scoring.arithmetic.scores import Prepared, prepare, sums_of
from chuangwen.results.scoring.arithmetic.totals import gain_of, weights_of
from tests.results.scoring.towns import REGIMES, SMALL, Regime, Town, town

Z90 = 1.6448536269514722
DRAWS = 200
SHARES = (0.8, 0.2)
PAGE = Path(__file__).parents[3] / "docs/reference/interval.md"


@dataclass(frozen=True)
class Trial:
    """One town sampled once: truth, its line, the former interval, and expected scores if it were drawn again and again."""

    truth: float
    line: Line
    former: tuple[float, float]
    drawn: np.ndarray


@dataclass(frozen=True)
class Coverage:
    """A regime's towns: how often the interval holds the truth, and mean widths."""

    regime: str
    towns: int
    held: float
    below: float
    above: float
    held_before: float
    width: float
    width_before: float
    width_drawn: float


def coverage(regime: Regime, count: int, seed: int) -> Coverage:
    """Try so many towns of a regime."""
    tried = [one for number in range(count) if (one := _trial(regime, np.random.default_rng([seed, number])))]
    spans = np.array([one.line.likely for one in tried])
    former = np.array([one.former for one in tried])
    truth = np.array([one.truth for one in tried])
    drawn = np.array([np.subtract(*np.quantile(one.drawn, [0.95, 0.05])) for one in tried])
    below, above = truth < spans[:, 0] - 1e-9, truth > spans[:, 1] + 1e-9
    return Coverage(
        regime=regime.name,
        towns=len(tried),
        held=1 - float((below | above).mean()),
        below=float(below.mean()),
        above=float(above.mean()),
        held_before=float(((truth >= former[:, 0] - 1e-9) & (truth <= former[:, 1] + 1e-9)).mean()),
        width=float((spans[:, 1] - spans[:, 0]).mean()),
        width_before=float((former[:, 1] - former[:, 0]).mean()),
        width_drawn=float(drawn.mean()),
    )


def _trial(regime: Regime, dice: np.random.Generator) -> Trial | None:
    one = _alone(town(regime, dice), dice)
    if not regime.companion or one is None:
        return one
    other = _alone(town(SMALL, dice), dice)
    if other is None:
        return None
    both = [one, other]
    mean = [sum(share * value for share, value in zip(SHARES, values, strict=True)) for values in zip(*(
        (trial.truth, trial.line.expected, trial.drawn) for trial in both), strict=True)]  # fmt: skip
    down, up = (
        sqrt(sum((share * (trial.former[end] - trial.line.expected)) ** 2 for share, trial in zip(SHARES, both)))  # noqa: B905
        for end in (0, 1)
    )
    return Trial(mean[0], weighted([one.line, other.line], SHARES), (mean[1] - down, mean[1] + up), mean[2])


def _alone(found: Town, dice: np.random.Generator) -> Trial | None:
    prepared = prepare(found.plan, found.sample(dice))
    truth, line = total_of(prepare(found.plan, found.census())), total_of(prepared)
    if truth.expected is None or line.expected is None:
        return None
    sums = sums_of(prepared)
    moved = np.where(prepared.known, prepared.coef, 0.0) * (1 + gain_of(prepared.plan, sums))
    cells, asked = (one / line.weight * 100 for one in weights_of(prepared.plan, moved))
    down, up = former(prepared, cells, asked)
    span = max(0.0, line.expected - down), min(100.0, line.expected + up)
    return Trial(truth.expected, line, span, _drawn(found, cells, asked, dice))


def _drawn(found: Town, cells: np.ndarray, asked: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """What moves the expected score when sites and people are drawn anew from the true town by the same design."""
    whole = prepare(found.plan, found.census()).cells
    weight = weigh(whole.entry_site, cells[whole.entry_cell] * whole.entry_value, len(found.register.types))
    moved = np.zeros(DRAWS)
    for kind, size in enumerate(found.sizes):
        mine = weight[found.register.types == kind]
        order = np.argsort(dice.random((DRAWS, len(mine))), axis=1)[:, :size]
        moved += mine[order].mean(axis=1) * 1.0 if size else 0.0
    for question, much in zip(found.plan.framework.questions, asked, strict=True):
        count = found.asked[question.code]
        rates = dice.binomial(count, found.shares[question.code], DRAWS) / count
        moved += much * np.interp(rates, *(np.array(question.scale, dtype=float).T))
    return moved


def former(prepared: Prepared, cells: np.ndarray, asked: np.ndarray) -> tuple[float, float]:
    """The estimator before ADR 0033: a pseudo-site in each stratum, Wilson's limits, MOVER."""
    plan, told = prepared.plan, prepared.cells
    seen = np.maximum(told.seen, 1)
    finite = np.sqrt(np.clip(1 - told.seen / np.maximum(told.registered, 1), 0.0, 1.0))
    reach = cells / seen * finite
    sites = weigh(told.entry_site, reach[told.entry_cell] * (told.entry_value - told.mean[told.entry_cell]))
    pseudo = np.where(told.seen > 0, reach * np.sqrt(seen / (seen + 1.0)) * (told.mean - 0.5), 0.0)
    strata = weigh(np.maximum(plan.cell_type, 0), pseudo)
    field = Z90 * Z90 * (float(sites @ sites) + float(strata @ strata))
    down = up = 0.0
    for question, much in zip(plan.framework.questions, asked, strict=True):
        part, whole = prepared.measures.tallies[question.code]
        low, middle, high = (through(question.scale, rate) for rate in _ends(part, whole))
        down, up = down + (much * (middle - low)) ** 2, up + (much * (high - middle)) ** 2
    return sqrt(field + down), sqrt(field + up)


def _ends(part: int, whole: int) -> tuple[float, float, float]:
    low, high = wilson(part, whole, Z90)
    return low, part / whole, high


def lines(count: int, seed: int) -> Iterator[str]:
    """The table, a row for each regime."""
    yield "| regime | towns | held before | held now | truth below | truth above | width before | width now | drawn anew |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for regime in REGIMES:
        one = coverage(regime, count, seed)
        yield (
            f"| {one.regime} | {one.towns:,} | {one.held_before:.3f} | {one.held:.3f} | {one.below:.3f} | {one.above:.3f} "
            f"| {one.width_before:.2f} | {one.width:.2f} | {one.width_drawn:.2f} |"
        )


def main(count: int = 1_000, seed: int = 33) -> None:
    """Write the table into its page."""
    table = "\n".join(lines(count, seed))
    text = PAGE.read_text(encoding="utf-8")
    marked = re.sub(
        r"(<!-- table -->\n).*?(<!-- end -->)", lambda found: f"{found[1]}{table}\n{found[2]}", text, flags=re.S
    )
    PAGE.write_text(marked, encoding="utf-8")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
