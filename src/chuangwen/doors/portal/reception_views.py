"""When and where residents are received, and by whom: the public rotas, eight weeks ahead, as a page and a calendar."""

from datetime import date, timedelta
from itertools import groupby

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chuangwen.kernel.appointments import calendar_of
from chuangwen.kernel.words import say
from chuangwen.kit.doors import open_to_all
from chuangwen.records.township.models import Town
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.rotas import queries
from chuangwen.work.rotas.entries import public_entry
from chuangwen.work.rotas.models import Rota, Shift

AHEAD = timedelta(weeks=8)
BACK = timedelta(weeks=4)
"""How long the calendar keeps what is over, so that a cancelled one is seen to be cancelled."""


def _ahead(today: date, back: timedelta = timedelta()) -> QuerySet[Shift]:
    """The shifts of public rotas in the next eight weeks, today's among them."""
    return queries.between(queries.public_shifts(), today - back, today + AHEAD).order_by("rota__order", "starts_at")


@open_to_all
@require_safe
def reception(request: TownRequest) -> HttpResponse:
    """Large type: day, time, place, name and post. No phone, no reason, no stand-in."""
    today = request.at.date()
    shifts = {rota.code: list(rows) for rota, rows in groupby(_ahead(today), key=lambda one: one.rota)}
    context = {
        "rotas": [(rota, shifts.get(rota.code, [])) for rota in Rota.objects.filter(public=True, retired=False)],
        "today": today,
        "town": Town.objects.first(),
        "feed": request.build_absolute_uri("/p/reception.ics"),
    }
    return render(request, "portal/reception.html", context)


@open_to_all
@require_safe
def feed(request: TownRequest) -> HttpResponse:
    """The same as iCalendar, for anybody."""
    rows = _ahead(request.at.date(), BACK)
    town = Town.objects.first()
    name = say("{town}接访日程", town=town.name if town else "")
    site = request.build_absolute_uri("/")
    answer = HttpResponse(
        calendar_of(name, (public_entry(one, site) for one in rows)), content_type="text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = 'inline; filename="reception.ics"'
    return answer
