"""Named reads over cases: what a person sees, owes, waits for; a case with its family; its like."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from chuangwen.kernel.coordinates import distance_m
from chuangwen.kernel.numerals import fixed
from chuangwen.kernel.words import listed, say
from chuangwen.records.measures.models import Round
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Organisation, Person
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.lateness import late_now
from chuangwen.work.cases.models import (
    Attachment,
    Case,
    CaseLink,
    CaseType,
    Category,
    Comment,
    Phase,
    Reporter,
    Rung,
    Step,
)
from chuangwen.work.cases.relations import not_apart, standing_for
from chuangwen.work.cases.seeing import sees
from chuangwen.work.cases.types import definition

DUE = F("due_at").asc(nulls_last=True)  # what rests owes nothing by a day, so it stands below what does
LIKE_METRES = 150
LIKE_DAYS = 30
SEVERAL = 10


def visible_to(actor: Actor) -> QuerySet[Case]:
    """Every case that this person may know of."""
    return Case.objects.filter(sees(actor))


def in_rows(cases: QuerySet[Case]) -> QuerySet[Case]:
    """For lists: the units with each case, the type without its content."""
    return cases.select_related("type", "lead", "area", "holder", "turn_unit", "turn_person__organisation").defer(
        "type__content", "clocks", "answers", "hidden", "did", "raw_place", "text"
    )


def by_number(actor: Actor, number: str) -> Case | None:
    """One case with all that its page asks for, if this person may see it."""
    rows = visible_to(actor).select_related(
        "type",
        "lead",
        "area",
        "site",
        "holder",
        "opener",
        "accused",
        "parent",
        "merged_into",
        "turn_unit",
        "turn_person",
    )
    return rows.prefetch_related("assisting").filter(number=number).first()


def turn_of(actor: Actor) -> Q:
    """It is this person's turn: named, or one of the unit's people, or one of the role's.

    Somebody named who has left the unit, or whose account is closed, blocks nobody: those who come after have it.
    """
    unit = actor.organisation.pk if actor.organisation is not None else 0
    mine = Q(turn_person=actor.person_id) & (Q(turn_unit=None) | Q(turn_unit=unit))
    if unit and actor.may(Permission.WORK_CASES):
        here = Person.objects.filter(organisation=unit, is_active=True).values("pk")
        mine |= Q(turn_unit=unit) & (Q(turn_person=None) | ~Q(turn_person__in=here))
    if actor.roles:
        gone = Person.objects.filter(is_active=False).values("pk")
        free = Q(turn_person=None) | Q(turn_person__in=gone)
        mine |= Q(turn_unit=None, turn_role__in=actor.roles) & free
    return mine


def my_work(actor: Actor) -> QuerySet[Case]:
    """Everything I owe, over all types, the nearest deadline first and what rests last."""
    mine = visible_to(actor).filter(turn_of(actor)).exclude(phase=Phase.CLOSED)
    return mine.order_by(DUE, "id")


def to_revisit(actor: Actor, today: date) -> QuerySet[Case]:
    """Closed cases whose later re-visit (回头看) is due, for those who may look and did not do the work themselves."""
    due = visible_to(actor).filter(phase=Phase.CLOSED, merged_into=None, revisit_on__lte=today)
    mine = Q(pk__in=[])
    if actor.may(Permission.WORK_CASES):
        for row in CaseType.objects.filter(pk__in=due.order_by().values("type")).defer("content"):
            for move in _looks(definition(row)):
                may = standing_for(move.who, actor) & not_apart(move.apart_from, actor)
                mine |= Q(type=row.pk, state__in=move.sources) & may
    return due.filter(mine).order_by("revisit_on", "id")


def _looks(type_: CaseTypeRow) -> list[MoveRow]:
    """The moves by which somebody looks again; where a type has none, those that report a relapse."""
    moves = [one for one in type_.moves if one.does == "revisit"]
    return moves or [one for one in type_.moves if one.does == "relapse"]


@dataclass(frozen=True)
class Relapses:
    """How often a kind of problem has come back at one place, and in how many cases it was dealt with."""

    site: str
    site_id: int
    category: str
    times: int
    cases: int


def relapses(rows: QuerySet[Case]) -> list[Relapses]:
    """The counter of relapses (反弹) by site and category, the most stubborn first."""
    named = rows.filter(merged_into=None).exclude(site=None).exclude(category="").order_by()
    counts = named.values_list("site__name", "site", "category").annotate(times=Sum("relapses"), cases=Count("pk"))
    found = [Relapses(*one) for one in counts.filter(times__gt=0)]
    return sorted(found, key=lambda one: (-one.times, -one.cases, one.site))


def relapses_here(actor: Actor, case: Case) -> Relapses | None:
    """The counter of the case's own site and category, as this person sees it."""
    if case.site is None or not case.category:
        return None
    here = visible_to(actor).filter(site=case.site, category=case.category, merged_into=None)
    count = here.aggregate(times=Coalesce(Sum("relapses"), 0), cases=Count("pk"))
    return Relapses(case.site.name, case.site.pk, case.category, count["times"], count["cases"])


