"""Towns by chance whose true score is known: what the interval of a sample is held against.

A town has a register of sites by type, checks at each type that feed several standards, faults that go together at a
site (``clustering``, in logits, and ``bad`` sites where most fails), questions with a known share of the people, and
materials. Its truth is the score of the same round with every site seen and every person asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from chuangwen.results.scoring.arithmetic.inputs import (
    Check,
    Entries,
    Framework,
    Measures,
    Node,
    Rate,
    Register,
    Requirement,
    SiteType,
)
from chuangwen.results.scoring.arithmetic.parts import Plan, make_plan

PEOPLE = 1_000_000
SCALE = ((Decimal("0.6"), Decimal(0)), (Decimal("0.9"), Decimal(1)))
STRAIGHT = ((Decimal(0), Decimal(0)), (Decimal(1), Decimal(1)))
GRADES = {"A": Decimal(1), "B": Decimal("0.8"), "C": Decimal("0.6"), "D": Decimal(0)}
METHODS = ("material", "field", "survey")


@dataclass(frozen=True)
class Regime:
    """What kind of towns: each span is (least, most), drawn anew for every town, type, check or question."""

    name: str
    types: tuple[int, int] = (4, 11)
    sites: tuple[int, int] = (4, 60)
    share: tuple[float, float] = (0.3, 0.5)
    least: int = 2
    passing: tuple[float, float] = (0.5, 0.95)
    clustering: tuple[float, float] = (0.6, 1.2)
    bad: tuple[float, float] = (0.0, 0.0)
    graded: float = 0.2
    looked: float = 1.0
    answers: tuple[int, int] = (60, 150)
    content: tuple[float, float] = (0.65, 0.88)
    weights: tuple[int, int, int] = (40, 45, 15)
    unmeasured: float = 0.0
    lonely: float = 0.0
    by_method: float = 0.5
    companion: bool = False


@dataclass(frozen=True)
class Town:
    """One town: what may be seen of it, and how it is sampled."""

    regime: Regime
    plan: Plan
    register: Register
    rows: Entries
    sizes: tuple[int, ...]
    shares: dict[str, float]
    asked: dict[str, int]
    grades: dict[str, str]

    def census(self) -> Measures:
        """Every site seen, every person asked."""
        tallies = {code: (round(share * PEOPLE), PEOPLE) for code, share in self.shares.items()}
        return Measures(self.register, self.rows, self.grades, tallies)

    def sample(self, dice: np.random.Generator) -> Measures:
        """Some sites of each type drawn without putting back, some people asked."""
        kinds = self.register.types
        picked = np.zeros(len(kinds), dtype=bool)
        for kind, size in enumerate(self.sizes):
            picked[dice.permutation(np.flatnonzero(kinds == kind))[:size]] = True
        keep = picked[self.rows.site]
        if self.regime.looked < 1:
            keep &= dice.random(len(keep)) < self.regime.looked
        names = ("site", "position", "count", "total", "skipped")
        rows = Entries(*(getattr(self.rows, name)[keep] for name in names))
        tallies = {code: (int(dice.binomial(n, self.shares[code])), n) for code, n in self.asked.items()}
        return Measures(self.register, rows, self.grades, tallies)


def towns(regime: Regime, count: int, seed: int) -> Iterator[tuple[Town, np.random.Generator]]:
    """So many towns of a regime, the same ones for the same seed."""
    for number in range(count):
        dice = np.random.default_rng([seed, number])
        yield town(regime, dice), dice


def town(regime: Regime, dice: np.random.Generator) -> Town:
    """One town of a regime."""
    framework = _framework(regime, dice)
    register = _register(regime, framework, dice)
    counts = np.bincount(register.types, minlength=len(framework.site_types))
    return Town(
        regime=regime,
        plan=make_plan(framework),
        register=register,
        rows=_rows(regime, framework, register, dice),
        sizes=tuple(_size(regime, int(count), dice) for count in counts),
        shares={one.code: float(dice.uniform(*regime.content)) for one in framework.questions},
        asked={one.code: int(dice.integers(*regime.answers, endpoint=True)) for one in framework.questions},
        grades={
            one.code: str(dice.choice(["A", "A", "B", "C"]))
            for one in framework.requirements
            if dice.random() >= regime.unmeasured
        },
    )


def _size(regime: Regime, count: int, dice: np.random.Generator) -> int:
    if dice.random() < regime.lonely:
        return 1
    return min(count, max(regime.least, round(count * dice.uniform(*regime.share))))


def _framework(regime: Regime, dice: np.random.Generator) -> Framework:
    types = [SiteType(f"P{n}", _weight(dice)) for n in range(dice.integers(*regime.types, endpoint=True))]
    standards = [f"I{item}-{number}" for item in range(3) for number in range(dice.integers(2, 5))]
    checks, requirements, questions = [], [], []
    for kind in types:
        for _ in range(dice.integers(2, 7)):
            fed = dice.choice(standards, size=dice.integers(1, 4), replace=False).tolist()
            kinds = [kind.code]
            if dice.random() < 0.2:
                kinds = list(dict.fromkeys([*kinds, str(dice.choice([one.code for one in types]))]))
            checks.append(Check(f"C{len(checks)}", len(checks), kinds, fed))
    for number in range(dice.integers(4, 13)):
        fed = dice.choice(standards, size=dice.integers(1, 3), replace=False).tolist()
        questions.append(Rate(f"Q{number}", fed, SCALE if dice.random() < 0.7 else STRAIGHT))
    for code in standards:
        requirements += [Requirement(f"{code}-M{n}", code) for n in range(dice.integers(0, 3))]
    return Framework(
        composition="by_method" if dice.random() < regime.by_method else "by_standard",
        method_shares=dict(zip(METHODS, map(Decimal, regime.weights), strict=True)),
        grades=GRADES,
        nodes=list(_nodes(regime, standards, (checks, requirements, questions), dice)),
        site_types=types,
        checks=checks,
        requirements=requirements,
        questions=questions,
        figures=[],
        pass_line=85.0,
    )


def _weight(dice: np.random.Generator) -> Decimal | None:
    return None if dice.random() < 0.5 else Decimal(int(dice.integers(1, 6)) * 10)


def _nodes(regime: Regime, standards: list[str], measures: tuple, dice: np.random.Generator) -> Iterator[Node]:
    checks, requirements, questions = measures
    fed = {"field": {code for one in checks for code in one.standards}}
    fed["material"] = {one.standard for one in requirements}
    fed["survey"] = {code for one in questions for code in one.standards}
    for item in dict.fromkeys(code.split("-")[0] for code in standards):
        yield Node(item, "", "item")
        for code in (one for one in standards if one.startswith(f"{item}-")):
            mine = {name: weight for name, weight in zip(METHODS, regime.weights, strict=True) if code in fed[name]}
            whole = sum(mine.values())
            shares = {name: Decimal(weight) * 100 / whole for name, weight in mine.items()} if whole else {}
            points = Decimal(int(dice.integers(1, 9))) / 4
            yield Node(code, item, "standard", points, shares or {"material": Decimal(100)})


def _register(regime: Regime, framework: Framework, dice: np.random.Generator) -> Register:
    counts = [int(dice.integers(*regime.sites, endpoint=True)) for _ in framework.site_types]
    types = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    owners = np.arange(len(types), dtype=np.int64) % 5
    return Register(types, owners, [f"V{n}" for n in range(5)])


def _rows(regime: Regime, framework: Framework, register: Register, dice: np.random.Generator) -> Entries:
    """Every check at every site of its types: passed, failed, or graded; a site's luck moves all its checks."""
    clustering, bad = dice.uniform(*regime.clustering), dice.uniform(*regime.bad)
    luck = dice.normal(0.0, clustering, len(register.types))
    fallen = dice.random(len(register.types)) < bad
    codes = [one.code for one in framework.site_types]
    columns = []
    for check in framework.checks:
        for kind in check.site_types:
            site = np.flatnonzero(register.types == codes.index(kind))
            rate = dice.uniform(*regime.passing)
            chance = _around(rate, luck[site], clustering)
            chance = np.where(fallen[site], chance * 0.3, chance)
            value = (dice.random(len(site)) < chance).astype(np.int64) * 10_000
            if dice.random() < regime.graded:
                value = np.round(dice.binomial(5, chance) / 5 * 10_000).astype(np.int64)
            columns.append((site, np.full(len(site), check.position), value))
    site, position, total = (np.concatenate(one) for one in zip(*columns, strict=True))
    order = np.lexsort((position, site))
    ones = np.ones(len(site), dtype=np.int64)
    return Entries(site[order], position[order], ones, total[order], ones * 0)


