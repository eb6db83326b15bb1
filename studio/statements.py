"""Statements of what happens several times a job: their SQL is put together once, not at every call.

Building a query takes the ORM longer than the database needs to run it (0.5 to 2 ms against 0.1). What a person waits
for goes this way; everything else asks the ORM. Names of columns come from the models, values go as parameters and
through the fields, so both databases get what the ORM would give them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import AutoField, Field, Model

Row = tuple[Any, ...]
M = TypeVar("M", bound=Model)


def insert(*new: Model) -> None:
    """Store new rows of one model as `save(force_insert=True)` does, without signals; keys that the database gives are
    not read."""
    columns = _columns(type(new[0]))
    values = [
        [field.get_db_prep_save(field.pre_save(row, True), connection) for field in columns] for row in new
    ]
    with connection.cursor() as cursor:
        if len(new) == 1:
            cursor.execute(_insert_sql(type(new[0])), values[0])
        else:
            cursor.executemany(_insert_sql(type(new[0])), values)
    for row in new:
        row._state.adding, row._state.db = False, connection.alias


def change(
    model: type[Model],
    where: Mapping[str, Any],
    *,
    put: Mapping[str, Any] | None = None,
    add: Mapping[str, Any] | None = None,
    returning: Sequence[str] = (),
) -> Row | None:
    """Change the one row where columns equal `where` (None: is null): `put` new values, `add` to numbers.

    Gives the `returning` columns after the change, None where no row was there to change.
    """
    put, add = put or {}, add or {}
    nulls = tuple(name for name, value in where.items() if value is None)
    shape = (tuple(put), tuple(add), tuple(where), nulls, tuple(returning))
    values = [key(model, name, value) for name, value in put.items()]
    values += add.values()
    values += [key(model, name, value) for name, value in where.items() if value is not None]
    with connection.cursor() as cursor:
        cursor.execute(_change_sql(model, *shape), values)
        if returning:
            found = cursor.fetchone()
            return _read(found, _converters(model, tuple(returning))) if found is not None else None
        return () if cursor.rowcount else None


def read(model: type[Model], where: Mapping[str, Any], columns: Sequence[str]) -> Row | None:
    """These columns of the first row where others equal `where`; None where there is none."""
    values = [key(model, name, value) for name, value in where.items()]
    with connection.cursor() as cursor:
        cursor.execute(_read_sql(model, tuple(where), tuple(columns)), values)
        found = cursor.fetchone()
    return _read(found, _converters(model, tuple(columns))) if found is not None else None


def read_all(model: type[Model], where: Mapping[str, Any], columns: Sequence[str]) -> list[Row]:
    """These columns of every row where others equal `where`, in no order."""
    values = [key(model, name, value) for name, value in where.items()]
    with connection.cursor() as cursor:
        cursor.execute(_read_sql(model, tuple(where), tuple(columns), every=True), values)
        found = cursor.fetchall()
    converters = _converters(model, tuple(columns))
    return [_read(row, converters) for row in found]


def first(model: type[M], where: Mapping[str, Any]) -> M | None:
    """The first row where columns equal `where`, whole, as the ORM gives it; None where there is none."""
    names = tuple(field.attname for field in model._meta.concrete_fields)
    found = read(model, where, names)
    return model.from_db(connection.alias, names, found) if found is not None else None


def every(model: type[M]) -> list[M]:
    """All rows of a small table, whole, as the ORM gives them."""
    names = tuple(field.attname for field in model._meta.concrete_fields)
    return [model.from_db(connection.alias, names, row) for row in read_all(model, {}, names)]


def rows(sql: str, values: Sequence[Any]) -> list[Row]:
    """The rows of a SELECT as the database has them."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[Row] = cursor.fetchall()
        return found


def key(model: type[Model], name: str, value: Any) -> Any:
    """A value as the database keeps it in this column: an id's form differs between databases."""
    return _field(model, name).get_db_prep_save(value, connection)


def _read(row: Row, converters: list[tuple[Any, list[Any]]]) -> Row:
    """The values as the ORM gives them."""
    read = []
    for value, (column, steps) in zip(row, converters, strict=True):
        for step in steps:
            value = step(value, column, connection)
        read.append(value)
    return tuple(read)


@lru_cache(maxsize=64)
def _converters(model: type[Model], names: tuple[str, ...]) -> list[tuple[Any, list[Any]]]:
    columns = [_field(model, name).get_col(model._meta.db_table) for name in names]
    return [
        (column, connection.ops.get_db_converters(column) + column.get_db_converters(connection))
        for column in columns
    ]


@lru_cache(maxsize=64)
def _columns(model: type[Model]) -> list[Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField)]


@lru_cache(maxsize=64)
def _insert_sql(model: type[Model]) -> str:
    names = [_name(field) for field in _columns(model)]
    places = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {_table(model)} ({', '.join(names)}) VALUES ({places})"


@lru_cache(maxsize=64)
def _read_sql(
    model: type[Model], where: tuple[str, ...], columns: tuple[str, ...], *, every: bool = False
) -> str:
    column = {name: _name(_field(model, name)) for name in {*where, *columns}}
    asked = " AND ".join(f"{column[name]} = %s" for name in where) or "TRUE"
    wanted = ", ".join(column[name] for name in columns)
    return f"SELECT {wanted} FROM {_table(model)} WHERE {asked}{'' if every else ' LIMIT 1'}"


@lru_cache(maxsize=256)
def _change_sql(
    model: type[Model],
    put: tuple[str, ...],
    add: tuple[str, ...],
    where: tuple[str, ...],
    nulls: tuple[str, ...],
    returning: tuple[str, ...],
) -> str:
    column = {name: _name(_field(model, name)) for name in {*put, *add, *where, *returning}}
    changes = [f"{column[name]} = %s" for name in put] + [
        f"{column[name]} = {column[name]} + %s" for name in add
    ]
    asked = [f"{column[name]} IS NULL" if name in nulls else f"{column[name]} = %s" for name in where]
    back = f" RETURNING {', '.join(column[name] for name in returning)}" if returning else ""
    return f"UPDATE {_table(model)} SET {', '.join(changes)} WHERE {' AND '.join(asked)}{back}"


def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _name(field: Any) -> str:
    return connection.ops.quote_name(field.column)