def of_my_unit(actor: Actor) -> QuerySet[Case]:
    """What my unit leads or assists and is not over."""
    if actor.organisation is None:
        return Case.objects.none()
    unit = actor.organisation.pk
    assisted = Case.assisting.through.objects.filter(organisation=unit).values("case")
    ours = visible_to(actor).filter(Q(lead=unit) | Q(turn_unit=unit) | Q(pk__in=assisted))
    return ours.exclude(phase=Phase.CLOSED).order_by(DUE, "id")


def waiting_for_others(actor: Actor) -> QuerySet[Case]:
    """What I opened or hold and somebody else must now move."""
    mine = visible_to(actor).filter(Q(opener=actor.person_id) | Q(holder=actor.person_id))
    return mine.exclude(phase=Phase.CLOSED).exclude(turn_of(actor)).order_by(DUE, "id")


def overdue(actor: Actor, at: datetime) -> QuerySet[Case]:
    """What I may see and is late now."""
    return visible_to(actor).filter(late_now(at)).order_by(DUE, "id")


def owed_by(actor: Actor) -> QuerySet[Case]:
    """What the figure in the frame of every page counts."""
    return my_work(actor) if actor.person is not None and actor.may(Permission.SEE_CASES) else Case.objects.none()


@dataclass(frozen=True)
class Family:
    """A case with the duplicates merged into it: all their reporters, photos, steps and comments together."""

    case: Case
    merged: list[Case]
    steps: list[Step]
    attachments: list[Attachment]
    comments: list[Comment]
    reporters: list[Reporter]


def family(case: Case) -> Family:
    """All that has come together under one case, in five queries."""
    merged = list(Case.objects.filter(merged_into=case).order_by("opened_at"))
    keys = [case.pk, *(one.pk for one in merged)]
    hung = Attachment.objects.select_related("file")
    return Family(
        case=case,
        merged=merged,
        steps=list(
            Step.objects.filter(case__in=keys)
            .select_related("case")
            .defer("case__clocks", "case__answers", "case__hidden")
            .prefetch_related(Prefetch("attachments", queryset=hung))
            .order_by("at", "case", "number")
        ),
        attachments=list(hung.filter(case__in=keys)),
        comments=list(Comment.objects.filter(case__in=keys).select_related("person").order_by("at")),
        reporters=list(Reporter.objects.filter(case__in=keys).order_by("at")),
    )


def relatives(actor: Actor, case: Case) -> dict[str, object]:
    """The cases beside this one that the person may know of: where it comes from, what came of it, what it was merged into."""
    known = {one for one in (case.parent_id, case.merged_into_id) if one}
    seen = visible_to(actor).filter(Q(parent=case) | Q(pk__in=known)).defer("clocks", "answers", "hidden", "did")
    rows = {one.pk: one for one in seen.order_by("opened_at")}
    return {
        "parent": rows.get(case.parent_id or 0),
        "into": rows.get(case.merged_into_id or 0),
        "children": [one for one in rows.values() if one.parent_id == case.pk],
    }


@dataclass(frozen=True)
class Like:
    """A case that may be the same matter, and why one thinks so."""

    case: Case
    why: str
    metres: float | None = None


