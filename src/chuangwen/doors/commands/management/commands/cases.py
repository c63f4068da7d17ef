"""``chuangwen cases list|show|due|sweep``: what is owed, by whom, by when."""

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from chuangwen.doors.commands.case_tables import (
    counts_of,
    import_arguments,
    refuse_unfinished,
    result_of,
    told_of,
    tried_file,
)
from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kernel.figures import TOWN
from chuangwen.kernel.words import say
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit import clock
from chuangwen.kit.refusals import NotFound
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.models import RoleDefinition
from chuangwen.records.township.queries import demo_day
from chuangwen.work.cases.escalating import sweep
from chuangwen.work.cases.figures import Period, figures_of
from chuangwen.work.cases.import_actions import take_in_rows
from chuangwen.work.cases.models import Case, Phase
from chuangwen.work.cases.queries import family, in_rows
from chuangwen.work.cases.types import type_of


class Command(TownCommand):
    """List cases, show one, list what is due, or let the clock do its part."""

    help = "事项：列出、查看、看谁欠着什么、到期预警和督办"
    example = (
        "  chuangwen cases list --kind appeal --phase open --json\n  chuangwen cases show 整2021-00001\n"
        "  chuangwen cases due --until 2021-10-20 --json\n  chuangwen cases figures --from 2021-01-01 --json\n"
        "  chuangwen cases import 热线工单.xlsx --kind appeal --dry-run\n  chuangwen cases sweep"
    )
    parts = {
        "list": "列出事项",
        "show": "查看一件事",
        "due": "谁在什么时候前要办什么",
        "figures": "一段时间的办理统计：每个数的编号、范围、日期和数值",
        "import": "从 Excel 或 CSV 登记：先试读，重复导入不会多出来",
        "sweep": "到期预警、超期督办（可放进定时任务，每十分钟一次）",
    }

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        if part in {"list", "due", "figures"}:
            parser.add_argument("--kind", default="", help=say("事项类型的编号，如 rectification"))
        if part in {"list", "due"}:
            parser.add_argument("--unit", default="", help=say("主办单位的编号"))
        if part == "list":
            parser.add_argument("--phase", choices=["", *Phase.values], default="", help=say("阶段"))
            parser.add_argument("--most", type=int, default=200, help=say("最多列多少件"))
        if part == "due":
            parser.add_argument("--until", default="", help=say("到哪一天为止（含），如 2021-10-20"))
        if part == "figures":
            parser.add_argument("--from", dest="first", default="", help=say("从哪一天起，如 2021-01-01；不写就是今年"))
            parser.add_argument("--to", dest="last", default="", help=say("到哪一天为止（含）；不写就是今天"))
        if part == "import":
            import_arguments(parser)
        if part == "show":
            parser.add_argument("number", help=say("事项编号"))

    def run_list(self, options: dict[str, Any]) -> list[dict[str, object]]:
        require_database(settings.HOME)
        rows = _narrowed(Case.objects.exclude(guard="guarded"), options)
        if options["phase"]:
            rows = rows.filter(phase=options["phase"])
        found = [line_of(one) for one in in_rows(rows).order_by("-opened_at")[: options["most"]]]
        for one in found:
            self.say(options, "{number}  {state}  {due}  {unit}  {title}", **one)
        return found

    def run_due(self, options: dict[str, Any]) -> list[dict[str, object]]:
        require_database(settings.HOME)
        rows = _narrowed(Case.objects.exclude(guard="guarded").exclude(phase=Phase.CLOSED), options)
        rows = rows.filter(due_at__isnull=False)
        if options["until"]:
            rows = rows.filter(due_at__lt=_end_of(options["until"]))
        roles = dict(RoleDefinition.objects.values_list("pk", "title"))
        with clock.live_on(demo_day()):
            now = clock.now()
        found = [
            owed(one, now, roles) for one in in_rows(rows).select_related("turn_person", "turn_unit").order_by("due_at")
        ]
        for one in found:
            self.say(options, "{due}  {who}  {what}  {number} {title}", **one)
        return found

    def run_show(self, options: dict[str, Any]) -> dict[str, object]:
        require_database(settings.HOME)
        rows = Case.objects.select_related("type", "lead", "area", "holder").exclude(guard="guarded")
        case = rows.filter(number=options["number"]).first()
        if case is None:
            raise NotFound(what=say("事项“{number}”", number=options["number"]))
        told = {**line_of(case), "text": case.text, "clocks": case.clocks, "steps": _steps(case)}
        for step in _steps(case):
            self.say(options, "{at}  {title}  {by}  {text}", **step)
        return told

    def run_figures(self, options: dict[str, Any]) -> list[dict[str, object]]:
        require_database(settings.HOME)
        with clock.live_on(demo_day()):
            now = clock.now()
        first = _end_of(options["first"]).date() if options["first"] else date(now.year, 1, 1)
        last = _end_of(options["last"]).date() if options["last"] else now.date()
        found = figures_of(Case.objects.all(), Period(min(first, last), max(first, last), now), TOWN, options["kind"])
        for one in found:
            self.say(
                options, "{title}  {told}  {counts}", title=say(one.kind.title), told=one.told(), counts=one.counts
            )
        return [one.as_data() for one in found]

    def run_import(self, options: dict[str, Any]) -> dict[str, object]:
        require_database(settings.HOME)
        with clock.live_on(demo_day()):
            tried = tried_file(options, at=clock.now())
            for line in told_of(tried):
                self.say(options, "{line}", line=line)
            refuse_unfinished(tried, options)
            if options["dry_run"]:
                told = counts_of(tried)
                self.say(options, "试读：新 {new} 件，改正 {corrected} 件，已有 {known} 件；没有写入。", **told)
                return result_of(tried)
            done = take_in_rows(tried.batch, by=MACHINE, at=clock.now())
        told = {"new": done.new, "corrected": done.corrected, "known": done.known}
        self.say(options, "新 {new} 件，改正 {corrected} 件，已有 {known} 件。", **told)
        return {**result_of(tried), "numbers": list(done.numbers)}

    def run_sweep(self, options: dict[str, Any]) -> dict[str, object]:
        require_database(settings.HOME)
        with clock.live_on(demo_day()):
            swept = sweep(by=MACHINE, at=clock.now())
        told = {"warned": len(swept.warned), "climbed": len(swept.climbed), "opened": len(swept.opened)}
        self.say(options, "预警 {warned} 件，督办升级 {climbed} 件，开出 {opened} 件。", **told)
        return {"warned": swept.warned, "climbed": swept.climbed, "opened": swept.opened}


