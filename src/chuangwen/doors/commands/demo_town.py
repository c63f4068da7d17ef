"""The demo town: packs installed, the plan imported, the generated year taken in through the same actions as real data."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from chuangwen.doors.commands.demo_answers import Submission, write_submission
from chuangwen.doors.commands.demo_cases import make_cases
from chuangwen.doors.commands.demo_filing import file_past_years
from chuangwen.doors.commands.demo_grades import finish_rounds
from chuangwen.doors.commands.demo_releases import make_releases
from chuangwen.doors.commands.demo_rotas import change_rotas, plan_rotas
from chuangwen.doors.commands.demo_submission import make_submissions
from chuangwen.doors.commands.demo_year import CHINA, DemoRound, DemoYear, make_year, town_today
from chuangwen.doors.commands.plan_duties import assign_plan_duties
from chuangwen.doors.packs.installing import install
from chuangwen.doors.packs.reading import Checked, check_folders, folders_in
from chuangwen.kernel.documents import read_document
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.actions import NewRound, open_round
from chuangwen.records.measures.event_actions import NewEvent, record_event
from chuangwen.records.measures.models import FigureValue, Round, RoundKind, Source, Tally
from chuangwen.records.measures.visit_actions import take_in
from chuangwen.records.measures.visits import Found, Item
from chuangwen.records.standards.definitions import FrameworkPack
from chuangwen.records.standards.models import Check, Edition, Figure, Question, Requirement
from chuangwen.records.township.definitions import TownPack
from chuangwen.records.township.models import Organisation, Person, Site
from chuangwen.work.plans.actions import import_plan
from chuangwen.work.plans.reading.reader import read_plan


@dataclass(frozen=True)
class Rows:
    """What codes stand for, by framework."""

    editions: Mapping[str, Edition]
    checks: Mapping[tuple[str, str], Check]
    requirements: Mapping[tuple[str, str], int]
    questions: Mapping[tuple[str, str], int]
    figures: Mapping[tuple[str, str], int]
    sources: Mapping[tuple[str, str], str]
    sites: Mapping[str, Site]
    units: Mapping[str, Organisation]
    people: Mapping[str, int]


@transaction.atomic
def prepare(packs: Path, *, seed: int | None, at: datetime) -> bool:
    """Make the demo town, or leave it as it is when it stands already. Returns whether anything was made."""
    checked = check_folders(folders_in(packs))
    outcome = install(checked, by=MACHINE, at=at)
    if Round.objects.exists():
        return any(changed for _, _, changed in outcome.packs)
    town = next(one for one in checked if isinstance(one.pack, TownPack))
    frameworks = [one.pack for one in checked if isinstance(one.pack, FrameworkPack)]
    _import_plan(town.folder, at=at)
    settings = tomllib.loads((town.folder / "demo.toml").read_text(encoding="utf-8"))
    if isinstance(town.pack, TownPack):
        chosen = seed if seed is not None else town.pack.town.demo.seed if town.pack.town.demo else 0
        year = make_year(_main_first(frameworks), town.pack, settings, chosen)
        _take_in(year)
        rotas = _declared(town.folder / "demo_rotas.toml")
        plan_rotas(rotas)
        _take_cases(town, seed=chosen)
        change_rotas(rotas)
        _take_archive(town, seed=chosen)
        finish_rounds(year, _declared(town.folder / "demo_archive.toml"), seed=chosen, last=_evening(town.pack))
        _take_filing(town, seed=chosen)
        make_releases(town.folder, _declared(town.folder / "demo_releases.toml"))
    return True


def _declared(path: Path) -> dict[str, Any]:
    """What a file of the pack says of the demo; a pack without it says nothing."""
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _take_cases(town: Checked, *, seed: int) -> None:
    """The year of cases that the town's pack declares, up to the evening before the demo's today."""
    said = _declared(town.folder / "demo_cases.toml")
    demo = town.pack.town.demo if isinstance(town.pack, TownPack) else None
    if demo is not None and said:
        make_cases(said, seed=seed, last=datetime.combine(demo.today, time(8, 30), CHINA))


def _take_archive(town: Checked, *, seed: int) -> None:
    """The archive and the submissions that the town's pack declares, up to the same evening."""
    said = _declared(town.folder / "demo_archive.toml")
    demo = town.pack.town.demo if isinstance(town.pack, TownPack) else None
    if demo is not None and said:
        make_submissions(said, seed=seed, last=datetime.combine(demo.today, time(8, 30), CHINA))


