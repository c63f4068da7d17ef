"""The parts ``search`` and ``index`` of ``chuangwen archive``."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.db import transaction

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kernel.words import say
from chuangwen.records.archive import search_index
from chuangwen.records.archive.searching import STATES, Hit, Wanted, search
from chuangwen.records.ledger.actions import MACHINE

PARTS = {
    "search": "检索题名、文号、发文机关、图片说明、文件名和正文",
    "index": "重建检索（恢复备份、升级后，或检索与内容不符时）",
}
EXAMPLE = "  chuangwen archive search 农贸市场 消防 --json\n  chuangwen archive search '张政办〔2021〕3号'\n  chuangwen archive index"


class SearchParts(TownCommand):
    """Searching from the command line; whoever sits at the machine sees all documents."""

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        super().arguments(parser, part)
        if part != "search":
            return
        parser.add_argument("words", nargs="+", help=say("要找的字词，几个词都要有"))
        parser.add_argument("--kind", default="", help=say("材料类型的编号，如 norm"))
        parser.add_argument("--unit", default="", help=say("形成单位的编号"))
        parser.add_argument("--year", type=int, default=None, help=say("申报年度"))
        parser.add_argument("--state", choices=list(STATES), default="", help=say("状态"))
        parser.add_argument("--most", type=int, default=50, help=say("最多列多少件"))

    def run_search(self, options: dict[str, Any]) -> list[dict[str, object]]:
        require_database(settings.HOME)
        facts = {key: options[key] for key in ("kind", "unit", "year", "state")}
        found = search(MACHINE, Wanted(" ".join(options["words"]), **facts), size=max(1, options["most"]))
        told = [_told(hit) for hit in found.hits]
        for one in told:
            self.say(options, "{id}  {kind_title}  {title}\n    {excerpt}", **one)
        total = f"{found.total}+" if found.more else str(found.total)
        self.say(options, "共 {total} 件。", total=total)
        return told

    def run_index(self, options: dict[str, Any]) -> dict[str, int]:
        require_database(settings.HOME)
        with transaction.atomic():
            documents, pages = search_index.rebuild()
        self.say(options, "检索已重建：{documents} 件资料，{pages} 页文字。", documents=documents, pages=pages)
        return {"documents": documents, "pages": pages}


def _told(hit: Hit) -> dict[str, object]:
    one = hit.document
    return {
        "id": one.pk,
        "title": one.title,
        "kind": one.kind_id,
        "kind_title": one.kind.title,
        "number": one.number,
        "dated": one.dated.isoformat() if one.dated else "",
        "page": hit.page,
        "excerpt": "".join(piece.text for piece in hit.excerpt),
    }
