"""The town's working time: the year's days off and make-up days, the office hours, and the yearly notice taken in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from chuangwen.doors.site.uploads import uploaded
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import listed, say
from chuangwen.kernel.workdays import WorkCalendar
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import needs
from chuangwen.records.township.calendar_actions import import_calendar
from chuangwen.records.township.calendar_files import calendar_rows
from chuangwen.records.township.calendar_queries import calendar_warning, days_of, work_calendar, years_told
from chuangwen.records.township.models import Holiday
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases.side_actions import recompute_estimates

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
    file = uploaded(request, "file")
    name, problems = file.name or say("文件"), Problems()
    rows = calendar_rows(file.read(), name, problems)
    problems.refuse(say("“{name}”", name=name))
    done = import_calendar(rows, by=request.actor, at=request.at, name=name)
    told = say(
        "已换上 {years} 年的工作日历：放假 {holiday} 天，调休上班 {makeup} 天。",
        years=listed(str(year) for year in done.years),
        holiday=done.holiday,
        makeup=done.makeup,
    )
    moved = recompute_estimates(by=request.actor, at=request.at)
    messages.success(request, told + (say("按新日历重算了 {n} 件事的推算时限。", n=moved) if moved else ""))
    return redirect(f"{reverse('calendar')}?year={done.years[-1]}")


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
