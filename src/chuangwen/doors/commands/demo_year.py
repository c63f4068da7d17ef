"""A year of demo data, made from a seed: pure, the same digits for the same seed.

Every site has a hidden quality (its type, its unit, its own luck), so that faults cluster where the town is weak. What is
rolled is an *answer* as an inspector would note it; the judging rules make the value of it, as for real observations.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from chuangwen.kernel.answers import Answer
from chuangwen.kernel.judging import Rule, RuleName, grades_by_count, parse_rule
from chuangwen.records.standards.definitions import CheckRow, FrameworkPack
from chuangwen.records.township.definitions import SiteRow, TownPack

CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class DemoRound:
    """A round; ``closed_on`` None: it is the running one."""

    code: str
    title: str
    kind: str
    year: int
    opens: date
    closes: date
    closed_on: date | None


@dataclass(frozen=True)
class DemoObservation:
    """One reading with its judged value; ``mark`` names it, ``replaces`` the one it is a re-check of."""

    framework: str
    site: str
    check: str
    value: int | None
    result: str
    passed: int | None
    total: int | None
    inspector: str
    seen_at: datetime
    note: str
    mark: str
    replaces: str


@dataclass(frozen=True)
class DemoGrade:
    framework: str
    requirement: str
    grade: str
    at: datetime


@dataclass(frozen=True)
class DemoTally:
    framework: str
    question: str
    organisation: str
    valid: int
    positive: int


@dataclass(frozen=True)
class DemoFigure:
    framework: str
    figure: str
    numerator: Decimal
    denominator: Decimal


@dataclass(frozen=True)
class DemoEvent:
    framework: str
    code: str
    date: date
    organisation: str
    text: str


@dataclass(frozen=True)
class DemoYear:
    """Everything a visitor of the demo town sees."""

    rounds: Sequence[DemoRound]
    observations: Mapping[str, Sequence[DemoObservation]]
    grades: Mapping[str, Sequence[DemoGrade]]
    tallies: Mapping[str, Sequence[DemoTally]]
    figures: Mapping[str, Sequence[DemoFigure]]
    events: Sequence[DemoEvent]


@dataclass
class _Maker:
    """The dice and what they are rolled for."""

    frameworks: Sequence[FrameworkPack]
    town: TownPack
    settings: Mapping[str, Any]
    dice: random.Random
    luck: dict[str, float] = field(default_factory=dict)

    def number(self, section: str, key: str) -> float:
        return float(self.settings[section][key])

    def quality(self, site: SiteRow, lift: float) -> float:
        """How good a site is, 0 to 1: the town's level, its type, its unit's luck, its own."""
        spread = self.number("base", "spread")
        for name in (site.organisation, site.code):
            self.luck.setdefault(name, self.dice.gauss(0, spread))
        weak = float(self.settings["types"].get(site.type, "0"))
        level = (
            self.number("base", "site") + weak + lift + self.luck[site.organisation] * 0.6 + self.luck[site.code] * 0.5
        )
        return min(0.99, max(0.05, level))


def make_year(frameworks: Sequence[FrameworkPack], town: TownPack, settings: Mapping[str, Any], seed: int) -> DemoYear:
    """Make the year. ``frameworks``: the main one first, then its companion; ``settings`` is the pack's demo.toml."""
    maker = _Maker(frameworks, town, settings, random.Random(seed))  # noqa: S311 - demo data, not secrets
    rounds, observations, grades, tallies, figures = [], {}, {}, {}, {}
    for said in settings["round"]:
        made = DemoRound(
            said["code"],
            said["title"],
            said["kind"],
            said["year"],
            said["opens"],
            said["closes"],
            said.get("closed_on"),
        )
        rounds.append(made)
        last = min(made.closes, made.closed_on or town_today(town))
        observations[made.code] = list(_observations(maker, made, said, last))
        grades[made.code] = list(_grades(maker, said, last))
        tallies[made.code] = list(_tallies(maker, said))
        figures[made.code] = list(_figures(maker, said))
    events = [
        DemoEvent(one["framework"], one["code"], one["date"], one["organisation"], one["text"])
        for one in settings.get("event", [])
    ]
    return DemoYear(rounds, observations, grades, tallies, figures, events)


