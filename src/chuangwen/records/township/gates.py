"""The gate in front of every action: a person needs the right; a command run on the machine itself passes."""

from chuangwen.records.ledger.actions import Hand
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.policy import require, why_not_everywhere

By = Actor | Hand
"""Whoever an action is done by: somebody signed in, or a command typed on the machine that holds the data."""


def must(
    by: By, permission: Permission, organisation: Organisation | None = None, *, person_id: int | None = None
) -> None:
    """Raise the refusal when this actor may not; whoever sits at the machine may."""
    if isinstance(by, Actor):
        require(by, permission, organisation, person_id=person_id)


def must_everywhere(by: By, permission: Permission) -> None:
    """The same for a thing of the whole town."""
    if isinstance(by, Actor) and (no := why_not_everywhere(by, permission)):
        raise no
