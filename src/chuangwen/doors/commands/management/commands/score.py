"""``chuangwen score``: where the town stands, how sure."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kernel.numerals import fixed, percent
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
            "预计 {expected} 分，{level} 的把握在 {a} 至 {b}；最低 {low}，最高 {high}，已测 {measured}",
            a=fixed(total["interval"][0], 1),
            b=fixed(total["interval"][1], 1),
            level=percent(total["level"]),
            measured=percent(total["measured"]),
            **{key: fixed(total[key], 1) for key in ("expected", "low", "high")},
        )
        for bar in data["bars"]:
            self.say(options, "注意 {bar}", bar=bar)
        return data
