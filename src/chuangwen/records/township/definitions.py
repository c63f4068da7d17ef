"""The shape of township and town packs (see docs/reference on the pack format)."""

import datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from chuangwen.kernel.packfiles import Row
from chuangwen.records.township.permissions import Permission, Scope

Confidence = Literal["seen", "gk", "own", "guess", "inference", ""]


class Part(Row):
    """A part of a pack: never changed once read, nothing unknown in it."""


class Head(Part):
    """What ``pack.toml`` says of the pack."""

    id: str
    edition: str
    title: str
    kind: str
    standing: Literal["official", "derived", "example"]


class KindRow(Part):
    id: str
    title: str
    parents: tuple[str, ...] = ()
    level: int = Field(default=0, ge=0)


class RoleRow(Part):
    id: str
    title: str
    paragraph: str = ""
    permissions: tuple[Permission, ...] = ()
    scope: Scope
    excludes: tuple[str, ...] = ()
    administrative: bool = False


class CalendarRow(Part):
    date: datetime.date
    kind: Literal["holiday", "makeup", "statutory"]
    name: str = Field(min_length=1, max_length=40)
    source: str = Field(default="", max_length=200)


class DayRow(CalendarRow):
    """A day as a file of the office tells it; ``usual``: the week's own rule holds again."""

    kind: Literal["holiday", "makeup", "statutory", "usual"]  # type: ignore[assignment]


class RetentionClassRow(Part):
    id: str
    title: str
    years: int | None = None


class RetentionRuleRow(Part):
    what: str
    retention_class: str = Field(alias="class")
    confidence: Confidence = ""


class Retention(Part):
    classes: tuple[RetentionClassRow, ...] = ()
    rules: tuple[RetentionRuleRow, ...] = ()


class SpanRow(Part):
    start: datetime.time = Field(alias="from")
    end: datetime.time = Field(alias="to")


class TownshipPack(Part):
    """What any town needs."""

    pack: Head
    kinds: tuple[KindRow, ...] = ()
    roles: tuple[RoleRow, ...] = ()
    calendar: tuple[CalendarRow, ...] = ()
    retention: Retention = Retention()
    office_hours: tuple[SpanRow, ...] = ()


class DeadlineRow(Part):
    code: str
    title: str
    date: datetime.date
    year: int
    standing: str = "derived"


class MapCentre(Part):
    lon: Decimal
    lat: Decimal
    confidence: Confidence = ""


class DemoDay(Part):
    today: datetime.date
    year: int
    seed: int


class TownRow(Part):
    code: str
    name: str
    full_name: str
    city: str = ""
    province: str = ""
    office_name: str
    deadlines: tuple[DeadlineRow, ...] = ()
    map: MapCentre | None = None
    demo: DemoDay | None = None


class OrganisationRow(Part):
    code: str
    name: str
    short: str = ""
    kind: str
    parent: str = ""
    region_code: str = ""
    aliases: tuple[str, ...] = ()
    opened: datetime.date | None = None
    closed: datetime.date | None = None
    confidence: Confidence = ""


class PersonRow(Part):
    username: str
    name: str
    organisation: str = ""
    post: str = ""
    role: str = ""
    scope: str = ""
    phone: str = ""
    note: str = ""


class WorkgroupRow(Part):
    code: str
    title: str
    group: str = ""
    campaign: str = ""
    lead: str
    members: tuple[str, ...] = ()
    head: str = ""


class SiteRow(Part):
    code: str
    name: str
    type: str
    organisation: str
    address: str = ""
    length: Decimal | None = None
    count: int | None = None
    lon: Decimal | None = None
    lat: Decimal | None = None
    note: str = ""


class DutyRow(Part):
    target: str
    lead: str
    assisting: tuple[str, ...] = ()
    person: str = ""
    due: datetime.date | None = None


class TownPack(Part):
    """One town."""

    pack: Head
    town: TownRow
    organisations: tuple[OrganisationRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    workgroups: tuple[WorkgroupRow, ...] = ()
    sites: tuple[SiteRow, ...] = ()
    duties: tuple[DutyRow, ...] = ()
