"""``chuangwen workdays``: when a term ends, and the yearly notice taken in."""

from argparse import ArgumentParser
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection

from chuangwen.doors.commands.command import NotSetUp, TownCommand, require_database
from chuangwen.kernel.problems import Problems, Rejected
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.tables.telling import Unread, unread_told
from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import CHINA, Due, Term, WorkCalendar, due
from chuangwen.kit import clock
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.calendar_actions import import_calendar
from chuangwen.records.township.calendar_files import calendar_rows
from chuangwen.records.township.calendar_queries import calendar_of, work_calendar
from chuangwen.records.township.checking import read_township
from chuangwen.records.township.queries import demo_day
from chuangwen.work.cases.recomputing import recompute_deadlines

YEARS = range(1950, 2151)
WEEKDAYS = (later("周一"), later("周二"), later("周三"), later("周四"), later("周五"), later("周六"), later("周日"))


class BadMoment(Refusal):
    """A start that nobody can read."""

    code = "bad_moment"
    sentence = later("“{text}”不是时间。请写成 2024-09-30T15:00 或 2024-09-30，年份在 {first} 至 {last} 之间。")
    status = 422


class NoSuchCalendar(Refusal):
    """The file is not there."""

    code = "no_such_calendar"
    sentence = later("找不到文件 {file}。请核对路径。")


class Command(TownCommand):
    """Working time on the town's calendar; before there is a town, on the one that the product brings."""

    help = "工作日历：推算时限，导入一年的放假通知"
    example = (
        '  chuangwen workdays add 2024-09-30T15:00 "3 工作日"\n'
        '  chuangwen workdays add 2024-09-30T15:00 "4 工作时" --json\n'
        "  chuangwen workdays import 2027.csv --home home"
    )
    parts: ClassVar[dict[str, str]] = {
        "add": "从收到的时间起算，什么时候到期，跳过了哪些日子",
        "import": "导入放假通知（CSV 或 ICS），替换文件里的整年",
    }

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        if part == "add":
            parser.add_argument("start", help="收到的时间，例如 2024-09-30T15:00")
            parser.add_argument("term", nargs="+", help="时限，例如 “3 工作日”“4 工作时”“2 紧急工作时”“15 日”")
        else:
            parser.add_argument("file", help="CSV 表格或 ICS 日历")

    def run_add(self, options: dict[str, Any]) -> dict[str, Any]:
        start, term = _moment(options["start"]), Term.parse(" ".join(options["term"]))
        calendar, shipped = _calendar()
        found = due(term, start, calendar)
        self.say(
            options,
            "{start}收到，{term}，到期时间 {due}",
            start=_told(start),
            term=term,
            due=_told(found.at.astimezone(CHINA)),
        )
        for day, why in found.stepped:
            self.say(options, "  跳过 {day}（{weekday}）：{why}", day=day, weekday=_weekday(day), why=why)
        if shipped:
            self.say(options, "还没有建镇：用的是自带的工作日历和办公时间。")
        if found.estimated:
            self.say(options, "涉及尚未公布放假安排的年度：按推算日历，待国办通知。")
        return _as_data(start, term, found)

    def run_import(self, options: dict[str, Any]) -> dict[str, Any]:
        require_database(settings.HOME)
        path = Path(options["file"])
        if not path.is_file():
            raise NoSuchCalendar(file=path)
        problems = Problems()
        unread = list[Unread]()
        rows = calendar_rows(path.read_bytes(), path.name, problems, unread)
        for left in unread:
            self.say(options, "{line}", line=unread_told(left))
        problems.refuse(path.name)
        with clock.live_on(demo_day()):
            done = import_calendar(rows, by=MACHINE, at=clock.now(), name=path.name)
            moved = recompute_deadlines(by=MACHINE, at=clock.now())
        self.say(options, "{told}", told=done.told())
        return {**done.as_dict(), "recomputed": moved}


def _moment(text: str) -> datetime:
    """The moment that is written; without a time zone it is China's."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadMoment(text=text[:40], first=YEARS[0], last=YEARS[-1]) from None
    if found.year not in YEARS:
        raise BadMoment(text=text[:40], first=YEARS[0], last=YEARS[-1])
    return found.astimezone(CHINA) if found.tzinfo else found.replace(tzinfo=CHINA)


def _calendar() -> tuple[WorkCalendar, bool]:
    """The town's calendar; where no town is set up yet, the one of the shipped township pack. And whether it is shipped."""
    if _is_set_up() and (calendar := work_calendar()).spans:
        return calendar, False
    pack, problems = read_township(settings.PACKS / "township")
    if pack is None:
        raise Rejected(problems, thing=say("内容包"))
    return calendar_of(pack), True


def _is_set_up() -> bool:
    """Whether a town's database is there; a look at an empty folder leaves it empty."""
    is_file = connection.vendor == "sqlite" and connection.connection is None
    if is_file and not Path(connection.settings_dict["NAME"]).is_file():
        return False
    try:
        require_database(settings.HOME)
    except NotSetUp:
        return False
    return True


def _weekday(day: date) -> str:
    return say(WEEKDAYS[day.weekday()])


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}（{_weekday(moment)}）"


def _as_data(start: datetime, term: Term, found: Due) -> dict[str, Any]:
    return {
        "start": start.isoformat(),
        "term": str(term),
        "due": found.at.isoformat(),
        "estimated": found.estimated,
        "stepped": [{"date": day.isoformat(), "why": why} for day, why in found.stepped],
    }
