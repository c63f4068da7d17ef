"""Where a case is: coordinates of any system turned into WGS-84 once, the raw pair kept; a place outside is refused."""

from decimal import Decimal, InvalidOperation

from chuangwen.kernel.coordinates import SYSTEMS, distance_m, to_wgs84
from chuangwen.kernel.numerals import fixed
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.township.models import Organisation, Town
from chuangwen.work.cases.said import Place

FARTHEST_METRES = 30_000


class BadPlace(Refusal):
    code = "bad_place"
    sentence = later("坐标“{lon}, {lat}”看不懂。请重新定位，或改选村（社区）。")
    status = 422


class OutsideTown(Refusal):
    code = "outside_town"
    sentence = later("这个位置离{town}有 {km} 公里，不在本镇范围。请核对定位，或改选村（社区）。")
    status = 422


def read_place(lon: str, lat: str, crs: str, *, accuracy: str = "", source: str = "") -> Place:
    """A position as it came, in WGS-84; refused when it is none, or not in the town."""
    try:
        raw = Decimal(lon.strip()), Decimal(lat.strip())
        good = raw[0].is_finite() and raw[1].is_finite() and abs(raw[0]) <= 180 and abs(raw[1]) <= 90
    except (InvalidOperation, ValueError):
        good = False
    if not good or crs not in SYSTEMS:
        raise BadPlace(lon=lon[:20], lat=lat[:20])
    pair = to_wgs84(*raw, crs)
    town = Town.objects.first()
    if town is not None and town.lon is not None and town.lat is not None:
        far = distance_m(pair, (town.lon, town.lat))
        if far > FARTHEST_METRES:
            raise OutsideTown(town=town.name, km=fixed(far / 1000, 0))
    kept = {"lon": lon[:20], "lat": lat[:20], "crs": crs, "accuracy": accuracy[:20], "from": source}
    return Place(*pair, {key: value for key, value in kept.items() if value})


def area_of(unit: Organisation | None) -> Organisation | None:
    """The village or town in which what belongs to a unit stands: the unit itself, or the nearest above with a region code.

    A market that a town office answers for lies in the town, not in the office. A town without codes keeps the unit.
    """
    found = unit
    while found is not None and not found.region_code:
        found = found.parent
    return found or unit
