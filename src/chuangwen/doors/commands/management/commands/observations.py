"""``chuangwen observations import``: the table that a third-party team hands over."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.doors.packs.observing import register_of, seen_rows
from chuangwen.kernel.problems import Rejected
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheet_writing import copy_with_problems
from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.words import later
from chuangwen.kit import clock
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.bulk_actions import take_in
from chuangwen.records.measures.queries import rounds
from chuangwen.records.measures.table import read_observations
from chuangwen.records.township.queries import demo_day


class NoSuchTable(Refusal):
    """The file or the round is not there."""

    code = "no_such_table"
    sentence = later("找不到{what}。请核对。")


class Command(TownCommand):
    """All of a table, or none of it; the same table again changes nothing."""

    help = "观测：导入第三方移交的表格，先试读再写入，重复导入不会多出来"
    example = "  chuangwen observations import 考察记录.xlsx --home home --round 2021-annual --dry-run"
    parts: ClassVar[dict[str, str]] = {"import": "导入一份 Excel 或 CSV"}

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("file", help="Excel 或 CSV")
        parser.add_argument("--round", help="轮次编号；不写则为正在进行的一轮")
        parser.add_argument("--dry-run", action="store_true", help="只试读，不写入")
        parser.add_argument("--errors", metavar="FILE", help="有问题时，把标好错误的表格写到这里")

    def run_import(self, options: dict[str, Any]) -> dict[str, Any]:
        require_database(settings.HOME)
        path = Path(options["file"])
        if not path.is_file():
            raise NoSuchTable(what=f"文件 {path}")
        with clock.live_on(demo_day()):
            found = rounds().filter(code=options["round"]) if options["round"] else rounds().filter(closed_at=None)
            round_ = found.first()
            if round_ is None:
                raise NoSuchTable(what="轮次")
            book = read_table(path.read_bytes(), name=path.name)
            reading = read_observations(book, register_of(round_, latest=clock.today()))
            if reading.problems:
                self._keep_errors(options, book, list(reading.problems))
                raise Rejected(reading.problems, thing=path.name)
            if options["dry_run"]:
                self.say(options, "试读 {count} 条，没有问题；没有写入。", count=len(reading.rows))
                return {"rows": len(reading.rows), "new": 0, "known": 0}
            done = take_in(round_, seen_rows(round_, reading), what=path.name, by=MACHINE, at=clock.now())
        self.say(options, "新记 {new} 条；{known} 条先前已有。", new=done.new, known=done.known)
        return {"rows": len(reading.rows), "new": done.new, "known": done.known}

    def _keep_errors(self, options: dict[str, Any], book: Any, problems: list[Any]) -> None:
        if options["errors"]:
            by_sheet: dict[str, list[Any]] = {}
            for problem in problems:
                by_sheet.setdefault(problem.file, []).append(problem)
            Path(options["errors"]).write_bytes(copy_with_problems(book, by_sheet))
