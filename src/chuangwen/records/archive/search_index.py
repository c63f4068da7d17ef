"""The index of the search: two-character grams of every document's head and of every page, in the database itself.

On SQLite an FTS5 table whose phrases are exact; on PostgreSQL folded text with a GIN index over its grams, each hit
checked. Both find exactly the texts that hold the folded words. Written in the transaction that writes the text.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from chuangwen.kernel.chinese import search_fold, search_grams
from chuangwen.records.archive.models import Document, PageText

BREAK = "\ufffc"  # between the facts of a head; no word holds it
CHUNK = 500
Sql = tuple[str, list[Any]]
Head = tuple[int, str, str]
Page = tuple[int, str]


class Index(Protocol):
    """What one database offers to the search; words are folded and at least two characters long."""

    def drop_heads(self, keys: Sequence[int]) -> None: ...
    def put_heads(self, heads: Sequence[Head]) -> None: ...
    def put_pages(self, pages: Sequence[Page]) -> None: ...
    def drop_page(self, key: int, text: str) -> None: ...
    def clear(self) -> None: ...
    def settle(self) -> None: ...
    def holding(self, word: str) -> Sql: ...
    def first_pages(self, files: Sequence[int], words: Sequence[str]) -> Sql: ...


def phrase(word: str) -> str:
    """The words of FTS5 for a run: its grams one after another."""
    return f'"{" ".join(search_grams(word))}"'


def _grams(folded: str) -> str:
    return " ".join(search_grams(folded))


class Fts5:
    """SQLite: one contentless FTS5 table, so that one look finds titles, other facts and pages alike.

    A page stands under its own key, the name of a document under ``-2 * key``, its other facts one below that.
    Rows go in by rising keys, else FTS5 writes each by itself. It keeps no text: to take one out, it must be told it.
    """

    PUT = "INSERT INTO archive_search(rowid, grams) VALUES (%s, %s)"
    DROP = "INSERT INTO archive_search(archive_search, rowid, grams) VALUES ('delete', %s, %s)"

    def _run(self, sql: str, rows: Sequence[tuple[int | str, ...]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)

    def drop_heads(self, keys: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            for key in keys:
                cursor.execute("SELECT name, rest FROM archive_search_head WHERE id = %s", [key])
                for name, rest in cursor.fetchall():
                    cursor.executemany(self.DROP, [(-2 * key, _grams(name)), (-2 * key - 1, _grams(rest))])
            cursor.executemany("DELETE FROM archive_search_head WHERE id = %s", [(key,) for key in keys])

    def put_heads(self, heads: Sequence[Head]) -> None:
        self._run("INSERT INTO archive_search_head(id, name, rest) VALUES (%s, %s, %s)", heads)
        rows = [(-2 * key - below, _grams(text)) for key, name, rest in heads for below, text in ((0, name), (1, rest))]
        self._run(self.PUT, sorted(rows))

    def put_pages(self, pages: Sequence[Page]) -> None:
        self._run(self.PUT, [(key, _grams(text)) for key, text in sorted(pages)])

    def drop_page(self, key: int, text: str) -> None:
        self._run(self.DROP, [(key, _grams(text))])

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM archive_search_head")
            cursor.execute("INSERT INTO archive_search(archive_search) VALUES ('delete-all')")

    def settle(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO archive_search(archive_search) VALUES ('optimize')")

    def holding(self, word: str) -> Sql:
        sql = (
            "SELECT CASE WHEN s.rowid < 0 THEN -s.rowid / 2 ELSE f.document_id END AS document, "
            "max(s.rowid < 0 AND s.rowid % 2 = 0) AS named FROM archive_search s "
            "LEFT JOIN archive_pagetext p ON p.id = s.rowid "
            "LEFT JOIN archive_documentfile f ON f.file_id = p.file_id AND f.superseded_at IS NULL "
            "WHERE s.archive_search MATCH %s GROUP BY document"
        )
        return sql.replace(" % ", " %% "), [phrase(word)]

    def first_pages(self, files: Sequence[int], words: Sequence[str]) -> Sql:
        one = (
            "SELECT * FROM (SELECT p.id FROM archive_search s CROSS JOIN archive_pagetext p ON p.id = s.rowid "
            "WHERE s.archive_search MATCH %s AND p.file_id = %s "
            "AND s.rowid BETWEEN (SELECT min(id) FROM archive_pagetext WHERE file_id = %s) "
            "AND (SELECT max(id) FROM archive_pagetext WHERE file_id = %s) ORDER BY p.page LIMIT 1)"
        )
        any_of = " OR ".join(phrase(word) for word in words)
        params = [fact for file in files for fact in (any_of, file, file, file)]
        return " UNION ALL ".join([one] * len(files)), params


class Gin:
    """PostgreSQL. The grams lead to the rows, the folded text proves them."""

    def drop_heads(self, keys: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM archive_search_head WHERE id = ANY(%s)", [list(keys)])

    def put_heads(self, heads: Sequence[Head]) -> None:
        sql = "INSERT INTO archive_search_head(id, name, folded) VALUES (%s, %s, %s)"
        with connection.cursor() as cursor:
            cursor.executemany(sql, [(key, name, f"{name}{BREAK}{rest}") for key, name, rest in heads])

    def put_pages(self, pages: Sequence[Page]) -> None:
        sql = (
            "INSERT INTO archive_search_page(id, folded) VALUES (%s, %s) "
            "ON CONFLICT (id) DO UPDATE SET folded = excluded.folded"
        )
        with connection.cursor() as cursor:
            cursor.executemany(sql, list(pages))

    def drop_page(self, key: int, text: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM archive_search_page WHERE id = %s", [key])

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE archive_search_head, archive_search_page")

    def settle(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE archive_search_head, archive_search_page")

    def holding(self, word: str) -> Sql:
        sql = (
            "SELECT document, max(named) AS named FROM ("
            "SELECT id AS document, CASE WHEN strpos(name, %s) > 0 THEN 1 ELSE 0 END AS named "
            "FROM archive_search_head WHERE chuangwen_grams(folded) @> %s AND strpos(folded, %s) > 0 "
            "UNION ALL SELECT document_id, 0 FROM archive_search_page s JOIN archive_pagetext p ON p.id = s.id "
            "JOIN archive_documentfile f ON f.file_id = p.file_id AND superseded_at IS NULL "
            "WHERE chuangwen_grams(folded) @> %s AND strpos(folded, %s) > 0) AS held GROUP BY document"
        )
        return sql, [word, search_grams(word), word, search_grams(word), word]

    def first_pages(self, files: Sequence[int], words: Sequence[str]) -> Sql:
        held = " OR ".join(["strpos(folded, %s) > 0"] * len(words))
        sql = (
            "SELECT DISTINCT ON (p.file_id) p.id FROM archive_pagetext p JOIN archive_search_page s ON s.id = p.id "
            "WHERE p.file_id = ANY(%s) AND (HELD) ORDER BY p.file_id, p.page"
        )
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
        "CREATE TABLE archive_search_head (id integer PRIMARY KEY, name text NOT NULL, rest text NOT NULL)",
        "CREATE VIRTUAL TABLE archive_search USING fts5(grams, content='', tokenize='ascii')",
    ],
    "postgresql": [
        PAIRS,
        "CREATE TABLE archive_search_head (id bigint PRIMARY KEY, name text NOT NULL, folded text NOT NULL)",
        "CREATE TABLE archive_search_page (id bigint PRIMARY KEY, folded text NOT NULL)",
        "CREATE INDEX archive_search_head_grams ON archive_search_head USING gin (chuangwen_grams(folded))",
        "CREATE INDEX archive_search_page_grams ON archive_search_page USING gin (chuangwen_grams(folded))",
    ],
}
GONE = {
    "sqlite": ["DROP TABLE archive_search_head", "DROP TABLE archive_search"],
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
    at_hand = index()
    at_hand.drop_heads([document.pk])
    at_hand.put_heads([head_of(document)])


def put_page(row: PageText, before: str | None = None) -> None:
    """Write a page; ``before`` is the text that stood there, if one did."""
    at_hand = index()
    if before is not None:
        at_hand.drop_page(row.pk, search_fold(before))
    at_hand.put_pages([(row.pk, search_fold(row.text))])


def put_new_pages(rows: Iterable[PageText]) -> None:
    """Write many pages that were not there before."""
    index().put_pages([(row.pk, search_fold(row.text)) for row in rows])


def drop_pages(rows: Iterable[PageText]) -> None:
    """Take pages out before their rows are deleted."""
    at_hand = index()
    for row in rows:
        at_hand.drop_page(row.pk, search_fold(row.text))


def rebuild() -> tuple[int, int]:
    """Make the whole index anew from the rows. Returns how many documents and pages it holds."""
    at_hand = index()
    at_hand.clear()
    documents = Document.objects.prefetch_related("files").order_by("-pk")
    heads = _in_chunks((head_of(one) for one in documents.iterator(chunk_size=CHUNK)), at_hand.put_heads)
    rows = PageText.objects.order_by("pk").values_list("pk", "text").iterator(chunk_size=CHUNK)
    pages = _in_chunks(((key, search_fold(text)) for key, text in rows), at_hand.put_pages)
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
