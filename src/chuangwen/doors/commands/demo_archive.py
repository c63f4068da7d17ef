"""The demo town's archive: a document for each graded requirement of a year, brought by its unit through the real actions."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from chuangwen.doors.commands import demo_papers, demo_photos
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.actions import keep_file, keep_photo
from chuangwen.records.archive.arriving import Incoming, Road, bring_together
from chuangwen.records.archive.document_actions import Facts, Serves, put_to_use
from chuangwen.records.archive.models import Document, DocumentKind, StoredFile, UseKind
from chuangwen.records.archive.policy import why_not_add
from chuangwen.records.archive.reusing import PhotoUsedBefore
from chuangwen.records.archive.serving import kinds_by_name
from chuangwen.records.duties.models import Duty
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.standards.models import Node, Requirement
from chuangwen.records.township.actors import Actor, actor_for
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation, Person
from chuangwen.results.submission.explanations import clauses_of

CENTRE = (Decimal("113.22"), Decimal("30.27"))


@dataclass
class Town:
    """The dice and everything that the archive is made of."""

    settings: Mapping[str, Any]
    dice: random.Random
    year: int
    first: date
    last: date
    kinds: Mapping[str, str]
    leads: Mapping[int, Organisation]
    villages: Sequence[Organisation]
    bringers: dict[int, By] = field(default_factory=dict)
    photos: list[tuple[int, int]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def share(self, name: str) -> bool:
        """Whether this one has the fault that so great a share of them has."""
        return self.dice.random() < float(self.settings["share"][name])

    def day(self) -> date:
        return self.first + timedelta(days=self.dice.randrange((self.last - self.first).days))

    def moment(self, day: date) -> datetime:
        """A working moment of a day."""
        return datetime.combine(day, time(8, 40), CHINA) + timedelta(minutes=self.dice.randrange(500))

    def figures(self) -> dict[str, int]:
        """Figures that fit together: what was mended is never more than what was found."""
        dice = self.dice
        found = dice.randrange(40, 320)
        mended = found - dice.randrange(0, max(1, found // 12))
        return {
            "a": dice.randrange(2, 13),
            "b": dice.randrange(8, 49),
            "b2": mended,
            "c": dice.randrange(2, 9),
            "d": found,
            "e": dice.randrange(200, 2600),
            "p": mended * 100 // found,
            "q": dice.randrange(88, 99),
        }

    def bringer(self, unit: Organisation) -> By:
        """Somebody of the unit who may bring its papers; else the machine."""
        if unit.pk not in self.bringers:
            people = Person.objects.filter(organisation=unit, is_active=True).select_related("organisation")
            actors = (actor_for(one) for one in people.order_by("pk"))
            self.bringers[unit.pk] = next((one for one in actors if why_not_add(unit, one) is None), MACHINE)
        return self.bringers[unit.pk]


def town_of(settings: Mapping[str, Any], *, seed: int, year: int, first: date, last: date) -> Town:
    """Read what the archive is made of."""
    duties = Duty.objects.exclude(standard=None).select_related("lead")
    return Town(
        settings=settings,
        dice=random.Random(seed),  # noqa: S311 - demo data
        year=year,
        first=first,
        last=last,
        kinds=kinds_by_name(DocumentKind.objects.order_by("order", "code")),
        leads={one.standard_id: one.lead for one in duties if one.standard_id},
        villages=list(Organisation.objects.exclude(region_code="").exclude(parent=None).order_by("pk")),
    )


def make_archive(town: Town, requirements: Iterable[Requirement]) -> int:
    """One document for each requirement (a few for photos). Returns how many there are."""
    makers = {"norm": _norm, "report": _report, "table": _table, "picture": _pictures}
    count = 0
    for row in requirements:
        make = makers.get(town.kinds.get(row.kind, ""))
        lead = town.leads.get(row.node_id)
        if make is not None and lead is not None and not town.share("not_yet"):
            count += len(make(town, row, lead))
    return count


def make_compilations(town: Town, nodes: Iterable[Node], last: datetime) -> None:
    """One document for each of these standards that serves all it asks for: how a town begins that never kept papers."""
    said = town.settings["compiled"]
    for node in nodes:
        rows = list(Requirement.objects.filter(node=node).select_related("node").order_by("position"))
        lead = town.leads.get(node.pk)
        if not rows or lead is None:
            continue
        title, day = said["title"].format(title=node.title, year=town.year), town.day()
        lines = [said["opening"].format(unit=lead.short)]
        for number, row in enumerate(rows, start=1):
            lines += [f"{number}. {row.title}", *sentences(town, row, lead)[2:4]]
        at = last + timedelta(minutes=town.dice.randrange(600))
        file = keep_file(
            demo_papers.letter(title, "", [*lines, f"（{town.settings['mark']}）"], lead.name, day),
            f"{title}.docx",
            by=town.bringer(lead),
            at=at,
        )
        facts, incoming = Facts(title, "report", "", lead.name, day), Incoming(title, lead, Road.PAGE)
        made = bring_together([file], facts, incoming, f"demo-{lead.code}-{at:%Y%m%d}", by=town.bringer(lead), at=at)
        serves = dict.fromkeys(one for row in rows for one in _serves(town, row))
        put_to_use(made, list(serves), by=town.bringer(lead), at=at)


def _serves(town: Town, row: Requirement) -> list[Serves]:
    return [
        Serves(UseKind.REQUIREMENT, f"{row.edition_id}:{row.code}", row.title),
        Serves(UseKind.STANDARD, f"{row.edition_id}:{row.node.code}", row.node.title),
        Serves(UseKind.YEAR, str(town.year)),
    ]


def _open(town: Town, row: Requirement, lead: Organisation, facts: Facts, files: Sequence[StoredFile]) -> Document:
    by, at = town.bringer(lead), _arrival(town, facts)
    road = town.dice.choice([Road.PAGE, Road.PAGE, Road.FOLDER, Road.WATCH])
    incoming = Incoming(facts.title, lead, road)
    document = bring_together(files, facts, incoming, f"demo-{lead.code}-{at:%Y%m%d}", by=by, at=at)
    try:
        put_to_use(document, _serves(town, row), by=by, at=at)
    except PhotoUsedBefore:  # the archive has noticed, and wants to know why
        why = town.dice.choice(town.settings["picture"]["used_again"])
        put_to_use(document, [replace(one, why=why) for one in _serves(town, row)], by=by, at=at)
    return document


def _arrival(town: Town, facts: Facts) -> datetime:
    """A few days after the document's own day; some come in only in the last days."""
    last: date = town.settings["last"] if town.year == town.settings["last"].year else town.last + timedelta(days=90)
    if town.share("late"):
        return town.moment(last)
    day = (facts.dated or town.day()) + timedelta(days=town.dice.randrange(2, 20))
    return town.moment(min(day, last - timedelta(days=4)))


