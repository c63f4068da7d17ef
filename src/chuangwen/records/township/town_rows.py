"""The rows that a town pack becomes: checked against what is installed, then written in bulk."""

from collections.abc import Iterable
from datetime import datetime
from graphlib import CycleError, TopologicalSorter

from django.contrib.auth.hashers import make_password

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import say
from chuangwen.records.township.definitions import TownPack
from chuangwen.records.township.models import (
    Assignment,
    Deadline,
    Organisation,
    OrganisationKind,
    Person,
    RoleDefinition,
    Site,
    Town,
    Workgroup,
)
from chuangwen.records.township.permissions import Scope

UNIT_FIELDS = ["name", "short", "kind", "parent", "path", "order", "region_code", "aliases", "opened", "closed"]
SITE_FIELDS = ["name", "type_code", "organisation", "address", "length", "count", "lon", "lat", "remark"]


def check(pack: TownPack, problems: Problems) -> None:
    """Whatever does not fit the installed township pack or the pack itself, all of it."""
    units = {one.code for one in pack.organisations}
    _check_units(pack, problems)
    _check_people(pack, units, problems)
    for site in pack.sites:
        _known_units(problems, "sites.csv", site.code, [site.organisation], units)
    usernames = {person.username for person in pack.people}
    for group in pack.workgroups:
        _known_units(problems, "workgroups.toml", group.code, [group.lead, *group.members], units)
        if group.head and group.head not in usernames:
            _unknown(problems, "workgroups.toml", group.code, say("负责人"), group.head)
    _circles(pack, problems)


def _check_units(pack: TownPack, problems: Problems) -> None:
    kinds = {kind.code: kind for kind in OrganisationKind.objects.all()}
    kind_of = {one.code: one.kind for one in pack.organisations}
    for one in pack.organisations:
        if one.kind not in kinds:
            _unknown(problems, "organisations.csv", one.code, say("单位类别"), one.kind)
        elif one.parent in kind_of and kind_of[one.parent] not in kinds[one.kind].parents:
            what = say("{code}：“{kind}”不能设在“{parent}”之下。", code=one.code, kind=one.kind, parent=one.parent)
            problems.add(file="organisations.csv", column="parent", what=what, cure=say("请改上级单位。"))
        if one.parent and one.parent not in kind_of:
            _unknown(problems, "organisations.csv", one.code, say("上级单位"), one.parent)


def _check_people(pack: TownPack, units: set[str], problems: Problems) -> None:
    roles = set(RoleDefinition.objects.filter(retired=False).values_list("code", flat=True))
    for person in pack.people:
        if person.role and person.role not in roles:
            _unknown(problems, "people.csv", person.username, say("角色"), person.role)
        _known_units(problems, "people.csv", person.username, [person.organisation, *_chosen(person.scope)], units)


def write(pack: TownPack, *, at: datetime) -> dict[str, int]:
    """Everything of the pack; units and sites are amended by code, people are only added."""
    _town(pack)
    units = _units(pack)
    people = _people(pack, units, at=at)
    return {
        "organisations": len(units),
        "people": people,
        "sites": _sites(pack, units),
        "workgroups": _workgroups(pack, units),
        "deadlines": _deadlines(pack),
    }


def _known_units(problems: Problems, file: str, row: str, wanted: Iterable[str], units: Iterable[str]) -> None:
    known = set(units)
    for code in wanted:
        if code and code not in known:
            _unknown(problems, file, row, say("单位"), code)


def _unknown(problems: Problems, file: str, row: str, what: str, value: str) -> None:
    sentence = say("{row}：没有这个{what}“{value}”。", row=row, what=what, value=value)
    problems.add(file=file, what=sentence, cure=say("请改成已有的，或先把它加进内容包。"))


def _circles(pack: TownPack, problems: Problems) -> None:
    try:
        TopologicalSorter({one.code: [one.parent] if one.parent else [] for one in pack.organisations}).prepare()
    except CycleError as circle:
        chain = " → ".join(circle.args[1])
        problems.add(
            file="organisations.csv",
            column="parent",
            what=say("上级单位绕成了圈：{chain}。", chain=chain),
            cure=say("请断开其中一处。"),
        )


def _chosen(scope: str) -> list[str]:
    head, _colon, codes = scope.partition(":")
    return [code for code in codes.split("|") if code] if head == Scope.CHOSEN else []


def _town(pack: TownPack) -> None:
    town = pack.town
    demo = town.demo
    Town.objects.update_or_create(
        pk=1,
        defaults={
            "code": town.code,
            "name": town.name,
            "full_name": town.full_name,
            "city": town.city,
            "province": town.province,
            "office_name": town.office_name,
            "lon": town.map.lon if town.map else None,
            "lat": town.map.lat if town.map else None,
            "demo": demo is not None,
            "demo_today": demo.today if demo else None,
            "demo_year": demo.year if demo else None,
            "demo_seed": demo.seed if demo else None,
        },
    )


