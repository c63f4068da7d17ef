"""The registers of sites and people as tables: what a row may say, and what is read of it. Nothing is written."""

from pathlib import Path

from chuangwen.kernel.sheets import Workbook
from chuangwen.kernel.tables.cells import Around
from chuangwen.kernel.tables.declared import Table, declared
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.names import Lists
from chuangwen.kernel.tables.reader import read_rows
from chuangwen.kernel.tables.reading import TableReading
from chuangwen.kernel.words import say

SITE_TABLE: Table = declared(Path(__file__).parent / "tables" / "sites.toml")
PEOPLE_TABLE: Table = declared(Path(__file__).parent / "tables" / "people.toml")
_EAST, _NORTH = (73, 136), (3, 54)


def read_sites(book: Workbook, lists: Lists, said: Said | None = None) -> TableReading:
    """Sites with ``lists`` of ``units`` and ``site_types``; a position that is not in China, or half of one, is told."""
    reading = read_rows(book, SITE_TABLE, Around(lists), said)
    for row in reading.read:
        lon, lat = row.values.get("lon"), row.values.get("lat")
        if (lon is None) != (lat is None) and not {"lon", "lat"} <= {name for name in row.texts if row.texts[name]}:
            reading.tell(
                row, "lon" if lon is None else "lat", say("经度和纬度只写了一个。"), say("请两个都写，或都留空。")
            )
        for name, value, (least, most) in (("lon", lon, _EAST), ("lat", lat, _NORTH)):
            if value is not None and not least <= value <= most:  # type: ignore[operator]
                reading.tell(
                    row, name, say("“{value}”不在国内。", value=value), say("请核对，经度在前、纬度在后的不要填反。")
                )
    return reading


def read_people(book: Workbook, lists: Lists, said: Said | None = None) -> TableReading:
    """People with ``lists`` of ``units`` and ``roles``."""
    return read_rows(book, PEOPLE_TABLE, Around(lists), said)
