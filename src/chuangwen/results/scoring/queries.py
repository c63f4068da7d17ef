"""Results for pages, API and commands: all print the same numbers, because all ask here."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.measures.models import Round
from chuangwen.records.measures.policy import RoundStillOpen
from chuangwen.records.measures.queries import rounds
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.models import Organisation
from chuangwen.results.scoring.arithmetic.composing import Composed, with_companion
from chuangwen.results.scoring.arithmetic.losses import Loss, losses
from chuangwen.results.scoring.arithmetic.places import groups_apart, places, reach_of
from chuangwen.results.scoring.arithmetic.rows import score
from chuangwen.results.scoring.arithmetic.scores import Line, Scored, prepare
from chuangwen.results.scoring.freezing import digest_of, plain, thawed_inputs
from chuangwen.results.scoring.gathering import measures_of, pack_of, plan_of


class NoRound(Refusal):
    """There is no round for the year asked for."""

    code = "no_round"
    sentence = later("{year} 年还没有测评轮次。请先开一轮，或换一个年度。")
    status = 404


@dataclass(frozen=True)
class RoundScore:
    """A round scored: by its main edition, by its companion, and both together."""

    round: Round
    main: Scored
    companion: Scored | None
    composed: Composed
    on: date

    @property
    def total(self) -> Line:
        """The score that counts: with the companion when there is one."""
        return self.composed.line

    @property
    def pass_line(self) -> float:
        return self.main.prepared.plan.framework.pass_line

    @property
    def level(self) -> float:
        return self.main.prepared.plan.framework.level


def latest_of_year(year: int) -> Round:
    """The round that speaks for a year."""
    found = rounds().filter(year=year).first()
    if found is None:
        raise NoRound(year=year)
    return found


def score_edition(round_: Round, edition: Edition, on: date) -> Scored:
    """One round by one of its editions."""
    return score(prepare(plan_of(edition), measures_of(round_, edition, on)))


def score_round(round_: Round, on: date) -> RoundScore:
    """One round by all its editions, as it stands on a day (a closed round: on the day it was closed)."""
    on = min(on, round_.closed_at.date()) if round_.closed_at else on
    main = score_edition(round_, round_.edition, on)
    link = pack_of(round_.edition).framework.companion
    if round_.companion is None or link is None:
        return RoundScore(round_, main, None, Composed(main.total, []), on)
    beside = score_edition(round_, round_.companion, on)
    composed = with_companion(
        main.total, beside.total, share=float(link.share) / 100, floor=float(link.floor), code=link.framework
    )
    return RoundScore(round_, main, beside, composed, on)


def as_data(result: RoundScore) -> dict[str, Any]:
    """What ``chuangwen score --json`` and the API print."""
    scored = result.main
    nodes = [
        {"code": node.code, "parent": node.parent, "points": float(node.points), **_line(scored, "node", node.code)}
        for node in scored.prepared.plan.framework.nodes
    ]
    methods = [
        {"method": code, **line.as_dict(), "weight": line.weight}
        for (kind, code), line in scored.rows.items()
        if kind == "method"
    ]
    return {
        "edition": {"id": result.round.edition.pack, "edition": result.round.edition.edition},
        "round": {"code": result.round.code, "title": result.round.title, "year": result.round.year, "on": result.on},
        "composition": scored.prepared.plan.framework.composition,
        "total": {**result.total.as_dict(), "level": result.level},
        "main": {**scored.total.as_dict(), "level": result.level},
        "companion": {**result.companion.total.as_dict(), "level": result.level} if result.companion else None,
        "pass_line": result.pass_line,
        "passing": scored.passing,
        "methods": methods,
        "nodes": nodes,
        "bars": [*scored.bars, *result.composed.bars],
        "bonus": scored.bonus,
        "deducted": scored.deducted,
        "not_applicable": [code for code, _ in scored.dropped],
    }


def _line(scored: Scored, kind: str, code: str) -> dict[str, object]:
    line = scored.rows[kind, code].as_dict()
    del line["interval"]
    return {**line, "interval": list(scored.rows[kind, code].interval)}


def losses_of(scored: Scored) -> list[Loss]:
    """Losses, best paid day of work first."""
    return losses(scored)


@dataclass(frozen=True)
class VillageLine:
    """A unit that owns sites, with its line; ``band`` 1 is best, units of one band are not ranked."""

    organisation: Organisation
    line: Line
    seen_sites: int
    sites: int
    band: int

    @property
    def reach(self) -> dict[str, object]:
        """The widest span in which the score may lie, as the whisker draws it."""
        return {**self.line.as_dict(), "interval": list(reach_of(self.line))}


def villages_of(scored: Scored, *, regions: bool = False) -> list[VillageLine]:
    """Units that own sites, best first; ``regions``: only villages and communities (units with a region code)."""
    found = places(scored.prepared)
    units = Organisation.objects.in_bulk([int(place.owner) for place in found])
    kept = [place for place in found if not regions or units[int(place.owner)].region_code]
    bands = groups_apart([place.line for place in kept])
    lines = [
        VillageLine(units[int(place.owner)], place.line, place.seen_sites, place.sites, band)
        for place, band in zip(kept, bands, strict=True)
    ]
    return sorted(lines, key=lambda one: (one.line.expected is None, -(one.line.expected or 0), one.organisation.order))


def editions(round_: Round) -> list[Edition]:
    """The editions that a round is measured by."""
    return [edition for edition in (round_.edition, round_.companion) if edition is not None]


def recompute(round_: Round) -> dict[str, Any]:
    """The main score of a closed round, computed anew from its frozen inputs, and whether all digits agree."""
    frozen = Round.objects.values_list("frozen", flat=True).get(pk=round_.pk)
    if frozen is None:
        raise RoundStillOpen(round=round_.title)
    measures = thawed_inputs(frozen["inputs"][str(round_.edition_id)])
    anew = plain(score(prepare(plan_of(round_.edition), measures)).total.as_dict())
    stored = {key: frozen["result"]["main"][key] for key in anew}
    return {"agrees": anew == stored and digest_of(frozen) == round_.digest, "stored": stored, "anew": anew}
