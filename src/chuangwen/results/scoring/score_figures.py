"""The figures of a score that people see under a name: of the town, and of each system alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from chuangwen.kernel.figures import Figure, FigureKind, declare, narrowed
from chuangwen.kernel.words import later
from chuangwen.results.scoring.arithmetic.lines import Line
from chuangwen.results.scoring.queries import RoundScore

EXPECTED = declare(
    "score.expected",
    later("预计得分"),
    later("各体系按比重合成，没测的按最近的已测平均补上，再加减加分和负面清单；测得太少时不给。"),
    form="points",
)
LOWEST = declare("score.lowest", later("最低"), later("没测的都算 0 分，抽样取下限。"), form="points")
HIGHEST = declare("score.highest", later("最高"), later("没测的都算满分，抽样取上限。"), form="points")
FROM = declare("score.from", later("九成把握的下端"), later("只算抽样误差；没测的不在内。"), form="points")
TO = declare("score.to", later("九成把握的上端"), later("只算抽样误差；没测的不在内。"), form="points")
MEASURED = declare("score.measured", later("已测比例"), later("已经测了的分占总分的比例。"), form="share")
PASSING = declare("score.passing", later("过线把握"), later("达到达标线、并且守住每条底线的可能性。"), form="share")
LOSSES = declare(
    "score.losses", later("失分项数"), later("各体系里有失分或存疑的（标准、方法）有多少项。"), opens=later("失分清单")
)
LOST = declare("score.lost", later("已失"), later("测了、没得到的分，按全镇总分。"), form="points")
AT_RISK = declare("score.at_risk", later("存疑"), later("没有测的分，按全镇总分。"), form="points")


@dataclass(frozen=True)
class LineFigures:
    """One line's figures: the town's, or a system's."""

    expected: Figure
    lowest: Figure
    highest: Figure
    first: Figure
    last: Figure
    measured: Figure

    @property
    def all(self) -> Sequence[Figure]:
        return (self.expected, self.lowest, self.highest, self.first, self.last, self.measured)


def line_figures(result: RoundScore, line: Line, system: str = "") -> LineFigures:
    """The figures of a line of a round; what may not be told is unknown."""

    def made(kind: FigureKind, value: float | None) -> Figure:
        return Figure(kind, value, scope_of_round(result, system), f"{result.on:%Y-%m-%d}")

    ends = line.interval or (None, None)
    return LineFigures(
        expected=made(EXPECTED, line.expected if line.is_measured_enough else None),
        lowest=made(LOWEST, line.reach[0]),
        highest=made(HIGHEST, line.reach[1]),
        first=made(FROM, ends[0]),
        last=made(TO, ends[1]),
        measured=made(MEASURED, line.measured),
    )


def scope_of_round(result: RoundScore, system: str = "") -> str:
    """Whose score: the round's, or one system's in it."""
    return narrowed(f"round:{result.round.code}", system=system)


def town_figures(result: RoundScore) -> list[Figure]:
    """Every named figure of a round's score: the town's first, then each system's alone."""
    day, scope = f"{result.on:%Y-%m-%d}", scope_of_round(result)
    found = result.losses
    sums = ((LOST, sum(one.lost for one in found)), (AT_RISK, sum(one.at_risk for one in found)))
    return [
        *line_figures(result, result.total).all,
        Figure(PASSING, result.town.passing, scope, day),
        Figure(LOSSES, len(found), scope, day),
        *(Figure(kind, value, scope, day) for kind, value in sums),
        *(one for system in result.town.systems for one in line_figures(result, system.total, system.code).all),
    ]
