"""The figures of case work: each with its formula, both its counts, and the very cases behind it.

Formulae as in GB/T 30428.4 and local rules (standards 1.5 and 2.1): a case counts as one that should be handled in a
period when its deadline falls into the period or it was handled in it; paused ones (挂账、缓办) are left out of the base.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from chuangwen.kernel.figures import Figure, FigureKind, day_text, declare, narrowed, stretch
from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.work.cases.lateness import late_now
from chuangwen.work.cases.models import OLD_LEDGER, Case, Phase


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included; ``at`` is now."""

    first: date
    last: date
    at: datetime

    @property
    def span(self) -> tuple[datetime, datetime]:
        begin = datetime.combine(self.first, time(), CHINA)
        return begin, datetime.combine(self.last + timedelta(days=1), time(), CHINA)

    def within(self, name: str) -> Q:
        """The time in this column lies in the period."""
        begin, end = self.span
        return Q(**{f"{name}__gte": begin, f"{name}__lt": end})


Rule = Callable[[Period], Q]
UNGUARDED = ~Q(guard="guarded")


@dataclass(frozen=True)
class FigureRule:
    """One figure: a count, or a rate of two counts. ``formula`` is what people read.

    ``counts`` says what is counted; of a rate it is asked of the base's own cases alone, so that no rate passes 1.
    """

    id: str
    title: str
    formula: str
    counts: Rule
    base: Rule | None = None
    good: str = "high"
    now: bool = False  # tells how it stands, not what happened in a period

    def top(self, period: Period) -> Q:
        """The cases on top of the fraction line, always some of those below it."""
        return self.counts(period) & (UNGUARDED if self.base is None else self.below(period))

    def below(self, period: Period) -> Q:
        """The cases below the fraction line. What only a few may know of counts in no figure, so that all see one."""
        return UNGUARDED & self.base(period) if self.base is not None else UNGUARDED


OPEN = ~Q(phase=Phase.CLOSED)
COUNTED = Q(merged_into=None)  # a duplicate counts with its case


def _valid(period: Period) -> Q:
    return period.within("opened_at") & ~Q(outcome__in=["merged", "withdrawn"])


def _followed(period: Period) -> Q:
    """Valid cases whose steps are known: what was finished before it was taken in from an old ledger says nothing of them."""
    return _valid(period) & ~Q(source=OLD_LEDGER)


def _to_answer() -> Q:
    return Q(contacted_at__isnull=False) | Q(dispatched_at__isnull=False)


def _due(period: Period) -> Q:
    should = period.within("handle_due_at") | period.within("handled_at")
    return Q(dispatched_at__isnull=False, merged_into=None) & should & Q(paused_at=None)


def _closing(period: Period) -> Q:
    should = period.within("handle_due_at") | period.within("closed_at")
    return Q(filed_at__isnull=False) & should & Q(paused_at=None) & ~Q(outcome__in=["merged", "declined"])


def _handled(period: Period) -> Q:
    """Handled in the period, whether or not it was sent back afterwards."""
    return Q(merged_into=None) & (period.within("handled_at") | (Q(mends__gt=0) & period.within("handle_due_at")))


def _valid_closed(period: Period) -> Q:
    return period.within("closed_at") & Q(merged_into=None)


