"""How many sites and answers are needed to bring the interval under a half-width.

Sites: Neyman allocation with finite-population correction over the site types; the spread inside a type is taken from
the sites seen, or, where none was seen, as that of a coin (one half). Answers: in the same share of the variance that
the survey has now.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np

from chuangwen.results.scoring.arithmetic.inputs import METHODS, Floats, Ints, weigh
from chuangwen.results.scoring.arithmetic.parts import registered_sites
from chuangwen.results.scoring.arithmetic.scores import Prepared, Scored, z_of
from chuangwen.results.scoring.arithmetic.whatif import make_ready


@dataclass(frozen=True)
class Sample:
    """What is needed: sites by type, answers to the survey, and the half-width that this would give (points)."""

    sites: dict[str, int]
    answers: int
    half_width: float


def sample_size(scored: Scored, half_width: float) -> Sample:
    """The smallest sample that brings the total's interval under ``half_width`` points, as far as the register goes."""
    prepared = scored.prepared
    z = z_of(prepared.plan.framework.level)
    registered = registered_sites(prepared.plan.framework, prepared.measures.register)
    spread = _spread_by_type(prepared)
    survey, answers = _survey_variance(scored, z)
    wanted = half_width * half_width
    now = float(np.sum(spread**2)) * z * z + survey
    share = survey / now if now > 0 else 0.0
    sites = _allocate(spread, registered, wanted * (1 - share) / (z * z))
    need = ceil(answers * survey / (wanted * share)) if share > 0 else 0
    reached = z * z * _variance(spread, sites, registered) + (survey * answers / need if need else 0.0)
    codes = [kind.code for kind in prepared.plan.framework.site_types]
    return Sample({code: int(n) for code, n in zip(codes, sites, strict=True) if n}, need, reached**0.5)


def _spread_by_type(prepared: Prepared) -> Floats:
    """Standard deviation (points of the total) of one site of each type."""
    plan, cells = prepared.plan, prepared.cells
    field = (plan.method == METHODS.index("field")) & (plan.thing >= 0)
    weight = weigh(plan.cell[field], prepared.coef[field], len(cells.seen))
    moved = weight[cells.entry_cell] * (cells.entry_value - cells.mean[cells.entry_cell])
    by_site = weigh(cells.entry_site, moved, len(prepared.measures.register.types))
    seen = np.unique(cells.entry_site)
    kinds = prepared.measures.register.types[seen]
    count = len(plan.framework.site_types)
    if not count:
        return np.zeros(0)
    n = np.bincount(kinds, minlength=count)
    squares = weigh(kinds, by_site[seen] ** 2, count)
    whole = weigh(np.maximum(plan.cell_type, 0), weight, count)
    return np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)), whole / 2)


def _survey_variance(scored: Scored, z: float) -> tuple[float, int]:
    ready = make_ready(scored)
    plan, coef = scored.prepared.plan, scored.prepared.coef
    survey = (plan.method == METHODS.index("survey")) & (plan.thing >= 0)
    asked = weigh(plan.thing[survey], coef[survey], len(ready.chances.down))
    answers = [counts[1] for counts in scored.prepared.measures.tallies.values()]
    return float(np.square(asked * (ready.chances.down + ready.chances.up) / 2).sum()), round(
        sum(answers) / len(answers)
    ) if answers else 0


def _variance(spread: Floats, sites: Ints, registered: Ints) -> float:
    n, whole = np.maximum(sites, 1), np.maximum(registered, 1)
    return float(np.sum(np.where(registered > 0, spread**2 / n * np.clip(1 - sites / whole, 0, 1), 0.0)))


def _allocate(spread: Floats, registered: Ints, wanted: float) -> Ints:
    """Bisect the one multiplier of Neyman's rule until the variance fits; a census where it never does."""
    low, high = 0.0, float(np.max(registered, initial=1)) / max(float(np.min(spread[spread > 0], initial=1.0)), 1e-9)
    for _ in range(60):
        middle = (low + high) / 2
        if _variance(spread, _sites(spread, registered, middle), registered) <= wanted:
            high = middle
        else:
            low = middle
    return _sites(spread, registered, high)


def _sites(spread: Floats, registered: Ints, multiplier: float) -> Ints:
    n = np.clip(np.ceil(spread * multiplier), 1, None).astype(np.int64)
    return np.where(registered > 0, np.minimum(n, registered), 0)
