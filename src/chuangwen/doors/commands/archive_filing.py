"""The parts ``filing``, ``transfer`` and ``verify`` of ``chuangwen archive``."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from chuangwen.doors.commands.command import TownCommand, require_database, with_progress
from chuangwen.kernel.manifests import verify
from chuangwen.kernel.words import say
from chuangwen.kit import clock
from chuangwen.records.filing.actions import NothingToFile, close_year, file_documents, ready
from chuangwen.records.filing.hand_over_actions import OutTaken, give_out, hand_over, package_path
from chuangwen.records.filing.models import Item
from chuangwen.records.filing.queries import boxes_of, years
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.queries import demo_day

PARTS = {
    "filing": "整理归档：list 各年情况、file 把一年齐全的按建议归档、close 整理完毕（档号固定）",
    "transfer": "把整理完毕的一年做成移交包：原件、元数据、目录、移交清单和每个文件的指纹",
    "verify": "核验移交包（zip 或解开的文件夹），不需要数据库",
}
EXAMPLE = (
    "  chuangwen archive filing list\n"
    "  chuangwen archive filing file --year 2020\n"
    '  chuangwen archive filing close --year 2020 --note "照片另存光盘"\n'
    "  chuangwen archive transfer --year 2010 --out 移交2010.zip\n"
    "  chuangwen archive verify 移交2010.zip"
)


class FilingParts(TownCommand):
    """Filing and handing over from the command line; destroying needs two people who sign in."""

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        super().arguments(parser, part)
        if part == "filing":
            parser.add_argument("do", choices=["list", "file", "close"], help=say("做什么"))
            parser.add_argument("--year", type=int, default=None, help=say("年度（list 可不写）"))
            parser.add_argument("--note", default="", help=say("close 的整理说明"))
        if part == "transfer":
            parser.add_argument("--year", type=int, required=True, help=say("年度"))
            parser.add_argument("--out", required=True, metavar="FILE", help=say("移交包写到哪里"))
        if part == "verify":
            parser.add_argument("file", metavar="FILE", help=say("移交包：zip 或文件夹"))

    def run_filing(self, options: dict[str, Any]) -> object:
        require_database(settings.HOME)
        year, do = options["year"], options["do"]
        if do == "list":
            return self._list(options, [one for one in listed() if year in {None, one["year"]}])
        if year is None:
            raise CommandError(say("请用 --year 写明年度。"), returncode=2)
        if do == "file":
            filed = file_year(year)
            self.say(options, "{year} 年归档 {filed} 件，件号已按日期排好。", **filed)
            return filed
        closed = close(year, options["note"])
        self.say(options, "{year} 年整理完毕：{items} 件，{boxes} 盒，档号已固定。", **closed)
        return closed

    def _list(self, options: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for one in rows:
            state = say("整理完毕") if one["closed"] else say("未整理完毕")
            told = {"year": one["year"], "waiting": one["waiting"], "items": one["items"], "state": state}
            self.say(options, "{year}  待归档 {waiting}  已归档 {items}  {state}", **told)
        return rows

    def run_transfer(self, options: dict[str, Any]) -> dict[str, Any]:
        require_database(settings.HOME)
        told = transfer(options["year"], options["out"], quiet=options["json"])
        self.say(options, "已生成移交包：{out}\n总指纹 {whole}，{items} 件，{files} 个文件，{bytes} 字节。", **told)
        return told

    def run_verify(self, options: dict[str, Any]) -> dict[str, Any]:
        told = verified(options["file"])
        for key, title in (("differs", say("改动")), ("missing", say("缺少")), ("added", say("多出"))):
            for name in told[key]:
                self.say(options, "  {title}  {name}", title=title, name=name)
        self.failed = not told["holds"]
        if told["holds"]:
            self.say(options, "完好：{files} 个文件与清单一致。总指纹 {whole}", **told)
        else:
            self.say(options, "与清单不一致，这不是当时生成的那一份。")
        return told


def listed() -> list[dict[str, Any]]:
    """Every year as data: what waits, what is filed, whether it is closed."""
    return [
        {
            "year": one.year,
            "waiting": one.waiting,
            "items": one.items,
            "classes": one.classes,
            "pages": one.pages,
            "closed": one.filing.closed_at.isoformat() if one.filing and one.filing.closed_at else None,
            "handed_over": one.handed_over,
            "figures": [one.waiting_figure.as_data(), one.filed_figure.as_data()],
            "destroyed": one.destroyed,
        }
        for one in years()
    ]


def file_year(year: int) -> dict[str, Any]:
    """File everything of the year that is whole, as proposed."""
    with clock.live_on(demo_day()):
        chosen = ready(year)
        if not chosen:
            raise NothingToFile
        made = file_documents(year, chosen, by=MACHINE, at=clock.now())
    return {"year": year, "filed": len(made), "codes": sorted(one.code for one in made)}


def close(year: int, note: str) -> dict[str, Any]:
    """Close the year."""
    with clock.live_on(demo_day()):
        done = close_year(year, by=MACHINE, at=clock.now(), note=note)
    boxes = boxes_of(year)
    items = sum(one.items for one in boxes)
    return {"year": year, "closed": done.closed_at, "items": items, "boxes": len(boxes)}


def transfer(year: int, out: str, *, quiet: bool) -> dict[str, Any]:
    """Make the package of a closed year and give it out."""
    target = Path(out).expanduser().absolute()
    if target.exists():
        raise OutTaken(out=target)

    def watch(items: Sequence[Item]) -> Any:
        return with_progress(items, what=say("写入移交包"), quiet=quiet)

    with clock.live_on(demo_day()):
        one = hand_over(year, by=MACHINE, at=clock.now(), watch=watch)
    give_out(one, target)
    kept, count = str(package_path(one)), one.items.count()
    return {"out": str(target), "kept": kept, "whole": one.whole, "items": count, "files": one.files, "bytes": one.size}


def verified(path: str) -> dict[str, Any]:
    """Look at every file of a package; needs no database."""
    found = verify(Path(path).expanduser())
    told = {"differs": found.differs, "missing": found.missing, "added": found.added}
    return {"holds": found.holds, "whole": found.whole, "files": found.files, **told}
