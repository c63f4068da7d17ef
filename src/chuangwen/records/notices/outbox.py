"""What waits to leave by a channel, who may take it out, and what became of it.

These are the traces of the machine's own work, not changes of the town's records: each try is a ``Delivery`` row, and
no ledger note is written for it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from chuangwen.records.notices.models import Channel, Delivery, Notice

MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=1)


def open_channels() -> QuerySet[Channel]:
    """The ways out that somebody has switched on."""
    return Channel.objects.filter(enabled=True).select_related("organisation")


def waiting_for(channel: Channel) -> QuerySet[Notice]:
    """What the channel has still to carry, oldest first.

    Told after it was switched on, to a person with an account in its unit or below, not read yet (who has read it
    needs no message), not carried by this channel before. What another channel has carried is still carried by this.
    """
    carried = Delivery.notices.through.objects.filter(
        notice=OuterRef("pk"), delivery__channel=channel, delivery__ok=True
    )
    notices = Notice.objects.filter(
        ~Exists(carried), pk__gt=channel.after_notice, read_at=None, person__is_active=True
    ).select_related("person")
    if channel.organisation:
        notices = notices.filter(person__organisation__path__startswith=channel.organisation.path)
    return notices.order_by("at", "pk")


def is_full(channel: Channel, *, at: datetime) -> bool:
    """Whether the channel has tried as many messages in the last minute as it may."""
    return channel.deliveries.filter(at__gt=at - MINUTE).count() >= channel.per_minute


def claim(channel: Channel, *, at: datetime) -> bool:
    """Take the channel for one message: of several processes that ask at once, one gets it.

    The claim ends by ``settle``, or by itself after two minutes when the process died.
    """
    free = Q(not_before=None) | Q(not_before__lte=at)
    return bool(Channel.objects.filter(free, pk=channel.pk, enabled=True).update(not_before=at + LEASE))


def release(channel: Channel) -> None:
    """Give a claimed channel back without having tried anything."""
    Channel.objects.filter(pk=channel.pk).update(not_before=None)


def settle(
    channel: Channel, notices: Sequence[Notice], *, error: str, pause: timedelta = timedelta(0), at: datetime
) -> Delivery:
    """Write down one try. Without an ``error`` the notices are carried; with one they wait for the next try.

    After a failure the channel pauses: 1, 2, 4 … minutes, at most an hour, and at least ``pause``.
    """
    with transaction.atomic():
        delivery = Delivery.objects.create(channel=channel, at=at, count=len(notices), ok=not error, error=error[:300])
        kept = Channel.objects.select_for_update().get(pk=channel.pk)
        if error:
            kept.failures += 1
            kept.last_error = error[:300]
            kept.not_before = at + max(pause, min(MINUTE * 2 ** min(kept.failures - 1, 10), LONGEST_PAUSE))
        else:
            delivery.notices.add(*notices)
            Notice.objects.filter(pk__in=[one.pk for one in notices], sent_at=None).update(sent_at=at)
            kept.failures, kept.last_error, kept.not_before, kept.last_sent_at = 0, "", None, at
        kept.save(update_fields=["failures", "last_error", "not_before", "last_sent_at"])
    return delivery
