"""``chuangwen observations import``: the table that a third-party team hands over."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.doors.packs.observing import found_rows, problems_of, register_of
from chuangwen.kernel.problems import Rejected
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheet_writing import copy_with_problems
from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.words import later
from chuangwen.kit import clock
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.queries import rounds
from chuangwen.records.measures.table import read_observations
from chuangwen.records.measures.visit_actions import take_in
from chuangwen.records.measures.visits import Answers, Choice
from chuangwen.records.measures.weighing import Plan, weigh_in
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
        parser.add_argument(
            "--same-day",
            choices=[Choice.CORRECTION, Choice.SECOND, Choice.LEAVE],
            help="同一天由另一人或在另一时间看过的：correction 改正，second 另一次考察，leave 略过",
        )
        parser.add_argument(
            "--outside", choices=[Choice.TAKE, Choice.LEAVE], help="轮次起止日期以外的：take 算这一轮，leave 略过"
        )
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
            rows = found_rows(round_, reading)
            answers = Answers(_choice(options["same_day"]), _choice(options["outside"]))
            plan = weigh_in(round_, rows, answers, by=MACHINE, at=clock.now())
            if problems := [*reading.problems, *problems_of(plan)]:
                self._keep_errors(options, book, problems)
                raise Rejected(problems, thing=path.name)
            if options["dry_run"]:
                self._tell(options, plan)
                return {"rows": len(rows), "written": False, **_counts(plan)}
            take_in(round_, rows, answers, what=path.name, by=MACHINE, at=clock.now())
        self.say(
            options,
            "新记 {new} 条；{known} 条先前已有；改正 {corrected} 条；略过 {left} 条。",
            **_counts(plan),
        )
        return {"rows": len(rows), "written": True, **_counts(plan)}

    def _tell(self, options: dict[str, Any], plan: Plan) -> None:
        """What writing would do: every correction with its old and new, every question."""
        self.say(
            options,
            "试读：新记 {new} 条，先前已有 {known} 条，改正 {corrected} 条，要先说明 {asked} 条，略过 {left} 条；没有写入。",
            **_counts(plan),
        )
        for one in plan.corrections:
            if one.old is not None and one.made is not None:
                facts = {"site": one.found.site.name, "check": one.found.check.code}
                told = {"old": one.old.in_words(), "new": one.made.in_words()}
                self.say(options, "  改正 {site} {check}：{old} → {new}", **facts, **told)
        for one in plan.questions:
            self.say(options, "  {question}", question=one.refusal)

    def _keep_errors(self, options: dict[str, Any], book: Any, problems: list[Any]) -> None:
        if options["errors"]:
            by_sheet: dict[str, list[Any]] = {}
            for problem in problems:
                by_sheet.setdefault(problem.file, []).append(problem)
            Path(options["errors"]).write_bytes(copy_with_problems(book, by_sheet))


def _choice(said: str | None) -> Choice | None:
    return Choice(said) if said else None


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "new": len(plan.new),
        "known": len(plan.same),
        "corrected": len(plan.corrections),
        "asked": len(plan.questions),
        "left": len(plan.left),
    }
