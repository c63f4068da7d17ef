"""``chuangwen losses``: where points are lost and what to do first."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kit import clock
from chuangwen.records.township.queries import demo_day
from chuangwen.results.scoring.queries import latest_of_year, losses_of, score_round


class Command(TownCommand):
    """Losses, best paid day of work first."""

    help = "分丢在哪里、存疑多少、一个工作日能挽回多少"
    example = "  chuangwen losses --home home --year 2021 --json"

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("--year", type=int, required=True, help="测评年度")
        parser.add_argument("--top", type=int, default=0, help="只列前几项")

    def run(self, options: dict[str, Any]) -> list[dict[str, object]]:
        require_database(settings.HOME)
        with clock.live_on(demo_day()):
            round_ = latest_of_year(options["year"])
            found = losses_of(score_round(round_, clock.today()))
        found = found[: options["top"]] if options["top"] else found
        for one in found:
            self.say(
                options,
                "{standard:<10} {method:<9} 已失 {lost:5.2f} 存疑 {risk:5.2f} 可挽回 {regain:5.2f} 约需 {days:4.1f} 天 {lead}",
                standard=one.standard,
                method=one.method,
                lost=one.lost,
                risk=one.at_risk,
                regain=one.regain,
                days=one.effort_days,
                lead=one.lead,
            )
        return [one.as_dict() for one in found]
