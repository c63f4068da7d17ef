"""One round's rows into the arrays of the arithmetic, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
from django.db.models import BigIntegerField, CharField, Count, FilteredRelation, Q, Sum, Value
from django.db.models.functions import Cast

from chuangwen.kernel.workdays import CHINA
from chuangwen.records.duties.queries import lead_units
from chuangwen.records.measures import packing
from chuangwen.records.measures.material_queries import proven_grades
from chuangwen.records.measures.models import FigureValue, Observation, Round, Tally
from chuangwen.records.measures.policy import RoundStillOpen
from chuangwen.records.measures.queries import events_of, still_counts
from chuangwen.records.measures.states import COMPANION_OFFSET
from chuangwen.records.standards.definitions import FigureRow, FrameworkPack, NodeRow, scale_points
from chuangwen.records.standards.models import Check, Edition
from chuangwen.records.township.models import Site
from chuangwen.records.township.queries import absent_site_types
from chuangwen.results.scoring.arithmetic import inputs
from chuangwen.results.scoring.arithmetic.parts import Plan, make_plan
from chuangwen.results.scoring.freezing import stored_lines, thawed_inputs
from chuangwen.work.cases.figures import Period, figure_of
from chuangwen.work.cases.models import Case


@lru_cache(maxsize=16)
def _plan_of(edition_id: int, digest: str) -> tuple[FrameworkPack, Plan]:
    """An edition never changes, so its plan is made once in a process; the digest guards against another database."""
    content = Edition.objects.values_list("content", flat=True).get(pk=edition_id)
    pack = FrameworkPack.from_data(content)
    return pack, make_plan(framework_of(pack))


def pack_of(edition: Edition) -> FrameworkPack:
    """The whole checked pack of an edition."""
    return _plan_of(edition.pk, edition.digest)[0]


def plan_of(edition: Edition) -> Plan:
    """The edition cut into parts."""
    return _plan_of(edition.pk, edition.digest)[1]


def systems_of(round_: Round) -> list[tuple[Edition, float, float | None]]:
    """The editions that a round is measured by, the main one first: each with its share of the total and its floor."""
    link = pack_of(round_.edition).framework.companion
    if link is None or round_.companion is None:
        return [(round_.edition, 1.0, None)]
    share = float(link.share) / 100
    return [(round_.edition, 1 - share, None), (round_.companion, share, float(link.floor))]


def framework_of(pack: FrameworkPack) -> inputs.Framework:
    """A pack as the arithmetic wants it."""
    framework = pack.framework
    return inputs.Framework(
        composition=framework.composition,
        method_shares={method.id: method.share for method in framework.methods},
        grades={grade.grade: grade.factor for grade in framework.grades},
        nodes=[_node(row) for row in pack.standards],
        site_types=[inputs.SiteType(row.code, row.weight) for row in pack.site_types],
        checks=[
            inputs.Check(row.code, position, row.site_types, row.standards, row.effort_days)
            for position, row in enumerate(pack.checks)
        ],
        requirements=[inputs.Requirement(row.code, row.standard, row.method, row.weight) for row in pack.requirements],
        questions=[inputs.Rate(row.code, row.standards, scale_points(row.scale)) for row in pack.questions],
        figures=[inputs.Rate(row.code, row.standards, scale_points(row.scale)) for row in pack.figures],
        bonus_cap=framework.bonus.cap,
        level=float(framework.confidence_level),
        pass_line=float(framework.pass_line),
        least_measured=float(framework.least_measured) / 100,
    )


def _node(row: NodeRow) -> inputs.Node:
    return inputs.Node(
        code=row.code,
        parent=row.parent,
        kind=row.kind,
        points=row.points or Decimal(0),
        shares=row.shares() if row.kind == "standard" else {},
        groups=row.groups(),
        effort_days=row.effort_days if row.effort_days is not None else Decimal(1),
        bonus=row.bonus,
    )


@dataclass(frozen=True)
class Shelf:
    """The town's sites at one moment: the register, each site's key and place, and its packed state in a round."""

    register: inputs.Register
    places: Mapping[int, int]
    owners: Sequence[int]
    states: Sequence[bytes | None]


def shelf_of(types: Sequence[str], on: date, round_: Round) -> Shelf:
    """The register on a day with the round's states, in two queries: sites in use whose type the edition knows,

    and the types of which the office stated that the town has none.
    """
    kinds = {code: index for index, code in enumerate(types)}
    rows = Site.objects.filter(type_code__in=kinds).exclude(closed__lte=on).exclude(opened__gt=on).order_by("pk")
    mine = FilteredRelation("states", condition=Q(states__round=round_))
    fields = ("pk", "type_code", "organisation_id", "mine__packed")
    found = list(rows.annotate(mine=mine).values_list(*fields))
    owners = sorted({owner for _, _, owner, _ in found})
    place = {owner: index for index, owner in enumerate(owners)}
    register = inputs.Register(
        types=np.array([kinds[kind] for _, kind, _, _ in found], dtype=np.int64),
        owners=np.array([place[owner] for _, _, owner, _ in found], dtype=np.int64),
        owner_codes=[str(owner) for owner in owners],
        absent=frozenset(kinds[code] for code in absent_site_types(on) if code in kinds),
    )
    places = {pk: index for index, (pk, _, _, _) in enumerate(found)}
    return Shelf(register, places, owners, [packed for _, _, _, packed in found])


def measures_of(round_: Round, edition: Edition, on: date) -> inputs.Measures:
    """Everything that was measured in a round for one of its editions: of a closed round what was frozen then."""
    if round_.closed_at is not None:
        return thawed_inputs(frozen_of(round_)["inputs"][str(edition.pk)])
    return measured_now(round_, edition, on)


def frozen_of(round_: Round) -> dict[str, Any]:
    """What a closed round keeps, read once for a loaded round."""
    frozen: dict[str, Any] | None = round_.frozen
    if frozen is None:
        raise RoundStillOpen(round=round_.title)
    return frozen


def measured_now(round_: Round, edition: Edition, on: date) -> inputs.Measures:
    """Everything that was measured in an open round for one of its editions, in a fixed number of queries."""
    pack = pack_of(edition)
    shelf = shelf_of([row.code for row in pack.site_types], on, round_)
    offset = COMPANION_OFFSET if edition.pk == round_.companion_id else 0
    told = _told(round_, edition)
    pooled, local = _tallies(told, shelf)
    return inputs.Measures(
        register=shelf.register,
        entries=_entries(shelf, offset),
        grades=proven_grades(round_, edition),
        tallies=pooled,
        local_tallies=local,
        figures=_figures(pack, told, round_, on),
        locked=round_.material_locked_at is not None,
        deductions=_deductions(pack, edition, on),
        leads=lead_units(edition),
    )


Told = list[tuple[str, str, str, str, int | None]]


def _told(round_: Round, edition: Edition) -> Told:
    """Tallies and figures in one query: (kind, code, first, second, organisation)."""
    nobody = Cast(Value(None), BigIntegerField())
    tallies = Tally.objects.filter(round=round_, question__edition=edition).values_list(
        Value("tally"), "question__code", _text("positive"), _text("valid"), "organisation_id"
    )
    figures = FigureValue.objects.filter(round=round_, figure__edition=edition).values_list(
        Value("figure"), "figure__code", _text("numerator"), _text("denominator"), nobody
    )
    return sorted(tallies.union(figures, all=True), key=lambda one: (one[0], one[1], one[4] or 0))


def _figures(pack: FrameworkPack, told: Told, round_: Round, on: date) -> dict[str, tuple[Decimal, Decimal]]:
    """What was recorded; where nothing was and the edition says so, what the town's own cases of the round's days give."""
    known = {code: (Decimal(part), Decimal(whole)) for kind, code, part, whole, _ in told if kind == "figure"}
    for row in pack.figures:
        if row.code not in known and (given := figure_from_cases(row, round_, on)):
            known[row.code] = given
    return known


def figure_from_cases(row: FigureRow, round_: Round, on: date) -> tuple[Decimal, Decimal] | None:
    """What the town's own cases of the round's days give for a figure that its edition lets them give."""
    if not row.cases:
        return None
    figure, _sep, kind = row.cases.partition(":")
    last = min(on, round_.closes)
    period = Period(round_.opens, last, datetime.combine(last + timedelta(days=1), time(), CHINA))
    value = figure_of(Case.objects.filter(kind=kind), period, figure)
    return (Decimal(value.top), Decimal(value.base)) if value.base else None


def _text(field: str) -> Cast:
    return Cast(field, CharField())


def _entries(shelf: Shelf, offset: int) -> inputs.Entries:
    blocks, sites = [], []
    for place, packed in enumerate(shelf.states):
        if packed is not None:
            rows = packing.rows_of(bytes(packed))
            blocks.append(rows)
            sites.append(np.full(len(rows), place, dtype=np.int64))
    if not blocks:
        return inputs.no_entries()
    table = np.concatenate(blocks).astype(np.int64)
    places = np.concatenate(sites)
    position = table[:, 0] - offset
    mine = (position >= 0) & (position < COMPANION_OFFSET)
    order = np.lexsort((position[mine], places[mine]))
    columns = (places, position, table[:, 1], table[:, 2], table[:, 3])
    return inputs.Entries(*(column[mine][order] for column in columns))


def _tallies(told: Told, shelf: Shelf) -> tuple[dict[str, tuple[int, int]], dict[tuple[str, int], tuple[int, int]]]:
    """Answers pooled over the town, and by owner of sites."""
    owners = {owner: index for index, owner in enumerate(shelf.owners)}
    pooled: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    local: dict[tuple[str, int], tuple[int, int]] = {}
    for kind, code, first, second, owner in told:
        if kind != "tally":
            continue
        positive, valid = int(first), int(second)
        pooled[code][0] += positive
        pooled[code][1] += valid
        if owner in owners:
            local[code, owners[owner]] = (positive, valid)
    return {code: (positive, valid) for code, (positive, valid) in pooled.items()}, local


def deductions_of(round_: Round, on: date) -> list[inputs.Deduction]:
    """What the score of a round takes off for the negative list, over all its systems: as frozen, once it is closed."""
    found: list[inputs.Deduction] = []
    for edition, _share, _floor in systems_of(round_):
        if round_.closed_at is not None:
            found += measures_of(round_, edition, on).deductions
        else:
            found += _deductions(pack_of(edition), edition, on)
    return found


def scored_on(round_: Round, today: date) -> date:
    """The day as of which a round is scored: that of its sealing, once it is closed."""
    return today if round_.closed_at is None else stored_lines(frozen_of(round_)).on


def _deductions(pack: FrameworkPack, edition: Edition, on: date) -> list[inputs.Deduction]:
    """Events inside their windows on a day."""
    kinds = {row.code: row for row in pack.negative}
    found = []
    for code, day in events_of(edition).filter(happened_on__lte=on).values_list("code", "happened_on"):
        kind = kinds[code]
        if still_counts(day, kind.window_months, on):
            found.append(inputs.Deduction(code, kind.title, kind.effect, kind.points))
    return found


def entries_from_rows(round_: Round, edition: Edition, on: date) -> inputs.Entries:
    """The same entries summed anew from the observation rows by the database: what the packed states are held against."""
    pack = pack_of(edition)
    shelf = shelf_of([row.code for row in pack.site_types], on, round_)
    positions = dict(Check.objects.filter(edition=edition).values_list("pk", "position"))
    rows = Observation.objects.filter(round=round_, counts=True).order_by()
    sums = rows.values_list("site_id", "check_item_id").annotate(
        seen=Count("value"), got=Sum("value"), rows=Count("pk")
    )
    found = sorted(
        (shelf.places[site], positions[check], seen, got or 0, count - seen)
        for site, check, seen, got, count in sums
        if site in shelf.places and check in positions
    )
    if not found:
        return inputs.no_entries()
    return inputs.Entries(*(np.array(column, dtype=np.int64) for column in zip(*found, strict=True)))
