"""Writers on one SQLite file wait their turn, and not longer than the settings say."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from chuangwen.environment import database


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any) -> Iterator[Any]:
    """A connection of the product to a database file."""
    monkeypatch.delenv("CHUANGWEN_DATABASE", raising=False)
    settings = database(tmp_path)
    settings["OPTIONS"] = {**settings["OPTIONS"], "timeout": 0.5}  # type: ignore[dict-item]
    connection = ConnectionHandler({"default": settings})["default"]
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE told (what TEXT)")
        yield connection
        connection.close()


def another(file: Any) -> sqlite3.Connection:
    return sqlite3.connect(file.settings_dict["NAME"], isolation_level=None, check_same_thread=False)


def begin_and_end(file: Any) -> None:
    file.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    try:
        with file.cursor() as cursor:
            cursor.execute("INSERT INTO told VALUES ('x')")
    finally:
        file.commit()
        file.set_autocommit(True)


def test_a_writer_who_finds_the_file_locked_begins_when_it_is_free(file: Any) -> None:
    other = another(file)
    other.execute("BEGIN IMMEDIATE")
    free = threading.Timer(0.1, lambda: other.execute("COMMIT"))
    begun = time.monotonic()
    free.start()
    begin_and_end(file)
    assert time.monotonic() - begun >= 0.05
    assert other.execute("SELECT COUNT(*) FROM told").fetchone() == (1,)
    free.join()
    other.close()


def test_a_writer_does_not_wait_for_ever_and_may_come_again(file: Any) -> None:
    other = another(file)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        file.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    other.execute("COMMIT")
    begin_and_end(file)
    assert other.execute("SELECT COUNT(*) FROM told").fetchone() == (1,)
    assert file.connection.execute("PRAGMA busy_timeout").fetchone() == (500,)
    other.close()


def test_what_is_acknowledged_is_on_the_disk(file: Any) -> None:
    assert file.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert file.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
