"""Putting many measurements into a round at once: a third-party table, the demo year, a whole submission."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chuangwen.kernel.words import later
from chuangwen.records.ledger.actions import Thing, note
from chuangwen.records.measures import packing
from chuangwen.records.measures.actions import Reading, fingerprint_of, require_open, state_position
from chuangwen.records.measures.models import Observation, Round, SiteState
from chuangwen.records.standards.models import Check
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.models import Site
from chuangwen.records.township.permissions import Permission

BATCH = 400


@dataclass(frozen=True)
class Seen:
    """One reading at its place; ``replaces`` is the mark of an earlier reading that it supersedes."""

    site: Site
    check: Check
    reading: Reading
    inspector_id: int | None = None
    replaces: str = ""


@dataclass(frozen=True)
class TakenIn:
    """What came of a table: rows newly written, and rows that were there already."""

    new: int
    known: int


@transaction.atomic
def take_in(round_: Round, seen: Sequence[Seen], *, what: str, by: By, at: datetime) -> TakenIn:
    """Write many observations, or none. Rows sent before are left as they are, so a repeat is harmless."""
    for organisation in {one.site.organisation_id: one.site.organisation for one in seen}.values():
        must(by, Permission.RECORD_OBSERVATIONS, organisation, person_id=getattr(by, "person_id", None) or None)
    require_open(round_)
    marks = {one.reading.fingerprint(one.site.code, one.check.code): one for one in seen}
    known = set(Observation.objects.filter(round=round_).values_list("mark", flat=True)) & marks.keys()
    fresh = {mark: one for mark, one in marks.items() if mark not in known}
    rows = [_row(round_, mark, one, at) for mark, one in fresh.items()]
    Observation.objects.bulk_create(rows, batch_size=BATCH)
    _replace(round_, [(fingerprint_of(one.replaces), mark) for mark, one in fresh.items() if one.replaces])
    if fresh:
        repack(round_, {one.site.pk for one in fresh.values()})
        after = {"new": len(fresh), "known": len(known), "from": what}
        note(Thing("round", round_.code, round_.title), later("导入观测"), by=by, at=at, after=after)
    return TakenIn(len(fresh), len(known))


def _row(round_: Round, mark: str, one: Seen, at: datetime) -> Observation:
    reading = one.reading
    return Observation(
        round=round_,
        site_id=one.site.pk,
        check_item_id=one.check.pk,
        value=reading.value,
        result=reading.result,
        passed=reading.passed,
        total=reading.total,
        seen_at=reading.seen_at,
        seen_by=reading.seen_by,
        inspector_id=one.inspector_id,
        note=reading.note,
        photo=reading.photo,
        source=reading.source,
        mark=mark,
        recorded_at=at,
    )


def _replace(round_: Round, pairs: Iterable[tuple[str, str]]) -> None:
    wanted = dict(pairs)
    if not wanted:
        return
    names = wanted.keys() | set(wanted.values())
    ids = dict(Observation.objects.filter(round=round_, mark__in=names).values_list("mark", "pk"))
    for old, new in wanted.items():
        Observation.objects.filter(pk=ids[old]).update(counts=False, replaced_by=ids[new])


def repack(round_: Round, sites: Iterable[int]) -> None:
    """Sum the counting rows of these sites anew into their packed states (two queries and one write)."""
    wanted = sorted(set(sites))
    offsets = _positions(round_)
    rows = Observation.objects.filter(round=round_, counts=True, site__in=wanted)
    states = packing.add_up(
        (site, offsets[check], value) for site, check, value in rows.values_list("site_id", "check_item_id", "value")
    )
    SiteState.objects.bulk_create(
        [SiteState(round=round_, site_id=site, packed=packing.pack(states.get(site, {}))) for site in wanted],
        update_conflicts=True,
        unique_fields=["round", "site"],
        update_fields=["packed"],
        batch_size=BATCH,
    )


def _positions(round_: Round) -> Mapping[int, int]:
    checks = Check.objects.filter(edition__in=[round_.edition_id, round_.companion_id or round_.edition_id])
    return {check.pk: state_position(round_, check) for check in checks.only("position", "edition_id")}
