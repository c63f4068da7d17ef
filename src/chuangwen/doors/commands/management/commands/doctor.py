"""``chuangwen doctor``: what is left over or does not fit, how bad it is, and the cure."""

from typing import Any

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kit import clock
from chuangwen.records.township.queries import demo_day
from chuangwen.results.scoring.doctor import examine

SIGNS = {"bad": "✗", "warn": "!", "info": "·"}


class Command(TownCommand):
    """Integrity checks, the worst first."""

    help = "体检：缺牵头单位、方法没东西测、两个数对不上、断链……逐条说明怎么治"
    example = "  chuangwen doctor --home home\n  chuangwen doctor --home home --json"

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        require_database(settings.HOME)
        with clock.live_on(demo_day()):
            findings = examine(clock.today())
        for one in findings:
            self.say(options, "{sign} {what}：{count} 处", sign=SIGNS[one.severity], what=one.what, count=one.count)
            self.say(options, "    例如 {examples}", examples="；".join(one.examples))
            self.say(options, "    {cure}", cure=one.cure)
        if not findings:
            self.say(options, "没有查到问题。")
        return {"findings": [one.as_dict() for one in findings]}
