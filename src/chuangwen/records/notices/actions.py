"""Telling people, marking as read, and the ways out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kit.row_writes import put, remove
from chuangwen.records.ledger.actions import Thing, changes, note
from chuangwen.records.notices.models import Channel, Delivery, Notice, NoticeKind, Service
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By, must, must_everywhere
from chuangwen.records.township.models import Organisation, Person
from chuangwen.records.township.permissions import Permission

LONGEST = 500
MOST_PER_MINUTE = 20


class ChannelIncomplete(Refusal):
    """A channel needs an address, and a rate that the services bear."""

    code = "channel_incomplete"
    sentence = later("渠道“{title}”还不能用：{why}。请补上后再试。")
    status = 422


@dataclass(frozen=True)
class Told:
    """What is said: ``kind`` one of ``NoticeKind``, ``text`` without personal data, ``link`` a path inside the site,
    ``thing`` the kind and key of what it is about.

    ``mark`` names this telling for good (e.g. ``case:C-12:overdue:2021-10-14``): the same person is told once for a
    mark. A wrong kind, an outside link or an empty text or mark is the caller's mistake: ``ValueError``.
    """

    kind: str
    text: str
    link: str
    thing: tuple[str, str]
    mark: str

    def __post_init__(self) -> None:
        NoticeKind(self.kind)
        if self.link and (not self.link.startswith("/") or self.link.startswith("//")):
            raise ValueError(f"a notice links inside the site, not to {self.link!r}")
        if not self.text.strip() or not self.mark:
            raise ValueError("a notice says something and has a mark")


def tell(people_ids: Iterable[int], told: Told, *, by: By, at: datetime) -> int:
    """Tell people of one matter; returns how many had not been told yet. One query, however many people.

    No action of its own: it is called inside the transaction of the change that causes it (a case assigned, a deadline
    passed), and that change writes the ledger note. Whoever caused it (``by``) is not told of the own doing.
    """
    me = by.person_id if isinstance(by, Actor) else 0
    return put([_notice(person, told, at) for person in dict.fromkeys(people_ids) if person != me], once=True)


def take_back(thing: tuple[str, str], people_ids: Iterable[int]) -> int:
    """Take back what these people were told of a thing that they must no longer know of.

    Called, like ``tell``, inside the change that causes it, which writes the ledger note.
    """
    gone, _ = Notice.objects.filter(thing_kind=thing[0], thing_key=thing[1], person__in=list(people_ids)).delete()
    return gone


def withdraw(thing: tuple[str, str], kinds: Iterable[str], *, naming: str = "") -> int:
    """Take back what nobody has read yet of a thing that asks for nothing any more (``naming``: only what names this).

    Called, like ``tell``, inside the change that settles it, which writes the ledger note.
    """
    rows = Notice.objects.filter(thing_kind=thing[0], thing_key=thing[1], kind__in=list(kinds), read_at=None)
    keys = list((rows.filter(text__contains=naming) if naming else rows).order_by().values_list("pk", flat=True))
    if keys:
        remove(Delivery.notices.through, "notice", keys)
        remove(Notice, "pk", keys)
    return len(keys)


def mark_read(person: Person, ids: Iterable[int] | None = None, *, at: datetime) -> int:
    """Mark a person's own notices as read (all of them without ``ids``); other people's keys are passed over.

    Reading is no change of the town's records, so it leaves no ledger note.
    """
    notices = Notice.objects.filter(person=person, read_at=None)
    if ids is not None:
        notices = notices.filter(pk__in=list(ids))
    return notices.update(read_at=at)


@dataclass(frozen=True)
class Way:
    """A channel as somebody sets it up. An empty ``address`` or ``secret`` keeps what is there."""

    title: str
    service: Service
    organisation: Organisation | None = None
    address: str = ""
    secret: str = ""
    per_minute: int = MOST_PER_MINUTE


@transaction.atomic
def set_channel(code: str, way: Way, *, by: By, at: datetime) -> Channel:
    """Set up or change a way out. A new or re-addressed channel is off until it is switched on.

    The ledger says that the address or secret was changed, never what it is.
    """
    old = Channel.objects.select_related("organisation").filter(code=code).first()
    for organisation in {old.organisation if old else way.organisation, way.organisation}:
        _must(by, organisation)
    if no := _why_not_set(way, old):
        raise ChannelIncomplete(title=way.title, why=no)
    before = _told(old) if old else {}
    channel = old or Channel(code=code)
    moved = bool(way.address) or channel.service != way.service
    channel.title, channel.service, channel.organisation = way.title, way.service, way.organisation
    channel.per_minute, channel.enabled = way.per_minute, channel.enabled and not moved
    if way.address:
        channel.seal_address(way.address)
    if way.secret:
        channel.seal_secret(way.secret)
    channel.failures, channel.last_error, channel.not_before = 0, "", None
    channel.save()
    old_told, new_told = changes(before, _told(channel))
    renewed = {"address_renewed": bool(way.address), "secret_renewed": bool(way.secret)}
    note(_thing(channel), later("设置外发渠道"), by=by, at=at, before=old_told, after={**new_told, **renewed})
    return channel


@transaction.atomic
def enable_channel(channel: Channel, *, by: By, at: datetime) -> Channel:
    """Switch a way out on: it carries what is told from now on, nothing of before."""
    _must(by, channel.organisation)
    channel.after_notice = Notice.objects.aggregate(last=Max("pk"))["last"] or 0
    channel.failures, channel.last_error, channel.not_before = 0, "", None
    return _switch(channel, later("启用外发渠道"), enabled=True, by=by, at=at)


@transaction.atomic
def disable_channel(channel: Channel, *, by: By, at: datetime) -> Channel:
    """Switch a way out off: nothing leaves by it any more."""
    _must(by, channel.organisation)
    return _switch(channel, later("停用外发渠道"), enabled=False, by=by, at=at)


def _switch(channel: Channel, verb: str, *, enabled: bool, by: By, at: datetime) -> Channel:
    before = channel.enabled
    channel.enabled = enabled
    channel.save()
    note(_thing(channel), verb, by=by, at=at, before={"enabled": before}, after={"enabled": enabled})
    return channel


def _must(by: By, organisation: Organisation | None) -> None:
    if organisation is None:
        must_everywhere(by, Permission.MANAGE_SYSTEM)
    else:
        must(by, Permission.MANAGE_SYSTEM, organisation)


def _why_not_set(way: Way, old: Channel | None) -> str:
    if not way.title.strip():
        return say("没有写名称")
    if not way.address and (old is None or old.service != way.service):
        return say("没有写地址")
    if not 1 <= way.per_minute <= MOST_PER_MINUTE:
        return say("每分钟上限应在 1 到 20 之间")
    return ""


def _notice(person_id: int, told: Told, at: datetime) -> Notice:
    return Notice(
        person_id=person_id,
        kind=told.kind,
        text=told.text.strip()[:LONGEST],
        link=told.link,
        thing_kind=told.thing[0],
        thing_key=told.thing[1],
        mark=told.mark,
        at=at,
    )


def _thing(channel: Channel) -> Thing:
    return Thing("channel", channel.code, channel.title)


def _told(channel: Channel) -> dict[str, object]:
    return {
        "title": channel.title,
        "service": channel.service,
        "organisation": channel.organisation.name if channel.organisation else "",
        "per_minute": channel.per_minute,
        "enabled": channel.enabled,
    }
