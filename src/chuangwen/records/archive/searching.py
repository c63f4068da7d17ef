"""The search over the archive: every word anywhere in a document, titles first, then the newest; only what one may see.

A word of two and more characters finds exactly the documents that hold it; a single character looks at titles only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from chuangwen.kernel.chinese import search_fold
from chuangwen.kernel.excerpts import Piece, excerpt, hits, marked
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.models import Document, PageText
from chuangwen.records.archive.policy import secrecy_of, sees
from chuangwen.records.archive.queries import in_rows
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.archive.search_index import Sql, index
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.permissions import Permission

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
    """One page of what this person may see (a command on the machine sees all), in a fixed number of queries."""
    words = words_of(wanted.words)
    keys = found_keys(by, wanted)
    more, keys = len(keys) > CAP, keys[:CAP]
    pages = max(1, -(-len(keys) // size))
    number = min(max(1, number), pages)
    chosen = keys[(number - 1) * size : number * size]
    return Found(_hits(chosen, words), len(keys), more=more, number=number, pages=pages)


def found_keys(by: By, wanted: Wanted) -> list[int]:
    """Keys of the best ``CAP`` + 1 documents, best first, in one query.

    Those with most of the words in title or number come first, then by day, then as they came.
    """
    words = words_of(wanted.words)
    long, short = [word for word in words if len(word) > 1], [word for word in words if len(word) == 1]
    if not words:
        return []
    held = [index().holding(word) for word in long]
    tables = "".join(f" JOIN ({sql}) w{place} ON w{place}.document = d.id" for place, (sql, _) in enumerate(held))
    named = " + ".join(f"w{place}.named" for place in range(len(held))) or "1"
    narrow = _narrow(by, wanted, short)
    sql = (
        f"SELECT {named} AS named, d.dated, d.arrived_at, d.id FROM archive_document d{tables} "  # noqa: S608
        f"WHERE {narrow[0]} ORDER BY 1 DESC, d.id DESC LIMIT {CAP + 1}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(fact for _, params in held for fact in params), *narrow[1]])
        return [row[-1] for row in sorted(cursor.fetchall(), key=_rank, reverse=True)]


def _narrow(by: By, wanted: Wanted, short: Sequence[str]) -> Sql:
    """The condition on a document ``d``: for the common case in two words, otherwise as the ORM says it."""
    all_seen = not isinstance(by, Actor) or by.reach(Permission.SEE_ARCHIVE).everything
    if all_seen and not short and wanted == Wanted(wanted.words):
        return "d.withdrawn_at IS NULL", []
    rows = narrowed(by, wanted)
    for sign in short:
        rows = rows.filter(title__icontains=sign)
    inside = rows.filter(pk=RawSQL("d.id", [])).order_by().values("pk")
    try:
        sql, params = inside.query.sql_with_params()
    except EmptyResultSet:  # nothing is within reach
        return "1 = 0", []
    return f"EXISTS ({sql})", list(params)


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


def _rank(row: tuple[Any, ...]) -> tuple[int, str, int]:
    named, dated, arrived, pk = row
    return named, str(dated or _day(arrived)), pk


def _day(arrived: datetime | str) -> date:
    """The day in China of a moment as the database gives it: SQLite in words (UTC), PostgreSQL as a datetime."""
    moment = arrived if isinstance(arrived, datetime) else datetime.fromisoformat(arrived).replace(tzinfo=UTC)
    return moment.astimezone(CHINA).date()


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
        keys = [key for (key,) in cursor.fetchall()]
    return {row.file_id: row for row in PageText.objects.filter(pk__in=keys)}


def _hit(document: Document, words: Sequence[str], pages: dict[int, PageText]) -> Hit:
    title = marked(document.title, words)
    for row in _current(document):
        if page := pages.get(row.file_id):
            return Hit(document, title, page.page, excerpt(page.text, words))
    said = [document.number, document.issuer, *document.caption.values(), *(row.name for row in _current(document))]
    other = next((one for one in said if one and hits(one, words)), "")
    return Hit(document, title, None, marked(other, words))
