"""Named reads over rotas: what a person sees, who may be put on, who is on duty, what a plan would make."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import F, Max, Q, QuerySet

from chuangwen.kernel.dates import weekday_told
from chuangwen.kernel.words import say
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.refusals import NotFound
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.calendar_queries import work_calendar
from chuangwen.records.township.models import Person
from chuangwen.records.township.permissions import Permission
from chuangwen.work.rotas.models import Rota, Shift
from chuangwen.work.rotas.pattern import Held, bounds, stretch


def rotas_in_use() -> list[Rota]:
    """Every rota that is planned, in the pack's order."""
    return list(Rota.objects.filter(retired=False))


def rota_or_refuse(code: str) -> Rota:
    """A rota that is planned, by its code."""
    found = Rota.objects.filter(code=code, retired=False).first()
    if found is None:
        raise NotFound(what=say("轮值“{code}”", code=code[:40]))
    return found


def visible_to(actor: Actor) -> QuerySet[Shift]:
    """Every shift that this person may know of (``policy.why_not_see``), with all that a line of a list shows."""
    rows = Shift.objects.select_related("rota", "person__organisation", "stand_in", "unit")
    return rows if actor.may(Permission.SEE_CASES) else rows.none()


def public_shifts() -> QuerySet[Shift]:
    """What residents may know of: shifts of public rotas."""
    return Shift.objects.filter(rota__public=True, rota__retired=False).select_related("rota", "person")


def between(rows: QuerySet[Shift], first: date, last: date) -> QuerySet[Shift]:
    """Those that begin on the days from first to last, both included."""
    return rows.filter(starts_at__gte=midnight(first), starts_at__lt=midnight(last + timedelta(days=1)))


def midnight(day: date) -> datetime:
    """When a day begins in China."""
    return datetime.combine(day, time(), CHINA)


def of_person(rows: QuerySet[Shift], person_id: int) -> QuerySet[Shift]:
    """Those that somebody stands, or stands in for."""
    return rows.filter(Q(person=person_id) | Q(stand_in=person_id))


def candidates(rota: Rota) -> QuerySet[Person]:
    """Who may be put on the rota, whoever waited longest first (``last``: the last turn that was not cancelled)."""
    held = Q(assignments__role__in=rota.roles, assignments__withdrawn_at=None)
    last = Max("shifts__starts_at", filter=Q(shifts__rota=rota, shifts__cancelled_at=None))
    people = Person.objects.filter(held, is_active=True).select_related("organisation").annotate(last=last)
    return people.order_by(F("last").asc(nulls_first=True), "organisation__order", "pk")


def on_duty(code: str, at: datetime) -> Shift | None:
    """Who is on duty on that day: the turn that runs now, else the next one of the day, else its last."""
    first = midnight(at.astimezone(CHINA).date())
    today = Q(starts_at__gte=first, starts_at__lt=first + timedelta(days=1)) | Q(starts_at__lte=at, ends_at__gt=at)
    rows = Shift.objects.filter(today, rota=code, cancelled_at=None, person__is_active=True).select_related("person")
    found = list(rows.order_by("starts_at"))
    return next((one for one in found if one.ends_at > at), found[-1] if found else None)


def counts_by_month(first: date, last: date) -> dict[tuple[str, int, int], int]:
    """How often each rota is held in each month, cancelled ones not counted, in one query."""
    found: dict[tuple[str, int, int], int] = {}
    rows = between(Shift.objects.filter(cancelled_at=None), first, last)
    for code, at in rows.values_list("rota", "starts_at"):
        local = at.astimezone(CHINA)
        key = (code, local.year, local.month)
        found[key] = found.get(key, 0) + 1
    return found


@dataclass(frozen=True)
class Turn:
    """A day held, with its moments and whose turn it is."""

    held: Held
    starts_at: datetime
    ends_at: datetime
    person: Person

    @property
    def weekday(self) -> str:
        return weekday_told(self.held.day)


@dataclass(frozen=True)
class Proposal:
    """What a plan would make, what stands already, what is left out; ``estimated``: years not yet announced."""

    fresh: list[Turn] = field(default_factory=list)
    standing: list[Shift] = field(default_factory=list)
    left_out: list[tuple[date, str]] = field(default_factory=list)
    estimated: list[int] = field(default_factory=list)


def propose(rota: Rota, people: Sequence[Person], first: date, last: date) -> Proposal:
    """People in order over the days of the stretch. A day that stands keeps its person and counts as a turn, so that
    the same plan again, or a longer one, gives the same days to the same people.
    """
    calendar = work_calendar()
    days = stretch([int(one) for one in rota.days], rota.day_off, first, last, calendar)
    moments = [bounds(rota.start, rota.end, one.day) for one in days.held]
    standing = {
        one.starts_at: one
        for one in Shift.objects.filter(rota=rota, starts_at__in=[starts for starts, _ in moments]).select_related(
            "person"
        )
    }
    found = Proposal(left_out=days.left_out)
    for turn, (held, (starts, ends)) in enumerate(zip(days.held, moments, strict=True)):
        if starts in standing:
            found.standing.append(standing[starts])
        else:
            found.fresh.append(Turn(held, starts, ends, people[turn % len(people)]))
    found.estimated.extend(sorted({one.day.year for one in days.held if calendar.is_estimate(one.day)}))
    return found
