"""``chuangwen restore``: a town from its backup, into an empty folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from chuangwen.doors.commands.command import TownCommand
from chuangwen.doors.commands.keeping import read_backup


class Command(TownCommand):
    """Check every file of a backup, then put it into an empty data folder."""

    help = "从备份恢复到一个空的数据目录；先逐个核对校验值"
    example = "  chuangwen restore backups/chuangwen-20211014-093000.zip --home 新目录"

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("file", help="备份文件")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        connection.close()
        manifest = read_backup(Path(options["file"]), settings.HOME, connection.settings_dict)
        call_command("migrate", verbosity=0, interactive=False)
        self.say(options, "已恢复 {count} 个文件到 {home}", count=len(manifest["files"]), home=settings.HOME)
        return {"home": str(settings.HOME), "files": len(manifest["files"])}
