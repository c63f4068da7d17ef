"""``chuangwen archive release-export``: the archive on the command line."""

from argparse import ArgumentParser
from typing import Any, ClassVar

from chuangwen.doors.commands import archive_releases
from chuangwen.doors.commands.command import TownCommand


class Command(TownCommand):
    """What is public leaves as a folder."""

    help = "资料档案：导出已公开的信息"
    example = archive_releases.EXAMPLE
    parts: ClassVar[dict[str, str]] = {archive_releases.PART: archive_releases.WHAT}

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        if part == archive_releases.PART:
            archive_releases.arguments(parser)

    def run_release_export(self, options: dict[str, Any]) -> dict[str, object]:
        told = archive_releases.export(options)
        self.say(options, "公开信息 {releases} 条，文件 {files} 个，写在 {folder}；指纹在 {digests}。", **told)
        return told
