"""Which standards of a submission a person may see."""

from django.db.models import Q

from chuangwen.records.duties.models import Duty
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.permissions import Permission


def sees_everything(actor: Actor) -> bool:
    """The office that composes, the leader who signs, and whoever keeps the whole archive in sight."""
    return actor.may(Permission.COMPOSE_SUBMISSION) or actor.may(Permission.SIGN_SUBMISSION)


def sees(actor: Actor) -> Q | None:
    """Which entries this person may see (``None``: all): a unit those that it leads."""
    if sees_everything(actor) or actor.reach(Permission.SEE_ARCHIVE).everything:
        return None
    led = actor.reach(Permission.SEE_DUTIES).filter(Duty.objects.exclude(standard=None), "lead")
    return Q(node__in=led.values("standard"))
