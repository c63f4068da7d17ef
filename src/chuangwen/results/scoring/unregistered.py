"""Site types of a round's systems of which the town has no registered site: unknown, or stated to be absent."""

from dataclasses import dataclass

from chuangwen.records.township.models import AbsentSiteType
from chuangwen.results.scoring.arithmetic.parts import registered_sites
from chuangwen.results.scoring.gathering import pack_of
from chuangwen.results.scoring.queries import RoundScore


@dataclass(frozen=True)
class Unregistered:
    """A type without a site: how many points of the town's total hang on it, and the office's statement if there is one."""

    code: str
    name: str
    points: float
    stated: AbsentSiteType | None


def unregistered_types(result: RoundScore) -> list[Unregistered]:
    """Every such type over all systems of the round, the unknown ones first, then by points."""
    stated = {one.type_code: one for one in AbsentSiteType.objects.filter(withdrawn_on=None)}
    found: dict[str, tuple[str, float]] = {}
    for system, edition in zip(result.town.systems, result.editions, strict=True):
        prepared = system.scored.prepared
        names = {row.code: row.name for row in pack_of(edition).site_types}
        registered = registered_sites(prepared.plan.framework, prepared.measures.register)
        for place, kind in enumerate(prepared.plan.framework.site_types):
            if not registered[place]:
                mine = float(prepared.coef[prepared.plan.site_type == place].sum()) * system.share
                found[kind.code] = names[kind.code], found.get(kind.code, ("", 0.0))[1] + mine
    rows = [Unregistered(code, name, points, stated.get(code)) for code, (name, points) in found.items()]
    return sorted(rows, key=lambda one: (one.stated is not None, -one.points, one.code))
