"""Named reads of the town. Whatever lists things asks for an actor first."""

import datetime

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet

from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import (
    AbsentSiteType,
    Assignment,
    Deadline,
    Organisation,
    Person,
    RoleDefinition,
    Site,
    Town,
    Workgroup,
)
from chuangwen.records.township.permissions import Permission

TOWN = "township:town"
KEPT_SECONDS = 10


def town() -> Town | None:
    """The town of this installation, or ``None`` before it is set up."""
    return Town.objects.filter(pk=1).first()


def kept_town() -> Town | None:
    """The town as it was some seconds ago at most: every page asks for its name and its day."""
    kept = cache.get(TOWN)
    if kept is None:
        kept = [town()]
        cache.set(TOWN, kept, KEPT_SECONDS)
    found: Town | None = kept[0]
    return found


def demo_day() -> datetime.date | None:
    """The day on which a demo town lives; ``None`` in a real town."""
    found = kept_town()
    return found.demo_today if found is not None and found.demo else None


def organisations_visible_to(actor: Actor, permission: str = Permission.SEE_PEOPLE) -> QuerySet[Organisation]:
    """Units within the actor's reach, in the town's order, with kind and parent at hand."""
    units = Organisation.objects.select_related("kind", "parent").order_by("order", "code")
    return actor.reach(permission).filter(units, "")


def absent_site_types(on: datetime.date) -> list[str]:
    """Site types of which the office stated, as of a day, that the town has none."""
    rows = AbsentSiteType.objects.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=on), stated_on__lte=on)
    return list(rows.order_by("type_code").values_list("type_code", flat=True))


def open_organisations(on: datetime.date) -> QuerySet[Organisation]:
    """Units that stand on that day."""
    return Organisation.objects.filter(
        Q(opened=None) | Q(opened__lte=on), Q(closed=None) | Q(closed__gt=on)
    ).select_related("kind")


def organisation_named(text: str) -> Organisation | None:
    """The one unit that people mean by a code, a name, a short name, a region code or an alias; none if not exactly one."""
    wanted = text.strip()
    if not wanted:
        return None
    found = list(
        Organisation.objects.filter(Q(code__iexact=wanted) | Q(name=wanted) | Q(short=wanted) | Q(region_code=wanted))[
            :2
        ]
    )
    if not found:
        found = [one for one in Organisation.objects.exclude(aliases=[]) if wanted in one.aliases]
    return found[0] if len(found) == 1 else None


def people_visible_to(actor: Actor) -> QuerySet[Person]:
    """People of units within reach; everybody with an account sees at least the own entry."""
    people = Person.objects.select_related("organisation").order_by("organisation__order", "username")
    reach = actor.reach(Permission.SEE_PEOPLE)
    return people.filter(reach.condition("organisation", person="id") | Q(pk=actor.person_id))


def assignments_in_force() -> QuerySet[Assignment]:
    """Who holds which role now."""
    return Assignment.objects.filter(withdrawn_at=None).select_related("person", "role").prefetch_related("chosen")


def roles_in_use() -> QuerySet[RoleDefinition]:
    """Roles that may be given, in the pack's order, with the number of holders (``holders``)."""
    holders = Count("assignments", filter=Q(assignments__withdrawn_at=None))
    return RoleDefinition.objects.filter(retired=False).annotate(holders=holders)


def sites_visible_to(actor: Actor, permission: str = Permission.SEE_ROWS) -> QuerySet[Site]:
    """Sites of units within reach."""
    sites = Site.objects.select_related("organisation").order_by("type_code", "code")
    return actor.reach(permission).filter(sites)


def sites_on(day: datetime.date) -> QuerySet[Site]:
    """Sites in use on that day."""
    return Site.objects.filter(Q(opened=None) | Q(opened__lte=day), Q(closed=None) | Q(closed__gt=day))


def workgroups() -> QuerySet[Workgroup]:
    """All workgroups with lead, head and members at hand."""
    return Workgroup.objects.select_related("lead", "head").prefetch_related("members")


def deadlines_of(year: int) -> QuerySet[Deadline]:
    """The year's deadlines, earliest first."""
    return Deadline.objects.filter(year=year).order_by("date", "code")


def next_deadline(today: datetime.date) -> Deadline | None:
    """The nearest deadline that has not passed."""
    return Deadline.objects.filter(date__gte=today).order_by("date", "code").first()
