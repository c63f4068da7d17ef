"""``chuangwen plan``: read a plan document; make it the town's plan."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kernel.documents import DocumentText, read_document
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.kit import clock
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.queries import demo_day
from chuangwen.work.plans.actions import import_plan
from chuangwen.work.plans.reading.reader import read_plan


class NoSuchFile(Refusal):
    """The file is not there."""

    code = "no_such_file"
    sentence = later("找不到文件 {file}。请核对路径。")


class Command(TownCommand):
    """From the plan document to phases, tasks and targets."""

    help = "实施方案：读一份文件，或导入为本镇方案"
    example = "  chuangwen plan read 实施方案.docx --json\n  chuangwen plan import 实施方案.docx --home home"
    parts: ClassVar[dict[str, str]] = {"read": "读出任务树，不写入任何内容", "import": "导入为本镇方案"}

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("file", help="txt、docx、带文字的 pdf 或 html")

    def run_read(self, options: dict[str, Any]) -> dict[str, Any]:
        data = read_plan(_text(options["file"]).text).as_data()
        self.say(options, "{title}", title=data["document"].get("title") or options["file"])
        for key, what in (("areas", "方面"), ("phases", "阶段"), ("requirements", "要求"), ("campaigns", "专项")):
            self.say(options, "{what} {count}", what=what, count=len(data[key]))
        for one in data["to_settle"]:
            self.say(options, "待办公室定：{one}", one=one.get("question", one))
        return data

    def run_import(self, options: dict[str, Any]) -> dict[str, Any]:
        require_database(settings.HOME)
        text = _text(options["file"]).text
        with clock.live_on(demo_day()):
            made = import_plan(read_plan(text), text, file=Path(options["file"]).name, by=MACHINE, at=clock.now())
        self.say(
            options,
            "{title}：{done}",
            title=made.plan.title,
            done="已导入" if made.new else "先前已导入，恢复为现行方案" if made.restored else "先前已导入",
        )
        return {"plan": made.plan.pk, "title": made.plan.title, "new": made.new}


def _text(file: str) -> DocumentText:
    path = Path(file)
    if not path.is_file():
        raise NoSuchFile(file=file)
    return read_document(path.read_bytes(), path.name)
