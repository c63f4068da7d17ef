"""``chuangwen score``: where the town stands, how sure."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kit import clock
from chuangwen.records.township.queries import demo_day
from chuangwen.results.scoring.queries import latest_of_year, score_round
from chuangwen.results.scoring.score_data import as_data


class Command(TownCommand):
    """The same numbers as the pages print."""

    help = "一个年度得多少分：最低、预计、最高、已测比例、九成把握的区间"
    example = "  chuangwen score --home home --year 2021 --json"

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("--year", type=int, required=True, help="测评年度")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        require_database(settings.HOME)
        with clock.live_on(demo_day()):
            data = as_data(score_round(latest_of_year(options["year"]), clock.today()))
        total = data["total"]
        self.say(options, "{edition}　{round}", edition=data["edition"]["id"], round=data["round"]["title"])
        if total["expected"] is None:
            self.say(options, "还没有任何结果，得分在 0 到 100 之间。")
            return data
        self.say(
            options,
            "预计 {expected:.1f} 分，{level:.0%} 的把握在 {a:.1f} 至 {b:.1f}；最低 {low:.1f}，最高 {high:.1f}，已测 {measured:.1%}",
            a=total["interval"][0],
            b=total["interval"][1],
            **{key: total[key] for key in ("expected", "level", "low", "high", "measured")},
        )
        for bar in data["bars"]:
            self.say(options, "注意 {bar}", bar=bar)
        return data
