"""Bring the rows of a projection into line with what a fold computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import connection, models
from django.db.transaction import get_connection
from psycopg.types.json import Jsonb

from tracker.lib.statements import run

Row = TypeVar("Row", bound=models.Model)


def _values(row: models.Model) -> tuple[Any, ...]:
    return tuple(getattr(row, field.attname) for field in row._meta.concrete_fields)


def replace_rows(*, model: type[Row], scope: Mapping[str, Any], rows: Sequence[Row]) -> None:
    """Make the rows of `model` within `scope` equal to `rows`; touch only those that differ.

    Rows keep their keys, which come from the log, so a rebuild gives the same keys. Deleting goes
    by plain SQL: references from the log are checked at commit, when the row stands again under
    the same key.
    """
    wanted = {row.pk: row for row in rows}
    standing = {row.pk: row for row in model._default_manager.filter(**scope)}
    gone = [key for key in standing if key not in wanted]
    if gone:
        _delete(model, gone)
    changed = [
        row
        for key, row in wanted.items()
        if key not in standing or _values(standing[key]) != _values(row)
    ]
    if changed:
        key_name = model._meta.pk.name
        names = [field.name for field in model._meta.concrete_fields if field.name != key_name]
        model._default_manager.bulk_create(
            changed, update_conflicts=True, unique_fields=[key_name], update_fields=names
        )


def put_rows(*, rows: Sequence[models.Model]) -> None:
    """Insert rows of one model, or bring those that stand under their keys into line."""
    if not rows:
        return
    model = type(rows[0])
    fields = model._meta.concrete_fields
    names = [str(field.column) for field in fields]
    key = model._meta.pk.column
    others = ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name != key)
    run(
        get_connection(),
        f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) "  # noqa: S608  # our own names
        f"SELECT * FROM unnest({_arrays(fields)}) ON CONFLICT ({key}) DO UPDATE SET {others}",
        *[_column(field, [getattr(row, field.attname) for row in rows]) for field in fields],
    )


def _arrays(fields: Sequence[Any]) -> str:
    """Write one array a column; without its length, for such a cast would cut a text short."""
    types = (str(field.db_type(connection)).partition("(")[0] for field in fields)
    return ", ".join(f"%b::{each}[]" for each in types)


def _column(field: Any, values: list[Any]) -> list[Any]:
    if isinstance(field, models.JSONField):
        return [Jsonb(value) for value in values]
    return values


def _delete(model: type[models.Model], keys: Sequence[Any]) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    column = connection.ops.quote_name(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        # Plain SQL: Django's collector would refuse, not knowing that the key comes back in time.
        statement = f"DELETE FROM {table} WHERE {column} = ANY(%s)"  # noqa: S608  # quoted names
        cursor.execute(statement, [list(keys)])
