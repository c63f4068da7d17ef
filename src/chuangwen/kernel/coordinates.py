"""Positions: the state's offset systems turned into WGS-84 once, and distances.

CGCS2000 and WGS-84 differ by centimetres and count as one. GCJ-02 is what Chinese map services and WeChat give, BD-09
adds Baidu's own offset. The formulae are the published approximations; the inverse is found by iteration.
"""

import math
from decimal import Decimal

Pair = tuple[Decimal, Decimal]
AXIS = 6378245.0
ECCENTRICITY = 0.00669342162296594323
EARTH_METRES = 6371008.8
SYSTEMS = ("wgs84", "cgcs2000", "gcj02", "bd09")
_BD = math.pi * 3000.0 / 180.0


def in_china(lon: float, lat: float) -> bool:
    """Roughly: outside, nothing is offset."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def _waves(x: float, y: float) -> tuple[float, float]:
    common = 20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)
    lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + common * 2.0 / 3.0
    lat += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    lat += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + common * 2.0 / 3.0
    lon += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    lon += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    return lon, lat


def _to_gcj(lon: float, lat: float) -> tuple[float, float]:
    if not in_china(lon, lat):
        return lon, lat
    east, north = _waves(lon - 105.0, lat - 35.0)
    bend = 1 - ECCENTRICITY * math.sin(math.radians(lat)) ** 2
    north = north * 180.0 / (AXIS * (1 - ECCENTRICITY) / (bend * math.sqrt(bend)) * math.pi)
    east = east * 180.0 / (AXIS / math.sqrt(bend) * math.cos(math.radians(lat)) * math.pi)
    return lon + east, lat + north


def _from_gcj(lon: float, lat: float) -> tuple[float, float]:
    found = (lon, lat)
    for _ in range(30):
        there = _to_gcj(*found)
        step = (lon - there[0], lat - there[1])
        found = (found[0] + step[0], found[1] + step[1])
        if max(abs(step[0]), abs(step[1])) < 1e-9:
            break
    return found


def _from_bd(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - 0.0065, lat - 0.006
    far = math.sqrt(x * x + y * y) - 0.00002 * math.sin(y * _BD)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * _BD)
    return far * math.cos(angle), far * math.sin(angle)


def _rounded(lon: float, lat: float) -> Pair:
    return Decimal(f"{lon:.6f}"), Decimal(f"{lat:.6f}")


def to_gcj02(lon: Decimal, lat: Decimal) -> Pair:
    """WGS-84 as Chinese map services want it."""
    return _rounded(*_to_gcj(float(lon), float(lat)))


def to_wgs84(lon: Decimal, lat: Decimal, crs: str) -> Pair:
    """A pair of any of the ``SYSTEMS`` in WGS-84, to six digits (a tenth of a metre)."""
    pair = float(lon), float(lat)
    if crs == "bd09":
        pair = _from_bd(*pair)
    if crs in {"bd09", "gcj02"}:
        pair = _from_gcj(*pair)
    return _rounded(*pair)


def distance_m(a: Pair, b: Pair) -> float:
    """Metres between two pairs in WGS-84, over the great circle."""
    lon1, lat1, lon2, lat2 = (math.radians(float(one)) for one in (*a, *b))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_METRES * math.asin(math.sqrt(half))
