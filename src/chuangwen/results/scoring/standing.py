"""Where the town stands in words: the formula of its score, each system with its share, floor and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chuangwen.kernel.figures import Figure, narrowed
from chuangwen.kernel.numerals import fixed, plain
from chuangwen.kernel.words import later, say
from chuangwen.results.scoring.arithmetic.lines import Line
from chuangwen.results.scoring.arithmetic.town import BARS, BELOW, UNSAFE, FloorBar, Town
from chuangwen.results.scoring.queries import RoundScore
from chuangwen.results.scoring.score_figures import PASSING, LineFigures, line_figures, scope_of_round

BAR_WORDS = {
    BARS: later("到不了底线，不能参评"),
    BELOW: later("不到底线，挡着参评"),
    UNSAFE: later("底线还不稳"),
}


@dataclass(frozen=True)
class SystemStanding:
    """One system of the town's score as pages tell it; its line is in points of its own 100."""

    code: str
    title: str
    line: Line
    share: float
    floor: float | None
    bar: FloorBar | None
    figures: LineFigures | None = None

    @property
    def score(self) -> dict[str, object]:
        """What the band draws: the floor is the line to reach."""
        return {**self.line.as_dict(), "pass_line": self.floor}

    @property
    def told(self) -> str:
        """What the floor says, in words; empty when it is held or there is none."""
        if self.bar is not None and self.bar.effect == UNSAFE and self.bar.score is None:
            return say("测得不够，守不守得住底线还不知道")
        return say(BAR_WORDS[self.bar.effect]) if self.bar else ""

    @property
    def gap(self) -> str:
        """How far it is from its floor, in words; where nobody can expect a score, how near it can come at best."""
        if self.bar is None:
            return ""
        if self.bar.missing is not None:
            return say("{title} 差 {n} 分", title=self.title, n=fixed(self.bar.missing, 1))
        most, floor = fixed(self.bar.most, 1), plain(self.bar.floor, 4)
        return say("{title} 最高只到 {most} 分，不到底线 {floor}", title=self.title, most=most, floor=floor)

    @property
    def bars(self) -> bool:
        """Whether the floor is missed as far as one can tell."""
        return self.bar is not None and self.bar.effect != UNSAFE


@dataclass(frozen=True)
class Standing:
    """The town: its own line with the pass line, how it is made up, its systems, floors that bar first."""

    total: Mapping[str, object]
    formula: str
    systems: Sequence[SystemStanding]
    events: Sequence[Mapping[str, object]]
    passing: Figure | None
    is_alone: bool
    figures: LineFigures | None = None

    @property
    def vetoes(self) -> Sequence[str]:
        """What bars or suspends the town whatever its score, by its title in the negative list."""
        return [str(one["title"]) for one in self.events if one["effect"] != "deduct"]

    @property
    def barred(self) -> Sequence[SystemStanding]:
        """Systems whose floor is missed: what bars the town."""
        return [one for one in self.systems if one.bars]


def standing_of(result: RoundScore, town: Town | None = None) -> Standing:
    """The town as it stands in a round, or as it would stand (``town``) after supposed changes."""
    shown = town or result.town
    titles = {one.pack: one.short_title or one.title for one in result.editions}
    bars = {bar.code: bar for bar in shown.bars}
    systems = [
        SystemStanding(
            code=one.code,
            title=titles[one.code],
            line=one.total,
            share=one.share,
            floor=one.floor,
            bar=bars.get(one.code),
            figures=None if town else line_figures(result, one.total, one.code),
        )
        for one in shown.systems
    ]
    return Standing(
        total={**shown.line.as_dict(), "pass_line": shown.pass_line or None, "level": shown.level},
        formula=_formula(systems, shown),
        systems=sorted(systems, key=lambda one: not one.bars),
        events=[event for one in shown.systems for event in one.scored.bars],
        passing=_passing(result, shown),
        is_alone=shown.is_alone,
        figures=None if town else line_figures(result, shown.line),
    )


def _passing(result: RoundScore, shown: Town) -> Figure | None:
    """The chance of passing; of supposed changes a figure of a scope of its own."""
    if shown.passing is None:
        return None
    scope = scope_of_round(result) if shown is result.town else narrowed(scope_of_round(result), supposed="yes")
    return Figure(PASSING, shown.passing, scope, f"{result.on:%Y-%m-%d}")


def _formula(systems: Sequence[SystemStanding], town: Town) -> str:
    """How the total is made up: 全镇 = 县级 83.9 × 0.8 + 未成年人 82.4 × 0.2."""
    if town.is_alone:
        return say("只有“{title}”一个体系，没有并计体系", title=systems[0].title)
    told = [
        f"{one.title} {fixed(one.line.expected, 1)} × {plain(one.share, 4)}"
        if one.line.expected is not None and one.line.is_measured_enough
        else f"{one.title} × {plain(one.share, 4)}"
        for one in systems
    ]
    return say("全镇 = {parts}", parts=" + ".join(told))
