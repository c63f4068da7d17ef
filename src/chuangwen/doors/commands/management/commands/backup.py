"""``chuangwen backup``: one file with everything."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.doors.commands.keeping import write_backup
from chuangwen.kit import clock


class Command(TownCommand):
    """Back the data folder up while the site runs."""

    help = "备份数据库、文件和密钥为一个文件；网站不用停"
    example = "  chuangwen backup --home home --to D:/备份/创文.zip"

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("--to", metavar="FILE", help="备份文件，默认放进数据目录的 backups")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        require_database(settings.HOME)
        at = clock.real_now()
        target = Path(options["to"] or settings.HOME / "backups" / f"chuangwen-{at:%Y%m%d-%H%M%S}.zip")
        manifest = write_backup(settings.HOME, target, connection.settings_dict, at=at)
        self.say(options, "已备份 {count} 个文件到 {file}", count=len(manifest["files"]), file=target)
        return {"file": str(target), "files": len(manifest["files"])}
