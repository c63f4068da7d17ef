"""The search over the archive: every word anywhere in a document, titles first, then the newest; only what one may see.

A word of two and more characters finds exactly the documents that hold it; a single character looks at titles only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import IntegerField, Q, QuerySet, Value
from django.db.models.expressions import Combinable, RawSQL

from chuangwen.kernel.chinese import search_fold
from chuangwen.kernel.excerpts import Piece, excerpt, hits, marked
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.models import Document, PageText
from chuangwen.records.archive.policy import secrecy_of, sees
from chuangwen.records.archive.queries import in_rows
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.archive.search_index import index
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By

CAP = 1000
PER_PAGE = 20
MOST_WORDS = 8
MOST_CHARACTERS = 60
STATES = {
    "": Q(withdrawn_at=None),
    "open": Q(withdrawn_at=None, item=None),
    "filed": Q(item__isnull=False),
    "withdrawn": Q(withdrawn_at__isnull=False),
    "all": Q(),
}


@dataclass(frozen=True)
class Wanted:
    """What is searched for: words, all of which must be there, and what the documents must be."""

    words: str
    kind: str = ""
    year: int | None = None
    standard: str = ""
    unit: str = ""
    state: str = ""


@dataclass(frozen=True)
class Hit:
    """A document found: its title with the words marked, and the place where they stand.

    ``mark``: it carries a mark of secrecy, so that nothing of its text is shown.
    """

    document: Document
    title: list[Piece]
    page: int | None = None
    excerpt: list[Piece] = field(default_factory=list)
    mark: str = ""


@dataclass(frozen=True)
class Found:
    """One page of the result. ``total`` is exact up to ``CAP``; ``more``: there are more than that."""

    hits: list[Hit]
    total: int
    more: bool
    number: int
    pages: int


def words_of(text: str) -> list[str]:
    """The words as they are searched: parted by blanks, folded, each once."""
    folded = (search_fold(one)[:MOST_CHARACTERS] for one in text.split())
    return list(dict.fromkeys(one for one in folded if one))[:MOST_WORDS]


def search(by: By, wanted: Wanted, number: int = 1, *, size: int = PER_PAGE) -> Found:
    """One page of what this person may see (a command on the machine sees all), in a fixed number of queries however much is found."""
    words = words_of(wanted.words)
    if not words:
        return Found([], 0, more=False, number=1, pages=1)
    ranked = _ranked(narrowed(by, wanted), words)
    more, ranked = len(ranked) > CAP, ranked[:CAP]
    pages = max(1, -(-len(ranked) // size))
    number = min(max(1, number), pages)
    chosen = ranked[(number - 1) * size : number * size]
    return Found(_hits(chosen, words), len(ranked), more=more, number=number, pages=pages)


def narrowed(by: By, wanted: Wanted) -> QuerySet[Document]:
    """The documents among which to look: within reach, and of the kind, year, standard, unit and state asked for."""
    seen = sees(by) if isinstance(by, Actor) else Q()
    rows = Document.objects.filter(seen, STATES.get(wanted.state, STATES[""]))
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.unit:
        rows = rows.filter(unit__code=wanted.unit)
    if wanted.year is not None:
        rows = rows.filter(dated__range=rules_in_force().window_of(wanted.year))
    if wanted.standard:
        rows = rows.filter(serves__kind="standard", serves__key=wanted.standard)
    return rows


def _ranked(rows: QuerySet[Document], words: Sequence[str]) -> list[int]:
    """Keys of the best ``CAP`` + 1: those with most words in title or number first, then by day, then as they came."""
    at_hand = index()
    named: Combinable = Value(0, IntegerField())
    for word in words:
        if len(word) == 1:
            rows = rows.filter(title__icontains=word)
            continue
        sql, params = at_hand.holding(word)
        rows = rows.filter(pk__in=RawSQL(sql, params))  # noqa: S611 - the sql is our own, the words are params
        sql, params = at_hand.named(word)
        inside = f"(CASE WHEN archive_document.id IN ({sql}) THEN 1 ELSE 0 END)"
        named = named + RawSQL(inside, params, IntegerField())  # noqa: S611
    best = rows.annotate(named=named).order_by("-named", "-pk")
    found = list(best.values_list("named", "dated", "arrived_at", "pk")[: CAP + 1])
    return [pk for *_, pk in sorted(found, key=_rank, reverse=True)]


def _rank(row: tuple[int, date | None, datetime, int]) -> tuple[int, date, int]:
    named, dated, arrived, pk = row
    return named, dated or arrived.astimezone(CHINA).date(), pk


def _hits(keys: Sequence[int], words: Sequence[str]) -> list[Hit]:
    found = {one.pk: one for one in in_rows(Document.objects.filter(pk__in=keys))}
    documents = [found[key] for key in keys if key in found]
    pages = _pages([row.file_id for one in documents for row in _current(one)], words)
    marks = secrecy_of(documents)
    return [
        Hit(one, marked(one.title, words), mark=marks[one.pk]) if one.pk in marks else _hit(one, words, pages)
        for one in documents
    ]


def _current(document: Document) -> list[Any]:
    rows: list[Any] = document.current  # type: ignore[attr-defined]
    return rows


def _pages(files: Sequence[int], words: Sequence[str]) -> dict[int, PageText]:
    """For each file the first page that holds one of the words, in two queries."""
    long = [word for word in words if len(word) > 1]
    if not files or not long:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(*index().first_pages(list(dict.fromkeys(files)), long))
        places = cursor.fetchall()
    wanted = Q(pk__in=[])
    for file, page in places:
        wanted |= Q(file=file, page=page)
    return {row.file_id: row for row in PageText.objects.filter(wanted)}


def _hit(document: Document, words: Sequence[str], pages: dict[int, PageText]) -> Hit:
    title = marked(document.title, words)
    for row in _current(document):
        if page := pages.get(row.file_id):
            return Hit(document, title, page.page, excerpt(page.text, words))
    said = [document.number, document.issuer, *document.caption.values(), *(row.name for row in _current(document))]
    other = next((one for one in said if one and hits(one, words)), "")
    return Hit(document, title, None, marked(other, words))
