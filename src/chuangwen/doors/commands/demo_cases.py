"""The demo's year of cases: walks declared by the town's pack, taken step by step through the real actions, in time order."""

import heapq
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from PIL import Image, ImageDraw

from chuangwen.kernel.fields import FieldRow, Kind
from chuangwen.kernel.workdays import CHINA, Measure, Term, WorkCalendar, due
from chuangwen.records.archive.actions import keep_file, keep_photo
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.models import Observation
from chuangwen.records.notices.actions import mark_read
from chuangwen.records.township.actors import Actor, actors_by_key
from chuangwen.records.township.calendar_queries import work_calendar
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation, Person, Site
from chuangwen.work.cases.actions import open_case, take
from chuangwen.work.cases.clocks import before
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.escalating import sweep
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.policy import RESIDENT, why_not_take
from chuangwen.work.cases.said import Link, NewCase, NewReporter, Place, Said
from chuangwen.work.cases.types import definition, in_force

SCENES = 12
FRIDAY = 4


@dataclass
class Walk:
    """One case on its way: what is left of its steps, where it is."""

    kind: str
    title: str
    category: str
    steps: list[tuple[str, float]]
    area: Organisation | None = None
    site: Site | None = None
    links: Sequence[Link] = ()
    case: Case | None = None
    scene: int = 0
    begin: datetime | None = None


@dataclass
class Maker:
    """The dice and everything the walks need."""

    settings: Mapping[str, Any]
    dice: random.Random
    last: datetime
    days: WorkCalendar = field(default_factory=work_calendar)
    actors: list[Actor] = field(default_factory=lambda: actors_by_key(Person.objects.values_list("pk", flat=True)))
    photos: dict[tuple[int, str], StoredFile] = field(default_factory=dict)
    types: dict[str, CaseTypeRow] = field(default_factory=dict)

    def definition(self, kind: str) -> CaseTypeRow:
        if kind not in self.types:
            self.types[kind] = definition(in_force(kind))
        return self.types[kind]

    def note(self, does: str) -> str:
        """What somebody writes at such a step."""
        notes: Mapping[str, list[str]] = self.settings["notes"]
        return self.dice.choice(notes.get(does) or notes["any"])

    def holding(self, roles: Sequence[str]) -> list[Actor]:
        """All who hold one of these roles."""
        return [one for one in self.actors if set(roles) & set(one.roles)]


def make_cases(settings: Mapping[str, Any], *, seed: int, last: datetime) -> int:
    """Walk every case of the demo up to its today, with the clock's sweep each Friday. Returns how many there are."""
    maker = Maker(settings, random.Random(seed + 7), last)  # noqa: S311 - demo data
    tick, waiting = count(), list[tuple[datetime, int, Walk | None]]()
    for begin, one in _begun(maker):
        heapq.heappush(waiting, (begin, next(tick), one))
    while waiting:
        at, _, walk = heapq.heappop(waiting)
        if walk is None:
            for follow in _week_ends(maker, at):
                heapq.heappush(waiting, (_after(maker, at, follow.steps[0][1] + 1), next(tick), follow))
            continue
        _take(maker, walk, at)
        if walk.steps:
            then = _after(maker, at, walk.steps[0][1])
            if then < last:
                heapq.heappush(waiting, (then, next(tick), walk))
    sweep(by=MACHINE, at=last)
    return Case.objects.count()


def _begun(maker: Maker) -> list[tuple[datetime, Walk | None]]:
    """When each walk begins, and every Friday evening (no walk)."""
    first: date = maker.settings["first"]
    friday = datetime.combine(first + timedelta(days=(FRIDAY - first.weekday()) % 7), time(18), CHINA)
    weeks = (maker.last - friday).days // 7 + 1
    starts: list[tuple[datetime, Walk | None]] = [(one.begin or _start(maker), one) for one in _walks(maker)]
    starts += [(friday + timedelta(weeks=week), None) for week in range(weeks)]
    return [(begin, one) for begin, one in starts if begin < maker.last]


