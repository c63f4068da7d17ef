"""A set of cases as a board, a month and a schematic map: the same lines as the list, laid out otherwise."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg
from django.utils import timezone

from chuangwen.doors.case_pages.months import month_asked, month_of
from chuangwen.kernel.words import later, say
from chuangwen.records.township.models import Site
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases.models import Case, Phase

Lines = Sequence[dict[str, Any]]
WIDE, TALL = 1000, 640
LABEL = (64, 18)  # the room that a name needs
MARGIN = 0.004  # degrees around the outermost cases
COLUMNS = (
    ("late", later("已超期"), "bad", "late"),
    ("today", later("今天到期"), "warn", Phase.OPEN),
    ("week", later("七天内"), "", Phase.OPEN),
    ("later", later("七天以后"), "", Phase.OPEN),
    ("none", later("没有时限"), "", Phase.OPEN),
    ("rest", later("挂起"), "", Phase.WAITING),
    ("closed", later("已办结"), "good", Phase.CLOSED),
)


def board(request: TownRequest, lines: Lines) -> dict[str, object]:
    """Columns by how soon something is due; closed ones last."""
    today = request.at.date()
    columns: dict[str, list[dict[str, Any]]] = {key: [] for key, *_ in COLUMNS}
    for line in lines:
        columns[_column(line["case"], request.at, today)].append(line)
    told = [
        {"title": say(title), "tone": tone, "phase": str(phase), "lines": columns[key]}
        for key, title, tone, phase in COLUMNS
    ]
    return {"columns": [one for one in told if one["lines"]]}


def _column(case: Case, at: datetime, today: date) -> str:
    if case.phase == Phase.CLOSED:
        return "closed"
    if case.phase == Phase.WAITING:
        return "rest"
    if case.due_at is None:
        return "none"
    day = timezone.localtime(case.due_at).date()
    if case.due_at < at:
        return "late"
    return "today" if day == today else "week" if day <= today + timedelta(days=7) else "later"


def month(request: TownRequest, lines: Lines) -> dict[str, object]:
    """One month of due days."""
    today = request.at.date()
    days: dict[date, list[dict[str, Any]]] = {}
    for line in lines:
        if line["case"].due_at is not None:
            days.setdefault(timezone.localtime(line["case"].due_at).date(), []).append(line)
    return month_of(month_asked(request.GET.get("month"), today), days, today)


def schematic(request: TownRequest, lines: Lines) -> dict[str, object]:
    """A plain schematic without tiles, to scale, villages by name (standards 9: no map without 审图号)."""
    placed = [line for line in lines if line["case"].lon is not None]
    if not placed:
        return {"dots": [], "unplaced": len(lines)}
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
    return {"dots": dots, "names": _apart(named), "unplaced": len(lines) - len(placed)}


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
