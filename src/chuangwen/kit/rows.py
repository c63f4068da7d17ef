"""Rows read in fewer words: by their key with a statement composed once, or counted inside another query.

The ORM composes each query anew, which costs ten times the read of one row.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from django.db import connection, router
from django.db.models import F, Func, IntegerField, Model, QuerySet, Subquery

Row = TypeVar("Row", bound=Model)
Converter = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True)
class Reading:
    """How a model's rows are read: the statement up to its condition, the fields, what turns a stored value into ours."""

    sql: str
    names: tuple[str, ...]
    converters: tuple[tuple[int, tuple[Any, Converter]], ...]


@cache
def _reading(model: type[Model], without: tuple[str, ...], _vendor: str) -> Reading:
    meta = model._meta  # noqa: SLF001 - Django's own public name
    fields = [one for one in meta.concrete_fields if one.name not in without]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(one.column)) for one in fields)
    found = []
    for place, one in enumerate(fields):
        column = one.get_col(meta.db_table)
        every = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
        found += [(place, (column, converter)) for converter in every]
    sql = f"SELECT {columns} FROM {quoted(meta.db_table)} WHERE "  # noqa: S608 - names of our own columns
    return Reading(sql, tuple(one.attname for one in fields), tuple(found))


def by_keys(
    model: type[Row], keys: Iterable[Any], *, without: tuple[str, ...] = (), lock: bool = False
) -> dict[Any, Row]:
    """The rows with these keys; ``without`` leaves columns unread, ``lock`` holds the rows where the database can."""
    return {one.pk: one for one in rows_where(model, "pk", keys, without=without, lock=lock)}


def rows_where(
    model: type[Row],
    name: str,
    values: Iterable[Any],
    *,
    also: Mapping[str, Any] = MappingProxyType({}),
    without: tuple[str, ...] = (),
    lock: bool = False,
) -> list[Row]:
    """The rows whose column is one of these values; ``also`` says what other columns hold (``None``: nothing)."""
    wanted = sorted({value for value in values if value is not None})
    if not wanted:
        return []
    reading = _reading(model, without, connection.vendor)
    sql = f"{reading.sql}{_column(model, name)} IN ({', '.join(['%s'] * len(wanted))})"
    for column, value in also.items():
        sql += f" AND {_column(model, column)} {'IS NULL' if value is None else '= %s'}"
    if lock and connection.features.has_select_for_update:
        sql += f" ORDER BY 1 {connection.ops.for_update_sql()}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*wanted, *(value for value in also.values() if value is not None)])
        rows = cursor.fetchall()
    alias = router.db_for_read(model)
    return [_made(model, reading, list(row), alias) for row in rows]


@cache
def _column(model: type[Model], name: str) -> str:
    meta = model._meta  # noqa: SLF001 - Django's own public name
    field = meta.pk if name == "pk" else next(one for one in meta.concrete_fields if one.name == name)
    return connection.ops.quote_name(str(field.column))


def _made(model: type[Row], reading: Reading, values: list[Any], alias: str) -> Row:
    for place, (column, convert) in reading.converters:
        values[place] = convert(values[place], column, connection)
    made: Row = model.from_db(alias, reading.names, values)
    return made


def how_many(rows: QuerySet[Row]) -> Subquery:
    """The number of rows as a column of another query; of rows that cannot be it is ``None``."""
    count = Func(F("pk"), function="COUNT", output_field=IntegerField())
    return Subquery(rows.order_by().annotate(how_many=count).values("how_many"))
