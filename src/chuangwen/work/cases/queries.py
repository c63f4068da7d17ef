"""Named reads over cases: what a person sees, owes, waits for; a case with its family; its like."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet

from chuangwen.kernel.coordinates import distance_m
from chuangwen.kernel.words import listed, say
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases.models import Attachment, Case, CaseLink, Category, Comment, Phase, Reporter, Step
from chuangwen.work.cases.seeing import sees

LIKE_METRES = 150
LIKE_DAYS = 30
SEVERAL = 10


def visible_to(actor: Actor) -> QuerySet[Case]:
    """Every case that this person may know of."""
    return Case.objects.filter(sees(actor))


def in_rows(cases: QuerySet[Case]) -> QuerySet[Case]:
    """For lists: the units with each case, the type without its content."""
    return cases.select_related("type", "lead", "area", "holder", "turn_unit").defer(
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
    """It is this person's turn: named, or one of the unit's people, or one of the role's."""
    mine = Q(turn_person=actor.person_id)
    if actor.organisation is not None and actor.may(Permission.WORK_CASES):
        mine |= Q(turn_person=None, turn_unit=actor.organisation.pk)
    if actor.roles:
        mine |= Q(turn_person=None, turn_unit=None, turn_role__in=actor.roles)
    return mine


def my_work(actor: Actor) -> QuerySet[Case]:
    """Everything I owe, over all types, the nearest deadline first."""
    mine = visible_to(actor).filter(turn_of(actor)).exclude(phase=Phase.CLOSED)
    return mine.order_by("due_at", "id")


def to_revisit(actor: Actor, today: date) -> QuerySet[Case]:
    """Closed cases whose later re-visit (回头看) is due."""
    return visible_to(actor).filter(phase=Phase.CLOSED, revisit_on__lte=today).order_by("revisit_on", "id")


def of_my_unit(actor: Actor) -> QuerySet[Case]:
    """What my unit leads or assists and is not over."""
    if actor.organisation is None:
        return Case.objects.none()
    unit = actor.organisation.pk
    assisted = Case.assisting.through.objects.filter(organisation=unit).values("case")
    ours = visible_to(actor).filter(Q(lead=unit) | Q(turn_unit=unit) | Q(pk__in=assisted))
    return ours.exclude(phase=Phase.CLOSED).order_by("due_at", "id")


def waiting_for_others(actor: Actor) -> QuerySet[Case]:
    """What I opened or hold and somebody else must now move."""
    mine = visible_to(actor).filter(Q(opener=actor.person_id) | Q(holder=actor.person_id))
    return mine.exclude(phase=Phase.CLOSED).exclude(turn_of(actor)).order_by("due_at", "id")


def overdue(actor: Actor, at: datetime) -> QuerySet[Case]:
    """What I may see and is late now."""
    return visible_to(actor).exclude(phase=Phase.CLOSED).filter(due_at__lt=at).order_by("due_at", "id")


def count_owed(actor: Actor) -> int:
    """How many things I owe: the figure in the frame of every page."""
    if actor.person is None or not actor.may(Permission.SEE_CASES):
        return 0
    return my_work(actor).count()


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
        say("相距 {metres} 米", metres=round(metres)) if metres is not None else "",
        say("同类问题") if same else "",
    ]
    return listed(part for part in parts if part) or say("同村同类问题")


def cases_of_links(actor: Actor, kind: str, keys: list[str]) -> dict[str, int]:
    """How many open cases guard each of these things (standards, observations), in one query."""
    open_ = visible_to(actor).exclude(phase=Phase.CLOSED)
    rows = CaseLink.objects.filter(kind=kind, key__in=keys, case__in=open_).values_list("key").annotate(n=Count("pk"))
    return dict(rows)


def cases_by_link(actor: Actor, kind: str, keys: list[str]) -> dict[str, tuple[str, bool]]:
    """For each of these things the number of its newest case, and whether that is over, in one query."""
    rows = CaseLink.objects.filter(kind=kind, key__in=keys, case__in=visible_to(actor)).order_by("case__opened_at")
    return {
        key: (number, phase == Phase.CLOSED)
        for key, number, phase in rows.values_list("key", "case__number", "case__phase")
    }


@dataclass(frozen=True)
class Standing:
    """How many cases there are, how many of them are not over, how many of those are late."""

    all: int
    open: int
    late: int


def standing(actor: Actor, at: datetime) -> tuple[Standing, dict[str, Standing]]:
    """The town's open cases as this person sees them, as a whole and by campaign, in one query."""
    open_ = ~Q(phase=Phase.CLOSED)
    rows = visible_to(actor).filter(merged_into=None).order_by().values("campaign")
    counts = rows.annotate(
        all=Count("pk"), open=Count("pk", filter=open_), late=Count("pk", filter=open_ & Q(due_at__lt=at))
    )
    found = {one["campaign"]: Standing(one["all"], one["open"], one["late"]) for one in counts}
    whole = Standing(*(sum(getattr(one, name) for one in found.values()) for name in ("all", "open", "late")))
    return whole, found


def category_titles(table: str = "") -> dict[str, str]:
    """Titles of categories by code (with the table in front when none is named)."""
    rows = Category.objects.filter(table=table) if table else Category.objects.all()
    return dict(rows.values_list("code", "title"))


def relapses(rows: QuerySet[Case]) -> int:
    """How often a problem had come back."""
    return sum(rows.values_list("relapses", flat=True))