def _week_ends(maker: Maker, at: datetime) -> list[Walk]:
    """Friday evening: the clock's sweep, and everybody has read what they were told."""
    opened = sweep(by=MACHINE, at=at).opened
    for person in Person.objects.filter(notices__read_at=None, notices__isnull=False).distinct():
        mark_read(person, at=at)
    return [_follow(maker, number) for number in opened]


def _follow(maker: Maker, number: str) -> Walk:
    """What the ladder opened is worked on too, from its second step."""
    case = Case.objects.get(number=number)
    return Walk(case.kind, case.title, "", _steps(maker, case.kind)[1:], case=case)


def _start(maker: Maker) -> datetime:
    first: date = maker.settings["first"]
    span = (maker.last.date() - first).days - 1
    day = first + timedelta(days=int(span * maker.dice.random() ** 0.5))
    while not maker.days.works_on(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(8, 40), CHINA) + timedelta(minutes=maker.dice.randrange(0, 180))


def _lately(maker: Maker) -> datetime:
    """A beginning in the last working days, so that the town has work in hand today."""
    back = Term(Decimal(maker.dice.randrange(1, 40)), Measure.WORK_HOUR)
    return before(back, maker.last, maker.days)


def _after(maker: Maker, at: datetime, hours: float) -> datetime:
    amount = Decimal(f"{max(0.2, hours * maker.dice.uniform(0.6, 1.35)):.2f}")
    return due(Term(amount, Measure.WORK_HOUR), at, maker.days).at


def _walks(maker: Maker) -> list[Walk]:
    villages = list(Organisation.objects.exclude(region_code="").exclude(parent=None).order_by("pk"))
    sites = list(Site.objects.select_related("organisation").filter(closed=None).order_by("pk"))
    seen = _bad_observations(maker)
    near = [one for one in villages if one.code in maker.settings["near"]] or villages
    found = []
    for kind in maker.settings["kind"]:
        if kind["type"] == "rectification":
            found += [_from_observation(maker, one) for one in seen[: kind.get("from_observations", 0)]]
        for _ in range(kind["count"] - (kind.get("from_observations", 0) if seen else 0)):
            category, title = maker.dice.choice(kind["titles"])
            site = maker.dice.choice(sites) if "{place}" in title else None
            area = None if site else maker.dice.choice(near if maker.dice.random() < 0.12 else villages)
            text = title.format(place=site.name if site else "", village=area.short if area else "")
            found.append(Walk(kind["type"], text, category, _steps(maker, kind["type"]), area, site))
    for number, walk in enumerate(found):
        if walk.begin is None and number % 5 == 0:
            walk.begin = _lately(maker)
        walk.scene = maker.dice.randrange(SCENES)
    return found


def _bad_observations(maker: Maker) -> list[Observation]:
    rows = Observation.objects.filter(value=0, site__closed=None).select_related("site__organisation", "check_item")
    found = [one for one in rows.order_by("pk") if one.seen_at < maker.last]
    maker.dice.shuffle(found)
    return found


def _from_observation(maker: Maker, one: Observation) -> Walk:
    standards = [Link("standard", f"{one.check_item.edition_id}:{code}", code) for code in one.check_item.standards]
    thing = f"{one.check_item.edition_id}:{one.check_item.code}@{one.site.code}"
    found = Link("finding", thing, f"{one.site.name} {one.check_item.code}")
    links = [Link("observation", str(one.pk), f"{one.check_item.code} {one.check_item.text}"[:120]), found, *standards]
    category, _title = maker.dice.choice(
        next(k for k in maker.settings["kind"] if k["type"] == "rectification")["titles"]
    )
    title = one.as_fault()[:110]
    begin = due(Term(Decimal(1), Measure.WORK_HOUR), one.seen_at, maker.days).at
    steps = _steps(maker, "rectification")
    return Walk("rectification", title, category, steps, None, one.site, links, begin=begin)


def _steps(maker: Maker, kind: str) -> list[tuple[str, float]]:
    walks = [one for one in maker.settings["walk"] if one["type"] == kind]
    chosen = maker.dice.choices(walks, [one["weight"] for one in walks])[0]
    return [(move, float(hours)) for move, _, hours in (step.partition(":") for step in chosen["steps"])]


