"""What the machine asks about a photo: doubts with the facts they rest on. It decides nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chuangwen.kernel.coordinates import distance_m
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.definitions import PhotoRow
from chuangwen.records.archive.models import Doubt, StoredFile
from chuangwen.records.archive.rules import Rules
from chuangwen.records.archive.twins import Twin
from chuangwen.records.photos.faults import Faults

CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True)
class Doubted:
    """One doubt about one photo; ``other`` is the photo beside it."""

    doubt: Doubt
    facts: Mapping[str, Any] = field(default_factory=dict)
    other: StoredFile | None = None
    distance: int | None = None


@dataclass(frozen=True)
class Place:
    """Where a photo should have been taken."""

    title: str
    lon: Decimal
    lat: Decimal


def year_of(at: datetime, rules: Rules) -> int:
    """The year whose window holds this moment; when windows leave gaps, the year of the calendar."""
    day = at.astimezone(CHINA).date()
    for year in (day.year, day.year + 1, day.year + 2):
        first, last = rules.window_of(year)
        if first <= day <= last:
            return year
    return day.year


def of_dates(file: StoredFile, years: Iterable[int], rules: Rules) -> list[Doubted]:
    """Taken, or come in, before or after the window of every year that the photo serves."""
    windows = [(year, *rules.window_of(year)) for year in years] or [_own_window(file, rules)]
    if file.taken_at is not None and file.taken_at > file.kept_at + CLOCKS_DIFFER:
        return [Doubted(Doubt.LATE, {"taken": _day(file.taken_at).isoformat(), "clock": True})]
    taken = [_outside("taken", file.taken_at, windows)] if file.taken_at else []
    found = [one for one in [*taken, _outside("kept", file.kept_at, windows)] if one]
    return list({one.doubt: one for one in reversed(found)}.values())


def _own_window(file: StoredFile, rules: Rules) -> tuple[int, date, date]:
    year = year_of(file.kept_at, rules)
    return year, *rules.window_of(year)


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()


def _outside(what: str, at: datetime, windows: list[tuple[int, date, date]]) -> Doubted | None:
    day = _day(at)
    if any(first <= day <= last for _year, first, last in windows):
        return None
    year, first, last = windows[0]
    facts = {what: day.isoformat(), "year": year, "first": first.isoformat(), "last": last.isoformat()}
    return Doubted(Doubt.EARLY if day < first else Doubt.LATE, facts)


def of_place(file: StoredFile, places: Iterable[Place], bounds: PhotoRow) -> list[Doubted]:
    """Taken farther than allowed from every place that it is said to show."""
    if file.lon is None or file.lat is None:
        return []
    here = (file.lon, file.lat)
    apart = sorted((round(distance_m(here, (one.lon, one.lat))), one.title) for one in places)
    if not apart or apart[0][0] <= bounds.far_metres:
        return []
    return [Doubted(Doubt.FAR, {"metres": apart[0][0], "place": apart[0][1], "most": bounds.far_metres})]


def of_picture(file: StoredFile, faults: Faults, bounds: PhotoRow) -> list[Doubted]:
    """Blurred, compressed too hard, too small, written over, a screenshot."""
    found = []
    if faults.sharpness < float(bounds.least_sharpness):
        facts = {"sharpness": faults.sharpness, "least": float(bounds.least_sharpness)}
        found.append(Doubted(Doubt.BLURRED, facts))
    squeezed: dict[str, Any] = {}
    if faults.quality is not None and faults.quality < bounds.least_quality:
        squeezed = {"quality": faults.quality, "least": bounds.least_quality}
        squeezed |= {"earlier": faults.earlier} if faults.earlier == faults.quality else {}
    side = max(file.width or 0, file.height or 0)
    if side < bounds.least_side:
        squeezed |= {"side": side, "least_side": bounds.least_side}
    if squeezed:
        found.append(Doubted(Doubt.SQUEEZED, squeezed))
    if marked := _marks(file, faults, bounds):
        found.append(Doubted(Doubt.MARKED, marked))
    return found


def _marks(file: StoredFile, faults: Faults, bounds: PhotoRow) -> dict[str, Any]:
    told = f"{file.name} {file.software}".lower()
    facts: dict[str, Any] = {}
    if word := next((one for one in bounds.marks if one.lower() in told), ""):
        facts["word"] = word
    if faults.written_over:
        facts["written"] = True
    if faults.drawn and not file.device:
        facts["drawn"] = True
    return facts


def of_twin(twin: Twin) -> Doubted:
    """The same photo came before."""
    facts = {"agreeing": round(twin.look.agreeing, 2), "pieces": twin.look.pieces}
    return Doubted(Doubt.REUSED, facts, twin.file, twin.distance)
