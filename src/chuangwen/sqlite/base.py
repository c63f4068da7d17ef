"""SQLite whose writers wait for the lock in short naps.

The library's own wait naps longer and longer, up to a tenth of a second, so that among several writers the lock lies
unused for nearly as long as it is used. The timeout of the settings holds as before.
"""

import random
import sqlite3
import time

from django.db.backends.sqlite3 import base
from django.db.backends.utils import debug_transaction

NAP = (0.0005, 0.0025)  # seconds
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's engine with another wait for the beginning of a transaction."""

    transaction_mode: str | None  # from the settings

    def _start_transaction_under_autocommit(self) -> None:
        words = f"BEGIN {self.transaction_mode or ''}".strip()
        (patience,) = self.connection.execute("PRAGMA busy_timeout").fetchone()
        until = time.monotonic() + patience / 1000
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            with debug_transaction(self, words), self.wrap_database_errors:
                while not self._begun(words, last=time.monotonic() >= until):
                    time.sleep(random.uniform(*NAP))  # noqa: S311 - so that two who wait do not wake together
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {patience}")

    def _begun(self, words: str, *, last: bool) -> bool:
        """Try once; the last try tells the error."""
        try:
            self.connection.execute(words)
        except sqlite3.OperationalError as error:
            if last or error.sqlite_errorcode & 0xFF not in BUSY:
                raise
            return False
        return True