FIGURES: tuple[FigureRule, ...] = (
    FigureRule("reported", later("上报数"), later("期内登记的有效事项"), _valid),
    FigureRule(
        "filing_rate",
        later("立案率"),
        later("已立案 ÷ 期内登记的有效事项（补录的旧件不计）"),
        lambda _p: Q(filed_at__isnull=False),
        _followed,
    ),
    FigureRule(
        "dispatch_rate",
        later("派遣率"),
        later("已派遣 ÷ 已立案（期内登记，补录的旧件不计）"),
        lambda _p: Q(dispatched_at__isnull=False),
        lambda p: _followed(p) & Q(filed_at__isnull=False),
    ),
    FigureRule(
        "on_time_rate",
        later("按期处置率"),
        later("按期处置 ÷ 应处置（期内到期或期内处置，缓办不计）"),
        lambda _p: Q(handled_in_time=True),
        _due,
    ),
    FigureRule(
        "closing_rate",
        later("结案率"),
        later("已结案 ÷ 应结案（期内到期或期内结案，缓办不计）"),
        lambda _p: Q(phase=Phase.CLOSED),
        _closing,
    ),
    FigureRule(
        "rework_rate",
        later("返工率"),
        later("有返工的事项 ÷ 处置过的事项（期内处置）"),
        lambda _p: Q(reworks__gt=0),
        _handled,
        good="low",
    ),
    FigureRule(
        "response_rate",
        later("响应率"),
        later("按时签收或联系 ÷ 应签收或联系（期内登记且已联系或已派遣；流程里没有签收、联系这一步的类型不计）"),
        lambda _p: Q(contacted_in_time=True),
        lambda p: _valid(p) & _to_answer() & Q(type__answers=True) & ~Q(source="machine"),
    ),
    FigureRule(
        "solution_rate",
        later("解决率"),
        later("回访“已解决” ÷ 回访有效件（期内办结）"),
        lambda _p: Q(solved=True),
        lambda p: _valid_closed(p) & Q(solved__isnull=False),
    ),
    FigureRule(
        "satisfaction_rate",
        later("满意率"),
        later("回访 4 至 5 星 ÷ 回访给星件（期内办结）"),
        lambda _p: Q(stars__gte=4),
        lambda p: _valid_closed(p) & Q(stars__isnull=False),
    ),
    FigureRule(
        "overdue",
        later("超期未结"),
        later("现在还没办结、截止时间已过的事项"),
        lambda p: COUNTED & late_now(p.at),
        good="low",
        now=True,
    ),
    FigureRule(
        "paused",
        later("缓办数"),
        later("现在挂账或缓办的事项"),
        lambda _p: COUNTED & Q(phase=Phase.WAITING),
        good="low",
        now=True,
    ),
    FigureRule(
        "returned", later("退件数"), later("期内登记、被退回过的"), lambda p: _valid(p) & Q(returns__gt=0), good="low"
    ),
    FigureRule(
        "relapsed",
        later("反弹数"),
        later("结案后又反弹的（期内登记）"),
        lambda p: _valid(p) & Q(relapses__gt=0),
        good="low",
    ),
)
STANDING: tuple[FigureRule, ...] = (
    FigureRule("all", later("事项总数"), later("登记过的事项，并入别件的重复件不另算"), lambda _p: COUNTED, now=True),
    FigureRule(
        "open",
        later("未销号"),
        later("现在还没办结的事项，含挂账缓办的"),
        lambda _p: COUNTED & OPEN,
        good="low",
        now=True,
    ),
    FigureRule(
        "at_work",
        later("在办"),
        later("现在在办的事项，不含挂账缓办的"),
        lambda _p: COUNTED & Q(phase=Phase.OPEN),
        now=True,
    ),
)
RULES: Mapping[str, FigureRule] = {one.id: one for one in (*FIGURES, *STANDING)}
OPENS = later("这些事项的清单")
KINDS: Mapping[str, FigureKind] = {
    key: declare(f"cases.{key}", one.title, one.formula, opens=OPENS, form="rate" if one.base else "count")
    for key, one in RULES.items()
}


@dataclass(frozen=True)
class Value:
    """A figure's value: both counts; ``rate`` is ``None`` when there is nothing to divide by (unknown is not zero)."""

    rule: FigureRule
    top: int
    base: int | None = None

    @property
    def rate(self) -> float | None:
        return self.top / self.base if self.base else None

    @property
    def is_rate(self) -> bool:
        return self.base is not None

    @property
    def title(self) -> str:
        return say(self.rule.title)

    @property
    def formula(self) -> str:
        return say(self.rule.formula)

    def figure(self, scope: str, period: Period) -> Figure:
        """With its name, its owner and its days, as it is shown."""
        day = day_text(period.at.astimezone(CHINA).date()) if self.rule.now else stretch(period.first, period.last)
        return Figure(KINDS[self.rule.id], self.top, scope, day, self.base)


