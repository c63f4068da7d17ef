"""The total after one change, without reading the whole round again.

The prepared round is kept in the process with the number of the ledger's last note. If exactly one note was written
since, and it was the change just made, only that site's packed state is read; otherwise the round is read in full.
Either way the digits are those of a full re-score.
"""

from dataclasses import dataclass, replace
from datetime import date
from threading import Lock

import numpy as np
from django.db import connection

from chuangwen.records.ledger.models import Note
from chuangwen.records.measures import packing
from chuangwen.records.measures.models import Round
from chuangwen.records.measures.states import COMPANION_OFFSET
from chuangwen.records.standards.models import Edition
from chuangwen.results.scoring.arithmetic.chances import Answers, answer_chances
from chuangwen.results.scoring.arithmetic.inputs import Entries
from chuangwen.results.scoring.arithmetic.lines import Line
from chuangwen.results.scoring.arithmetic.rows import total_of
from chuangwen.results.scoring.arithmetic.scores import Prepared, prepare, with_entries, z_of
from chuangwen.results.scoring.arithmetic.town import total_of_systems
from chuangwen.results.scoring.gathering import Shelf, measures_of, pack_of, plan_of, shelf_of, systems_of

KEPT = 4


@dataclass(frozen=True)
class Live:
    """A round made ready at one moment of the ledger."""

    head: int
    on: date
    prepared: Prepared
    shelf: Shelf
    answers: Answers


_kept: dict[tuple[int, str], Live] = {}
_lock = Lock()


def head() -> int:
    """The number of the last note; 0 before the first."""
    return Note.objects.order_by("-number").values_list("number", flat=True).first() or 0


def start(round_: Round, edition: Edition, on: date) -> Live:
    """Read a round by one of its editions in full and keep it."""
    number = head()
    prepared = prepare(plan_of(edition), measures_of(round_, edition, on))
    shelf = shelf_of([row.code for row in pack_of(edition).site_types], on, round_)
    answers = answer_chances(prepared, z_of(prepared.plan.framework.level))
    return _keep(round_, edition, Live(number, on, prepared, shelf, answers))


def town_after(round_: Round, site: int, on: date) -> Line:
    """The town's total after one visit to this site was recorded, just now and in this process: over all systems."""
    lines, shares = [], []
    for edition, share, _floor in systems_of(round_):
        lines.append(total_after(round_, edition, site, on))
        shares.append(share)
    return total_of_systems(lines, shares, plan_of(round_.edition).framework.least_measured)


def total_after(round_: Round, edition: Edition, site: int, on: date) -> Line:
    """One edition's own total after one visit to this site was recorded, just now and in this process."""
    kept = _kept.get((round_.pk, edition.digest))
    if kept is None or kept.on != on:
        return total_of(start(round_, edition, on).prepared)
    packed, number = _state_and_head(round_.pk, site)
    if number != kept.head + 1:
        return total_of(start(round_, edition, on).prepared)
    prepared = kept.prepared
    if site in kept.shelf.places:
        offset = COMPANION_OFFSET if edition.pk == round_.companion_id else 0
        prepared = with_entries(prepared, _replaced(prepared.measures.entries, kept.shelf.places[site], packed, offset))
    _keep(round_, edition, replace(kept, head=number, prepared=prepared))
    return total_of(prepared, kept.answers)


# Written by hand: building this query in the ORM costs more than all the arithmetic after it.
_STATE_AND_HEAD = (
    "SELECT packed, (SELECT MAX(number) FROM ledger_note) FROM measures_sitestate WHERE round_id = %s AND site_id = %s"
)


def _state_and_head(round_id: int, site: int) -> tuple[bytes, int]:
    """The packed state of a site and the number of the ledger's last note, as of one moment."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE_AND_HEAD, [round_id, site])
        packed, number = cursor.fetchone()
    return bytes(packed), number


def _replaced(entries: Entries, place: int, packed: bytes, offset: int) -> Entries:
    """The entries with one site's sums taken from its packed state; order by site and position is kept."""
    table = packing.rows_of(packed).astype(np.int64)
    table[:, 0] -= offset
    table = table[(table[:, 0] >= 0) & (table[:, 0] < COMPANION_OFFSET)]
    first, last = np.searchsorted(entries.site, [place, place + 1])
    columns = (np.full(len(table), place, dtype=np.int64), table[:, 0], table[:, 1], table[:, 2], table[:, 3])
    names = ("site", "position", "count", "total", "skipped")
    old = (getattr(entries, name) for name in names)
    return Entries(*(np.concatenate([was[:first], new, was[last:]]) for was, new in zip(old, columns, strict=True)))


def _keep(round_: Round, edition: Edition, live: Live) -> Live:
    with _lock:
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[round_.pk, edition.digest] = live
    return live


def forget() -> None:
    """Let go of every kept round."""
    with _lock:
        _kept.clear()
