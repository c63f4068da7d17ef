"""Whose lateness it is: of a case that is late now, whoever was to take the next step; the reviewer's is not the lead unit's.

The same rule for lists and figures (``late_through``, ``LATE_UNIT``) and for one case (``who_is_late``); a test compares them.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from chuangwen.records.township.models import Organisation, Person
from chuangwen.work.cases.models import Case, Phase

LATE_UNIT = Coalesce("turn_unit", "turn_person__organisation")
"""Key of the unit whose step is awaited; nothing where holders of a role are awaited, whatever their unit."""


@dataclass(frozen=True)
class Late:
    """Whose step is awaited: a unit (and perhaps somebody of it), or the holders of a role."""

    unit: Organisation | None = None
    person: Person | None = None
    role: str = ""


def late_now(at: datetime) -> Q:
    """Cases that go on and whose nearest deadline has passed."""
    return ~Q(phase=Phase.CLOSED) & Q(due_at__lt=at, merged_into=None)


def late_through(units: Collection[int], at: datetime) -> Q:
    """Late now because one of these units has not taken its step; whoever leads the case."""
    theirs = Q(turn_unit__in=units) | Q(turn_unit=None, turn_person__organisation__in=units)
    return late_now(at) & theirs


def late_through_roles(roles: Collection[str], at: datetime) -> Q:
    """Late now because the holders of one of these roles (a reviewer, the office) have not taken their step."""
    return late_now(at) & Q(turn_unit=None, turn_person=None, turn_role__in=roles)


def late_by_whom(cases: QuerySet[Case], at: datetime) -> dict[int | str, int]:
    """How many cases are late through each unit (by its key) and through the holders of each role (by its code), in one query."""
    late = cases.filter(late_now(at)).order_by().values_list(LATE_UNIT, "turn_role")
    found = Counter[int | str]()
    for unit, role, count in late.annotate(n=Count("pk", distinct=True)):
        found[role if unit is None else unit] += count
    return dict(found)


def who_is_late(case: Case) -> Late:
    """Whose step is awaited in this case."""
    if case.turn_unit is not None:
        return Late(case.turn_unit, case.turn_person)
    if case.turn_person is not None:
        return Late(case.turn_person.organisation, case.turn_person)
    return Late(role=case.turn_role)


def is_the_leads(case: Case) -> bool:
    """Whether the unit that leads the case is the one that is awaited."""
    unit = who_is_late(case).unit
    return unit is not None and unit.pk == case.lead_id
