"""Rows written, changed and removed in fewer words: the statement is composed once for a model, not for every row.

No signals, no cascade and no defaults of the database: a row that others hold to is refused by the database itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from django.db import connection, router
from django.db.models import AutoField, BinaryField, Field, Model
from django.db.models.constants import OnConflict

Row = TypeVar("Row", bound=Model)
MOST_VALUES = 900


@dataclass(frozen=True)
class Writing:
    """How new rows of a model are written: the statement up to its values, the fields, and how it ends."""

    head: str
    fields: tuple[Any, ...]
    tail: str
    numbered: bool  # the database gives the keys, and they are read back


def put(rows: Sequence[Row], *, once: bool = False) -> int:
    """Write new rows of one model; ``once`` passes over those that are there already, and then sets no keys.

    Returns how many were written. Called inside the transaction of the change that causes it.
    """
    if not rows:
        return 0
    writing = _writing(type(rows[0]), connection.vendor, once=once)
    step = max(1, MOST_VALUES // len(writing.fields))
    return sum(_put(writing, rows[begin : begin + step]) for begin in range(0, len(rows), step))


def _put(writing: Writing, rows: Sequence[Row]) -> int:
    marks = f"({', '.join(['%s'] * len(writing.fields))})"
    values = [one.get_db_prep_save(one.pre_save(row, True), connection) for row in rows for one in writing.fields]  # noqa: FBT003 - Django's own
    alias = router.db_for_write(type(rows[0]))
    with connection.cursor() as cursor:
        cursor.execute(f"{writing.head}{', '.join([marks] * len(rows))}{writing.tail}", values)
        if writing.numbered:
            for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
                row.pk = key
        written: int = len(rows) if writing.numbered else cursor.rowcount
    for row in rows:
        row._state.adding, row._state.db = False, alias  # noqa: SLF001 - Django's own public name
    return written


@cache
def _writing(model: type[Model], _vendor: str, *, once: bool) -> Writing:
    meta, quoted = model._meta, connection.ops.quote_name  # noqa: SLF001 - Django's own public name
    numbered = isinstance(meta.pk, AutoField)
    fields = [one for one in meta.concrete_fields if not (numbered and one.primary_key)]
    _must_be_plain(fields)
    conflict = OnConflict.IGNORE if once else None
    columns = ", ".join(quoted(str(one.column)) for one in fields)
    head = f"{connection.ops.insert_statement(on_conflict=conflict)} {quoted(meta.db_table)} ({columns}) VALUES "
    tail = connection.ops.on_conflict_suffix_sql(fields, conflict, [], [])
    if numbered and not once:
        tail = f"{tail} RETURNING {quoted(str(meta.pk.column))}"
    return Writing(head, tuple(fields), f" {tail}" if tail else "", numbered and not once)


def change(row: Model, changed: Mapping[str, Any], still: Mapping[str, Any] = MappingProxyType({})) -> bool:
    """Write these columns of a row if it still holds what was read; whether it did. Names are columns of the model."""
    meta = row._meta  # noqa: SLF001 - Django's own public name
    sets, values = [], []
    for name, value in changed.items():
        sets.append(f"{_column(type(row), name)} = %s")
        values.append(_stored(type(row), name, value))
    holds = [f"{_column(type(row), 'pk')} = %s"]
    values.append(row.pk)
    for name, value in still.items():
        holds.append(f"{_column(type(row), name)} {'IS NULL' if value is None else '= %s'}")
        values += [] if value is None else [_stored(type(row), name, value)]
    sql = f"UPDATE {connection.ops.quote_name(meta.db_table)} SET {', '.join(sets)} WHERE {' AND '.join(holds)}"  # noqa: S608 - names of our own columns
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount)


def remove(model: type[Model], name: str, values: Iterable[Any]) -> int:
    """Remove the rows whose column is one of these values; returns how many there were."""
    wanted, gone = list(values), 0
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - Django's own public name
    for begin in range(0, len(wanted), MOST_VALUES):
        some = wanted[begin : begin + MOST_VALUES]
        marks = ", ".join(["%s"] * len(some))
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE {_column(model, name)} IN ({marks})", some)  # noqa: S608 - names of our own columns
            gone += cursor.rowcount
    return gone


def _must_be_plain(fields: Iterable[Any]) -> None:
    """A field that the database fills or wraps needs the ORM."""
    for one in fields:
        wrapped = hasattr(one, "get_placeholder") and not isinstance(one, BinaryField)
        if one.generated or one.has_db_default() or wrapped:
            raise TypeError(f"{one} is not written by its value alone")


def _stored(model: type[Model], name: str, value: Any) -> Any:
    return _field(model, name).get_db_prep_save(value, connection)


@cache
def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    meta = model._meta  # noqa: SLF001 - Django's own public name
    if name == "pk":
        return meta.pk
    return next(one for one in meta.concrete_fields if name in {one.name, one.attname})


@cache
def _column(model: type[Model], name: str) -> str:
    return connection.ops.quote_name(str(_field(model, name).column))
