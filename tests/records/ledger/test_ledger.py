"""The ledger: one note for one change, chained, guarded, verified."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from tests.people import AT

from chuangwen.kernel.chain import START, link
from chuangwen.records.ledger import guards, queries
from chuangwen.records.ledger.actions import MACHINE, Hand, Thing, changes, note
from chuangwen.records.ledger.models import Note
from chuangwen.records.ledger.verifying import verify

LIMIN = Hand("limin", "李敏", "创文办")
MARKET = Thing("site", "S-01", "中心市场")


def write(count: int) -> None:
    for step in range(count):
        note(MARKET, "改名", by=LIMIN, at=AT, before={"step": step}, after={"step": step + 1})


@pytest.mark.django_db
def test_a_note_says_who_when_what_before_and_after() -> None:
    written = note(MARKET, "改名", by=LIMIN, at=AT, before={"name": "旧"}, after={"name": "新"})
    found = Note.objects.get()
    assert (found.number, found.at, found.username, found.name) == (1, AT, "limin", "李敏")
    assert (found.organisation, found.verb, found.title) == ("创文办", "改名", "中心市场")
    assert (found.before, found.after, found.previous) == ({"name": "旧"}, {"name": "新"}, START)
    assert found.hash == written.hash


@pytest.mark.django_db
def test_notes_form_one_chain_that_holds() -> None:
    write(5)
    verdict = verify()
    assert (verdict.holds, verdict.count, verdict.head) == (True, 5, Note.objects.get(number=5).hash)
    assert verdict.as_dict()["broken"] is None


@pytest.mark.django_db
def test_an_empty_ledger_holds() -> None:
    assert verify().as_dict() == {"count": 0, "head": START, "holds": True, "broken": None}


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["username", "name", "organisation", "verb", "kind", "key", "title"])
def test_a_note_altered_behind_the_ledgers_back_is_named(field: str) -> None:
    write(4)
    Note.objects.filter(number=3).update(**{field: "别人"})
    broken = verify().broken
    assert broken is not None
    assert (broken.number, broken.reason) == (3, "changed")
    assert "第 3 条" in broken.sentence


@pytest.mark.django_db
def test_altered_facts_and_time_are_found_too() -> None:
    write(3)
    Note.objects.filter(number=2).update(after={"step": 99})
    assert verify().broken.number == 2
    Note.objects.filter(number=2).update(after={"step": 2})
    assert verify().holds
    Note.objects.filter(number=1).update(at=AT.replace(year=2020))
    assert verify().broken.number == 1


@pytest.mark.django_db
def test_a_deleted_note_is_named() -> None:
    write(4)
    Note.objects.filter(number=2).delete()
    broken = verify().broken
    assert (broken.number, broken.reason) == (2, "missing")


@pytest.mark.django_db
def test_a_note_that_was_forged_whole_breaks_the_next_link() -> None:
    write(3)
    forged = Note.objects.get(number=2)
    forged.after = {"step": 7}
    Note.objects.filter(number=2).delete()
    forged.hash = changed_hash(forged)
    forged.save(force_insert=True)
    assert (verify().broken.number, verify().broken.reason) == (3, "cut")


def changed_hash(forged: Note) -> str:
    return link(forged.content(), forged.previous)


def test_the_database_itself_refuses_to_alter_or_delete_a_note(guarded: None) -> None:
    write(2)
    for change in (
        lambda: Note.objects.update(name="别人"),
        lambda: Note.objects.filter(number=1).delete(),
    ):
        with pytest.raises(DatabaseError, match=guards.REFUSAL), transaction.atomic():
            change()
    assert verify().count == 2
    write(1)
    assert verify().count == 3


def test_a_note_cannot_be_replaced_by_another_of_the_same_number(guarded: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE exists only on SQLite")
    write(1)
    with pytest.raises(DatabaseError, match=guards.REFUSAL), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT OR REPLACE INTO ledger_note SELECT * FROM ledger_note WHERE number = 1")


@pytest.mark.django_db
def test_a_change_that_is_undone_leaves_no_note() -> None:
    def half_done() -> None:
        with transaction.atomic():
            write(1)
            raise LookupError

    with pytest.raises(LookupError):
        half_done()
    assert not Note.objects.exists()


@pytest.mark.django_db
def test_one_note_takes_two_queries(django_assert_num_queries) -> None:
    write(1)
    lock = 1 if connection.vendor == "postgresql" else 0
    with django_assert_num_queries(2 + lock):
        write(1)


def test_processes_that_write_at_the_same_time_form_one_chain(tmp_path: Path) -> None:
    """Three processes, one real SQLite file."""
    world = {**os.environ, "CHUANGWEN_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    world.pop("CHUANGWEN_DATABASE", None)

    def start(*words: str) -> subprocess.Popen[str]:
        script = str(Path(__file__).with_name("write_notes.py"))
        return subprocess.Popen([sys.executable, script, *words], env=world, stdout=subprocess.PIPE, text=True)

    start("make").communicate()
    for writer in [start("write", "12") for _one in range(3)]:
        writer.communicate()
    assert start("verify").communicate()[0].split() == ["36", "True"]


@pytest.mark.django_db(transaction=True)
def test_connections_that_write_at_the_same_time_form_one_chain() -> None:
    """Four connections to PostgreSQL (the test database of SQLite lives in memory and has one writer only)."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite the test with processes does this")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_write_ten, range(4)))
    assert (verify().holds, verify().count) == (True, 40)


def _write_ten(_turn: int) -> None:
    try:
        for _step in range(10):
            with transaction.atomic():
                note(MARKET, "改名", by=MACHINE, at=AT)
    finally:
        connection.close()


@pytest.mark.django_db
def test_the_history_of_one_thing_is_found_by_words_and_person() -> None:
    write(2)
    note(Thing("person", "wangjianguo", "王建国"), "停用账号", by=MACHINE, at=AT)
    assert [one.number for one in queries.notes_about("site", "S-01")] == [2, 1]
    assert [one.number for one in queries.search("王建国 停用")] == [3]
    assert [one.number for one in queries.search(username="limin", since=AT)] == [2, 1]
    assert not queries.search(until=AT).exists()


@pytest.mark.django_db
def test_the_export_carries_every_field_and_the_digests() -> None:
    write(1)
    (row,) = queries.rows(Note.objects.all())
    assert len(row) == len(queries.headings()) == 13
    assert row[-1] == Note.objects.get().hash


def test_only_what_differs_is_noted() -> None:
    assert changes({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None}) == ({"b": 2}, {"b": 3, "c": None})
