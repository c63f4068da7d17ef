"""Whose lateness: the open cases that are late, by whose step is awaited (the reviewer's are the reviewer's)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chuangwen.kernel.words import say
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Organisation, RoleDefinition
from chuangwen.work.cases.lateness import late_by_whom
from chuangwen.work.cases.queries import visible_to

SHOWN = 6


@dataclass(frozen=True)
class Awaited:
    """A unit, or the holders of a role, and how many cases wait for them past their day."""

    title: str
    count: int


@dataclass(frozen=True)
class LateParts:
    """All that is late, by whom it waits for; the most first. ``rest`` and ``rest_count`` are those not shown one by one."""

    parts: Sequence[Awaited]

    @property
    def shown(self) -> Sequence[Awaited]:
        return self.parts if len(self.parts) <= SHOWN + 1 else self.parts[:SHOWN]

    @property
    def rest(self) -> int:
        return len(self.parts) - len(self.shown)

    @property
    def rest_count(self) -> int:
        return sum(one.count for one in self.parts[len(self.shown) :])

    @property
    def total(self) -> int:
        return sum(one.count for one in self.parts)


def late_parts(actor: Actor, at: datetime) -> LateParts:
    """Units and roles by how much is late through them, most first; in three queries."""
    counts = late_by_whom(visible_to(actor), at)
    units = {
        one.pk: (one.order, one.short)
        for one in Organisation.objects.filter(pk__in=[k for k in counts if isinstance(k, int)])
    }
    roles = dict(
        RoleDefinition.objects.filter(code__in=[k for k in counts if isinstance(k, str)]).values_list("code", "title")
    )
    found = [
        (-count, *(units[key] if isinstance(key, int) else (0, roles.get(key, key) or say("没有写明"))))
        for key, count in counts.items()
    ]
    return LateParts([Awaited(title, -count) for count, _order, title in sorted(found)])
