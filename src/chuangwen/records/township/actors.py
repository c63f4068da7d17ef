"""Who acts: a person together with what the roles allow and how far they reach."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import F, Model, Q, QuerySet

from chuangwen.kit.rows import by_keys, rows_where
from chuangwen.records.township.models import Assignment, Organisation, Person, RoleDefinition
from chuangwen.records.township.permissions import Permission, Scope

Row = TypeVar("Row", bound=Model)
OF_THE_ACCOUNT = ("password", "phone", "post", "remark", "last_login", "joined_at", "disabled_at")
OF_THE_UNIT = ("aliases", "opened", "closed", "region_code")


@dataclass(frozen=True)
class Reach:
    """Over which organisations a permission holds: one rule for lists (``filter``) and single things (``covers``).

    ``everything``: all of the town, also rows of no organisation. ``below``: paths of organisations taken with all
    that stands under them. ``exact``: keys of organisations taken alone. ``own_rows``: rows that the person made.
    """

    everything: bool = False
    below: frozenset[str] = frozenset()
    exact: frozenset[int] = frozenset()
    own_rows: bool = False
    person_id: int = 0

    @property
    def is_nothing(self) -> bool:
        return not (self.everything or self.below or self.exact or self.own_rows)

    def covers(self, organisation: Organisation | None, *, person_id: int | None = None) -> bool:
        """Whether a thing of this organisation (and, for own rows, made by this person) lies within reach."""
        if self.everything or (self.own_rows and person_id is not None and person_id == self.person_id):
            return True
        if organisation is None:
            return False
        path = organisation.path
        return organisation.pk in self.exact or any(path.startswith(top) for top in self.below)

    def filter(self, rows: QuerySet[Row], field: str = "organisation", *, person: str = "") -> QuerySet[Row]:
        """The rows within reach. ``field`` leads to the organisation ("" when the rows are organisations),

        ``person`` leads to the person who made a row ("" when rows have no maker: own rows are then none).
        """
        if self.everything:
            return rows
        return rows.filter(self.condition(field, person=person))

    def condition(self, field: str = "organisation", *, person: str = "") -> Q:
        """The same rule as ``filter``, as a condition."""
        if self.everything:
            return ~Q(pk__in=[])
        lead = f"{field}__" if field else ""
        wanted = Q(pk__in=[])
        if self.exact:
            wanted |= Q(**{f"{lead}pk__in": sorted(self.exact)})
        for top in sorted(self.below):
            wanted |= Q(**{f"{lead}path__startswith": top})
        if self.own_rows and person:
            wanted |= Q(**{person: self.person_id})
        return wanted


NOTHING = Reach()


@dataclass(frozen=True)
class Actor:
    """A person who acts now. ``reaches`` holds one reach per permission; a permission without a reach is not held.

    ``person`` is ``None`` only for somebody who is not signed in (``NOBODY``).
    """

    person: Person | None
    organisation: Organisation | None = None
    roles: tuple[str, ...] = ()
    role_titles: tuple[str, ...] = ()
    reaches: dict[Permission, Reach] = field(default_factory=dict)

    @property
    def person_id(self) -> int:
        return self.person.pk if self.person else 0

    @property
    def username(self) -> str:
        return self.person.username if self.person else ""

    @property
    def name(self) -> str:
        return self.person.name if self.person else ""

    @property
    def organisation_name(self) -> str:
        return self.organisation.name if self.organisation else ""

    @property
    def permissions(self) -> frozenset[Permission]:
        return frozenset(self.reaches)

    def may(self, permission: str) -> bool:
        """Whether the permission is held over anything at all (enough to open a page)."""
        return permission in self.reaches

    def reach(self, permission: str) -> Reach:
        """How far the permission goes; nothing when it is not held."""
        return self.reaches.get(Permission(permission), NOTHING)


NOBODY = Actor(person=None)


def actor_for(person: Person) -> Actor:
    """The person with all that the roles in force allow, in one query. Without an active account: nothing."""
    return actors_for([person])[0]


def actors_for(people: Sequence[Person]) -> list[Actor]:
    """Many people at once, in their order and in as few queries as one."""
    active = [one.pk for one in people if one.is_active]
    rows = list(
        Assignment.objects.filter(person__in=active, withdrawn_at=None, role__retired=False)
        .select_related("role", "person__organisation")
        .annotate(chosen_path=F("chosen__path"))  # a row for each chosen unit
        .order_by("role__order", "id")
        if active
        else ()
    )
    chosen: dict[int, list[str]] = defaultdict(list)
    for one in rows:
        chosen[one.pk] += [one.chosen_path] if one.chosen_path else []
    held = list({row.pk: row for row in rows}.values())
    return _actors(people, held, chosen)


def actors_by_key(keys: Iterable[int | None], known: Iterable[Person] = ()) -> list[Actor]:
    """Those of these people whose account is active, by key. Every step of a case asks it, so rows are read by key.

    ``known`` are people read already, who count too.
    """
    found = {one.pk: one for one in known}
    found |= by_keys(Person, set(keys) - found.keys(), without=OF_THE_ACCOUNT)
    people = {key: one for key, one in sorted(found.items()) if one.is_active}
    rows = rows_where(Assignment, "person", people, also={"withdrawn_at": None})
    roles = by_keys(RoleDefinition, {one.role_id for one in rows})
    for one in rows:
        one.person, one.role = people[one.person_id], roles[one.role_id]
    choices = [one.pk for one in rows if one.reach is Scope.CHOSEN]
    links = rows_where(Assignment.chosen.through, "assignment", choices)
    homes = {one.organisation_id for one in people.values()}
    units = by_keys(Organisation, homes | {one.organisation_id for one in links}, without=OF_THE_UNIT)
    for person in people.values():
        person.organisation = units.get(person.organisation_id)
    chosen: dict[int, list[str]] = defaultdict(list)
    for link in links:
        chosen[link.assignment_id].append(units[link.organisation_id].path)
    held = sorted((one for one in rows if not one.role.retired), key=lambda one: (one.role.order, one.pk))
    return _actors(list(people.values()), held, chosen)


def _actors(people: Sequence[Person], held: Iterable[Assignment], chosen: Mapping[int, list[str]]) -> list[Actor]:
    by_person: dict[int, list[Assignment]] = defaultdict(list)
    for one in held:
        by_person[one.person_id].append(one)
    return [_actor(person, by_person[person.pk], chosen) for person in people]


def _actor(person: Person, held: Sequence[Assignment], chosen: Mapping[int, list[str]]) -> Actor:
    if not person.is_active:
        return Actor(person=person)
    organisation = held[0].person.organisation if held else person.organisation
    return Actor(
        person=person,
        organisation=organisation,
        roles=tuple(one.role_id for one in held),
        role_titles=tuple(one.role.title for one in held),
        reaches=_reaches(held, chosen, person=person, organisation=organisation),
    )


def _reaches(
    held: Iterable[Assignment], chosen: Mapping[int, list[str]], *, person: Person, organisation: Organisation | None
) -> dict[Permission, Reach]:
    parts: dict[Permission, list[Reach]] = defaultdict(list)
    known = set(Permission)
    for one in held:
        reach = reach_of(one.reach, person_id=person.pk, own=organisation, chosen=chosen.get(one.pk, ()))
        for permission in one.role.permissions:
            if permission in known:
                parts[Permission(permission)].append(reach)
    return {permission: united(reaches) for permission, reaches in parts.items()}


def reach_of(scope: Scope, *, person_id: int, own: Organisation | None, chosen: Iterable[str] = ()) -> Reach:
    """What one scope means for one person: the five rules stand here and nowhere else. ``chosen`` are paths."""
    if scope is Scope.ALL:
        return Reach(everything=True, person_id=person_id)
    if scope is Scope.CHOSEN:
        return Reach(below=frozenset(chosen), person_id=person_id)
    if scope is Scope.BELOW:
        return Reach(below=frozenset([own.path] if own else []), person_id=person_id)
    if scope is Scope.OWN:
        return Reach(exact=frozenset([own.pk] if own else []), person_id=person_id)
    return Reach(own_rows=True, person_id=person_id)


def united(reaches: list[Reach]) -> Reach:
    """Several roles together reach as far as all of them."""
    if len(reaches) == 1:
        return reaches[0]
    return Reach(
        everything=any(one.everything for one in reaches),
        below=frozenset().union(*(one.below for one in reaches)),
        exact=frozenset().union(*(one.exact for one in reaches)),
        own_rows=any(one.own_rows for one in reaches),
        person_id=reaches[0].person_id,
    )
