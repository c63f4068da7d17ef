"""``chuangwen score``: where the town stands, how sure."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kernel.numerals import fixed, percent, plain
from chuangwen.kit import clock
from chuangwen.records.township.queries import demo_day
from chuangwen.results.scoring.queries import RoundScore, latest_of_year, score_round
from chuangwen.results.scoring.score_data import as_data
from chuangwen.results.scoring.standing import SystemStanding, standing_of


class Command(TownCommand):
    """The same numbers as the pages print."""

    help = "一个年度得多少分：最低、预计、最高、已测比例、九成把握的区间"
    example = "  chuangwen score --home home --year 2021 --json"

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("--year", type=int, required=True, help="测评年度")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        require_database(settings.HOME)
        with clock.live_on(demo_day()):
            result = score_round(latest_of_year(options["year"]), clock.today())
            data = as_data(result)
        self._tell(options, result)
        return data

    def _tell(self, options: dict[str, Any], result: RoundScore) -> None:
        standing, total = standing_of(result), result.total
        self.say(options, "{round}　{formula}", round=result.round.title, formula=standing.formula)
        low, high = total.reach
        ends = {"low": fixed(low, 1), "high": fixed(high, 1), "measured": percent(total.measured)}
        if total.measured <= 0:
            self.say(options, "还没有任何结果，得分在 0 到 100 之间。")
        elif total.interval is None:
            self.say(options, "只测了 {measured}，不给预计；最低 {low}，最高 {high}", **ends)
        else:
            told = "全镇预计 {expected} 分，{level} 的把握在 {a} 至 {b}；最低 {low}，最高 {high}，已测 {measured}"
            a, b = (fixed(end, 1) for end in total.interval)
            self.say(
                options, told, expected=fixed(total.expected or 0.0, 1), level=percent(result.level), a=a, b=b, **ends
            )
        for one in standing.systems:
            self._tell_floor(options, one)
        for event in standing.events:
            self.say(
                options,
                "负面清单：{title}，扣 {points} 分",
                title=event["title"],
                points=plain(float(str(event["points"]))),
            )

    def _tell_floor(self, options: dict[str, Any], one: SystemStanding) -> None:
        if one.bar is None:
            return
        score = "未测" if one.bar.score is None else fixed(one.bar.score, 1)
        told = "{title} 预计 {score} 分，底线 {floor} 分：{what}"
        self.say(options, told, title=one.title, score=score, floor=fixed(one.bar.floor, 0), what=one.told)