def _keep(town: Town, data: bytes, name: str, lead: Organisation, day: date) -> StoredFile:
    return keep_file(data, name, by=town.bringer(lead), at=town.moment(day))


def _other(town: Town, lead: Organisation) -> str:
    return town.dice.choice([one for one in town.villages if one.pk != lead.pk]).short


def _norm(town: Town, row: Requirement, lead: Organisation) -> list[Document]:
    said = town.settings["norm"]
    issuer, sign = town.dice.choice(said["issuers"])
    town.numbers[sign] = town.numbers.get(sign, 0) + 1
    day = town.day()
    number = f"{sign}〔{day.year}〕{town.numbers[sign]}号"
    title = row.title.strip("《》")
    facts = {
        "title": title,
        "clause": _clauses(row)[0],
        "unit": lead.short,
        "other": _other(town, lead),
        **town.figures(),
    }
    lines = [one.format(**facts) for one in (said["opening"], *said["parts"])] + [f"（{town.settings['mark']}）"]
    shown = "" if town.share("no_number") else number
    make, ending = (demo_papers.pdf, "pdf") if town.dice.random() < 0.45 else (demo_papers.letter, "docx")
    file = _keep(town, make(title, shown, lines, issuer, day), f"{title}.{ending}", lead, day)
    return [_open(town, row, lead, Facts(title, "norm", shown, issuer, day), [file])]


def _clauses(row: Requirement) -> list[str]:
    return clauses_of(row.node.text) or [row.node.title]


def sentences(town: Town, row: Requirement, lead: Organisation, most: int = 700) -> list[str]:
    """A report that answers the standard clause by clause, with its figures."""
    said, dice = town.settings["report"], town.dice
    first, second, third = said["headings"]
    facts = {"title": row.node.title, "unit": lead.short, "other": _other(town, lead)}
    lines = [said["opening"].format(**facts), first]
    for clause in _clauses(row):
        lines.append(dice.choice(said["measures"]).format(clause=clause, **town.figures()))
    result = dice.choice(said["results"]).format(**town.figures())
    lines.append(second)
    for one in dice.sample(said["process"], len(said["process"])):
        if sum(map(len, [*lines, result])) < most:
            lines.append(one.format(**town.figures()))
    return [*lines, third, result]


