"""Making and refreshing the draft of a year: its standards, and for each what the archive holds for it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.archive.models import Document, DocumentKind, Use, UseKind
from chuangwen.records.archive.serving import is_of, kinds_by_name, span_of, years_of
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.measures.models import Round, RoundKind
from chuangwen.records.standards.models import Node, NodeKind, Requirement
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.permissions import Permission
from chuangwen.results.submission.actions import thing
from chuangwen.results.submission.gathering import editions_of, submission_of
from chuangwen.results.submission.models import Entry, Pick, Submission

BATCH = 400


class NoRound(Refusal):
    """A submission stands on the round in which its materials are graded."""

    code = "no_round_of_year"
    sentence = later("{year} 年还没有测评轮次。请先开设轮次，再编申报材料。")


@dataclass(frozen=True)
class Composed:
    """What a refresh brought: the submission, how many standards and documents are new."""

    submission: Submission
    entries: int
    picks: int


def round_of(year: int) -> Round | None:
    """The round that a year's submission belongs to: the official one, else the newest of the year."""
    rows = list(Round.objects.filter(year=year).defer("frozen").order_by("-opens", "-pk"))
    return next((one for one in rows if one.kind == RoundKind.OFFICIAL), rows[0] if rows else None)


@transaction.atomic
def compose(year: int, *, by: By, at: datetime) -> Composed:
    """Make the year's draft or bring it up to date. What people chose, ordered or left out stays as they left it;

    what is signed or locked is not touched.
    """
    must(by, Permission.COMPOSE_SUBMISSION)
    submission = submission_of(year) or _begin(year, by=by, at=at)
    entries = _make_entries(submission)
    picks = _make_picks(submission, by=by, at=at)
    if entries or picks:
        ledger.note(
            thing(submission), later("汇集申报材料"), by=by, at=at, after={"standards": entries, "documents": picks}
        )
    return Composed(submission, entries, picks)


def _begin(year: int, *, by: By, at: datetime) -> Submission:
    round_ = round_of(year)
    if round_ is None:
        raise NoRound(year=year)
    return Submission.objects.create(
        year=year,
        round=round_,
        edition_id=round_.edition_id,
        companion_id=round_.companion_id,
        made_at=at,
        made_by=by.name,
    )


def _make_entries(submission: Submission) -> int:
    """Every standard that asks for material has its entry."""
    asked = Requirement.objects.filter(node=OuterRef("pk"))
    nodes = Node.objects.filter(Exists(asked), edition__in=editions_of(submission), kind=NodeKind.STANDARD)
    known = set(submission.entries.values_list("node_id", flat=True))
    fresh = [Entry(submission=submission, node_id=pk) for pk in nodes.values_list("pk", flat=True) if pk not in known]
    Entry.objects.bulk_create(fresh, batch_size=BATCH)
    return len(fresh)


def _make_picks(submission: Submission, *, by: By, at: datetime) -> int:
    """Choose what serves a requirement or a standard and is of this year, for entries that are open."""
    entries = {
        one.node_id: one
        for one in submission.entries.filter(signed_at=None)
        if submission.locked_at is None or one.reopened_at is not None
    }
    offers = _offers(submission, entries)
    known = set(Pick.objects.filter(entry__submission=submission).values_list("entry_id", "document_id"))
    last: dict[int, int] = defaultdict(int)
    for pk, place in Pick.objects.filter(entry__submission=submission).values_list("entry_id", "place"):
        last[pk] = max(last[pk], place)
    fresh = []
    for offer in offers:
        entry = entries[offer.node]
        if (entry.pk, offer.document) not in known:
            known.add((entry.pk, offer.document))
            last[entry.pk] += 1
            fresh.append(
                Pick(
                    entry=entry,
                    document_id=offer.document,
                    requirement_id=offer.requirement,
                    place=last[entry.pk],
                    at=at,
                    by=by.name,
                )
            )
    Pick.objects.bulk_create(fresh, batch_size=BATCH)
    return len(fresh)


@dataclass(frozen=True, order=True)
class _Offer:
    """A document for a standard, in the order of the requirements, the explicit ones first, then as they came."""

    node: int
    position: int
    arrived_at: datetime
    document: int
    requirement: int | None


def _offers(submission: Submission, entries: dict[int, Entry]) -> list[_Offer]:
    """What the archive holds for the open standards, by what people said it serves."""
    requirements = list(Requirement.objects.filter(node__in=entries).order_by("edition", "position"))
    nodes = dict(Node.objects.filter(pk__in=entries).values_list("pk", "code"))
    by_requirement = {f"{one.edition_id}:{one.code}": one for one in requirements}
    by_standard: dict[str, list[Requirement]] = defaultdict(list)
    for one in requirements:
        by_standard[f"{one.edition_id}:{nodes[one.node_id]}"].append(one)
    names = kinds_by_name(DocumentKind.objects.order_by("order", "code"))
    found: dict[tuple[int, int], _Offer] = {}
    for use, document in _uses(submission, [*by_requirement, *by_standard]):
        row = by_requirement.get(use.key) if use.kind == UseKind.REQUIREMENT else None
        beside = by_standard.get(use.key, []) if use.kind == UseKind.STANDARD else []
        row = row or next((one for one in beside if names.get(one.kind) == document.kind_id), None)
        if row is None and not beside:
            continue
        node, place = (row or beside[0]).node_id, row.position if row else 1_000_000
        offer = _Offer(node, place, document.arrived_at, document.pk, row.pk if row else None)
        key = (node, document.pk)
        if key not in found or place < found[key].position:
            found[key] = offer
    return sorted(found.values(), key=lambda one: (one.node, one.position, one.arrived_at, one.document))


def _uses(submission: Submission, keys: Sequence[str]) -> Iterable[tuple[Use, Document]]:
    """What serves these requirements and standards and belongs to the year."""
    ours = reduce(or_, (Q(key__startswith=f"{edition}:") for edition in editions_of(submission)))
    rows = Use.objects.filter(ours, kind__in=[UseKind.REQUIREMENT, UseKind.STANDARD], document__withdrawn_at=None)
    wanted = set(keys)
    uses = [one for one in rows.select_related("document") if one.key in wanted]
    years = years_of({one.document_id for one in uses})
    span = span_of(submission.year)
    for one in uses:
        if is_of(one.document, years.get(one.document_id, set()), submission.year, span):
            yield one, one.document
