"""What serves a required material in a year: the one definition, for grades, the score, lists, the submission.

A document serves a requirement when somebody linked it with the requirement, or with its standard alone while it is of
the kind asked for (then it serves the standard's first requirement of that kind). It must stand: not withdrawn, without
a mark of secrecy, of the right year, with a current file whose bytes the town still has.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple, Protocol

from django.db.models import Exists, OuterRef

from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.models import DocumentFile, DocumentKind, Proposal, Use, UseKind
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.standards.models import Edition, Requirement

STAMP_LENGTH = 32


@dataclass(frozen=True)
class Serving:
    """A document that serves a requirement, as it stands now: ``stamp`` changes with every new version of its files."""

    document: int
    title: str
    arrived_at: datetime
    stamp: str


@dataclass(frozen=True)
class Asked:
    """A requirement as uses know it: its own key, that of its standard, the kind of material."""

    key: str
    standard: str
    kind: str


def requirement_key(requirement: Requirement) -> str:
    """What links of cases and uses of documents call a required material."""
    return f"{requirement.edition_id}:{requirement.code}"


def kinds_by_name(kinds: Iterable[DocumentKind]) -> dict[str, str]:
    """The kind of document that an evaluation system means by a word: its title or one of its aliases."""
    found: dict[str, str] = {}
    for kind in kinds:
        for name in (kind.title, *kind.aliases):
            found.setdefault(name, kind.pk)
    return found


@lru_cache(maxsize=16)
def _asked(edition: int, digest: str) -> tuple[Asked, ...]:
    """An edition never changes, so it is read once in a process; the digest guards against another database."""
    rows = Requirement.objects.filter(edition=edition).order_by("position")
    told = rows.values_list("code", "node__code", "kind")
    return tuple(Asked(f"{edition}:{code}", f"{edition}:{standard}", kind) for code, standard, kind in told)


def serving(editions: Iterable[Edition], year: int) -> dict[str, list[Serving]]:
    """What serves each requirement of these editions in a year, by the requirement's key, as the documents came.

    In five queries at the most, however much there is.
    """
    return _serving([one for edition in editions for one in _asked(edition.pk, edition.digest)], year)


def serving_one(requirement: Requirement, year: int) -> list[Serving]:
    """What serves one requirement in a year."""
    edition = Edition.objects.defer("content").get(pk=requirement.edition_id)
    key = requirement_key(requirement)
    asked = _asked(edition.pk, edition.digest)
    standard = next(one.standard for one in asked if one.key == key)
    return _serving([one for one in asked if one.standard == standard], year).get(key, [])


class Link(NamedTuple):
    """A use of a document that stands, with what decides about the document."""

    kind: str
    key: str
    document: int
    title: str
    document_kind: str
    dated: date | None
    arrived_at: datetime


def _serving(asked: list[Asked], year: int) -> dict[str, list[Serving]]:
    if not asked:
        return {}
    standard_of = {one.key: one.standard for one in asked}
    links = _standing_links([*standard_of, *dict.fromkeys(standard_of.values())])
    wanted: dict[str, set[int]] = defaultdict(set)
    linked: set[tuple[str, int]] = set()
    for one in links:
        if one.kind == UseKind.REQUIREMENT and one.key in standard_of:
            wanted[one.key].add(one.document)
            linked.add((standard_of[one.key], one.document))
    alone = [one for one in links if one.kind == UseKind.STANDARD and (one.key, one.document) not in linked]
    first = _first_of_kind(asked) if alone else {}
    for one in alone:
        if key := first.get((one.key, one.document_kind)):
            wanted[key].add(one.document)
    return _told(wanted, _of_year({one.document: one for one in links}, year))


def _first_of_kind(asked: Iterable[Asked]) -> dict[tuple[str, str], str]:
    """The first requirement of each kind in each standard."""
    names = kinds_by_name(DocumentKind.objects.order_by("order", "code"))
    found: dict[tuple[str, str], str] = {}
    for one in asked:
        if one.kind in names:
            found.setdefault((one.standard, names[one.kind]), one.key)
    return found


def _standing_links(keys: list[str]) -> list[Link]:
    """Uses of documents that are neither withdrawn nor marked secret."""
    marked = Proposal.objects.filter(field="classified", document=OuterRef("document")).exclude(taken=False)
    kinds = [UseKind.REQUIREMENT, UseKind.STANDARD]
    rows = Use.objects.filter(kind__in=kinds, key__in=keys, document__withdrawn_at=None).exclude(Exists(marked))
    about = ("title", "kind_id", "dated", "arrived_at")
    told = rows.order_by().values_list("kind", "key", "document_id", *(f"document__{one}" for one in about))
    return [Link(*one) for one in told]


def _of_year(documents: dict[int, Link], year: int) -> dict[int, Link]:
    years = years_of(documents)
    span = span_of(year) if any(pk not in years for pk in documents) else (date.max, date.max)
    return {pk: one for pk, one in documents.items() if is_of(one, years.get(pk, set()), year, span)}


def years_of(documents: Iterable[int]) -> dict[int, set[str]]:
    """The years that people said documents are for."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Use.objects.filter(kind=UseKind.YEAR, document__in=list(documents))
    for document, year in rows.values_list("document_id", "key"):
        found[document].add(year)
    return found


def span_of(year: int) -> tuple[date, date]:
    """The first day from which material of a year may come, and the day after the last."""
    first, last = rules_in_force().window_of(year)
    return first, last + timedelta(days=1)


class Dated(Protocol):
    """What decides about the year: a document, or a link of one."""

    @property
    def dated(self) -> date | None: ...
    @property
    def arrived_at(self) -> datetime: ...


def is_of(document: Dated, years: Collection[str], year: int, span: tuple[date, date]) -> bool:
    """Whether a document is of the year: as somebody said; else by its own day, else by the day on which it came."""
    if years:
        return str(year) in years
    if document.dated is not None:
        return span[0] <= document.dated < span[1]
    return span[0] <= document.arrived_at.astimezone(CHINA).date()


def _told(wanted: dict[str, set[int]], documents: dict[int, Link]) -> dict[str, list[Serving]]:
    """The documents in the order in which they came; those whose bytes are gone are left out."""
    stamps = stamps_of({pk for pks in wanted.values() for pk in pks if pk in documents})
    found = {}
    for key, pks in wanted.items():
        rows = [documents[pk] for pk in pks if pk in stamps]
        rows.sort(key=lambda one: (one.arrived_at, one.document))
        if rows:
            found[key] = [Serving(one.document, one.title, one.arrived_at, stamps[one.document]) for one in rows]
    return found


def stamps_of(documents: Collection[int]) -> dict[int, str]:
    """A digest of the current files of each document; none for one that has lost the bytes of a file."""
    files: dict[int, list[str]] = defaultdict(list)
    lost: set[int] = set()
    rows = DocumentFile.objects.filter(document__in=documents, superseded_at=None).order_by("document", "place")
    for document, place, digest, removed in rows.values_list(
        "document_id", "place", "file__sha256", "file__removed_at"
    ):
        files[document].append(f"{place}:{digest}")
        if removed is not None:
            lost.add(document)
    return {
        pk: sha256("\n".join(parts).encode()).hexdigest()[:STAMP_LENGTH]
        for pk, parts in files.items()
        if pk not in lost
    }