DIMENSIONS: Mapping[str, tuple[str, str]] = {
    "unit": ("lead", "lead__short"),
    "village": ("area", "area__short"),
    "person": ("holder", "holder__name"),
    "category": ("category", "category"),
    "kind": ("kind", "kind"),
    "campaign": ("campaign", "campaign"),
}


def _counts(period: Period) -> dict[str, Count]:
    found = {f"{one.id}__top": Count("pk", filter=one.top(period)) for one in FIGURES}
    return found | {f"{one.id}__base": Count("pk", filter=one.below(period)) for one in FIGURES if one.base}


def _values(row: Mapping[str, Any]) -> list[Value]:
    return [
        Value(one, row[f"{one.id}__top"] or 0, (row[f"{one.id}__base"] or 0) if one.base else None) for one in FIGURES
    ]


def figures(cases: QuerySet[Case], period: Period) -> list[Value]:
    """All figures of these cases, in one query."""
    return _values(cases.order_by().aggregate(**_counts(period)))


def figures_of(cases: QuerySet[Case], period: Period, scope: str, kind: str = "") -> list[Figure]:
    """All figures of these cases (or of one kind of them) with their names, for answers that programs read."""
    rows = cases.filter(kind=kind) if kind else cases
    whose = narrowed(scope, kind=kind)
    row = rows.order_by().aggregate(
        **_counts(period), **{one.id: Count("pk", filter=one.top(period)) for one in STANDING}
    )
    standing = [Value(one, row[one.id] or 0) for one in STANDING]
    return [one.figure(whose, period) for one in (*_values(row), *standing)]


def figure_of(cases: QuerySet[Case], period: Period, figure: str) -> Value:
    """One figure alone, in one query; an unknown name is a fault of the pack (KeyError)."""
    rule = RULES[figure]
    asked = {"top": Count("pk", filter=rule.top(period))}
    if rule.base is not None:
        asked["base"] = Count("pk", filter=rule.below(period))
    row = cases.order_by().aggregate(**asked)
    return Value(rule, row["top"] or 0, row.get("base"))


@dataclass(frozen=True)
class Line:
    """The figures of one unit, village, person, category …; ``key`` filters the list to its cases."""

    key: object
    label: str
    values: list[Value]


def by_dimension(cases: QuerySet[Case], period: Period, dimension: str) -> list[Line]:
    """The same figures for each unit, village, person, category, kind or campaign, in one query.

    What counts in no figure makes no line of noughts: ``left_out`` names it.
    """
    key, label = DIMENSIONS[dimension]
    named = cases.filter(UNGUARDED).order_by().values(the_key=F(key), the_label=F(label)).annotate(**_counts(period))
    lines = [Line(row["the_key"], str(row["the_label"] or ""), _values(row)) for row in named if row["the_key"]]
    return sorted(lines, key=lambda one: (-one.values[0].top, one.label))


def left_out(cases: QuerySet[Case]) -> list[str]:
    """The kinds among these cases that count in no figure."""
    return sorted(cases.order_by().exclude(UNGUARDED).values_list("kind", flat=True).distinct())


def behind(cases: QuerySet[Case], period: Period, figure: str, *, top: bool) -> QuerySet[Case]:
    """The cases behind a figure: those that count on top, or the whole base."""
    rule = RULES[figure]
    asked = rule.top(period) if top or rule.base is None else rule.below(period)
    return cases.filter(asked)


def times_reworked(cases: QuerySet[Case]) -> int:
    """How often work was sent back, all cases together."""
    return int(cases.aggregate(n=Coalesce(Sum("reworks"), 0))["n"])
