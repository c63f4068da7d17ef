"""What the standards in force still lack: for each, the required materials that no document serves yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chuangwen.records.archive.models import UseKind
from chuangwen.records.archive.queries import counts_by_key
from chuangwen.records.archive.suggesting import editions_in_use
from chuangwen.records.standards.models import Node, Requirement


@dataclass(frozen=True)
class Lack:
    """One standard: how many materials it asks for, how many are served, which are not."""

    node: Node
    asked: int
    missing: Sequence[Requirement]

    @property
    def there(self) -> int:
        return self.asked - len(self.missing)


def lacking(on: date) -> list[Lack]:
    """Every standard of the editions in force that asks for material, in their order; in three queries."""
    editions = [one.pk for one in editions_in_use(on)]
    rows = list(
        Requirement.objects.filter(edition__in=editions)
        .select_related("node__edition")
        .defer("node__edition__content")
        .order_by("edition", "node__position", "pk")
    )
    served = counts_by_key(UseKind.REQUIREMENT, [key_of(one) for one in rows])
    asked: dict[int, list[Requirement]] = {}
    for one in rows:
        asked.setdefault(one.node_id, []).append(one)
    return [
        Lack(found[0].node, len(found), [one for one in found if not served.get(key_of(one))])
        for found in asked.values()
    ]


def key_of(requirement: Requirement) -> str:
    """What a use calls a required material."""
    return f"{requirement.edition_id}:{requirement.code}"
