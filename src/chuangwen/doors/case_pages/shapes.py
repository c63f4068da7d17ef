"""A set of cases as a board, a month and a schematic map: the same lines as the list, laid out otherwise."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet
from django.utils import timezone

from chuangwen.doors.case_pages.months import month_asked, month_of
from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.township.models import Site
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases.models import Case, Phase

Line = Callable[[Case], dict[str, Any]]
WIDE, TALL = 1000, 640
LABEL = (64, 18)  # the room that a name needs
MARGIN = 0.004  # degrees around the outermost cases
MOST_DRAWN = 600  # on board and map
COLUMNS = (
    ("late", later("已超期"), "bad"),
    ("today", later("今天到期"), "warn"),
    ("week", later("七天内"), ""),
    ("later", later("七天以后"), ""),
    ("none", later("没有时限"), ""),
    ("rest", later("挂起"), ""),
    ("closed", later("已办结"), "good"),
)
IN_COLUMN = 20


def column_rules(at: datetime) -> dict[str, Q]:
    """Which cases stand in which column of the board: every case in exactly one."""
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow, later_on = today + timedelta(days=1), today + timedelta(days=8)
    at_work = Q(phase=Phase.OPEN)
    return {
        "late": at_work & Q(due_at__lt=at),
        "today": at_work & Q(due_at__gte=at, due_at__lt=tomorrow),
        "week": at_work & Q(due_at__gte=max(at, tomorrow), due_at__lt=later_on),
        "later": at_work & Q(due_at__gte=later_on),
        "none": at_work & Q(due_at=None),
        "rest": Q(phase=Phase.WAITING),
        "closed": Q(phase=Phase.CLOSED),
    }


def board(request: TownRequest, rows: QuerySet[Case], line: Line) -> dict[str, object]:
    """Columns by how soon something is due, closed ones last; each says how many there are, and shows the first."""
    rules = column_rules(request.at)
    counts = rows.order_by().aggregate(**{key: Count("pk", filter=rule) for key, rule in rules.items()})
    told = [
        {
            "key": key,
            "title": say(title),
            "tone": tone,
            "count": counts[key],
            "lines": [line(one) for one in rows.filter(rules[key])[:IN_COLUMN]],
        }
        for key, title, tone in COLUMNS
        if counts[key]
    ]
    return {"columns": told}


def month(request: TownRequest, rows: QuerySet[Case], line: Line) -> dict[str, object]:
    """One month of due days, with the days beside it that its weeks hold."""
    today = request.at.date()
    first = month_asked(request.GET.get("month"), today)
    begin = datetime.combine(first, time(), CHINA) - timedelta(days=6)
    days: dict[date, list[dict[str, Any]]] = {}
    for case in rows.filter(due_at__gte=begin, due_at__lt=begin + timedelta(days=44)):
        if case.due_at is not None:
            days.setdefault(timezone.localtime(case.due_at).date(), []).append(line(case))
    return month_of(first, days, today)


def schematic(request: TownRequest, rows: QuerySet[Case], line: Line) -> dict[str, object]:
    """A plain schematic without tiles, to scale, villages by name (standards 9: no map without 审图号)."""
    unplaced, known = rows.filter(lon=None).count(), rows.exclude(lon=None)
    placed = [line(one) for one in known[:MOST_DRAWN]]
    if not placed:
        return {"dots": [], "unplaced": unplaced}
    lons = [float(line["case"].lon) for line in placed]
    lats = [float(line["case"].lat) for line in placed]
    west, east, south, north = min(lons) - MARGIN, max(lons) + MARGIN, min(lats) - MARGIN, max(lats) + MARGIN

    def spot(lon: float, lat: float) -> dict[str, float]:
        return {
            "x": round((lon - west) / (east - west) * WIDE, 1),
            "y": round((north - lat) / (north - south) * TALL, 1),
        }

    dots = [
        {
            **spot(float(line["case"].lon), float(line["case"].lat)),
            "dot": "bad" if line["case"].is_overdue(request.at) else line["tone"],
            **line,
        }
        for line in placed
    ]
    named = [
        {**spot(lon, lat), "name": name} for name, lon, lat in _villages() if west < lon < east and south < lat < north
    ]
    return {"dots": dots, "names": _apart(named), "unplaced": unplaced, "undrawn": max(0, known.count() - MOST_DRAWN)}


def _apart(names: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Only the names that do not lie upon one another."""
    kept: list[dict[str, Any]] = []
    for one in names:
        if all(abs(one["x"] - other["x"]) > LABEL[0] or abs(one["y"] - other["y"]) > LABEL[1] for other in kept):
            kept.append(one)
    return kept


def _villages() -> list[tuple[str, float, float]]:
    """Where each village is, as the middle of its sites, in one query."""
    rows = Site.objects.filter(closed=None, lon__isnull=False).exclude(organisation__region_code="")
    found = rows.exclude(organisation__parent=None).values_list("organisation__short").annotate(Avg("lon"), Avg("lat"))
    return [(name, float(lon), float(lat)) for name, lon, lat in found.order_by("organisation__order")]
