"""The town's working time: the year's days off and make-up days, the office hours, and the yearly notice taken in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from chuangwen.doors.site.importing import ImportPage, sent_table, written_now, wrong_rows
from chuangwen.doors.site.uploads import uploaded
from chuangwen.kernel.packfiles import into
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.tables.dry_run import DryRun, Line
from chuangwen.kernel.words import say, written
from chuangwen.kernel.workdays import WorkCalendar
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.township.calendar_actions import CalendarTaken, import_calendar, set_day
from chuangwen.records.township.calendar_files import calendar_rows_from_ics, is_published_calendar
from chuangwen.records.township.calendar_queries import calendar_warning, days_of, work_calendar, years_told
from chuangwen.records.township.calendar_table import CALENDAR_TABLE, CalendarReading, read_calendar
from chuangwen.records.township.calendar_words import USUAL
from chuangwen.records.township.definitions import DayRow
from chuangwen.records.township.models import Holiday
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases.recomputing import recompute_deadlines

YEARS = range(1950, 2151)


@dataclass(frozen=True)
class Stretch:
    """Days in a row of one kind and one name."""

    first: date
    last: date
    name: str
    estimated: bool

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Month:
    """One row of the year's table. ``worked`` is the number of working days."""

    number: int
    off: list[Stretch]
    made_up: list[Stretch]
    worked: int


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SYSTEM)
def calendar(request: TownRequest) -> HttpResponse:
    """The year as twelve rows; a notice sent in replaces the years that it holds."""
    if request.method == "POST":
        return _take(request)
    year = _year(request)
    working, days = work_calendar(), days_of(year)
    context = {
        "year": year,
        "years": sorted({*years_told(), request.at.year, year}),
        "months": _months(year, days, working),
        "covered": year in working.covered,
        "off": sum(not working.works_on(day) and day.weekday() < 5 for day in _days_of_year(year)),
        "made_up": sum(day.kind == Holiday.Kind.MAKEUP for day in days),
        "sources": sorted({day.source for day in days if day.source}),
        "spans": working.spans,
        "warning": calendar_warning(request.at.date()),
    }
    return render(request, "office/calendar.html", context)


def _take(request: TownRequest) -> HttpResponse:
    """One day typed in; a published calendar; or a table, which is shown first where anything in it is not read."""
    if "date" in request.POST:
        return _taken(request, _one_day(request))
    if "file" in request.FILES:
        file = uploaded(request, "file")
        data = file.read()
        file.seek(0)
        if is_published_calendar(data):
            return _taken(request, _published(request, data, file.name or say("文件")))
    sent = sent_table(request, CALENDAR_TABLE)
    found = read_calendar(sent.book, sent.said)
    if sent.move == "errors":
        return wrong_rows(found.reading)
    if found.reading.is_ready and (sent.move == "take" or not found.reading.unread):
        done = import_calendar(found.rows, by=request.actor, at=request.at, name=sent.name)
        written_now(request, sent)
        return _taken(request, done)
    return _page().show(request, sent, found.reading, _dry_run(found))


def _taken(request: TownRequest, done: CalendarTaken) -> HttpResponse:
    moved = recompute_deadlines(by=request.actor, at=request.at)
    told = done.told() + (say("按新日历重算了 {n} 件事的时限。", n=moved) if moved else "")
    messages.success(request, told)
    return redirect(f"{reverse('calendar')}?year={done.touched[-1]}")


def _published(request: TownRequest, data: bytes, name: str) -> CalendarTaken:
    problems = Problems()
    rows = calendar_rows_from_ics(data, name, problems)
    problems.refuse(say("“{name}”", name=name))
    return import_calendar(rows, by=request.actor, at=request.at, name=name)


def _page() -> ImportPage:
    return ImportPage(
        title=say("导入放假通知"),
        lede=say("文件里的整年会被替换，个别日子只改那几天。"),
        hint=say("列：日期（或开始日期、结束日期）、类别（放假、调休上班）、名称、来源"),
        again=reverse("calendar"),
        back=reverse("calendar"),
    )


def _dry_run(found: CalendarReading) -> DryRun:
    columns = [say("日期"), say("类别"), say("名称"), say("来源")]
    titles = dict(Holiday.Kind.choices)
    rows = [(one.line, one.row) for one in found.rows]
    lines = [Line(line, (row.date, titles.get(row.kind, row.kind), row.name, row.source)) for line, row in rows]
    return DryRun(new=len(lines), columns=columns, lines=lines)


def _one_day(request: TownRequest) -> CalendarTaken:
    said = {key: request.POST.get(key, "").strip() for key in ("date", "kind", "name", "source")}
    told, problems = say("单日改动"), Problems()
    said["source"] = said["source"] or written("{by} {day} 改动", by=request.actor.name, day=request.at.date())
    said["name"] = said["name"] or (say("照常") if said["kind"] == USUAL else "")
    row = into(DayRow, said, told, 0, problems)
    problems.refuse(told)
    if row is None:
        raise NotFound(what=told)
    return set_day(row, by=request.actor, at=request.at)


def _year(request: TownRequest) -> int:
    """The year asked for; nonsense falls back to the present one."""
    said = request.GET.get("year", "")
    return whole(said, least=YEARS.start, most=YEARS.stop - 1) or request.at.year


def _days_of_year(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=one) for one in range((date(year + 1, 1, 1) - first).days)]


def _months(year: int, days: list[Holiday], working: WorkCalendar) -> list[Month]:
    worked = [day.month for day in _days_of_year(year) if working.works_on(day)]
    shown = [day for day in days if day.kind != Holiday.Kind.STATUTORY or working.is_estimate(day.date)]
    made_up = {day.pk for day in shown if day.kind == Holiday.Kind.MAKEUP}
    return [
        Month(
            number,
            _stretches(day for day in shown if day.date.month == number and day.pk not in made_up),
            _stretches(day for day in shown if day.date.month == number and day.pk in made_up),
            worked.count(number),
        )
        for number in range(1, 13)
    ]


def _stretches(days: Iterable[Holiday]) -> list[Stretch]:
    """Days told together as long as they follow each other and have one name."""
    found: list[Stretch] = []
    for day in days:
        estimated = day.kind == Holiday.Kind.STATUTORY
        before = found[-1] if found else None
        if before and before.name == day.name and before.last + timedelta(days=1) == day.date:
            found[-1] = Stretch(before.first, day.date, day.name, estimated)
        else:
            found.append(Stretch(day.date, day.date, day.name, estimated))
    return found
