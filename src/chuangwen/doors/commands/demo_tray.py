"""The demo town's tray: what the scanner laid down these days and nobody has described yet, for a visitor to try it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from chuangwen.doors.commands.demo_archive import people_of
from chuangwen.doors.commands.demo_papers import pdf
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.arriving import Incoming, Road, take_in


def fill_tray(said: Mapping[str, Any], *, mark: str, last: datetime) -> int:
    """Each paper with its number, issuer and day in its text alone: the background reads them and proposes. How many."""
    office = people_of("office")
    if not office or office[0].organisation is None:
        return 0
    for place, paper in enumerate(said["papers"]):
        at = last - timedelta(hours=5 * (len(said["papers"]) - place))
        day = (at - timedelta(days=3)).astimezone(CHINA).date()
        lines = [*paper["lines"], f"（{mark}）"]
        data = pdf(paper["title"], paper["number"], lines, paper["issuer"], day)
        name = said["name"].format(day=f"{at.astimezone(CHINA):%Y%m%d}", place=place + 1)
        incoming = Incoming(name, office[0].organisation, Road.WATCH, source=partial(iter, [data]))
        take_in(incoming, f"demo-tray-{place}", by=office[0], at=at)
    return len(said["papers"])