def town_today(town: TownPack) -> date:
    """The day on which the demo town lives."""
    return town.town.demo.today if town.town.demo else date.max


def _observations(maker: _Maker, round_: DemoRound, said: Mapping[str, Any], last: date) -> Iterator[DemoObservation]:
    inspectors = [person.name for person in maker.town.people if person.role == "inspector"] or [""]
    by_type = _checks_by_type(maker)
    plan = {one.type: one.sites for one in maker.frameworks[0].framework.sample_plan.site}
    sites: dict[str, list[SiteRow]] = {}
    for site in maker.town.sites:
        sites.setdefault(site.type, []).append(site)
    days = max(1, (last - round_.opens).days)
    for kind in sorted(sites):
        wanted = max(1, round(plan.get(kind, 3) * float(said["coverage"])))
        for site in maker.dice.sample(sites[kind], min(len(sites[kind]), wanted)):
            seen_on = round_.opens + timedelta(days=maker.dice.randrange(days))
            who = maker.dice.choice(inspectors)
            yield from _visit(maker, (round_, said), site, by_type.get(kind, []), (seen_on, who, last))


def _checks_by_type(maker: _Maker) -> dict[str, list[tuple[str, CheckRow, Rule]]]:
    found: dict[str, list[tuple[str, CheckRow, Rule]]] = {}
    for pack in maker.frameworks:
        factors = {grade.grade: int(grade.factor * 10_000) for grade in pack.framework.grades}
        for check in pack.checks:
            rule = parse_rule(check.rule, check.params, factors)
            for kind in check.site_types:
                found.setdefault(kind, []).append((pack.pack.id, check, rule))
    return found


def _visit(
    maker: _Maker,
    where: tuple[DemoRound, Mapping[str, Any]],
    site: SiteRow,
    checks: Sequence[tuple[str, CheckRow, Rule]],
    when: tuple[date, str, date],
) -> Iterator[DemoObservation]:
    (round_, said), (seen_on, who, last) = where, when
    quality = maker.quality(site, float(said["lift"]))
    at = datetime.combine(seen_on, time(8, 30), CHINA) + timedelta(minutes=maker.dice.randrange(0, 480))
    for framework, check, rule in checks:
        at += timedelta(minutes=1)
        mark = f"{round_.code}|{site.code}|{framework}|{check.code}"
        answer = _answer(maker, rule, quality)
        first = _made(maker, (framework, site, check, rule), answer, (who, at, mark, ""))
        yield first
        if (
            (first.value or 0) == 0
            and first.value is not None
            and maker.dice.random() < maker.number("base", "rechecked")
        ):
            again = at + timedelta(days=7)
            if again.date() <= last:
                better = _answer(maker, rule, min(0.97, quality + 0.3))
                yield _made(maker, (framework, site, check, rule), better, (who, again, f"{mark}|2", mark))


def _made(
    maker: _Maker,
    what: tuple[str, SiteRow, CheckRow, Rule],
    answer: Answer,
    when: tuple[str, datetime, str, str],
) -> DemoObservation:
    framework, site, check, rule = what
    who, at, mark, replaces = when
    value = rule.judge(answer)
    notes: Sequence[str] = maker.settings["notes"]
    note = maker.dice.choice(notes) if value is not None and value < 5_000 and maker.dice.random() < 0.5 else ""
    return DemoObservation(
        framework,
        site.code,
        check.code,
        value,
        told(answer),
        answer.passed,
        answer.total,
        who,
        at,
        note,
        mark,
        replaces,
    )


def told(answer: Answer) -> str:
    """An answer as it would stand in a table."""
    if not answer.applicable:
        return "n/a"
    if answer.grade:
        return answer.grade
    if answer.total is not None:
        return f"{answer.passed}/{answer.total}"
    return str(answer.count)


