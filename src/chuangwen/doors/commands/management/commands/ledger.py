"""``chuangwen ledger``: prove the chain, export the notes."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.ledger import queries
from chuangwen.records.ledger.verifying import verify


class ChainBroken(Refusal):
    """A link of the ledger does not hold."""

    code = "chain_broken"
    sentence = later("链条在第 {number} 条断开：{why}")


class Command(TownCommand):
    """Every change is one note, chained to the one before."""

    help = "操作留痕：核对链条，导出全部"
    example = "  chuangwen ledger verify --home home\n  chuangwen ledger export --home home --to 留痕.csv"
    parts: ClassVar[dict[str, str]] = {"verify": "逐条核对指纹，指出第一处断点", "export": "导出为 CSV（UTF-8）"}

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        if part == "export":
            parser.add_argument("--to", metavar="FILE", required=True, help="写到哪个文件")

    def run_verify(self, options: dict[str, Any]) -> dict[str, Any]:
        require_database(settings.HOME)
        verdict = verify()
        if verdict.broken is not None:
            raise ChainBroken(number=verdict.broken.number, why=verdict.broken.sentence)
        self.say(options, "链条完整：{count} 条，一条不缺，一字未改。", count=verdict.count)
        return verdict.as_dict()

    def run_export(self, options: dict[str, Any]) -> dict[str, Any]:
        require_database(settings.HOME)
        notes = queries.search()
        count = 0
        with Path(options["to"]).open("w", encoding="utf-8-sig", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(queries.headings())
            for row in queries.rows(notes):
                lines.writerow(row)
                count += 1
        self.say(options, "导出 {count} 条到 {file}", count=count, file=options["to"])
        return {"file": options["to"], "count": count}
