"""Carrying what waits out of the product: one merged message for each open channel and run."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings

from chuangwen.doors.messages.digest import Frame, Item, digest
from chuangwen.doors.messages.services import LIMITS, Answer, Message, send
from chuangwen.kernel.refusal import Refusal
from chuangwen.records.notices import outbox
from chuangwen.records.notices.models import Channel, Notice
from chuangwen.records.township.models import Person
from chuangwen.records.township.queries import town

MOST_AT_ONCE = 2000


class State(StrEnum):
    """What became of a channel in one run."""

    SENT = "sent"
    NOTHING = "nothing"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """One channel in one run: ``count`` notices carried (or waiting), the ``error`` in words, without keys."""

    channel: str
    state: State
    count: int = 0
    error: str = ""

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def send_due(*, at: datetime) -> list[Outcome]:
    """Send what waits, one message for each channel that is switched on; a failing one does not hold up the others.

    ``at`` is the real time (signatures carry it), also in a demo town. May be called as often as one likes and by
    several processes at once: a channel is taken by one of them, and keeps its rate and its pause after a failure.
    A process that dies between the service's answer and the writing of it sends that message once more.
    """
    return [_send(channel, at=at) for channel in outbox.open_channels()]


def _send(channel: Channel, *, at: datetime) -> Outcome:
    waiting = outbox.waiting_for(channel)
    count = waiting.count()
    if not count:
        return Outcome(channel.code, State.NOTHING)
    if not outbox.claim(channel, at=at):
        return Outcome(channel.code, State.WAITING, count)
    notices = [] if outbox.is_full(channel, at=at) else list(waiting[:MOST_AT_ONCE])
    if not notices:
        outbox.release(channel)
        return Outcome(channel.code, State.WAITING, count)
    answer = _carry(channel, notices, at=at)
    outbox.settle(channel, notices, error=answer.error, pause=answer.pause, at=at)
    return Outcome(channel.code, State.FAILED if answer.error else State.SENT, len(notices), answer.error)


def _carry(channel: Channel, notices: list[Notice], *, at: datetime) -> Answer:
    try:
        address, secret = channel.open_address(), channel.open_secret()
    except Refusal as no:
        return Answer(str(no))
    place = town()
    frame = Frame(
        town=place.name if place else "",
        site=settings.SITE_ADDRESS,
        limit=LIMITS[channel.service],
        names=list(Person.objects.values_list("name", flat=True)),
    )
    items = [Item(str(one.get_kind_display()), one.person.name, one.text, one.link) for one in notices]
    return send(channel.service, Message(address, secret, digest(items, frame), at))
