"""The office states that the town has no site of a type, or takes that back.

Until then a type without a registered site is unknown to the score, never "not applicable"
(shared rule of the scoring: no site is not "not applicable").
"""

import datetime

from django.db import transaction

from chuangwen.kernel.dates import day_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Signer, Thing
from chuangwen.records.township.actions import may
from chuangwen.records.township.models import AbsentSiteType, Site
from chuangwen.records.township.permissions import Permission


class SitesStand(Refusal):
    """A type of which sites are registered cannot be absent."""

    code = "sites_stand"
    sentence = later("“{type}”在册的点位还有 {count} 处，不能声明没有。请先停用这些点位。")


class ReasonMissing(Refusal):
    """A statement that takes points out of the base says why."""

    code = "absence_reason_missing"
    sentence = later("请写明本镇为什么没有“{type}”，这会使有关标准不计入基数。")


class NotStated(Refusal):
    """Only a standing statement can be taken back."""

    code = "absence_not_stated"
    sentence = later("没有“{type}”这一条声明，或者已经撤回。")


@transaction.atomic
def state_absent(type_code: str, reason: str, *, by: Signer, at: datetime.datetime) -> AbsentSiteType:
    """State that the town has no site of this type, and why. Said again, it changes nothing."""
    may(by, Permission.EDIT_PLAN)
    if not reason.strip():
        raise ReasonMissing(type=type_code)
    if count := Site.objects.filter(type_code=type_code, closed=None).count():
        raise SitesStand(type=type_code, count=count)
    standing = AbsentSiteType.objects.select_for_update().filter(type_code=type_code, withdrawn_on=None).first()
    if standing:
        return standing
    made = AbsentSiteType.objects.create(
        type_code=type_code, reason=reason.strip(), stated_on=day_of(at), stated_by=by.name
    )
    ledger.note(_thing(made), later("声明没有这类点位"), by=by, at=at, after={"reason": made.reason})
    return made


@transaction.atomic
def withdraw_absence(type_code: str, *, by: Signer, at: datetime.datetime) -> AbsentSiteType:
    """Take the statement back: the type is unknown again until a site of it is registered and seen."""
    may(by, Permission.EDIT_PLAN)
    standing = AbsentSiteType.objects.select_for_update().filter(type_code=type_code, withdrawn_on=None).first()
    if standing is None:
        raise NotStated(type=type_code)
    standing.withdrawn_on, standing.withdrawn_by = max(day_of(at), standing.stated_on), by.name
    standing.save(update_fields=["withdrawn_on", "withdrawn_by"])
    ledger.note(_thing(standing), later("撤回没有这类点位的声明"), by=by, at=at, before={"reason": standing.reason})
    return standing


def _thing(row: AbsentSiteType) -> Thing:
    return Thing("absent_site_type", row.type_code, row.type_code)
