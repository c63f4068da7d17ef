"""``chuangwen observations import``: the table that a third-party team hands over."""

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.doors.packs.observing import TableWeighed, weigh_table
from chuangwen.kernel.cells import column_place
from chuangwen.kernel.problems import Rejected
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheet_writing import copy_with_problems
from chuangwen.kernel.sheets import Workbook, read_table
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.reading import by_sheet
from chuangwen.kernel.tables.telling import UNREAD_TITLES
from chuangwen.kernel.words import later, say
from chuangwen.kit import clock
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.queries import rounds, speaking_round
from chuangwen.records.measures.table import OBSERVATION_TABLE
from chuangwen.records.measures.visit_actions import take_in
from chuangwen.records.measures.visits import Ask, Choice
from chuangwen.records.township.queries import demo_day


class NoSuchTable(Refusal):
    """The file or the round is not there."""

    code = "no_such_table"
    sentence = later("找不到{what}。请核对。")


class BadAnswer(Refusal):
    """An answer or a column that is not written as it must be."""

    code = "bad_answer"
    sentence = later("“{text}”写得不对。请写成 {shape}。")
    status = 422


class NotDecided(Refusal):
    """A table with questions that nobody has answered."""

    code = "not_decided"
    sentence = later("还有 {count} 件事要您决定，没有写入任何内容：{told}")
    status = 422


class Command(TownCommand):
    """All of a table, or none of it; the same table again changes nothing."""

    help = "观测：导入第三方移交的表格，先试读再写入，重复导入不会多出来"
    example = (
        "  chuangwen observations import 考察记录.xlsx --home home --round 2021-annual --dry-run\n"
        "  chuangwen observations import 考察记录.xlsx --home home --answer double.0.result=D --column 观测:结果=D"
    )
    parts: ClassVar[dict[str, str]] = {"import": "导入一份 Excel 或 CSV"}

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("file", help="Excel、WPS、CSV，或存成 xls 的网页")
        parser.add_argument("--round", help="轮次编号；不写则为正在进行的一轮")
        parser.add_argument("--dry-run", action="store_true", help="只试读，不写入")
        parser.add_argument(
            "--answer",
            action="append",
            default=[],
            metavar="问题=回答",
            help="对一个问题的回答；试读会列出问题和可选的回答",
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="工作表:字段=列",
            help="手工指定各列，例如 观测:结果=D；不读写成 =",
        )
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
            code = options["round"]
            round_ = rounds().filter(code=code).first() if code else speaking_round(clock.today())
            if round_ is None or (not code and round_.closed_at):
                raise NoSuchTable(what="轮次")
            book = read_table(path.read_bytes(), name=path.name)
            weighed = weigh_table(round_, book, _said(options, book), by=MACHINE, at=clock.now())
            self._tell(options, weighed)
            self._must_be_ready(options, weighed, path.name)
            if not options["dry_run"]:
                take_in(round_, weighed.rows, weighed.answers, what=path.name, by=MACHINE, at=clock.now())
        written = not options["dry_run"]
        told = "{run}。" if written else "试读：{run}；没有写入。"
        self.say(options, told, run=weighed.run.told)
        return {"written": written, **_as_data(weighed)}

    def _tell(self, options: dict[str, Any], weighed: TableWeighed) -> None:
        """What stays unread, every question, every correction with its old and new."""
        for one in weighed.reading.unread:
            facts = {"kind": say(UNREAD_TITLES[one.kind]), "where": f"{one.sheet} {one.where} {one.title}".strip()}
            self.say(options, "  {kind}：{where}（{sample}）", **facts, sample=one.sample or one.count)
        for asked in weighed.reading.questions:
            answers = "，".join(f"{choice.value}（{choice.title}）" for choice in asked.options)
            self.say(
                options,
                "  要您决定 --answer {id}=…：{where} {what} 可选：{answers}",
                id=asked.id,
                where=asked.where,
                what=asked.what,
                answers=answers,
            )
        for change in weighed.run.changes:
            self.say(
                options,
                "  改正 第 {row} 行 {what}：{old} → {new}",
                row=change.row,
                what=change.what,
                old=change.old,
                new=change.new,
            )

    def _must_be_ready(self, options: dict[str, Any], weighed: TableWeighed, name: str) -> None:
        reading = weighed.reading
        if reading.problems:
            if options["errors"]:
                Path(options["errors"]).write_bytes(copy_with_problems(reading.book, by_sheet(reading)))
            raise Rejected(reading.problems, thing=name)
        answered = {name for name in ("same_day", "outside") if options[name]}  # answered for all such rows at once
        left = [one for one in reading.open_questions if one.id.split(".")[0] not in answered]
        if left and not options["dry_run"]:
            raise NotDecided(count=len(left), told="；".join(f"{one.id}：{one.what}" for one in left))


def _said(options: dict[str, Any], book: Workbook) -> Said:
    """The answers and columns of the command line."""
    answers = dict(_pair(text, "double.0.result=D") for text in options["answer"])
    for ask, key in ((Ask.SAME_DAY, "same_day"), (Ask.OUTSIDE, "outside")):
        if options[key]:
            answers[str(ask)] = options[key]
    columns: dict[str, dict[str, int | None]] = {}
    for text in options["column"]:
        left, letters = _pair(text, "观测:结果=D")
        sheet, _, title = left.rpartition(":")
        field = next((one.id for one in OBSERVATION_TABLE.fields if title in {one.id, one.title}), "")
        place = column_place(letters) if letters else None
        if not field or (letters and place is None):
            raise BadAnswer(text=text, shape="观测:结果=D")
        columns.setdefault(sheet or book.shown[0].name, {})[field] = place
    return Said(answers, columns=columns)


def _pair(text: str, shape: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise BadAnswer(text=text, shape=shape)
    return key, value


def _as_data(weighed: TableWeighed) -> dict[str, Any]:
    run, reading = weighed.run, weighed.reading
    return {
        "rows": len(weighed.rows),
        "new": run.new,
        "known": run.known,
        "corrected": run.changed,
        "left": run.left,
        "unread": [one.as_dict() for one in reading.unread],
        "questions": [one.as_dict() for one in reading.questions],
        "changes": [asdict(one) for one in run.changes],
    }