def _take(maker: Maker, walk: Walk, at: datetime) -> None:
    move_id, _ = walk.steps.pop(0)
    type_ = maker.definition(walk.kind)
    move = type_.move(move_id)
    if move is None:
        raise KeyError(f"{walk.kind}: {move_id}")
    if walk.case is not None and move.does == "ask_extension" and walk.case.is_overdue(at):
        walk.steps.pop(0)  # too late to ask, so there is nothing to grant
        return
    by = _who(maker, walk, move)
    if by is None:
        walk.steps.clear()
        return
    said = _said(maker, walk, type_, move, by=by, at=at)
    if walk.case is None:
        walk.case = open_case(_new(maker, walk, move, at), said, by=by, at=at)
    else:
        walk.case = take(walk.case, move_id, said, by=by, at=at)


def _who(maker: Maker, walk: Walk, move: MoveRow) -> By | None:
    """Somebody who may: for an opening by its words, for a move by asking the policy itself."""
    if "@resident" in move.who and (walk.case is None or move.does == "object"):
        return RESIDENT
    if walk.case is None:
        found = maker.holding(move.who)
        local = [one for one in found if walk.area is not None and one.organisation == walk.area]
        return maker.dice.choice(local or found) if found else None
    case = walk.case
    near = [one for one in maker.actors if one.organisation is not None and one.organisation.pk == case.lead_id]
    asked = [*(near if "@lead" in move.who else ()), *maker.holding(move.who)]
    return next((one for one in asked if why_not_take(case, move, one) is None), None)


def _new(maker: Maker, walk: Walk, move: MoveRow, at: datetime) -> NewCase:
    site = walk.site
    place = None
    if site is None and maker.dice.random() < 0.7:
        lon = Decimal("113.22") + Decimal(f"{maker.dice.uniform(-0.05, 0.05):.6f}")
        lat = Decimal("30.27") + Decimal(f"{maker.dice.uniform(-0.04, 0.04):.6f}")
        place = Place(lon, lat, {"crs": "wgs84", "from": "demo"})
    asks = walk.kind in {"appeal", "petition"}
    name = maker.dice.choice(maker.settings["reporters"])
    phone = f"199000{maker.dice.randrange(10000, 99999)}"
    return NewCase(
        kind=walk.kind,
        title=walk.title,
        move=move.id,
        category=walk.category,
        source="resident" if "@resident" in move.who else "inspection" if walk.links else "office",
        area=walk.area,
        site=site,
        place=place,
        reporter=NewReporter(name, phone, channel="phone" if "@resident" in move.who else "hotline") if asks else None,
        links=walk.links,
        urgent=maker.dice.random() < 0.03,
    )


def _of_the_kind(walk: Walk, type_: CaseTypeRow, move: MoveRow) -> dict[str, str]:
    """What this move and those to come want the thing to be."""
    found: dict[str, str] = {}
    for one in [move, *(later for id_, _hours in walk.steps if (later := type_.move(id_)))]:
        for name, values in one.when.items():
            found.setdefault(name, values[0])
    return found


def _said(maker: Maker, walk: Walk, type_: CaseTypeRow, move: MoveRow, *, by: By, at: datetime) -> Said:
    answers: dict[str, object] = {}
    kind = _of_the_kind(walk, type_, move)
    for row in type_.fields_of(move):
        if row.id in kind:
            answers[row.id] = kind[row.id]
            continue
        needed = row.required or row.id in move.needs
        if needed or (
            maker.dice.random() < 0.6 and row.kind not in {Kind.UNIT, Kind.UNITS, Kind.PERSON, Kind.CATEGORY}
        ):
            value = _answer(maker, walk, row, at)
            if value:
                answers[row.id] = value
    if move.does == "dispatch" and walk.kind == "rectification" and walk.area and maker.dice.random() < 0.3:
        answers["unit"] = walk.area.code
    photos = []
    if (
        move.photos
        or (move.opens and walk.site is not None)
        or (walk.kind == "appeal" and move.opens and maker.dice.random() < 0.5)
    ):
        side = "after" if move.does in {"mend", "verify"} else "before"
        photos = [_photo(maker, walk.scene, side, at)]
    files = [_paper(maker, walk, at)] if move.files else []
    return Said(answers, maker.note(move.does), photos, files)