def _around(rate: float, luck: np.ndarray, clustering: float) -> np.ndarray:
    """A logistic chance whose mean over sites is about ``rate``."""
    stretched = np.log(rate / (1 - rate)) * np.sqrt(1 + clustering**2 / 2.9)
    return 1 / (1 + np.exp(-(stretched + luck)))


SMALL = Regime("companion", types=(2, 4), sites=(4, 20), passing=(0.6, 0.97))
USUAL = Regime("usual")
REGIMES = (
    USUAL,
    replace(USUAL, name="a tenth seen", share=(0.1, 0.1)),
    replace(USUAL, name="faults cluster", clustering=(2.0, 3.0), bad=(0.05, 0.15)),
    replace(USUAL, name="few sites a type", sites=(4, 8)),
    replace(USUAL, name="most pass", passing=(0.85, 0.98)),
    replace(USUAL, name="most pass, a tenth seen", passing=(0.85, 0.98), share=(0.1, 0.1)),
    replace(USUAL, name="nearly all pass, clustering", passing=(0.93, 0.995), clustering=(2.0, 3.0), share=(0.1, 0.3)),
    replace(USUAL, name="survey dominates", weights=(10, 20, 70)),
    replace(USUAL, name="part unmeasured", unmeasured=0.6),
    replace(USUAL, name="one site in some types", lonely=0.35, share=(0.1, 0.3)),
    replace(USUAL, name="all sites seen", share=(1.0, 1.0)),
    replace(USUAL, name="with a small companion", companion=True, passing=(0.7, 0.95)),
    replace(USUAL, name="survey through the ends of its scale", content=(0.55, 0.98), weights=(20, 30, 50)),
    replace(USUAL, name="most pass, survey high", passing=(0.85, 0.98), content=(0.8, 0.99), bad=(0.0, 0.1)),
    replace(USUAL, name="from one site on", passing=(0.7, 0.98), share=(0.05, 0.15), least=1, clustering=(0.0, 2.0)),
)
