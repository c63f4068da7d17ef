"""The demo town's filing: past years filed and closed, a package for the city's archive, lists of destruction."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from chuangwen.doors.commands.demo_archive import people_of
from chuangwen.doors.commands.demo_papers import letter
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.actions import keep_file
from chuangwen.records.archive.document_actions import Facts, open_document
from chuangwen.records.archive.removal import remove_waiting
from chuangwen.records.filing.actions import close_year, file_documents, ready, unfile
from chuangwen.records.filing.destruction_actions import approve_destruction, carry_out, propose_destruction
from chuangwen.records.filing.hand_over_actions import hand_over
from chuangwen.records.filing.models import Item
from chuangwen.records.filing.queries import due
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Organisation


def file_past_years(settings: Mapping[str, Any], *, seed: int, last: datetime) -> None:
    """File what stands in the archive of the years that the pack names, after some old papers; the demo calls this once."""
    keepers, leaders = people_of("archivist"), people_of("leader")
    unit = Organisation.objects.filter(code=settings["unit"]).first()
    if not keepers or not leaders or unit is None:
        return
    dice, keeper = random.Random(seed + 17), keepers[0]  # noqa: S311 - demo data
    _old_papers(settings, dice, unit, by=keeper)
    filed, closed = _moment(settings["filed"]), _moment(settings["closed"])
    for year in settings["years"]:
        whole = ready(year)
        chosen = [one for one in whole if len(whole) < 12 or dice.random() < settings["share"]]
        if chosen:
            file_documents(year, chosen, by=keeper, at=filed)
            close_year(year, by=keeper, at=closed, note=settings["note"])
            filed, closed = filed + timedelta(days=1), closed + timedelta(minutes=35)
    _take_one_out(settings, by=keeper, at=closed + timedelta(days=40))
    _destroy(settings, keeper, leaders[0], last - timedelta(days=20))
    if Item.objects.filter(year=settings["years"][0]).exists():
        hand_over(settings["years"][0], by=keeper, at=last - timedelta(days=6))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(9, 10), CHINA)


def _old_papers(settings: Mapping[str, Any], dice: random.Random, unit: Organisation, *, by: Actor) -> None:
    """Papers of years before the product, scanned in when the archive was put in order."""
    for number, row in enumerate(settings["old"], 3):
        day = row["day"]
        sign = f"{settings['sign']}〔{day.year}〕{number}号"
        lines = [one.format(a=dice.randrange(2, 8), b=dice.randrange(12, 90)) for one in settings["text"]]
        data = letter(row["title"], sign, [*lines, f"（{settings['mark']}）"], settings["issuer"], day)
        at = _moment(settings["filed"]) - timedelta(days=dice.randrange(20, 60), minutes=-dice.randrange(300))
        file = keep_file(data, f"{row['title']}.docx", by=by, at=at)
        facts = Facts(row["title"], "norm", sign, settings["issuer"], day)
        open_document(facts, [file], unit, road="scan", by=by, at=at)


def _take_one_out(settings: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    item = Item.objects.filter(year=settings["years"][-1], number=3).order_by("code").first()
    if item is not None:
        unfile(item, settings["taken_out"], by=by, at=at)


def _destroy(settings: Mapping[str, Any], keeper: Actor, leader: Actor, at: datetime) -> None:
    """One list carried out, one that waits for the leader, the rest still to be appraised."""
    found: Sequence[Item] = list(due(at.astimezone(CHINA).year))
    if len(found) < 5:
        return
    one = propose_destruction(found[:2], settings["destroyed"], by=keeper, at=at)
    approve_destruction(one, by=leader, at=at + timedelta(days=3))
    carry_out(one, by=keeper, at=at + timedelta(days=5))
    remove_waiting(100, by=MACHINE, at=at + timedelta(days=5, minutes=2))
    propose_destruction(found[2:4], settings["due"], by=keeper, at=at + timedelta(days=12))
