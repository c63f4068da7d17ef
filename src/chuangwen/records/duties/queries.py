"""Who answers for what, and what is left over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from chuangwen.kernel.figures import Figure, day_text, declare
from chuangwen.kernel.tables.names import Names
from chuangwen.kernel.words import later
from chuangwen.records.duties.duty_table import DutyRow, Known
from chuangwen.records.duties.models import Duty
from chuangwen.records.standards.models import Edition, Node, NodeKind, Requirement
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Organisation, Person
from chuangwen.records.township.permissions import Permission

WITH_LEAD = declare(
    "duties.with_lead",
    later("有牵头单位"),
    later("定了牵头单位的测评标准 ÷ 本体系全部测评标准"),
    opens=later("责任分解"),
    form="rate",
)
WITH_PERSON = declare(
    "duties.with_person",
    later("责任到人"),
    later("定了责任人的测评标准 ÷ 本体系全部测评标准"),
    opens=later("责任分解"),
    form="rate",
)


OWED = declare(
    "duties.owed", later("本人和本单位的责任"), later("本人负责或本单位牵头的标准、材料和任务"), opens=later("我的责任")
)
OWN = declare("duties.own", later("由我负责的"), later("责任人是本人的标准、材料和任务"), opens=later("我的责任"))


@dataclass(frozen=True)
class Spread:
    """How many of an edition's standards have a lead and a person; each also as a figure."""

    edition: int
    standards: int
    with_lead: int
    with_person: int

    def lead_figure(self, on: date) -> Figure:
        return Figure(WITH_LEAD, self.with_lead, f"edition:{self.edition}", day_text(on), self.standards)

    def person_figure(self, on: date) -> Figure:
        return Figure(WITH_PERSON, self.with_person, f"edition:{self.edition}", day_text(on), self.standards)


def spread(edition: int) -> Spread:
    """How far the duties of an edition are spread, in one query."""
    rows = Node.objects.filter(edition=edition, kind=NodeKind.STANDARD).order_by()
    found = rows.aggregate(
        standards=Count("pk"),
        with_lead=Count("pk", filter=Q(duty__isnull=False)),
        with_person=Count("pk", filter=Q(duty__person__isnull=False)),
    )
    return Spread(edition, **found)


@dataclass(frozen=True)
class DutyLine:
    """A duty as lists show it."""

    id: int
    lead_id: int
    lead: str
    assisting: tuple[str, ...]
    person: str
    due: date | None


def visible_to(actor: Actor) -> QuerySet[Duty]:
    """Duties that the actor may see: those led by units within reach."""
    return actor.reach(Permission.SEE_DUTIES).filter(Duty.objects.all(), "lead")


def of_standards(edition: Edition | int) -> dict[int, DutyLine]:
    """Every standard's duty by the standard's key, in two queries."""
    rows = Duty.objects.filter(standard__edition=edition)
    return {line[0]: line[1] for line in _lines(rows, "standard_id")}


def of_requirements(edition: Edition | int) -> dict[int, DutyLine]:
    """Requirements that have a duty of their own."""
    rows = Duty.objects.filter(requirement__edition=edition)
    return {line[0]: line[1] for line in _lines(rows, "requirement_id")}


def of_tasks(ids: Sequence[int]) -> dict[int, DutyLine]:
    """Duties by their own key, as tasks of the plan point at them."""
    return {line[0]: line[1] for line in _lines(Duty.objects.filter(pk__in=ids), "pk")}


def _lines(rows: QuerySet[Duty], key: str) -> list[tuple[int, DutyLine]]:
    assisting: dict[int, list[str]] = {}
    links = Duty.assisting.through.objects.filter(duty__in=rows).order_by("organisation__order", "organisation_id")
    for duty, short in links.values_list("duty_id", "organisation__short"):
        assisting.setdefault(duty, []).append(short)
    values = rows.values_list(key, "pk", "lead_id", "lead__short", "person__name", "due")
    return [
        (thing, DutyLine(pk, lead_id, lead, tuple(assisting.get(pk, ())), person or "", due))
        for thing, pk, lead_id, lead, person, due in values
    ]


def lead_units(edition: Edition | int) -> dict[str, str]:
    """Code of the lead unit by the code of the standard: what losses are handed to."""
    rows = Duty.objects.filter(standard__edition=edition).values_list("standard__code", "lead__code")
    return dict(rows)


def left_over(edition: Edition | int) -> QuerySet[Node]:
    """Standards that nobody answers for."""
    return Node.objects.filter(edition=edition, kind=NodeKind.STANDARD, duty=None)


def owed_by(actor: Actor) -> QuerySet[Duty]:
    """What this person, or the person's unit as lead, answers for, soonest first and without a day last."""
    own = Duty.objects.filter(person_id=actor.person_id)
    if actor.organisation is not None:
        own |= Duty.objects.filter(lead_id=actor.organisation.pk)
    return own.select_related("standard", "requirement", "lead", "person").order_by(F("due").asc(nulls_last=True), "pk")


def owed_figures(actor: Actor, on: date) -> tuple[Figure, Figure]:
    """How much that is, and how much of it is this person's by name."""
    found = owed_by(actor).order_by().aggregate(owed=Count("pk"), own=Count("pk", filter=Q(person=actor.person_id)))
    scope, day = f"person:{actor.username}", day_text(on)
    return Figure(OWED, found["owed"], scope, day), Figure(OWN, found["own"], scope, day)


def known_names(edition: Edition) -> Known:
    """What the names in a duty table may stand for, and the duties that stand."""
    standards = Node.objects.filter(edition=edition, kind=NodeKind.STANDARD).values_list("code", "title", "text")
    targets = [(code, tuple(filter(None, words))) for code, *words in standards]
    needed = Requirement.objects.filter(edition=edition).values_list("code", "title")
    targets += [(code, (title,)) for code, title in needed]
    facts = Organisation.objects.filter(closed=None).values_list("pk", "code", "name", "short", "aliases")
    units = {code: (pk, (name, short, *aliases)) for pk, code, name, short, aliases in facts}
    people = {one.username: one for one in Person.objects.filter(is_active=True).select_related("organisation")}
    beside = {
        username: (one.post, one.organisation.name if one.organisation else "") for username, one in people.items()
    }
    lists = {
        "targets": Names(later("标准、材料和任务的编号"), targets),
        "units": Names(later("单位名册"), [(code, names) for code, (_, names) in units.items()]),
        "people": Names(later("人员"), [(username, (one.name,)) for username, one in people.items()], beside),
    }
    keys = {username: one.pk for username, one in people.items()}
    return Known(lists, {code: pk for code, (pk, _) in units.items()}, keys, _standing(edition))


def _standing(edition: Edition) -> dict[str, DutyRow]:
    """Every duty of the edition by the code of what it is for."""
    mine = Q(standard__edition=edition) | Q(requirement__edition=edition)
    duties = Duty.objects.filter(mine).select_related("standard", "requirement").prefetch_related("assisting")
    return {
        thing.code: DutyRow(0, thing.code, one.lead_id, _units(one), one.person_id, one.due)
        for one in duties
        if (thing := one.standard or one.requirement) is not None
    }


def _units(duty: Duty) -> tuple[int, ...]:
    return tuple(unit.pk for unit in duty.assisting.all())
