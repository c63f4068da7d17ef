"""The shape that all commands share: a home folder, an example in the help, exit codes, JSON, progress."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, NoReturn, TypeVar

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tqdm import tqdm

from chuangwen.kernel.problems import Rejected
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say

Row = TypeVar("Row")


class NotSetUp(Refusal):
    """The data folder holds no town yet."""

    code = "not_set_up"
    sentence = later("数据目录 {home} 里还没有镇。请先运行 chuangwen setup（真实使用）或 chuangwen demo（演示）。")


def require_database(home: object) -> None:
    """Refuse politely when the tables are not there yet."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotSetUp(home=home)


class TownCommand(BaseCommand):
    """One command of the product.

    A subclass gives ``help``, ``example``, and either ``run`` (one job) or ``parts`` (sub-commands by name).
    Whatever ``run`` returns is printed as JSON under ``--json``; otherwise the command prints for people itself.
    """

    requires_system_checks: list[str] = []
    failed = False  # set by ``run`` when its result is to be printed and the exit code is 1 all the same
    example: ClassVar[str] = ""
    parts: ClassVar[dict[str, str]] = {}

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs["epilog"] = say("例子：\n{example}", example=self.example)
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        if not self.parts:
            self._common(parser)
            self.arguments(parser, "")
            return
        subparsers = parser.add_subparsers(dest="part", required=True, metavar="|".join(self.parts))
        for name, what in self.parts.items():
            sub = subparsers.add_parser(
                name,
                help=what,
                description=what,
                formatter_class=RawDescriptionHelpFormatter,
                epilog=say("例子：\n{example}", example=self.example),
            )
            self._common(sub)
            self.arguments(sub, name)

    def _common(self, parser: ArgumentParser) -> None:
        parser.add_argument("--home", metavar="DIR", help=say("数据目录（也可用环境变量 CHUANGWEN_HOME）"))
        parser.add_argument("--json", action="store_true", help=say("打印给程序读的 JSON"))

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        """Declare the options of one part (or of the whole command)."""

    def handle(self, *args: Any, **options: Any) -> None:
        name = f"run_{options['part'].replace('-', '_')}" if self.parts else "run"
        work: Callable[..., object] = getattr(self, name)
        try:
            result = work(options)
        except Refusal as refusal:
            self._refuse(refusal, as_json=options["json"])
        if options["json"] and result is not None:
            self.print_json(result)
        if self.failed:
            sys.exit(1)

    def print_json(self, result: object) -> None:
        """One JSON value, for programs."""
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1, default=str))

    def _refuse(self, refusal: Refusal, *, as_json: bool) -> NoReturn:
        problems = refusal.problems if isinstance(refusal, Rejected) else []
        if as_json:
            told = {**refusal.as_dict(), "problems": [problem.as_dict() for problem in problems]}
            self.stdout.write(json.dumps({"refused": told}, ensure_ascii=False, indent=1))
        for problem in problems:
            self.stderr.write(f"  {problem}")
        self.stderr.write(str(refusal))
        sys.exit(1)

    def say(self, options: dict[str, Any], sentence: str, **facts: object) -> None:
        """A line for people; silent under ``--json``."""
        if not options["json"]:
            self.stdout.write(say(sentence, **facts))


def with_progress(rows: Iterable[Row], *, what: str, quiet: bool) -> Iterable[Row]:
    """Show a bar for work longer than two seconds, on a terminal only."""
    bar: Iterable[Row] = tqdm(rows, desc=what, delay=2, file=sys.stderr, disable=True if quiet else None, leave=False)
    return bar
