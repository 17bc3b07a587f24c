"""Run hand-written statements that a connection prepares once, and make rows into instances.

The ORM writes each question anew (0.3 ms) and each value into its text, so that nothing can be
prepared. That is as it should be, but where a fact comes in: there a dozen questions a time are
the greater part of the cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import psycopg

Rows = list[tuple[Any, ...]]


def run(connection: Any, statement: str, *values: Any) -> Rows:
    """Run a statement with `%b` for each value on Django's connection; return its rows, if any.

    Raises what Django raises. psycopg prepares what comes often, where the settings say so.
    """
    if connection.connection is None:
        connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement.encode(), values, binary=True)
        return cursor.fetchall() if cursor.description else []


def run_many(connection: Any, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement once for each row of values, all in one journey to the server."""
    if not rows:
        return
    if len(rows) == 1:
        run(connection, statement, *rows[0])
        return
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.executemany(statement.encode(), rows)


def columns_of(model: Any, *, table: str = "") -> str:
    """Return the columns of a model's table for a statement, by the table's short name, if any."""
    prefix = f"{table}." if table else ""
    return ", ".join(f"{prefix}{field.column}" for field in model._meta.concrete_fields)


def instances_of(row: Sequence[Any], connection: Any, *models: Any) -> list[Any]:
    """Return an instance of each model from a row of the columns of one after the other."""
    found = []
    for model in models:
        names = _attributes_of(model)
        found.append(model.from_db(connection.alias, names, row[: len(names)]))
        row = row[len(names) :]
    return found


@cache
def _attributes_of(model: Any) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)
