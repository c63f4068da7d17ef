"""Which open cases guard a thing (a standard, a loss): number, state of the clock, for lists of other rooms."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from chuangwen.records.township.actors import Actor
from chuangwen.work.cases.models import CaseLink, Phase
from chuangwen.work.cases.queries import of_year, visible_to


@dataclass(frozen=True)
class Guard:
    """An open case that guards a thing: its number, its title, when it is due."""

    number: str
    title: str
    due: datetime | None


def guards_of(actor: Actor, kind: str, keys: list[str], *, year: int) -> dict[str, list[Guard]]:
    """The open cases of each of these things in a year, soonest due first, in one query."""
    open_ = visible_to(actor).exclude(phase=Phase.CLOSED).filter(merged_into=None)
    rows = of_year(CaseLink.objects.filter(kind=kind, key__in=keys, case__in=open_), year)
    soonest = rows.order_by(F("case__due_at").asc(nulls_last=True), "case__number")
    found: dict[str, list[Guard]] = {}
    for key, number, title, due in soonest.values_list("key", "case__number", "case__title", "case__due_at"):
        found.setdefault(key, []).append(Guard(number, title, due))
    return found
