"""Searching 100,000 documents: against bare FTS5 over the same grams on the same rows, and against LIKE."""

import csv
import os
import random
import re
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.timing import row

ROOT = Path(__file__).parent.parent
DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "100000"))
CHARACTERS = 600
WORDS = 60
COMMON = ["文明", "创建", "农贸市场", "志愿服务", "文明 市场"]
AT = datetime(2021, 10, 14, tzinfo=UTC)


def source() -> str:
    """Real words of the trade: the plan of the town, the standards and what they ask for."""
    packs = ROOT / "packs"
    texts = [(packs / "zhanggou" / "plan-2021-2023.txt").read_text("utf-8")]
    for name in ("standards.csv", "requirements.csv", "checks.csv"):
        rows = csv.DictReader((packs / "county-2021" / name).read_text("utf-8").splitlines())
        texts += [" ".join(filter(None, (one.get("title"), one.get("text")))) for one in rows]
    return "\n".join(texts)


class Writer:
    """Texts that look like the real ones (a chain over pairs of characters) with rare names strewn in."""

    def __init__(self, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        text = source()
        self.after: dict[str, list[str]] = defaultdict(list)
        for one, two, three in zip(text, text[1:], text[2:], strict=False):
            self.after[one + two].append(three)
        self.starts = list(self.after)
        self.names = [chr(code) for code in range(0x4E00, 0x8000)]

    def text(self, length: int) -> str:
        dice, parts = self.dice, [self.dice.choice(self.starts)]
        last, count = parts[0], 2
        while count < length:
            options = self.after.get(last)
            piece = dice.choice(options) if options and dice.random() > 0.02 else dice.choice(self.starts)
            if dice.random() < 0.004:
                piece += dice.choice(self.names) + dice.choice(self.names)
            parts.append(piece)
            last, count = (last + piece)[-2:], count + len(piece)
        return "".join(parts)


def fill(writer: Writer) -> Any:
    """A hundred thousand documents of one page, as rows; returns somebody who may see them all."""
    from tests.people import settle

    from chuangwen.records.archive.models import Document, DocumentFile, DocumentKind, PageText, StoredFile

    cast = settle()
    DocumentKind.objects.create(code="norm", title="规范文件", category="WS")
    unit, step = cast.units["office"], 2000
    for first in range(1, DOCUMENTS + 1, step):
        keys = range(first, min(first + step, DOCUMENTS + 1))
        facts = {"media_type": "text/plain", "kept_at": AT, "size": 1, "reading": "read"}
        StoredFile.objects.bulk_create(
            StoredFile(pk=key, sha256=f"{key:064x}", name=f"{key}.txt", **facts) for key in keys
        )
        Document.objects.bulk_create(
            Document(
                pk=key,
                title=writer.text(18).replace("\n", ""),
                number=f"张政办〔{2010 + key % 12}〕{key % 999}号",
                kind_id="norm",
                unit=unit,
                road="page",
                arrived_at=AT + timedelta(minutes=key),
                dated=date(2015, 1, 1) + timedelta(days=key % 2400),
                by="李敏",
            )
            for key in keys
        )
        DocumentFile.objects.bulk_create(
            DocumentFile(document_id=key, file_id=key, name=f"{key}.txt", at=AT, by="李敏") for key in keys
        )
        PageText.objects.bulk_create(PageText(file_id=key, page=1, text=writer.text(CHARACTERS)) for key in keys)
    return cast.actor("limin")


def pages(raw: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    yield from raw.execute(
        "SELECT p.file_id, d.title || ' ' || d.number || ' ' || p.text FROM archive_pagetext p JOIN archive_document d ON d.id = p.file_id ORDER BY p.id"
    )


def bare_build(raw: sqlite3.Connection) -> float:
    """The least that anybody could do: FTS5, two-character grams joined by blanks, one transaction."""
    raw.execute("CREATE VIRTUAL TABLE bare USING fts5(grams, content='', tokenize='ascii')")
    begun = time.process_time()
    raw.execute("BEGIN")
    rows = ((key, " ".join(map("".join, pairwise(text)))) for key, text in pages(raw))
    raw.executemany("INSERT INTO bare(rowid, grams) VALUES (?, ?)", rows)
    raw.execute("COMMIT")
    raw.execute("INSERT INTO bare(bare) VALUES ('optimize')")
    return time.process_time() - begun


def our_build() -> float:
    from django.db import transaction

    from chuangwen.records.archive import search_index

    begun = time.process_time()
    with transaction.atomic():
        assert search_index.rebuild() == (DOCUMENTS, DOCUMENTS)
    return time.process_time() - begun


def bytes_of(raw: sqlite3.Connection, like: str) -> int:
    return raw.execute("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name LIKE ?", [like]).fetchone()[0]


def rare_words(raw: sqlite3.Connection, dice: random.Random) -> list[str]:
    """Words of two to four characters that stand in one to ten documents."""
    raw.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'bare', 'row')")
    grams = [
        term
        for (term,) in raw.execute("SELECT term FROM temp.words WHERE doc BETWEEN 1 AND 10")
        if re.fullmatch(r"\w\w", term) and not term.isascii()
    ]
    chosen = []
    for gram in dice.sample(grams, min(len(grams), WORDS * 3)):
        key = raw.execute("SELECT rowid FROM bare WHERE bare MATCH ?", [f'"{gram}"']).fetchone()[0]
        text = raw.execute("SELECT text FROM archive_pagetext WHERE file_id = ?", [key]).fetchone()[0]
        place = text.find(gram)
        word = text[place : place + dice.choice((2, 2, 3, 4))]
        if place >= 0 and len(word) > 1 and word.isalnum() and not word.isascii():
            chosen.append(word)
    return chosen[:WORDS]


def bare_search(raw: sqlite3.Connection, word: str) -> list[tuple[Any, ...]]:
    """What a list needs, without rights, filters or order by title: keys, titles, kinds, a piece of text."""
    phrase = '"' + " ".join(map("".join, pairwise(word))) + '"'
    rows = raw.execute(
        "SELECT d.id, d.title, k.title, o.short, d.number, d.dated, p.text FROM bare JOIN archive_document d ON d.id = bare.rowid "
        "JOIN archive_documentkind k ON k.code = d.kind_id JOIN township_organisation o ON o.id = d.unit_id "
        "JOIN archive_pagetext p ON p.file_id = d.id WHERE bare MATCH ? ORDER BY bare.rowid DESC LIMIT 20",
        [phrase],
    ).fetchall()
    return [(*one[:6], one[6][max(0, one[6].find(word) - 30) :][:120]) for one in rows]


def like_search(raw: sqlite3.Connection, word: str) -> set[int]:
    sql = "SELECT d.id FROM archive_document d JOIN archive_pagetext p ON p.file_id = d.id WHERE d.title LIKE ? OR d.number LIKE ? OR p.text LIKE ?"
    return {key for (key,) in raw.execute(sql, [f"%{word}%"] * 3)}


def p50(work: Callable[[str], object], words: list[str]) -> float:
    times = []
    for word in words:
        begun = time.process_time()
        work(word)
        times.append(time.process_time() - begun)
    return statistics.median(times)


def measure() -> list[dict[str, Any]]:
    """All four, on one database made for the run."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["CHUANGWEN_HOME"], os.environ["DJANGO_SETTINGS_MODULE"] = home, "chuangwen.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        actor = fill(Writer())
        return _measured(Path(home), actor)


def _measured(home: Path, actor: Any) -> list[dict[str, Any]]:
    from chuangwen.records.archive.searching import Wanted, found_keys, search

    raw = sqlite3.connect(home / "chuangwen.sqlite3", isolation_level=None, timeout=60)
    raw.execute("PRAGMA cache_size = -32000")
    bare, ours = bare_build(raw), our_build()
    text = raw.execute("SELECT sum(length(CAST(text AS BLOB))) FROM archive_pagetext").fetchone()[0]
    text += raw.execute("SELECT sum(length(CAST(title || number AS BLOB))) FROM archive_document").fetchone()[0]
    size = bytes_of(raw, "archive_search%")
    words = rare_words(raw, random.Random(2))
    for word in words[:10]:
        assert {hit.document.pk for hit in search(actor, Wanted(word)).hits} == like_search(raw, word), word
    find = lambda word: found_keys(actor, Wanted(word))  # noqa: E731
    page = lambda word: search(actor, Wanted(word))  # noqa: E731
    plain = lambda word: bare_search(raw, word)  # noqa: E731
    rounds = [(p50(find, words), p50(plain, words)) for _ in range(5)]
    mine, base = (statistics.median(column) for column in zip(*rounds, strict=True))
    scan = p50(lambda word: like_search(raw, word), words[:5])
    raw.close()
    return [
        row(
            "search-rare",
            "rare word found, by right and in order / bare FTS5 that lists the same columns, p50 s",
            mine,
            base,
            3,
        ),
        row("search-page", "the page of 20 results of a rare word with excerpts, p50 s", p50(page, words), None, 0.02),
        row("search-common", "words that most documents hold, found in order, p50 s", p50(find, COMMON), None, 1),
        row("search-like", "the same / LIKE over title, number and text", mine, scan, 1 / 500),
        row("search-index-size", "bytes of the index / bytes of the text", size, text, 1.7),
        row("search-build", "index made anew / bare FTS5 inserts of grams, CPU s", ours, bare, 2),
    ]