def _answer(maker: _Maker, rule: Rule, quality: float) -> Answer:
    """Roll what an inspector would note at a place of this quality."""
    dice, good = maker.dice, maker.dice.random() < quality
    if dice.random() < maker.number("base", "unapplicable"):
        return Answer(applicable=False)
    if rule.name in {RuleName.RATE_AT_LEAST, RuleName.AREA_SHARE}:
        return _rate(dice, float(rule.number("x")), quality, good=good)
    if rule.name is RuleName.SAMPLE:
        n, k = int(rule.number("n")), int(rule.number("k"))
        return Answer(passed=dice.randint(k, n) if good else dice.randrange(0, k), total=n)
    if rule.name is RuleName.GRADED:
        return Answer(grade=_grade(maker, quality))
    if rule.name is RuleName.CONDITIONS:
        most = max(count for count, _ in grades_by_count(rule.params["grades"]))
        return Answer(count=most if good else dice.randrange(max(0, most - 2), most))
    return _count(dice, rule, good=good)


def _rate(dice: random.Random, wanted: float, quality: float, *, good: bool) -> Answer:
    total = dice.randrange(20, 60)
    rate = dice.uniform(wanted, 1) if good else dice.uniform(max(0.3, wanted - 0.35), wanted) * (0.9 + quality / 10)
    return Answer(passed=min(total, round(rate * total)), total=total)


def _count(dice: random.Random, rule: Rule, *, good: bool) -> Answer:
    n = int(rule.number("n"))
    if rule.name in {RuleName.PRESENCE, RuleName.RECORD_ON_SITE, RuleName.COUNT_AT_LEAST}:
        return Answer(count=n + dice.randrange(0, 3) if good else dice.randrange(0, max(1, n)))
    if rule.name is RuleName.COUNT_AT_MOST:
        return Answer(count=dice.randint(0, n) if good else n + dice.randint(1, 4))
    if rule.name is RuleName.DENSITY:
        per = int(rule.number("per"))
        return Answer(passed=dice.randint(0, n) if good else n + dice.randint(1, 4), total=per)
    if rule.name is RuleName.SIMULATED_CONTACT:
        within = int(rule.number("within"))
        return Answer(count=dice.randint(1, within) if good else within + dice.randint(1, 5))
    if rule.name is RuleName.DEDUCT:
        return Answer(count=0 if good else dice.randint(1, 3))
    return Answer(count=0 if good else dice.randint(1, 4))


def _grade(maker: _Maker, quality: float) -> str:
    weights = [float(weight) for weight in maker.settings["grades"].values()]
    weights[0] *= 0.4 + quality
    grades: list[str] = list(maker.settings["grades"])
    return maker.dice.choices(grades, weights)[0]


def _grades(maker: _Maker, said: Mapping[str, Any], last: date) -> Iterator[DemoGrade]:
    at = datetime.combine(last, time(16), CHINA) - timedelta(days=3)
    for pack in maker.frameworks:
        for row in pack.requirements:
            if maker.dice.random() < float(said["graded"]):
                yield DemoGrade(pack.pack.id, row.code, _grade(maker, 0.85 + float(said["lift"])), at)


def _tallies(maker: _Maker, said: Mapping[str, Any]) -> Iterator[DemoTally]:
    """Answers village by village; about two in three villages are asked."""
    villages = [unit.code for unit in maker.town.organisations if unit.region_code and unit.parent]
    asked = sorted(maker.dice.sample(villages, max(1, len(villages) * 2 // 3)))
    each = max(3, round(int(said["answers"]) / len(asked)))
    for pack in maker.frameworks:
        for row in pack.questions:
            level = maker.number("base", "survey") + float(said["lift"]) + maker.dice.gauss(0, 0.07)
            for village in asked:
                valid = max(1, each - (maker.dice.random() < 0.15))
                chance = min(0.99, max(0.2, level + maker.luck.get(village, 0.0) * 0.5))
                positive = sum(maker.dice.random() < chance for _ in range(valid))
                yield DemoTally(pack.pack.id, row.code, village, valid, positive)


def _figures(maker: _Maker, said: Mapping[str, Any]) -> Iterator[DemoFigure]:
    lift = 1 + float(said["lift"]) / 3
    told: dict[str, Decimal] = {}  # one count under one name, in however many figures it stands
    for pack in maker.frameworks:
        for row in pack.figures:
            if row.code in maker.settings["figures"]:
                part, whole = (Decimal(one) for one in maker.settings["figures"][row.code])
                whole = told.setdefault(row.denominator, whole)
                moved = told.setdefault(row.numerator, min(whole, Decimal(round(float(part) * lift))))
                yield DemoFigure(pack.pack.id, row.code, moved, whole)
