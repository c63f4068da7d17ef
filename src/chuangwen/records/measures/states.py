"""The packed sums of the sites, moved with the rows they sum: called inside the transaction of the rows."""

from collections.abc import Iterable, Mapping, Sequence

from chuangwen.kit.row_writes import change, put
from chuangwen.kit.rows import rows_where
from chuangwen.records.measures import packing
from chuangwen.records.measures.models import Observation, Round, SiteState
from chuangwen.records.standards.models import Check

BATCH = 400
COMPANION_OFFSET = 1_000_000


def state_position(round_: Round, check: Check) -> int:
    """Where a check stands in packed states: its position; the companion edition's checks follow far behind."""
    return check.position + (COMPANION_OFFSET if check.edition_id == round_.companion_id else 0)


def shift(round_: Round, site: int, moves: Sequence[tuple[Check, int, int | None]]) -> None:
    """Move the sums of one site: a check, one more (+1) or one fewer (-1), its value."""
    state = next(iter(rows_where(SiteState, "site", [site], also={"round": round_.pk}, lock=True)), None)
    sums = packing.unpack(bytes(state.packed)) if state else {}
    for check, sign, value in moves:
        place = state_position(round_, check)
        sums[place] = sums.get(place, packing.Sum()).moved(sign, value)
    if state is None:
        put([SiteState(round=round_, site_id=site, packed=packing.pack(sums))])
    else:
        change(state, {"packed": packing.pack(sums)})


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
