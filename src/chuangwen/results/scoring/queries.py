"""Results for pages, API and commands: all print the same numbers, because all ask here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Case, When

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.measures.models import Round, RoundKind
from chuangwen.records.measures.queries import rounds
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.models import Organisation
from chuangwen.results.scoring.arithmetic.lines import Line
from chuangwen.results.scoring.arithmetic.losses import Loss, losses
from chuangwen.results.scoring.arithmetic.places import groups_apart, places
from chuangwen.results.scoring.arithmetic.rows import score
from chuangwen.results.scoring.arithmetic.scores import Scored, prepare
from chuangwen.results.scoring.arithmetic.town import Cycle, System, Town, compose, cycle
from chuangwen.results.scoring.freezing import (
    ARITHMETIC,
    digest_of,
    plain,
    sealed_before,
    sealed_lines,
    sealed_total,
    stored_lines,
)
from chuangwen.results.scoring.gathering import frozen_of, measures_of, pack_of, plan_of, systems_of


class NoRound(Refusal):
    """There is no round for the year asked for."""

    code = "no_round"
    sentence = later("{year} 年还没有测评轮次。请先开一轮，或换一个年度。")
    status = 404


@dataclass(frozen=True)
class RoundScore:
    """The town's score in one round: every system of it and all of them together, as of a day."""

    round: Round
    editions: tuple[Edition, ...]
    town: Town
    on: date

    @property
    def main(self) -> Scored:
        """The main system alone, in points of its own 100."""
        return self.town.main.scored

    @property
    def total(self) -> Line:
        """The score that counts, in points of the town's total."""
        return self.town.line

    @property
    def pass_line(self) -> float:
        return self.town.pass_line

    @property
    def level(self) -> float:
        return self.town.level

    @cached_property
    def losses(self) -> list[Loss]:
        """Losses over all systems in points of the town's total; what bars the town first."""
        return losses(self.town)

    def edition_of(self, system: str) -> Edition:
        """The edition of one of the systems."""
        return next(edition for edition in self.editions if edition.pack == system)

    def system_of(self, edition: Edition) -> System:
        """The system that an edition is scored as."""
        return next(one for one in self.town.systems if one.code == edition.pack)


def latest_of_year(year: int, code: str = "") -> Round:
    """The round that speaks for a year: the one asked for by its code, else the newest official one, else the newest."""
    found = rounds().filter(year=year)
    if code:
        found = found.filter(code=code)
    official = Case(When(kind=RoundKind.OFFICIAL, then=0), default=1)
    first = found.annotate(official=official).order_by("official", "-opens", "-pk").first()
    if first is None:
        raise NoRound(year=year)
    return first


def score_edition(round_: Round, edition: Edition, on: date) -> Scored:
    """One round by one of its editions alone."""
    return score(prepare(plan_of(edition), measures_of(round_, edition, on)))


def score_round(round_: Round, on: date) -> RoundScore:
    """The town's score in a round as it stands on a day; of a closed round as it was frozen, whatever happened since."""
    if round_.closed_at is not None:
        return _score_closed(round_)
    systems = [_system(round_, *told, on) for told in systems_of(round_)]
    return RoundScore(round_, editions(round_), compose(systems), on)


def _score_closed(round_: Round) -> RoundScore:
    kept = stored_lines(frozen_of(round_))
    systems = [_system(round_, *told, kept.on, kept.systems.get(told[0].pack)) for told in systems_of(round_)]
    return RoundScore(round_, editions(round_), compose(systems, line=kept.total), kept.on)


def _system(
    round_: Round, edition: Edition, share: float, floor: float | None, on: date, line: Line | None = None
) -> System:
    return System(edition.pack, score_edition(round_, edition, on), share, floor, line)


def losses_of(result: RoundScore) -> list[Loss]:
    """Losses of the town, what bars it first, then best paid day of work first."""
    return result.losses


@dataclass(frozen=True)
class VillageLine:
    """A unit that owns sites, with its line; ``band`` 1 is best, units of one band are not ranked, 0 is not placed."""

    organisation: Organisation
    line: Line
    seen_sites: int
    sites: int
    band: int


def villages_of(scored: Scored, *, regions: bool = False) -> list[VillageLine]:
    """Units that own sites, band by band; ``regions``: only villages and communities (units with a region code).

    Inside a band they stand in the register's order: no rank is claimed where the reaches overlap.
    """
    found = places(scored.prepared)
    units = Organisation.objects.in_bulk([int(place.owner) for place in found])
    kept = [place for place in found if not regions or units[int(place.owner)].region_code]
    bands = groups_apart([place.line for place in kept])
    lines = [
        VillageLine(units[int(place.owner)], place.line, place.seen_sites, place.sites, band)
        for place, band in zip(kept, bands, strict=True)
    ]
    return sorted(lines, key=lambda one: (one.band == 0, one.band, one.organisation.order))


def editions(round_: Round) -> tuple[Edition, ...]:
    """The editions that a round is measured by, the main one first."""
    return tuple(edition for edition, _share, _floor in systems_of(round_))


def totals_of(shown: Sequence[Round], on: date) -> dict[int, Line]:
    """The town's score of many rounds by their keys: of closed ones as sealed (one query), of open ones as of a day."""
    closed = [one.pk for one in shown if one.closed_at is not None]
    rows = Round.objects.filter(pk__in=closed).values_list("pk", "frozen__lines__total", "frozen__result__total")
    found = {pk: sealed_total(lines, total) for pk, lines, total in rows}
    return {one.pk: found[one.pk] if one.pk in found else score_round(one, on).total for one in shown}


def cycle_of(result: RoundScore) -> Cycle | None:
    """The cycle as of the day of an official round: each year by its last official round that was closed by then.

    Self-checks and mock evaluations count for no year; ``None`` in them, and where too little is measured.
    """
    framework, round_ = pack_of(result.editions[0]).framework, result.round
    if framework.cycle_starts is None or not framework.year_weights or round_.kind != RoundKind.OFFICIAL:
        return None
    if result.total.expected is None:
        return None
    weights = {framework.cycle_starts + one.position - 1: float(one.weight) for one in framework.year_weights}
    closed = Round.objects.filter(
        year__in=weights.keys() - {round_.year},
        closed_at__date__lte=result.on,
        kind=RoundKind.OFFICIAL,
        edition__pack=result.editions[0].pack,
    )
    scores = {one.year: stored_lines(frozen_of(one)).total for one in closed.order_by("opens", "pk")}
    if round_.year in weights:
        scores[round_.year] = result.total
    return cycle({year: line for year, line in scores.items() if line.expected is not None}, weights)


def recompute(round_: Round) -> dict[str, Any]:
    """The town's score of a closed round computed anew from its frozen inputs, and whether all digits agree.

    Under another edition of the arithmetic digits may differ in good faith: then only the seal is proved.
    """
    stands = rounds().get(pk=round_.pk)
    kept = frozen_of(stands)
    on = stored_lines(kept).on
    town = compose([_system(stands, *told, on) for told in systems_of(stands)])
    anew, stored = plain(sealed_lines(town)), sealed_before(kept)
    whole, same = digest_of(kept) == stands.digest, kept.get("arithmetic", 1) == ARITHMETIC
    return {"agrees": whole and (anew == stored or not same), "arithmetic": same, "stored": stored, "anew": anew}
