"""``chuangwen archive release-export``: what is public as a folder of plain files for the city's portal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings

from chuangwen.doors.commands.command import require_database
from chuangwen.doors.disclosure.static_site import DIGESTS, write_folder

PART = "release-export"
WHAT = "把已公开的信息导出成门户栏目用的文件夹：网页、CSV、JSON、附件和指纹"
EXAMPLE = "  chuangwen archive release-export --out 公开信息 --home home"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--out", required=True, metavar="DIR", help="写到哪个文件夹；已有上次的导出就整个换掉")
    parser.add_argument("--address", default="", metavar="URL", help="栏目的网址；写了，每页就带这一页的二维码")


def export(options: dict[str, Any]) -> dict[str, object]:
    """Write the folder; what it tells is the same for people and programs."""
    require_database(settings.HOME)
    target = Path(options["out"])
    told = write_folder(target, options["address"])
    return {"folder": str(target), "releases": told.releases, "files": told.files, "digests": str(target / DIGESTS)}
