"""The index of the search: two-character grams of every document's head and of every page, in the database itself.

On SQLite two FTS5 tables whose phrases are exact; on PostgreSQL folded text with a GIN index over its grams, each hit
checked. Both find exactly the texts that hold the folded words. Written in the transaction that writes the text.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from chuangwen.kernel.chinese import search_fold, search_grams
from chuangwen.records.archive.models import Document, PageText

BREAK = "\ufffc"  # between the facts of a head; no word holds it
SHIFT = 20  # a page's key in FTS5 is its file's key and, in the lowest twenty bits, its number
CHUNK = 500
Sql = tuple[str, list[Any]]
Head = tuple[int, str, str]
Page = tuple[int, int, str]


class Index(Protocol):
    """What one database offers to the search; words are folded and at least two characters long."""

    def put_heads(self, heads: Iterable[Head]) -> None: ...
    def put_pages(self, pages: Iterable[Page]) -> None: ...
    def drop_page(self, file: int, page: int, text: str) -> None: ...
    def clear(self) -> None: ...
    def settle(self) -> None: ...
    def holding(self, word: str) -> Sql: ...
    def named(self, word: str) -> Sql: ...
    def first_pages(self, files: Sequence[int], words: Sequence[str]) -> Sql: ...


def phrase(word: str) -> str:
    """The words of FTS5 for a run: its grams one after another."""
    return f'"{" ".join(search_grams(word))}"'


class Fts5:
    """SQLite. Pages keep no copy of their text (contentless), so taking one out wants the text that was put in."""

    def put_heads(self, heads: Iterable[Head]) -> None:
        rows = [(key, " ".join(search_grams(name)), " ".join(search_grams(rest))) for key, name, rest in heads]
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM archive_search_head WHERE rowid = %s", [row[:1] for row in rows])
            cursor.executemany("INSERT INTO archive_search_head(rowid, name, rest) VALUES (%s, %s, %s)", rows)

    def put_pages(self, pages: Iterable[Page]) -> None:
        rows = [(file << SHIFT | page, " ".join(search_grams(text))) for file, page, text in pages]
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO archive_search_page(rowid, grams) VALUES (%s, %s)", rows)

    def drop_page(self, file: int, page: int, text: str) -> None:
        sql = "INSERT INTO archive_search_page(archive_search_page, rowid, grams) VALUES ('delete', %s, %s)"
        with connection.cursor() as cursor:
            cursor.execute(sql, [file << SHIFT | page, " ".join(search_grams(text))])

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM archive_search_head")
            cursor.execute("INSERT INTO archive_search_page(archive_search_page) VALUES ('delete-all')")

    def settle(self) -> None:
        with connection.cursor() as cursor:
            for table in ("archive_search_head", "archive_search_page"):
                cursor.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608 - fixed names

    def holding(self, word: str) -> Sql:
        sql = (
            "SELECT rowid FROM archive_search_head WHERE archive_search_head MATCH %s UNION ALL "
            "SELECT document_id FROM archive_search_page CROSS JOIN archive_documentfile "
            "ON file_id = archive_search_page.rowid >> 20 AND superseded_at IS NULL "
            "WHERE archive_search_page MATCH %s"
        )
        return sql, [phrase(word)] * 2

    def named(self, word: str) -> Sql:
        sql = "SELECT rowid FROM archive_search_head WHERE archive_search_head MATCH %s"
        return sql, [f"name : {phrase(word)}"]

    def first_pages(self, files: Sequence[int], words: Sequence[str]) -> Sql:
        one = (
            "SELECT * FROM (SELECT rowid >> 20, rowid & 1048575 FROM archive_search_page "
            "WHERE archive_search_page MATCH %s AND rowid >= %s AND rowid < %s ORDER BY rowid LIMIT 1)"
        )
        any_of = " OR ".join(phrase(word) for word in words)
        params = [fact for file in files for fact in (any_of, file << SHIFT, (file + 1) << SHIFT)]
        return " UNION ALL ".join([one] * len(files)), params


class Gin:
    """PostgreSQL. The grams lead to the rows, the folded text proves them."""

    def put_heads(self, heads: Iterable[Head]) -> None:
        sql = (
            "INSERT INTO archive_search_head(id, name, folded) VALUES (%s, %s, %s) "
            "ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded"
        )
        with connection.cursor() as cursor:
            cursor.executemany(sql, [(key, name, f"{name}{BREAK}{rest}") for key, name, rest in heads])

    def put_pages(self, pages: Iterable[Page]) -> None:
        sql = (
            "INSERT INTO archive_search_page(file_id, page, folded) VALUES (%s, %s, %s) "
            "ON CONFLICT (file_id, page) DO UPDATE SET folded = excluded.folded"
        )
        with connection.cursor() as cursor:
            cursor.executemany(sql, list(pages))

    def drop_page(self, file: int, page: int, text: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM archive_search_page WHERE file_id = %s AND page = %s", [file, page])

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE archive_search_head, archive_search_page")

    def settle(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE archive_search_head, archive_search_page")

    def holding(self, word: str) -> Sql:
        sql = (
            "SELECT id FROM archive_search_head WHERE chuangwen_grams(folded) @> %s AND strpos(folded, %s) > 0 "
            "UNION ALL SELECT document_id FROM archive_search_page s JOIN archive_documentfile f "
            "ON f.file_id = s.file_id AND superseded_at IS NULL "
            "WHERE chuangwen_grams(folded) @> %s AND strpos(folded, %s) > 0"
        )
        return sql, [search_grams(word), word] * 2

    def named(self, word: str) -> Sql:
        sql = "SELECT id FROM archive_search_head WHERE chuangwen_grams(folded) @> %s AND strpos(name, %s) > 0"
        return sql, [search_grams(word), word]

    def first_pages(self, files: Sequence[int], words: Sequence[str]) -> Sql:
        held = " OR ".join(["strpos(folded, %s) > 0"] * len(words))
        sql = "SELECT file_id, min(page) FROM archive_search_page WHERE file_id = ANY(%s) AND (HELD) GROUP BY file_id"
        return sql.replace("HELD", held), [list(files), *words]


PAIRS = """
CREATE FUNCTION chuangwen_grams(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100000 AS $$
SELECT coalesce(array_agg(DISTINCT one || two), '{}')
FROM (SELECT one, lead(one) OVER (ORDER BY place) AS two
      FROM unnest(string_to_array($1, NULL)) WITH ORDINALITY AS signs(one, place)) AS pairs
WHERE two IS NOT NULL
$$
"""
INDEXES: dict[str, type[Index]] = {"sqlite": Fts5, "postgresql": Gin}
TABLES = {
    "sqlite": [
        "CREATE VIRTUAL TABLE archive_search_head USING fts5(name, rest, tokenize='ascii')",
        "CREATE VIRTUAL TABLE archive_search_page USING fts5(grams, content='', tokenize='ascii')",
    ],
    "postgresql": [
        PAIRS,
        "CREATE TABLE archive_search_head (id bigint PRIMARY KEY, name text NOT NULL, folded text NOT NULL)",
        "CREATE TABLE archive_search_page (file_id bigint, page integer, folded text NOT NULL, PRIMARY KEY (file_id, page))",
        "CREATE INDEX archive_search_head_grams ON archive_search_head USING gin (chuangwen_grams(folded))",
        "CREATE INDEX archive_search_page_grams ON archive_search_page USING gin (chuangwen_grams(folded))",
    ],
}
GONE = {
    "sqlite": ["DROP TABLE archive_search_head", "DROP TABLE archive_search_page"],
    "postgresql": [
        "DROP TABLE archive_search_head, archive_search_page",
        "DROP FUNCTION chuangwen_grams(text)",
    ],
}


def put_up(database: BaseDatabaseWrapper) -> None:
    """Make the index's own tables (a migration calls it)."""
    with database.cursor() as cursor:
        for statement in TABLES[database.vendor]:
            cursor.execute(statement)


def take_down(database: BaseDatabaseWrapper) -> None:
    """Drop them."""
    with database.cursor() as cursor:
        for statement in GONE[database.vendor]:
            cursor.execute(statement)


def index() -> Index:
    """The index of the database in use."""
    return INDEXES[connection.vendor]()


def head_of(document: Document) -> Head:
    """What is searched of a document beside its pages: title and number, then issuer, caption, names of its files."""
    files = [one.name for one in document.files.all() if one.superseded_at is None]
    rest = [document.issuer, *document.caption.values(), *files]
    return (
        document.pk,
        BREAK.join(search_fold(one) for one in (document.title, document.number)),
        BREAK.join(search_fold(one) for one in rest),
    )


def put_document(document: Document) -> None:
    """Write the head anew, after any change of it or of its files."""
    index().put_heads([head_of(document)])


def put_page(row: PageText, before: str | None = None) -> None:
    """Write a page; ``before`` is the text that stood there, if one did."""
    at_hand = index()
    if before is not None:
        at_hand.drop_page(row.file_id, row.page, search_fold(before))
    at_hand.put_pages([(row.file_id, row.page, search_fold(row.text))])


def put_new_pages(rows: Iterable[PageText]) -> None:
    """Write many pages that were not there before."""
    index().put_pages([(row.file_id, row.page, search_fold(row.text)) for row in rows])


def drop_pages(rows: Iterable[PageText]) -> None:
    """Take pages out before their rows are deleted."""
    at_hand = index()
    for row in rows:
        at_hand.drop_page(row.file_id, row.page, search_fold(row.text))


def rebuild() -> tuple[int, int]:
    """Make the whole index anew from the rows. Returns how many documents and pages it holds."""
    at_hand = index()
    at_hand.clear()
    documents = Document.objects.prefetch_related("files").order_by("pk")
    heads = _in_chunks((head_of(one) for one in documents.iterator(chunk_size=CHUNK)), at_hand.put_heads)
    rows = PageText.objects.order_by("pk").values_list("file_id", "page", "text").iterator(chunk_size=CHUNK)
    pages = _in_chunks(((file, page, search_fold(text)) for file, page, text in rows), at_hand.put_pages)
    at_hand.settle()
    return heads, pages


def _in_chunks(rows: Iterable[Any], put: Any) -> int:
    count = 0
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            put(chunk)
            count, chunk = count + CHUNK, []
    if chunk:
        put(chunk)
    return count + len(chunk)