def like(
    rows: QuerySet[Case], *, category: str, place: tuple[Decimal, Decimal] | None, area: int | None, site: int | None, at: datetime
) -> list[Like]:  # fmt: skip
    """Cases that may be the same matter: near in place, same category, in the last month; the likeliest first."""
    recent = rows.filter(opened_at__gte=at - timedelta(days=LIKE_DAYS), merged_into=None).exclude(
        Q(phase=Phase.CLOSED) & ~Q(outcome="done")
    )
    near = Q(pk__in=[])
    if site is not None:
        near |= Q(site=site)
    if place is not None:
        step = Decimal("0.002")
        near |= Q(lon__range=(place[0] - step, place[0] + step), lat__range=(place[1] - step, place[1] + step))
    if area is not None and category:
        near |= Q(area=area, category=category)
    found = []
    for case in in_rows(recent.filter(near)).order_by("-opened_at")[:200]:
        metres = (
            distance_m(place, (case.lon, case.lat)) if place and case.lon is not None and case.lat is not None else None
        )
        same = bool(category) and case.category == category
        close = metres is not None and metres <= LIKE_METRES
        at_site = site is not None and case.site_id == site
        if (same and (close or at_site or place is None)) or (
            close and metres is not None and metres <= LIKE_METRES / 3
        ):
            found.append(Like(case, _why(same=same, metres=metres, at_site=at_site), metres))
    return sorted(found, key=lambda one: (one.metres if one.metres is not None else LIKE_METRES, -one.case.pk))[
        :SEVERAL
    ]


def _why(*, same: bool, metres: float | None, at_site: bool) -> str:
    parts = [
        say("同一点位") if at_site else "",
        say("相距 {metres} 米", metres=fixed(metres, 0)) if metres is not None else "",
        say("同类问题") if same else "",
    ]
    return listed(part for part in parts if part) or say("同村同类问题")


def of_year(links: QuerySet[CaseLink], year: int) -> QuerySet[CaseLink]:
    """Links of cases that belong to a year's rounds, or to no round.

    What last year's round asks of a unit is not asked for by a case of this year's.
    """
    rounds = Round.objects.filter(year=year).values("code")
    return links.exclude(Exists(CaseLink.objects.filter(case=OuterRef("case"), kind="round").exclude(key__in=rounds)))


def cases_by_link(actor: Actor, kind: str, keys: list[str], *, year: int = 0) -> dict[str, tuple[str, bool]]:
    """For each of these things the number of its newest case (of a year's rounds), and whether that is over, in one query."""
    rows = CaseLink.objects.filter(kind=kind, key__in=keys, case__in=visible_to(actor)).order_by("case__opened_at")
    rows = of_year(rows, year) if year else rows
    return {
        key: (number, phase == Phase.CLOSED)
        for key, number, phase in rows.values_list("key", "case__number", "case__phase")
    }


@dataclass(frozen=True)
class Names:
    """What a list of cases calls things and is filtered by: kinds by code, units by key, categories by code."""

    kinds: list[tuple[str, str]]
    units: list[tuple[str, str]]
    categories: dict[str, str]


def names() -> Names:
    """Kinds in force, units and categories, in one query."""

    def part(rows: QuerySet[Any], key: Any, name: str, group: Any) -> QuerySet[Any, Any]:
        named = rows.order_by().annotate(the_group=group, the_key=key, the_name=F(name), the_place=F("order"))
        found: QuerySet[Any, Any] = named.values_list("the_group", "the_key", "the_name", "the_place")
        return found

    kinds = part(CaseType.objects.filter(in_force=True), F("code"), "title", Value("kind", CharField()))
    units = part(Organisation.objects.all(), Cast("pk", CharField()), "name", Value("unit", CharField()))
    categories = part(Category.objects.all(), F("code"), "title", Concat(Value("of "), F("table")))
    found = sorted(kinds.union(units, categories, all=True), key=lambda one: (one[0], one[3], one[1]))
    return Names(
        kinds=[(key, name) for group, key, name, _place in found if group == "kind"],
        units=[(key, name) for group, key, name, _place in found if group == "unit"],
        categories={key: name for group, key, name, _place in found if group.startswith("of ")},
    )


def category_titles(table: str = "") -> dict[str, str]:
    """Titles of categories by code (with the table in front when none is named)."""
    rows = Category.objects.filter(table=table) if table else Category.objects.all()
    return dict(rows.values_list("code", "title"))


def category_terms(table: str) -> list[Category]:
    """The categories of a table that have a deadline of their own, in order."""
    return list(Category.objects.filter(table=table, retired=False).exclude(term="").order_by("order"))


def rungs(ladder: str) -> list[Rung]:
    """What happens when a deadline has passed, step by step."""
    return list(Rung.objects.filter(ladder=ladder).order_by("order"))
