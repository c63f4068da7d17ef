"""Installing any set of packs, all or nothing, through the actions of the rooms that own the content."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from chuangwen.doors.packs.beside import problems_beside
from chuangwen.doors.packs.reading import Checked
from chuangwen.kernel.problems import Problems, Rejected
from chuangwen.kernel.words import say
from chuangwen.records.archive.installing import install_archive
from chuangwen.records.duties.actions import assign_many, carry_over
from chuangwen.records.duties.duty_table import DutyRow
from chuangwen.records.duties.models import Duty
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.comparing import homes_of
from chuangwen.records.standards.definitions import FrameworkPack
from chuangwen.records.standards.models import Edition, Node
from chuangwen.records.township.definitions import TownPack, TownshipPack
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.installing import install_town, install_township
from chuangwen.records.township.models import Organisation, Person
from chuangwen.records.township.permissions import Permission
from chuangwen.results.submission.installing import install_submission
from chuangwen.work.cases.installing import install_content
from chuangwen.work.cases.rollup import count_anew
from chuangwen.work.rotas.installing import install_rotas


@dataclass
class Outcome:
    """What was installed, as (id, edition, whether anything changed)."""

    packs: list[tuple[str, str, bool]] = field(default_factory=list)
    homeless: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, object]:
        """For ``packs install --json``."""
        packs = [{"id": name, "edition": edition, "changed": new} for name, edition, new in self.packs]
        return {"packs": packs, "homeless": self.homeless}


@transaction.atomic
def install(checked: Sequence[Checked], *, by: By, at: datetime) -> Outcome:
    """Install checked packs in the order given. One bad pack stops all."""
    problems = [problem for one in checked for problem in one.problems] or problems_beside(checked)
    if problems or not checked:
        raise Rejected(problems, thing=say("内容包"))
    outcome = Outcome()
    for one in checked:
        if isinstance(one.pack, FrameworkPack):
            outcome.homeless += install_framework(one.pack, outcome, by=by, at=at)
        else:
            name, edition, changed = _install(one, by=by, at=at)
            told = install_content(name, one.cases, papers_of(one), by=by, at=at)
            told |= install_archive(name, one.archive, by=by, at=at)
            changed = install_submission(name, one.submission, by=by, at=at) or changed
            new = install_rotas(name, one.rotas, own=isinstance(one.pack, TownPack), by=by, at=at)
            outcome.packs.append((name, edition, changed or bool(told) or bool(new)))
    return outcome


def papers_of(one: Checked) -> dict[str, bytes]:
    """The templates that the pack's case types print, by name: they are kept with the edition, wherever the folder goes."""
    named = {paper.template for row in one.cases.types for paper in row.papers}
    return {name: (one.folder / "papers" / name).read_bytes() for name in sorted(named)}


def install_framework(pack: FrameworkPack, outcome: Outcome, *, by: By, at: datetime) -> list[str]:
    """Install an edition; duties of the edition before it are carried over, and those that find no home are returned.

    The edition before is the newest one of the same pack, or of a pack that the crosswalk names.
    """
    must(by, Permission.EDIT_FRAMEWORK)
    names = {pack.pack.id, *(row.from_framework for row in pack.crosswalk)}
    before = Edition.objects.filter(pack__in=names).order_by("-installed_at", "-pk").first()
    done = install_edition(pack, by=by, at=at)
    outcome.packs.append((pack.pack.id, pack.pack.edition, done.changed))
    if before is None or not done.changed:
        return []
    homes = homes_of(FrameworkPack.from_data(before.content), pack)
    return carry_over(before, done.edition, homes, by=by, at=at)


def _install(one: Checked, *, by: By, at: datetime) -> tuple[str, str, bool]:
    pack = one.pack
    if isinstance(pack, TownshipPack):
        told = install_township(pack, by=by, at=at)
        return told.pack, told.edition, told.changed
    if isinstance(pack, TownPack):
        paths = dict(Organisation.objects.values_list("pk", "path"))
        told = install_town(pack, by=by, at=at)
        if told.changed:
            assign_duties(pack, by=by, at=at)
            if any(paths.get(key, path) != path for key, path in Organisation.objects.values_list("pk", "path")):
                count_anew()
        return told.pack, told.edition, told.changed
    raise Rejected(one.problems, thing=one.folder.name)


def assign_duties(pack: TownPack, *, by: By, at: datetime) -> int:
    """The town's duty table: for each standard the deepest target that holds it; duties already set stay."""
    units = dict(Organisation.objects.values_list("code", "pk"))
    people = dict(Person.objects.values_list("username", "pk"))
    count = 0
    for edition in Edition.objects.defer("content").order_by("pk"):
        rows = _rows(pack, edition, units, people)
        taken = set(Duty.objects.filter(standard__edition=edition).values_list("standard__code", flat=True))
        fresh = [row for row in rows if row.target not in taken]
        if fresh:
            count += assign_many(edition, fresh, Problems(), by=by, at=at)
    return count


def _rows(pack: TownPack, edition: Edition, units: dict[str, int], people: dict[str, int]) -> list[DutyRow]:
    wanted = {row.target.partition(":")[2]: row for row in pack.duties if row.target.startswith(f"{edition.pack}:")}
    nodes = list(Node.objects.filter(edition=edition).values_list("code", "kind", "parent__code"))
    parents = {code: parent for code, _, parent in nodes}
    rows = []
    for code in (code for code, kind, _ in nodes if kind == "standard"):
        place: str | None = code
        while place and place not in wanted:
            place = parents.get(place)
        if place:
            said = wanted[place]
            assisting = tuple(units[unit] for unit in said.assisting if unit != said.lead)
            rows.append(DutyRow(0, code, units[said.lead], assisting, people.get(said.person), said.due))
    return rows
