"""A town that many tests begin with: made by the product's own actions once in a process, then laid down row by row."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

Rows = list[tuple[Any, ...]]


def _tables() -> dict[str, list[str]]:
    """Every table that a model stands on, with its columns."""
    models = apps.get_models(include_auto_created=True)
    return {
        one._meta.db_table: [field.column for field in one._meta.local_concrete_fields]
        for one in models
        if one._meta.managed and not one._meta.proxy
    }


def _rows(table: str, columns: list[str]) -> Rows:
    names = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {connection.ops.quote_name(table)}")
        return [tuple(map(_plain, row)) for row in cursor.fetchall()]


def _plain(value: Any) -> Any:
    """As it goes in again: SQLite reads days and times, and wants them as text."""
    return str(value) if connection.vendor == "sqlite" and isinstance(value, date | time) else value


@dataclass
class LaidDown:
    """``make`` fills the database from its first state; from the second call on its rows are put there as they were.

    Whatever ``make`` leaves outside the models' tables (files, the search index) is not repeated: it must leave nothing.
    """

    make: Callable[[], None]
    kept: dict[str, Rows] = field(default_factory=dict)

    def __call__(self) -> None:
        if self.kept:
            self._lay_down()
            return
        before = {table: _rows(table, columns) for table, columns in _tables().items()}
        self.make()
        after = {table: _rows(table, columns) for table, columns in _tables().items()}
        self.kept = {table: rows for table, rows in after.items() if rows != before[table]}

    def _lay_down(self) -> None:
        tables = _tables()
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            for table in self.kept:
                cursor.execute(f"DELETE FROM {quote(table)}")
            for table, rows in self.kept.items():
                names, holes = ", ".join(map(quote, tables[table])), ", ".join(["%s"] * len(tables[table]))
                cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({holes})", rows)
            for line in connection.ops.sequence_reset_sql(no_style(), self._models()):
                cursor.execute(line)

    def _models(self) -> list[type[Model]]:
        return [one for one in apps.get_models(include_auto_created=True) if one._meta.db_table in self.kept]
