"""How many more sites and answers bring the interval of the total under a half-width; what is there already counts.

The estimator of the interval itself is asked: each site type's variance as it stands now, at more sites, by Neyman's
rule with the finite register; each question at more answers. The survey keeps its share of the variance unless the
sites alone cannot do it. A type of which nothing was seen gets at least one site, with the spread of the town's others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np

from chuangwen.results.scoring.arithmetic.chances import (
    PRIOR_FREEDOM,
    Answers,
    Chances,
    Pool,
    Types,
    answers_of,
    by_type,
    chances_of,
    limits,
    pool_of,
)
from chuangwen.results.scoring.arithmetic.inputs import Floats, Ints, weigh
from chuangwen.results.scoring.arithmetic.parts import registered_sites
from chuangwen.results.scoring.arithmetic.scores import Prepared, Scored, sums_of
from chuangwen.results.scoring.arithmetic.totals import gain_of, weights_of

MOST_ANSWERS = 1_000_000


@dataclass(frozen=True)
class Sample:
    """What is still needed: further sites by type, further answers to each question; and half-widths in points.

    ``half_width`` is what the interval then has, ``now`` what it has today; nothing more is needed where it is met.
    """

    sites: dict[str, int]
    answers: int
    half_width: float
    now: float


def sample_size(scored: Scored, half_width: float) -> Sample:
    """The smallest further sample that brings the total's interval under ``half_width`` points, if any can."""
    survey = _Survey.of(scored.prepared)
    now = survey.half_width(survey.seen, survey.told(0))
    if now <= half_width:
        return Sample({}, 0, now, now)
    shrunk = ceil(survey.answers * ((now / half_width) ** 2 - 1)) if survey.answers else 0
    told = survey.told(shrunk)
    sites = survey.allocated(lambda n: survey.half_width(n, told) <= half_width)
    answers = 0
    if survey.answers:
        answers = _least(lambda more: survey.half_width(sites, survey.told(more)) <= half_width, MOST_ANSWERS)
    more = {
        kind.code: int(n)
        for kind, n in zip(scored.prepared.plan.framework.site_types, sites - survey.seen, strict=True)
        if n > 0
    }
    return Sample(more, answers, survey.half_width(sites, survey.told(answers)), now)


def _least(holds: Callable[[int], bool], most: int) -> int:
    """The least whole number that holds; ``most`` where none does."""
    low, high = -1, 1
    while high < most and not holds(high):
        low, high = high, min(high * 2, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


@dataclass(frozen=True)
class _Survey:
    """The round as it stands: sites of each type seen and registered, and what one site of each is worth."""

    prepared: Prepared
    chances: Chances
    asked: Floats
    weight: float
    types: Types
    unit: Floats
    seen: Ints
    registered: Ints

    @classmethod
    def of(cls, prepared: Prepared) -> "_Survey":
        sums, chances, plan = sums_of(prepared), chances_of(prepared), prepared.plan
        moved = np.where(prepared.known, prepared.coef, 0.0) * (1 + gain_of(plan, sums))
        cells, asked = weights_of(plan, moved)
        types = by_type(chances, cells[None, :])
        kinds, register = len(plan.framework.site_types), prepared.measures.register
        seen = np.bincount(register.types[np.unique(prepared.cells.entry_site)], minlength=kinds).astype(np.int64)
        registered = registered_sites(plan.framework, register)
        left = 1 - seen / np.maximum(registered, 1)
        unit = np.where(left > 0, types.variance[0] * seen / np.where(left > 0, left, 1.0), 0.0)
        unit = np.where((seen == 0) & (registered > 0), _unseen(prepared, pool_of(prepared)), unit)
        weight = float(sums.known.sum() + sums.unknown.sum())
        return cls(prepared, chances, asked, weight, types, unit, seen, registered)

    @cached_property
    def answers(self) -> float:
        """The mean number of answers to the questions that weigh."""
        questions = self.prepared.plan.framework.questions
        told = [
            self.prepared.measures.tallies[one.code][1]
            for one, weight in zip(questions, self.asked, strict=True)
            if weight > 0 and one.code in self.prepared.measures.tallies
        ]
        return sum(told) / len(told) if told else 0.0

    def half_width(self, sites: Ints, told: Answers) -> float:
        """Half of the interval's width with so many sites of each type and such answers."""
        left = 1 - sites / np.maximum(self.registered, 1)
        variance = self.unit * np.divide(left, sites, out=np.zeros(len(sites)), where=sites > 0)
        was, freedom = self.types.variance[0], self.types.freedom[0] - PRIOR_FREEDOM
        grown = np.maximum(sites - 1, 0) / np.maximum(self.seen - 1, 1)
        free = PRIOR_FREEDOM + np.where(self.seen > 1, freedom * grown, np.maximum(sites - 1, 0))
        less = np.divide(variance, was, out=np.zeros_like(was), where=was > 0)
        moments = (self.types.lean[0] * less**2, self.types.bend[0] * less**3)
        types = Types(variance[None, :], free[None, :], *(one[None, :] for one in moments))
        down, up = limits(types, told, self.asked[None, :], self.chances.z)
        return float(down[0] + up[0]) / 2 / self.weight * 100

    def told(self, more: int) -> Answers:
        """The chances of the questions with so many more answers to each, in the shares found."""
        if not more:
            return self.chances.answers
        tallies = {
            code: (part * (whole + more) / whole, float(whole + more))
            for code, (part, whole) in self.prepared.measures.tallies.items()
            if whole > 0
        }
        return answers_of(self.prepared.plan.framework.questions, tallies, self.chances.z)

    def allocated(self, holds: Callable[[Ints], bool]) -> Ints:
        """The sites of each type by Neyman's rule, never fewer than were seen; all of them where nothing less holds."""
        spread = np.sqrt(self.unit)
        least = np.where((self.unit > 0) & (self.registered > 0), np.maximum(self.seen, 1), self.seen)
        most = np.maximum(self.registered, self.seen)
        low, high = 0.0, float(np.max(most, initial=1)) / max(float(np.min(spread[spread > 0], initial=1.0)), 1e-9)

        def at(multiplier: float) -> Ints:
            return np.where(spread > 0, np.clip(np.ceil(spread * multiplier), least, most), self.seen).astype(np.int64)

        if holds(at(low)):
            return at(low)
        for _ in range(60):
            if np.array_equal(at(low), at(high)):
                break
            middle = (low + high) / 2
            low, high = (low, middle) if holds(at(middle)) else (middle, high)
        return at(high)


def _unseen(prepared: Prepared, pool: Pool) -> Floats:
    """The variance of one site of each type, as one expects it of types of which nothing was seen."""
    cells, kind = weights_of(prepared.plan, prepared.coef)[0], np.maximum(prepared.plan.cell_type, 0)
    count = len(prepared.plan.framework.site_types)
    if not count:
        return np.zeros(0)
    wide = cells * np.sqrt(pool.rate * (1 - pool.rate) * pool.spread)[kind]
    together, apart = np.square(weigh(kind, wide, count)), weigh(kind, np.square(wide), count)
    return pool.cluster * together + (1 - pool.cluster) * apart