def _answer(maker: Maker, walk: Walk, row: FieldRow, at: datetime) -> object:
    dice, said = maker.dice, maker.settings["answers"].get(row.id)
    if row.kind is Kind.TABLE:
        return "\n".join(said) if said and row.id == "parties" else ""
    if said:
        return dice.choice(said)
    simple: dict[Kind, object] = {
        Kind.DATE: at.date().isoformat(),
        Kind.YES_NO: "yes" if dice.random() < 0.9 else "no",
        Kind.STARS: str(dice.choices([5, 4, 3, 2], [50, 34, 12, 4])[0]),
        Kind.INTEGER: str(min(int(row.most or 9), int(row.least or 1) + dice.randrange(0, 2))),
        Kind.DECIMAL: str(min(row.most or Decimal(99), (row.least or Decimal(0)) + dice.randrange(1, 40))),
        Kind.TERM: "3 工作日",
        Kind.LONG: maker.note("any"),
        Kind.TEXT: "演示",
    }
    if row.kind is Kind.CHOICE:
        return row.options[0] if dice.random() < 0.6 else dice.choice(row.options)
    if row.kind is Kind.CHOICES:
        return list(row.options) if row.least else [dice.choice(row.options)]
    if row.kind is Kind.UNIT:
        unit = walk.area or (walk.site.organisation if walk.site else None)
        return unit.code if unit else ""
    return simple.get(row.kind, "")


def _photo(maker: Maker, scene: int, side: str, at: datetime) -> StoredFile:
    if (scene, side) not in maker.photos:
        data = draw(scene, clean=side == "after")
        maker.photos[scene, side] = keep_photo(data, f"演示-{scene}-{side}.jpg", by=MACHINE, at=at)
    return maker.photos[scene, side]


def _paper(maker: Maker, walk: Walk, at: datetime) -> StoredFile:
    return keep_file(f"演示附件：{walk.kind}。这不是真实文书。".encode(), "演示附件.txt", by=MACHINE, at=at)


def draw(scene: int, *, clean: bool) -> bytes:
    """A drawn street corner, the same view with and without litter: no photo of a real place or person."""
    dice = random.Random(scene)  # noqa: S311 - demo data
    picture = Image.new("RGB", (800, 600), (196, 214, 226))
    pen = ImageDraw.Draw(picture)
    x = 0
    while x < 800:
        wide, tall = dice.randrange(90, 190), dice.randrange(160, 330)
        wall = tuple(dice.randrange(150, 225) for _ in range(3))
        pen.rectangle((x, 380 - tall, x + wide - 6, 380), fill=wall)
        for row in range(380 - tall + 24, 350, 52):
            for column in range(x + 14, x + wide - 30, 38):
                pen.rectangle((column, row, column + 20, row + 28), fill=(92, 110, 126))
        x += wide
    pen.rectangle((0, 380, 800, 440), fill=(170, 168, 160))
    pen.rectangle((0, 440, 800, 600), fill=(112, 114, 116))
    for mark in range(0, 800, 120):
        pen.rectangle((mark, 515, mark + 60, 521), fill=(230, 230, 224))
    bin_x = dice.randrange(120, 620)
    pen.rectangle((bin_x, 352, bin_x + 44, 432), fill=(56, 112, 74))
    if not clean:
        for _ in range(dice.randrange(30, 60)):
            left, top = bin_x + dice.randrange(-110, 150), dice.randrange(396, 480)
            tone = dice.choice([(236, 236, 230), (184, 60, 52), (70, 74, 120), (214, 180, 80)])
            pen.ellipse((left, top, left + dice.randrange(8, 26), top + dice.randrange(6, 16)), fill=tone)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()