def _report(town: Town, row: Requirement, lead: Organisation) -> list[Document]:
    day = town.day()
    lines = [*sentences(town, row, lead), f"（{town.settings['mark']}）"]
    file = _keep(town, demo_papers.letter(row.title, "", lines, lead.name, day), f"{row.title}.docx", lead, day)
    return [_open(town, row, lead, Facts(row.title, "report", "", lead.name, day), [file])]


def _table(town: Town, row: Requirement, lead: Organisation) -> list[Document]:
    said, day = town.settings["table"], town.day()
    heads = town.dice.choice(said["columns"])
    rows: list[list[Any]] = []
    for village in town.dice.sample(town.villages, said["rows"]):
        whole = town.dice.randrange(20, 400)
        rows.append([village.short, whole, whole - town.dice.randrange(0, whole // 8 + 1), town.dice.randrange(2, 60)])
    rows.append(["合计", *(sum(one[place] for one in rows) for place in (1, 2, 3))])
    note = f"{said['note']}　{town.settings['mark']}"
    files = [_keep(town, demo_papers.sheet(row.title, heads, rows, note, day), f"{row.title}.xlsx", lead, day)]
    made = [_open(town, row, lead, Facts(row.title, "table", "", lead.name, day), files)]
    if town.dice.random() < 0.06:  # another unit's table tells the sum differently
        rows[-1][1] += town.dice.randrange(3, 30)
        other = town.leads[town.dice.choice(sorted(town.leads))]
        data = demo_papers.sheet(f"{row.title}（{other.short}）", heads, rows, note, day)
        title = f"{row.title}（{other.short}口径）"
        made.append(
            _open(
                town,
                row,
                other,
                Facts(title, "table", "", other.name, day),
                [_keep(town, data, f"{title}.xlsx", other, day)],
            )
        )
    return made


def _pictures(town: Town, row: Requirement, lead: Organisation) -> list[Document]:
    return [_picture_set(town, row, lead, int(town.settings["photos_each"]))]


def _picture_set(town: Town, row: Requirement, lead: Organisation, count: int) -> Document:
    """Photos of one occasion: one time, one place, one caption."""
    said, dice = town.settings["picture"], town.dice
    day = town.day()
    place = dice.choice(said["places"])
    theme = row.title.partition("（")[0]
    caption = {
        "time": f"{day.year}年{day.month}月{day.day}日",
        "place": f"张沟镇{place}",
        "people": dice.choice(said["people"]),
        "theme": theme,
        "background": dice.choice(said["backgrounds"]),
        "reason": dice.choice(said["reasons"]),
    }
    if town.share("half_caption"):
        caption = {key: value for key, value in caption.items() if key not in {"people", "reason"}}
    shot = day - timedelta(days=420) if town.share("old_photo") else day
    files = [_photo(town, lead, shot, day, f"{theme}-{n + 1}.jpg") for n in range(count)]
    return _open(town, row, lead, Facts(f"{theme}（{place}）", "picture", "", "", day, caption=caption), files)


def _photo(town: Town, lead: Organisation, shot: date, day: date, name: str) -> StoredFile:
    """A fresh photo, or an earlier one dressed up: those the archive will ask about."""
    dice, at = town.dice, town.moment(shot)
    lon, lat = (one + Decimal(f"{dice.uniform(-0.04, 0.04):.6f}") for one in CENTRE)
    claims = demo_photos.Claims(at, lon, lat)
    twins = int(town.settings["twins"])
    if len(town.photos) > 30 and dice.random() < 0.2 and town.numbers.get("twins", 0) < twins:
        town.numbers["twins"] = town.numbers.get("twins", 0) + 1
        seed, _key = dice.choice(town.photos[:60])
        earlier = demo_photos.photo(seed, demo_photos.Claims(at, lon, lat))
        data = demo_photos.altered(earlier, town.numbers["twins"], claims)
    else:
        seed = town.year * 100_000 + len(town.photos)
        data = demo_photos.photo(seed, claims)
    file = keep_photo(data, name, by=town.bringer(lead), at=town.moment(day))
    town.photos.append((seed, file.pk))
    return file


def people_of(role: str) -> list[Actor]:
    """The people who hold a role, as they act."""
    people = Person.objects.filter(assignments__role=role, assignments__withdrawn_at=None, is_active=True)
    return [actor_for(one) for one in people.select_related("organisation").distinct().order_by("pk")]
