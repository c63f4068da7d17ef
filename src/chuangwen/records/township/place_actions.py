"""What may happen to organisations, sites and deadlines. Each change is one transaction with one note."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max

from chuangwen.kernel.dates import day_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Signer, Thing
from chuangwen.records.township.actions import may, must_be_open
from chuangwen.records.township.models import Deadline, Organisation, OrganisationKind, Person, Site
from chuangwen.records.township.permissions import Permission


class CodeTaken(Refusal):
    code = "code_taken"
    sentence = later("编号“{taken}”已经用过（{title}）。请换一个编号。")


class NotUnderThat(Refusal):
    code = "not_under_that"
    sentence = later("“{kind}”不能设在“{parent}”之下。请选合适的上级单位。")


class StillInUse(Refusal):
    code = "still_in_use"
    sentence = later(
        "“{organisation}”还不能撤销：尚有下级单位 {children} 个、在用人员 {people} 名、在用点位 {sites} 个。请先移交。"
    )


class SiteNameTaken(Refusal):
    code = "site_name_taken"
    sentence = later("“{organisation}”已有同类同名的点位“{site}”。请换一个名称。")


class AlreadyClosed(Refusal):
    code = "already_closed"
    sentence = later("“{what}”已于 {day} 停用。")


@dataclass(frozen=True, kw_only=True)
class NewOrganisation:
    """What is told of a new unit."""

    code: str
    name: str
    kind: OrganisationKind
    parent: Organisation | None
    short: str = ""
    region_code: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NewSite:
    """What is told of a new site. Length in metres."""

    code: str
    name: str
    type_code: str
    organisation: Organisation
    address: str = ""
    length: Decimal | None = None
    count: int | None = None
    lon: Decimal | None = None
    lat: Decimal | None = None
    remark: str = ""


@transaction.atomic
def add_organisation(new: NewOrganisation, *, by: Signer, at: datetime.datetime) -> Organisation:
    """Found a unit under its parent, last in the order."""
    may(by, Permission.MANAGE_PEOPLE, new.parent)
    must_be_open(new.parent, at)
    if other := Organisation.objects.filter(code__iexact=new.code).first():
        raise CodeTaken(taken=new.code, title=other.name)
    if new.parent and new.parent.kind_id not in new.kind.parents:
        raise NotUnderThat(kind=new.kind.title, parent=new.parent.name)
    last = Organisation.objects.aggregate(last=Max("order"))["last"]
    unit = Organisation(
        code=new.code,
        name=new.name,
        short=new.short or new.name,
        kind=new.kind,
        parent=new.parent,
        region_code=new.region_code,
        aliases=list(new.aliases),
        order=(last or 0) + 1,
        opened=day_of(at),
    )
    unit.path = unit.path_below(new.parent)
    unit.clean_fields(exclude=["path"])
    unit.save(force_insert=True)
    after = {"code": unit.code, "name": unit.name, "kind": unit.kind_id, "path": unit.path, "opened": unit.opened}
    ledger.note(organisation_thing(unit), later("设立单位"), by=by, at=at, after=after)
    return unit


@transaction.atomic
def close_organisation(unit: Organisation, *, by: Signer, at: datetime.datetime) -> Organisation:
    """Close a unit from today on. Refused while units, people or sites still hang on it."""
    unit = Organisation.objects.select_for_update().get(pk=unit.pk)
    may(by, Permission.MANAGE_PEOPLE, unit)
    if unit.closed:
        raise AlreadyClosed(what=unit.name, day=unit.closed)
    children = Organisation.objects.filter(parent=unit, closed=None).count()
    people = Person.objects.filter(organisation=unit, is_active=True).count()
    sites = Site.objects.filter(organisation=unit, closed=None).count()
    if children or people or sites:
        raise StillInUse(organisation=unit.name, children=children, people=people, sites=sites)
    unit.closed = max(day_of(at), unit.opened or day_of(at))
    unit.save(update_fields=["closed"])
    ledger.note(organisation_thing(unit), later("撤销单位"), by=by, at=at, after={"closed": unit.closed})
    return unit


@transaction.atomic
def add_site(new: NewSite, *, by: Signer, at: datetime.datetime) -> Site:
    """Enter a site into the register."""
    may(by, Permission.EDIT_PLAN, new.organisation)
    must_be_open(new.organisation, at)
    if other := Site.objects.filter(code__iexact=new.code).first():
        raise CodeTaken(taken=new.code, title=other.name)
    site = Site(**{**vars(new), "opened": day_of(at)})
    site.clean_fields()
    try:
        with transaction.atomic():
            site.save(force_insert=True)
    except IntegrityError as clash:
        raise SiteNameTaken(organisation=new.organisation.name, site=new.name) from clash
    ledger.note(site_thing(site), later("新增点位"), by=by, at=at, after=site_facts(site))
    return site


@transaction.atomic
def close_site(site: Site, *, by: Signer, at: datetime.datetime) -> Site:
    """Take a site out of use from today on; what was seen there before goes on counting."""
    site = Site.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=site.pk)
    may(by, Permission.EDIT_PLAN, site.organisation)
    if site.closed:
        raise AlreadyClosed(what=site.name, day=site.closed)
    site.closed = max(day_of(at), site.opened or day_of(at))
    site.save(update_fields=["closed"])
    ledger.note(site_thing(site), later("停用点位"), by=by, at=at, after={"closed": site.closed})
    return site


@transaction.atomic
def set_deadline(
    code: str, year: int, *, by: Signer, at: datetime.datetime, title: str, date: datetime.date
) -> Deadline:
    """Set or move a deadline of a year. One that the town sets itself has the standing "own"."""
    may(by, Permission.EDIT_PLAN)
    old = Deadline.objects.select_for_update().filter(code=code, year=year).first()
    before = {"title": old.title, "date": old.date} if old else {}
    deadline, _made = Deadline.objects.update_or_create(
        code=code, year=year, defaults={"title": title, "date": date, "standing": "own"}
    )
    was, now = ledger.changes(before, {"title": title, "date": date})
    about = Thing("deadline", f"{code}-{year}", title)
    ledger.note(about, later("调整时限") if old else later("设定时限"), by=by, at=at, before=was, after=now)
    return deadline


@transaction.atomic
def remove_deadline(deadline: Deadline, *, by: Signer, at: datetime.datetime) -> None:
    """Strike out a deadline."""
    may(by, Permission.EDIT_PLAN)
    about = Thing("deadline", f"{deadline.code}-{deadline.year}", deadline.title)
    ledger.note(about, later("取消时限"), by=by, at=at, before={"date": deadline.date})
    deadline.delete()


def organisation_thing(unit: Organisation) -> Thing:
    """How the ledger names a unit."""
    return Thing("organisation", unit.code, unit.name)


def site_thing(site: Site) -> Thing:
    """How the ledger names a site."""
    return Thing("site", site.code, site.name)


def site_facts(site: Site) -> dict[str, object]:
    """What the ledger keeps of a site."""
    return {
        "code": site.code,
        "name": site.name,
        "type": site.type_code,
        "organisation": site.organisation.code,
        "address": site.address,
        "length": site.length,
        "count": site.count,
    }
