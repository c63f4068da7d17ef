"""``chuangwen packs``: check, install and compare content packs; read an indicator workbook."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.doors.packs.installing import install
from chuangwen.doors.packs.reading import Checked, check_folder, check_folders, folders_in
from chuangwen.kernel.problems import Rejected
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.words import later, listed, say
from chuangwen.kit import clock
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.standards.comparing import compare
from chuangwen.records.standards.definitions import FrameworkPack
from chuangwen.records.standards.workbook import read_indicators


class NoSuchWorkbook(Refusal):
    """The file is not there."""

    code = "no_such_workbook"
    sentence = later("找不到文件 {file}。请核对路径。")


class Command(TownCommand):
    """Content in."""

    help = "内容包：检查、安装、比较两版、读 Excel 指标表"
    example = (
        "  chuangwen packs check packs/county-2021\n"
        "  chuangwen packs install packs/county-2021 --home home\n"
        "  chuangwen packs diff packs/county-2021 packs/county-2024\n"
        "  chuangwen packs read-workbook 指标表.xlsx --json"
    )
    parts: ClassVar[dict[str, str]] = {
        "check": "检查，把所有问题一次说完",
        "install": "安装：全部写入或一条也不写；重复安装不会变样",
        "diff": "新版会改动什么，旧编号去了哪里",
        "read-workbook": "读一份 Excel 指标表，不写入任何内容",
    }

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        if part in {"check", "install"}:
            parser.add_argument("folders", nargs="*", help="内容包文件夹，或放着多个内容包的文件夹；不写则为自带的全部")
        elif part == "diff":
            parser.add_argument("old", help="旧版文件夹")
            parser.add_argument("new", help="新版文件夹")
        else:
            parser.add_argument("file", help="Excel 或 CSV 文件")

    def run_check(self, options: dict[str, Any]) -> dict[str, Any]:
        checked = self._checked(options)
        problems = [problem for one in checked for problem in one.problems]
        for one in checked:
            self.say(options, "{folder}：{count} 处问题", folder=one.folder.name, count=len(one.problems))
            for warning in one.warnings:
                self.say(options, "  提醒 {warning}", warning=warning)
        if problems:
            raise Rejected(problems, thing=say("内容包"))
        return {"packs": [one.as_data() for one in checked]}

    def run_install(self, options: dict[str, Any]) -> dict[str, Any]:
        require_database(settings.HOME)
        outcome = install(self._checked(options), by=MACHINE, at=clock.now())
        for name, edition, changed in outcome.packs:
            self.say(options, "{name} {edition}：{done}", name=name, edition=edition, done=_done(changed=changed))
        if outcome.homeless:
            self.say(options, "这些旧标准的责任没有去处，请重新分配：{codes}", codes=listed(outcome.homeless))
        return outcome.as_data()

    def run_diff(self, options: dict[str, Any]) -> dict[str, Any]:
        old, new = (_framework(check_folder(Path(options[key]))) for key in ("old", "new"))
        found = compare(old, new)
        self.say(
            options,
            "新增 {added}，删去 {removed}，改动 {changed}，旧标准没有去处的 {homeless}：{codes}",
            added=len(found.added),
            removed=len(found.removed),
            changed=len(found.changed),
            homeless=len(found.homeless),
            codes=listed(found.homeless),
        )
        return found.as_data()

    def run_read_workbook(self, options: dict[str, Any]) -> dict[str, Any]:
        path = Path(options["file"])
        if not path.is_file():
            raise NoSuchWorkbook(file=path)
        reading: dict[str, Any] = read_indicators(read_table(path.read_bytes(), name=path.name)).as_data()
        self.say(
            options,
            "读到 {items} 个项目、{contents} 个内容、{standards} 条标准，{problems} 处问题",
            **{key: len(reading[key]) for key in ("items", "contents", "standards", "problems")},
        )
        return reading

    def _checked(self, options: dict[str, Any]) -> list[Checked]:
        places = [Path(one) for one in options["folders"]] or [settings.PACKS]
        return check_folders([folder for place in places for folder in folders_in(place) or [place]])


def _done(*, changed: bool) -> str:
    return say("已安装") if changed else say("先前已安装，没有变化")


def _framework(checked: Checked) -> FrameworkPack:
    if not isinstance(checked.pack, FrameworkPack):
        raise Rejected(checked.problems, thing=checked.folder.name)
    return checked.pack
