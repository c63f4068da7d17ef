"""``chuangwen archive twins``: photos that were used before."""

from typing import Any, ClassVar

from chuangwen.doors.commands.archive_twins import twins
from chuangwen.doors.commands.command import TownCommand


class Command(TownCommand):
    """Photos that were used before."""

    help = "资料档案：重复使用的照片"
    example = "  chuangwen archive twins --home home --json"
    parts: ClassVar[dict[str, str]] = {"twins": "重复使用的照片：哪一张与哪一张相同，先前由谁、何时、用在哪里"}

    def run_twins(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        return twins(self, options)
