"""``chuangwen losses``: where points are lost and what to do first."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kernel.numerals import fixed
from chuangwen.kit import clock
from chuangwen.records.township.queries import demo_day
from chuangwen.results.scoring.loss_words import HOW
from chuangwen.results.scoring.queries import latest_of_year, losses_of, score_round


class Command(TownCommand):
    """Losses, best paid day of work first."""

    help = "分丢在哪里、存疑多少、一个工作日能挽回多少"
    example = "  chuangwen losses --home home --year 2021 --json"

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("--year", type=int, required=True, help="测评年度")
        parser.add_argument("--round", default="", help="轮次编号；不写就是这一年的正式测评，没有就是最近一轮")
        parser.add_argument("--top", type=int, default=0, help="只列前几项")

    def run(self, options: dict[str, Any]) -> list[dict[str, object]]:
        require_database(settings.HOME)
        with clock.live_on(demo_day()):
            round_ = latest_of_year(options["year"], options["round"])
            found = losses_of(score_round(round_, clock.today()))
        found = found[: options["top"]] if options["top"] else found
        for one in found:
            self.say(
                options,
                "{system:<12} {standard:<10} {method:<9} 已失 {lost:>5} 存疑 {risk:>5} 可挽回 {regain:>5} {how} {lead}",
                system=one.system,
                standard=one.standard,
                method=one.method,
                lost=fixed(one.lost),
                risk=fixed(one.at_risk),
                regain=fixed(one.regain),
                how=f"约需 {fixed(one.effort_days, 1)} 天" if one.needs == "work" else HOW[one.needs],
                lead=one.lead,
            )
        return [one.as_dict() for one in found]