def _narrowed(rows: QuerySet[Case], options: dict[str, Any]) -> QuerySet[Case]:
    if options["kind"]:
        rows = rows.filter(kind=options["kind"])
    return rows.filter(lead__code=options["unit"]) if options["unit"] else rows


def _end_of(text: str) -> datetime:
    try:
        return datetime.fromisoformat(f"{text}T23:59:59").replace(tzinfo=CHINA)
    except ValueError:
        raise NotFound(what=say("日期“{text}”", text=text)) from None


def line_of(case: Case) -> dict[str, object]:
    """A case as data: its state by id and by name; restricted ones without their title."""
    type_ = type_of(case)
    return {
        "number": case.number,
        "kind": case.kind,
        "title": type_.type.title if case.guard else case.title,
        "state_id": case.state,
        "state": type_.state(case.state).title,
        "phase": case.phase,
        "category": case.category,
        "unit": case.lead.short if case.lead else "",
        "village": case.area.short if case.area else "",
        "opened": case.opened_at.astimezone(CHINA).isoformat(),
        "due": case.due_at.astimezone(CHINA).isoformat() if case.due_at else "",
        "estimated": case.due_estimated,
        "closed": case.closed_at.astimezone(CHINA).isoformat() if case.closed_at else "",
    }


def owed(case: Case, now: datetime, roles: dict[str, str]) -> dict[str, object]:
    """What is owed, by whom, by when."""
    unit = case.turn_unit.name if case.turn_unit else ""
    person = case.turn_person.name if case.turn_person else ""
    line = line_of(case)
    return {
        "number": case.number,
        "what": line["state"],
        "title": line["title"],
        "kind": case.kind,
        "who": person or unit or roles.get(case.turn_role, case.turn_role),
        "person": person,
        "unit": unit,
        "role": case.turn_role,
        "due": line["due"],
        "estimated": case.due_estimated,
        "overdue": case.is_overdue(now),
    }


def _steps(case: Case) -> list[dict[str, object]]:
    return [
        {
            "at": one.at.astimezone(CHINA).isoformat(timespec="minutes"),
            "move": one.move,
            "title": one.title,
            "by": one.by,
            "unit": one.unit,
            "text": "" if case.guard else one.text,
            "before": one.before,
            "after": one.after,
            "in_time": one.in_time,
        }
        for one in family(case).steps
    ]
