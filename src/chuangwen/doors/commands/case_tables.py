"""What ``chuangwen cases import`` reads and tells: the file, the answers to what is asked, what taking it in would do."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from chuangwen.kernel.problems import Rejected
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheet_writing import copy_with_problems
from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.reading import by_sheet
from chuangwen.kernel.tables.telling import unread_told
from chuangwen.kernel.words import later, say
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.work.cases.case_rows import CaseRow, RowsAskedAbout
from chuangwen.work.cases.row_differences import masked_text
from chuangwen.work.cases.trying import Tried, kind_for_rows, try_cases


class NoSuchFile(Refusal):
    """The file is not there."""

    code = "no_such_file"
    sentence = later("找不到文件 {file}。请核对路径。")


def import_arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("file", help=say("Excel 或 CSV"))
    parser.add_argument("--kind", required=True, help=say("事项类型的编号，如 appeal"))
    parser.add_argument("--move", default="", help=say("登记方式的编号；不写则用第一种不要照片的"))
    parser.add_argument(
        "--answer", action="append", default=[], metavar="ID=VALUE", help=say("回答试读时提出的问题，可写多次")
    )
    parser.add_argument("--dry-run", action="store_true", help=say("只试读，不写入"))
    parser.add_argument("--errors", metavar="FILE", help=say("有问题时，把标好错误的表格写到这里"))


def tried_file(options: dict[str, Any], *, at: datetime) -> Tried:
    """The file read and tried."""
    path = Path(options["file"])
    if not path.is_file():
        raise NoSuchFile(file=path)
    kind = kind_for_rows(options["kind"], options["move"], by=MACHINE)
    answers = dict(one.partition("=")[::2] for one in options["answer"])
    return try_cases(read_table(path.read_bytes(), name=path.name), kind, Said(answers), by=MACHINE, at=at)


def told_of(tried: Tried) -> Iterator[str]:
    """Lines for people: what stays unread, what is corrected, what is left as it is, what is asked."""
    for left in tried.reading.unread:
        yield unread_told(left)
    yield from _plan_lines(tried)
    for one in tried.plan.corrections:
        for each in one.changes:
            yield say(
                "第 {row} 行改正 {number} 的{title}：{old} → {new}",
                row=one.row.row,
                number=one.case.number,
                title=each.title,
                old=masked_text(each, each.old),
                new=masked_text(each, each.new),
            )
    for row, remark in tried.plan.remarks:
        yield say("第 {row} 行：{remark}", row=row, remark=remark)
    for question in tried.reading.open_questions:
        choices = say("；").join(f"--answer {question.id}={one.value} {one.title}" for one in question.options)
        yield say("要先回答：{what}（{choices}）", what=question.what, choices=choices)


def _plan_lines(tried: Tried) -> Iterator[str]:
    """Every row and what becomes of it, in the order of the table."""
    plan = tried.plan
    found = [
        (row.at, say("第 {row} 行：{what} {title}", row=row.row, what=_new(row), title=row.title))
        for row, _ in plan.fresh
    ]
    for one in plan.corrections:
        what = say("改正 {number}", number=one.case.number)
        found.append((one.row.at, say("第 {row} 行：{what} {title}", row=one.row.row, what=what, title=one.row.title)))
    for row, number in plan.known:
        what = say("已有 {number}", number=number)
        found.append((row.at, say("第 {row} 行：{what} {title}", row=row.row, what=what, title=row.title)))
    yield from (line for _at, line in sorted(found))


def _new(row: CaseRow) -> str:
    return say("已办结，补录") if row.finished else say("新")


def counts_of(tried: Tried) -> dict[str, int]:
    """How many rows would be new, corrections, known."""
    plan = tried.plan
    return {"new": len(plan.fresh), "corrected": len(plan.corrections), "known": len(plan.known)}


def refuse_unfinished(tried: Tried, options: dict[str, Any]) -> None:
    """Refuse a file with problems or open questions; its marked copy is written where it was asked for."""
    reading = tried.reading
    if reading.problems:
        if options["errors"]:
            Path(options["errors"]).write_bytes(copy_with_problems(reading.book, by_sheet(reading)))
        raise Rejected(reading.problems, thing=reading.name)
    if reading.open_questions:
        raise RowsAskedAbout(reading.open_questions)


def result_of(tried: Tried) -> dict[str, object]:
    """For programs: the counts of what was tried."""
    plan = tried.plan
    return {
        "rows": len(tried.batch.rows),
        "new": len(plan.fresh),
        "finished": plan.finished,
        "corrected": len(plan.corrections),
        "known": len(plan.known),
        "unread": [one.as_dict() for one in tried.reading.unread],
        "remarks": [remark for _row, remark in plan.remarks],
    }