def _units(pack: TownPack) -> dict[str, Organisation]:
    """Level by level from the top, because a child needs its parent's key and path."""
    stored = {one.code: one for one in Organisation.objects.all()}
    rows = {one.code: (order, one) for order, one in enumerate(pack.organisations)}
    order = TopologicalSorter({code: [one.parent] if one.parent else [] for code, (_place, one) in rows.items()})
    order.prepare()
    while order.is_active():
        level = order.get_ready()
        fresh: list[Organisation] = []
        known: list[Organisation] = []
        for code in sorted(level, key=lambda one: rows[one][0]):
            place, row = rows[code]
            unit = stored.get(code) or Organisation(code=code)
            (known if unit.pk else fresh).append(unit)
            unit.name, unit.short, unit.kind_id = row.name, row.short or row.name, row.kind
            unit.parent = stored[row.parent] if row.parent else None
            unit.path, unit.order = unit.path_below(unit.parent), place
            unit.region_code, unit.aliases = row.region_code or "", list(row.aliases)
            unit.opened, unit.closed = row.opened, row.closed
        Organisation.objects.bulk_create(fresh)
        Organisation.objects.bulk_update(known, UNIT_FIELDS, batch_size=200)
        stored.update({unit.code: unit for unit in fresh})
        order.done(*level)
    return {code: stored[code] for code in rows}


def _people(pack: TownPack, units: dict[str, Organisation], *, at: datetime) -> int:
    stored = {name.lower() for name in Person.objects.values_list("username", flat=True)}
    rows = [one for one in pack.people if one.username.lower() not in stored]
    fresh = [
        Person(
            username=one.username,
            name=one.name,
            organisation=units[one.organisation] if one.organisation else None,
            post=one.post,
            phone=one.phone,
            remark=one.note,
            password=make_password(None),
            joined_at=at,
        )
        for one in rows
    ]
    Person.objects.bulk_create(fresh)
    roles = RoleDefinition.objects.in_bulk()
    given = []
    links: list[tuple[Assignment, list[str]]] = []
    for row, person in zip(rows, fresh, strict=True):
        if row.role:
            scope = row.scope.partition(":")[0]
            administrative = roles[row.role].administrative
            one = Assignment(person=person, role_id=row.role, scope=scope, administrative=administrative, given_at=at)
            given.append(one)
            links.append((one, _chosen(row.scope)))
    Assignment.objects.bulk_create(given)
    through = Assignment.chosen.through
    through.objects.bulk_create(
        through(assignment_id=one.pk, organisation_id=units[code].pk) for one, codes in links for code in codes
    )
    return len(fresh)


def _sites(pack: TownPack, units: dict[str, Organisation]) -> int:
    stored = {one.code: one for one in Site.objects.all()}
    fresh: list[Site] = []
    known: list[Site] = []
    for row in pack.sites:
        site = stored.get(row.code) or Site(code=row.code)
        (known if site.pk else fresh).append(site)
        site.name, site.type_code, site.organisation = row.name, row.type, units[row.organisation]
        site.address, site.length, site.count = row.address, row.length, row.count
        site.lon, site.lat, site.remark = row.lon, row.lat, row.note
    Site.objects.bulk_create(fresh, batch_size=500)
    Site.objects.bulk_update(known, SITE_FIELDS, batch_size=100)
    return len(fresh) + len(known)


def _workgroups(pack: TownPack, units: dict[str, Organisation]) -> int:
    heads = {one.username: one for one in Person.objects.filter(username__in=[row.head for row in pack.workgroups])}
    groups = [
        Workgroup(
            code=one.code,
            title=one.title,
            group=one.group,
            campaign=one.campaign,
            lead=units[one.lead],
            head=heads.get(one.head),
            order=order,
        )
        for order, one in enumerate(pack.workgroups)
    ]
    fields = ["title", "group", "campaign", "lead", "head", "order"]
    Workgroup.objects.bulk_create(groups, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    keys = dict(Workgroup.objects.values_list("code", "pk"))
    through = Workgroup.members.through
    through.objects.filter(workgroup__code__in=[one.code for one in pack.workgroups]).delete()
    through.objects.bulk_create(
        through(workgroup_id=keys[one.code], organisation_id=units[code].pk)
        for one in pack.workgroups
        for code in dict.fromkeys(one.members)
    )
    return len(groups)


def _deadlines(pack: TownPack) -> int:
    """Deadlines that the office has moved (standing "own") stay as they are."""
    own = set(Deadline.objects.filter(standing="own").values_list("code", "year"))
    rows = [
        Deadline(code=one.code, title=one.title, date=one.date, year=one.year, standing=one.standing)
        for one in pack.town.deadlines
        if (one.code, one.year) not in own
    ]
    Deadline.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code", "year"], update_fields=["title", "date", "standing"]
    )
    return len(rows)