def _take_filing(town: Checked, *, seed: int) -> None:
    """The past years that the archive has filed, as the town's pack declares."""
    said = _declared(town.folder / "demo_filing.toml")
    demo = town.pack.town.demo if isinstance(town.pack, TownPack) else None
    if demo is not None and said:
        file_past_years(said, seed=seed, last=datetime.combine(demo.today, time(8, 30), CHINA))


def _main_first(frameworks: Sequence[FrameworkPack]) -> list[FrameworkPack]:
    """The framework with a companion, then that companion."""
    return sorted(frameworks, key=lambda pack: pack.framework.companion is None)


def _import_plan(folder: Path, *, at: datetime) -> None:
    for path in sorted(folder.glob("plan-*.txt")):
        text = read_document(path.read_bytes(), path.name).text
        made = import_plan(read_plan(text), text, file=path.name, by=MACHINE, at=at)
        if made.new:
            assign_plan_duties(folder, made.plan, by=MACHINE, at=at)


def _rows() -> Rows:
    editions = {edition.pack: edition for edition in Edition.objects.defer("content").order_by("pk")}
    names = {edition.pk: pack for pack, edition in editions.items()}
    return Rows(
        editions=editions,
        checks={(names[one.edition_id], one.code): one for one in Check.objects.all()},
        requirements={(names[one.edition_id], one.code): one.pk for one in Requirement.objects.all()},
        questions={(names[one.edition_id], one.code): one.pk for one in Question.objects.all()},
        figures={(names[one.edition_id], one.code): one.pk for one in Figure.objects.all()},
        sources={
            (pack, row["code"]): row["source"] for pack, one in editions.items() for row in one.content["figures"]
        },
        sites={one.code: one for one in Site.objects.select_related("organisation")},
        units={one.code: one for one in Organisation.objects.all()},
        people=dict(Person.objects.values_list("name", "pk")),
    )


def _evening(pack: TownPack) -> datetime:
    """The morning of the demo's today, up to which its past goes."""
    return datetime.combine(town_today(pack), time(8, 30), CHINA)


def _take_in(year: DemoYear) -> None:
    rows = _rows()
    for event in year.events:
        at = datetime.combine(event.date, time(17), CHINA)
        new = NewEvent(event.code, event.text, event.date, rows.units.get(event.organisation))
        record_event(rows.editions[event.framework], new, by=MACHINE, at=at)
    frameworks = list(rows.editions.values())
    main = next(one for one in frameworks if one.content["framework"]["companion"])
    beside = rows.editions.get(main.content["framework"]["companion"]["framework"])
    for said in year.rounds:
        _one_round(year, said, rows, (main, beside))


def _one_round(year: DemoYear, said: DemoRound, rows: Rows, editions: tuple[Edition, Edition | None]) -> None:
    opened = datetime.combine(said.opens, time(9), CHINA)
    new = NewRound(said.code, said.title, RoundKind(said.kind), said.year, said.opens, said.closes)
    round_ = open_round(new, *editions, by=MACHINE, at=opened)
    found = _found(year, said, rows)
    seen = max([opened, *(one.seen_at for one in found)])
    take_in(round_, found, what="demo", by=MACHINE, at=seen)
    write_submission(round_, _submission(year, said, rows, round_), at=opened)


def _found(year: DemoYear, said: DemoRound, rows: Rows) -> list[Found]:
    return [
        Found(
            site=rows.sites[one.site],
            item=Item(rows.checks[one.framework, one.check], one.result, note=one.note, mark=one.mark),
            seen_at=one.seen_at,
            seen_by=one.inspector,
            inspector_id=rows.people.get(one.inspector),
            recheck_of=one.replaces or None,
            source=Source.DEMO,
        )
        for one in year.observations[said.code]
    ]


def _submission(year: DemoYear, said: DemoRound, rows: Rows, round_: Round) -> Submission:
    at = timezone.make_aware(datetime.combine(said.opens, time(10)))
    return Submission(
        tallies=[
            Tally(
                round=round_,
                question_id=rows.questions[one.framework, one.question],
                organisation=rows.units[one.organisation],
                valid=one.valid,
                positive=one.positive,
                recorded_by=MACHINE.name,
                recorded_at=at,
            )
            for one in year.tallies[said.code]
        ],
        figures=[
            FigureValue(
                round=round_,
                figure_id=rows.figures[one.framework, one.figure],
                numerator=one.numerator,
                denominator=one.denominator,
                source=rows.sources.get((one.framework, one.figure), ""),
                recorded_by=MACHINE.name,
                recorded_at=at,
            )
            for one in year.figures[said.code]
        ],
    )
