"""Assigning duties, one by one or a whole table at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from chuangwen.kernel.dates import day_of
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.duties.duty_table import DutyRow
from chuangwen.records.duties.models import Duty, DutyKind
from chuangwen.records.ledger.actions import Thing, note
from chuangwen.records.standards.models import Edition, Node, NodeKind, Requirement
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.models import Organisation, Person
from chuangwen.records.township.permissions import Permission


class NotAStandard(Refusal):
    """Only standards carry duties; items and contents are answered for through them."""

    code = "not_a_standard"
    sentence = later("“{node}”不是测评标准。请把责任分到它下面的每一条标准。")


class LeadAssists(Refusal):
    """The lead unit cannot assist itself."""

    code = "lead_assists"
    sentence = later("“{unit}”已是牵头单位，不能同时是责任（配合）单位。")


class UnitClosed(Refusal):
    """A closed unit takes no new duty."""

    code = "unit_closed"
    sentence = later("“{unit}”已撤销，不能再承担责任。请换一个单位。")


@dataclass(frozen=True)
class Charge:
    """Who answers: one lead unit, assisting units, one person, by when."""

    lead: Organisation
    assisting: Sequence[Organisation] = ()
    person: Person | None = None
    due: date | None = None

    def told(self) -> dict[str, object]:
        return {
            "lead": self.lead.name,
            "assisting": [unit.name for unit in self.assisting],
            "person": self.person.name if self.person else "",
            "due": self.due,
        }


@transaction.atomic
def assign(thing: Node | Requirement, charge: Charge, *, by: By, at: datetime) -> Duty:
    """Give one standard or requirement to its lead unit; an earlier duty is replaced and kept in the ledger."""
    must(by, Permission.ASSIGN_DUTIES, charge.lead)
    if isinstance(thing, Node) and thing.kind != NodeKind.STANDARD:
        raise NotAStandard(node=thing.title)
    old = Duty.objects.filter(**_key(thing)).select_related("lead", "person").prefetch_related("assisting").first()
    before = _told(old) if old else {}
    if old:
        must(by, Permission.ASSIGN_DUTIES, old.lead)
    duty = set_duty(old or Duty(kind=_kind(thing), **_key(thing)), charge, at=at)
    note(Thing("duty", thing.code, str(thing)), later("分配责任"), by=by, at=at, before=before, after=charge.told())
    return duty


@transaction.atomic
def withdraw(duty: Duty, *, by: By, at: datetime) -> None:
    """Take a duty back; its standard stands in the list of what is left over again."""
    must(by, Permission.ASSIGN_DUTIES, duty.lead)
    before = _told(duty)
    thing = duty.standard or duty.requirement
    title, key = str(thing or duty), thing.code if thing else str(duty.pk)
    duty.delete()
    note(Thing("duty", key, title), later("收回责任"), by=by, at=at, before=before)


def set_duty(duty: Duty, charge: Charge, *, at: datetime) -> Duty:
    """Write a duty's rows (inside the caller's transaction; the caller writes the ledger note)."""
    if charge.lead in charge.assisting:
        raise LeadAssists(unit=charge.lead.name)
    for unit in (charge.lead, *charge.assisting):
        if unit.closed and unit.closed <= day_of(at):
            raise UnitClosed(unit=unit.name)
    duty.lead, duty.person, duty.due, duty.assigned_at = charge.lead, charge.person, charge.due, at
    duty.save()
    duty.assisting.set(charge.assisting)
    return duty


@transaction.atomic
def assign_many(edition: Edition, rows: Sequence[DutyRow], problems: Problems, *, by: By, at: datetime) -> int:
    """Take in a whole duty table, or nothing of it. Returns the number of duties set."""
    problems.refuse("责任分解表")
    units = Organisation.objects.in_bulk({row.lead for row in rows} | {unit for row in rows for unit in row.assisting})
    for lead in (*(units[one] for one in {row.lead for row in rows}), *_leads_now(edition, rows)):
        must(by, Permission.ASSIGN_DUTIES, lead)
    standards = dict(Node.objects.filter(edition=edition, kind=NodeKind.STANDARD).values_list("code", "pk"))
    requirements = dict(Requirement.objects.filter(edition=edition).values_list("code", "pk"))
    _write(rows, standards, requirements, at=at)
    thing = Thing("duty_table", f"{edition.pack}@{edition.edition}", edition.title)
    told = [{"target": row.target, "lead": units[row.lead].name} for row in rows]
    note(thing, later("批量分配责任"), by=by, at=at, after={"count": len(rows), "rows": told})
    return len(rows)


def _leads_now(edition: Edition, rows: Sequence[DutyRow]) -> Iterable[Organisation]:
    """The units that lead until now what a table names: taking over from them wants the right over them too."""
    codes = [row.target for row in rows]
    held = Q(led_duties__standard__edition=edition, led_duties__standard__code__in=codes)
    held |= Q(led_duties__requirement__edition=edition, led_duties__requirement__code__in=codes)
    return Organisation.objects.filter(held).distinct()


def _write(
    rows: Iterable[DutyRow], standards: Mapping[str, int], requirements: Mapping[str, int], *, at: datetime
) -> None:
    keyed = [(row, standards.get(row.target), requirements.get(row.target)) for row in rows]
    new = [_duty(row, standard, None if standard else requirement, at) for row, standard, requirement in keyed]
    changed = ["lead", "person", "due", "assigned_at"]
    for kind, field in ((DutyKind.STANDARD, "standard"), (DutyKind.REQUIREMENT, "requirement")):
        Duty.objects.bulk_create(
            [duty for duty in new if duty.kind == kind],
            update_conflicts=True,
            unique_fields=[field],
            update_fields=changed,
        )
    kept = Duty.objects.filter(standard__in=[duty.standard_id for duty in new if duty.standard_id])
    kept |= Duty.objects.filter(requirement__in=[duty.requirement_id for duty in new if duty.requirement_id])
    ids = {(duty.standard_id, duty.requirement_id): duty.pk for duty in kept}
    link = Duty.assisting.through
    link.objects.filter(duty_id__in=ids.values()).delete()
    link.objects.bulk_create(
        link(duty_id=ids[duty.standard_id, duty.requirement_id], organisation_id=unit)
        for (row, _, _), duty in zip(keyed, new, strict=True)
        for unit in row.assisting
    )


def _duty(row: DutyRow, standard: int | None, requirement: int | None, at: datetime) -> Duty:
    return Duty(
        kind=DutyKind.STANDARD if standard else DutyKind.REQUIREMENT,
        standard_id=standard,
        requirement_id=requirement,
        lead_id=row.lead,
        person_id=row.person,
        due=row.due,
        assigned_at=at,
    )


@transaction.atomic
def carry_over(old: Edition, new: Edition, homes: Mapping[str, Sequence[str]], *, by: By, at: datetime) -> list[str]:
    """Bring the duties of an old edition to a new one: same code, or the codes its crosswalk names.

    ``homes`` maps an old code of a standard to its new codes. A requirement goes over to the one of the same title, else
    of the same code, under a home of its standard. Returns the old codes that found no home; duties that the new edition
    already has are left as they are.
    """
    must(by, Permission.EDIT_FRAMEWORK)
    found = _Homes(new, homes)
    rows: dict[str, DutyRow] = {}
    homeless: list[str] = []
    duties = Duty.objects.filter(Q(standard__edition=old) | Q(requirement__edition=old))
    duties = duties.select_related("standard", "requirement__node").prefetch_related("assisting")
    for duty in duties.order_by("standard__position", "requirement__position", "pk"):
        thing = duty.standard or duty.requirement
        targets = found.of(thing) if thing else []
        if thing and not targets:
            homeless.append(thing.code)
        for target in targets:
            if target not in found.taken:
                assisting = tuple(unit.pk for unit in duty.assisting.all())
                rows.setdefault(target, DutyRow(0, target, duty.lead_id, assisting, duty.person_id, duty.due))
    _write(rows.values(), found.standards, found.requirements, at=at)
    table = Thing("duty_table", f"{new.pack}@{new.edition}", new.title)
    note(table, later("责任随新版体系结转"), by=by, at=at, after={"carried": len(rows), "homeless": homeless})
    return homeless


class _Homes:
    """Where what carried a duty in an old edition stands in the new one."""

    def __init__(self, new: Edition, homes: Mapping[str, Sequence[str]]) -> None:
        self._homes = homes
        self.standards = dict(Node.objects.filter(edition=new, kind=NodeKind.STANDARD).values_list("code", "pk"))
        rows = list(
            Requirement.objects.filter(edition=new)
            .order_by("position")
            .values_list("code", "pk", "title", "node__code")
        )
        self.requirements = {code: pk for code, pk, _, _ in rows}
        self._under = [(standard, code, title) for code, _, title, standard in rows]
        held = Duty.objects.filter(Q(standard__edition=new) | Q(requirement__edition=new))
        self.taken = {code for pair in held.values_list("standard__code", "requirement__code") for code in pair if code}

    def of(self, thing: Node | Requirement) -> list[str]:
        """The new codes of a standard or a requirement; none when it has no home."""
        if isinstance(thing, Node):
            return [code for code in self._homes.get(thing.code, [thing.code]) if code in self.standards]
        homes = self._homes.get(thing.node.code, [thing.node.code])
        under = [(code, title) for standard, code, title in self._under if standard in homes]
        same = [code for code, title in under if title == thing.title]
        return same or [code for code, _ in under if code == thing.code]


def _key(thing: Node | Requirement) -> dict[str, Node | Requirement]:
    return {"standard" if isinstance(thing, Node) else "requirement": thing}


def _kind(thing: Node | Requirement) -> DutyKind:
    return DutyKind.STANDARD if isinstance(thing, Node) else DutyKind.REQUIREMENT


def _told(duty: Duty) -> dict[str, object]:
    return Charge(duty.lead, list(duty.assisting.all()), duty.person, duty.due).told()
