"""``chuangwen submission compose|seal|verify``: the yearly online submission from the command line."""

import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database, with_progress
from chuangwen.kernel.manifests import verify
from chuangwen.kernel.words import say
from chuangwen.kit import clock
from chuangwen.kit.refusals import NotFound
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.material_queries import material_counts
from chuangwen.records.township.queries import demo_day
from chuangwen.results.submission.compose_actions import compose
from chuangwen.results.submission.gathering import submission_of
from chuangwen.results.submission.matrix import Line, Matrix
from chuangwen.results.submission.queries import package_path, whole_matrix
from chuangwen.results.submission.sealing_actions import give_out, seal


class Command(TownCommand):
    """Make or refresh the year's draft, seal it into a package, verify a package."""

    help = "年度网上申报：汇集材料、封装申报包、核验申报包"
    example = (
        "  chuangwen submission compose --year 2021\n"
        "  chuangwen submission seal --year 2021 --out 2021年申报.zip\n"
        '  chuangwen submission seal --year 2021 --out 2021年申报.zip --despite "系统今天关闭，先报，缺项随后补"\n'
        "  chuangwen submission verify 2021年申报.zip"
    )
    parts = {
        "compose": "汇集一个年度的申报材料（可重复运行），列出还缺什么",
        "seal": "封装成一个申报包；还有缺项或没有签批的，须写明分管领导的理由",
        "verify": "核验申报包（zip 或解开的文件夹），不需要数据库",
    }

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        if part in {"compose", "seal"}:
            parser.add_argument("--year", type=int, required=True, help=say("申报年度"))
        if part == "seal":
            parser.add_argument("--out", required=True, metavar="FILE", help=say("申报包；不以 .zip 结尾的是文件夹"))
            parser.add_argument("--despite", default="", metavar="REASON", help=say("带缺项封装的理由（分管领导）"))
        if part == "verify":
            parser.add_argument("file", metavar="FILE", help=say("申报包：zip 或文件夹"))

    def run_compose(self, options: dict[str, Any]) -> dict[str, object]:
        require_database(settings.HOME)
        with clock.live_on(demo_day()):
            done = compose(options["year"], by=MACHINE, at=clock.now())
            matrix = whole_matrix(done.submission, clock.today())
        told = _told(matrix) | {"new_standards": done.entries, "new_documents": done.picks}
        self.say(
            options,
            "{year} 年：{standards} 条标准，{all} 项材料，齐 {there} 项，签批 {signed} 条。新选入 {new_documents} 份资料。",
            **told,
        )
        for one in _missing(matrix):
            self.say(options, "  缺  {standard}  {code} {title}  {have}/{least}  {unit}", **one)
        return {**told, "missing": _missing(matrix), "weak": _weak(matrix)}

    def run_seal(self, options: dict[str, Any]) -> dict[str, object]:
        require_database(settings.HOME)
        submission = submission_of(options["year"])
        if submission is None:
            raise NotFound(what=say("{year} 年的申报，请先运行 submission compose", year=options["year"]))

        def watch(lines: list[Line]) -> Any:
            return with_progress(lines, what=say("封装"), quiet=options["json"])

        with clock.live_on(demo_day()):
            package = seal(submission, by=MACHINE, at=clock.now(), despite=options["despite"], watch=watch)
        out = give_out(package, Path(options["out"]).expanduser().absolute())
        told = {
            "out": str(out),
            "kept": str(package_path(package)),
            "whole": package.whole,
            "files": package.files,
            "bytes": package.size,
            "missing": len(package.missing),
        }
        self.say(options, "已封装：{out}\n总指纹 {whole}，{files} 个文件，{bytes} 字节，缺项 {missing} 条。", **told)
        return told

    def run_verify(self, options: dict[str, Any]) -> dict[str, object]:
        found = verify(Path(options["file"]).expanduser())
        told: dict[str, object] = {
            "holds": found.holds,
            "whole": found.whole,
            "files": found.files,
            "differs": found.differs,
            "missing": found.missing,
            "added": found.added,
            "repacked": found.repacked,
        }
        for key, title in (("differs", say("改动")), ("missing", say("缺少")), ("added", say("多出"))):
            for name in told[key]:  # type: ignore[attr-defined] # these three are lists
                self.say(options, "  {title}  {name}", title=title, name=name)
        if found.holds:
            self.say(options, "完好：{files} 个文件与清单一致。总指纹 {whole}", **told)
            if found.repacked:
                self.say(options, "（压缩包重新打过，内容没有变。）")
            return told
        if options["json"]:
            self.print_json(told)
        self.say(options, "与清单不一致，这不是当时封装的那一份。")
        sys.exit(1)


def _told(matrix: Matrix) -> dict[str, object]:
    counts = {state.value: count for state, count in matrix.counts.items()}
    whole = {
        "standards": len(matrix.lines),
        "all": matrix.all,
        "served": matrix.served,
        "there": matrix.there,
        "signed": matrix.signed,
    }
    materials = asdict(material_counts(matrix.board.submission.round))
    return {"year": matrix.board.submission.year, **whole, "counts": counts, "materials": materials}


def _missing(matrix: Matrix) -> list[dict[str, object]]:
    return [
        {
            "standard": line.standing.code,
            "code": one.need.requirement.code,
            "title": one.need.requirement.title,
            "have": one.have,
            "least": one.least,
            "unit": one.need.lead.lead if one.need.lead else "",
        }
        for line in matrix.lines
        for one in line.missing
    ]


def _weak(matrix: Matrix) -> list[dict[str, object]]:
    return [
        {"standard": line.standing.code, "fault": one.code, "title": one.title, "where": one.where, "what": one.what}
        for line in matrix.lines
        for one in line.open_findings
    ]
