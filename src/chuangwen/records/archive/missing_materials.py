"""Required materials that nothing serves yet, by standard."""

from collections.abc import Sequence
from dataclasses import dataclass

from chuangwen.records.archive.serving import requirement_key, serving
from chuangwen.records.standards.models import Edition, Node, Requirement
from chuangwen.records.standards.papers import without_document


@dataclass(frozen=True)
class Lack:
    """One standard: how many materials it asks for, how many a document serves, which need one and have none."""

    node: Node
    asked: int
    there: int
    missing: Sequence[Requirement]


def missing_materials(editions: Sequence[Edition], year: int) -> list[Lack]:
    """Every standard of these editions that asks for material, in their order; in a fixed number of queries."""
    served = serving(editions, year)
    exempt = {f"{one.pk}:{code}" for one in editions for code in without_document(one)}
    order = [one.pk for one in editions]
    rows = (
        Requirement.objects.filter(edition__in=order)
        .select_related("node__edition")
        .defer("node__edition__content")
        .order_by("node__position", "position")
    )
    asked: dict[int, list[Requirement]] = {}
    for one in sorted(rows, key=lambda one: order.index(one.edition_id)):
        asked.setdefault(one.node_id, []).append(one)
    return [
        Lack(
            found[0].node,
            len(found),
            sum(requirement_key(one) in served for one in found),
            [one for one in found if (key := requirement_key(one)) not in served and key not in exempt],
        )
        for found in asked.values()
    ]
