"""The part ``release-export`` of ``chuangwen archive``: what is public as plain files for the city's portal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.doors.disclosure.static_site import DIGESTS, write_folder
from chuangwen.kernel.words import say

PARTS = {"release-export": "把已公开的信息写成门户栏目用的文件夹：网页、CSV、JSON、附件和指纹"}
EXAMPLE = "  chuangwen archive release-export --out 公开信息 --home home"


class ReleaseParts(TownCommand):
    """What is public leaves as a folder."""

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        super().arguments(parser, part)
        if part != "release-export":
            return
        parser.add_argument("--out", required=True, metavar="DIR", help=say("写到哪个文件夹；已有上次的导出就整个换掉"))
        parser.add_argument(
            "--address", default="", metavar="URL", help=say("栏目的网址；写了，每页就带这一页的二维码")
        )

    def run_release_export(self, options: dict[str, Any]) -> dict[str, object]:
        require_database(settings.HOME)
        target = Path(options["out"])
        told = write_folder(target, options["address"])
        done: dict[str, object] = {"folder": str(target), "releases": told.releases, "files": told.files}
        sentence = "公开信息 {releases} 条，文件 {files} 个，写在 {folder}，指纹在其中的 {digests}。"
        self.say(options, sentence, digests=DIGESTS, **done)
        return {**done, "digests": DIGESTS}
