"""A throw-away database beside the real one, for benchmarks: never the real data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connections
from psycopg.sql import SQL, Identifier

from tracker.fieldlog.models import LogEvent

EMPTIED = "tracker_logevent, tracker_outboxrow, tracker_convoy"


def owner() -> Any:
    """Return the connection of the role that owns the tables."""
    return connections["owner" if "owner" in connections.settings else "default"]


@contextmanager
def throwaway_database() -> Iterator[None]:
    """Point every connection at a new, migrated database; drop it at the end."""
    aliases = list(connections.settings)
    real = owner().settings_dict["NAME"]
    name = f"{real}_bench"
    _point(aliases, name)
    try:
        with owner()._nodb_cursor() as cursor:
            cursor.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
            cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        call_command("migrate", database=owner().alias, verbosity=0)
        yield
    finally:
        _point(aliases, name)
        # Not by force, which fails where the server itself is cleaning up there: it waits for that.
        with owner()._nodb_cursor() as cursor:
            cursor.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
        _point(aliases, real)


def _point(aliases: list[str], name: str) -> None:
    for alias in aliases:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def empty() -> None:
    """Empty the log and all that rests on it; the log's own triggers are lifted for that alone."""
    with owner().cursor() as cursor:
        cursor.execute("ALTER TABLE tracker_logevent DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {EMPTIED} CASCADE")
        cursor.execute("ALTER TABLE tracker_logevent ENABLE TRIGGER USER")


def fill(*, until: int) -> None:
    """Fill the log with older copies of what a first batch left, until it holds so many rows."""
    columns = [str(field.column) for field in LogEvent._meta.concrete_fields]
    other = {"id": "gen_random_uuid()", "client_id": "gen_random_uuid()", "convoy_id": "NULL"}
    values = ", ".join(other.get(name, name) for name in columns)
    with owner().cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tracker_logevent")
        missing = max(0, until - cursor.fetchone()[0])
        cursor.execute(
            f"INSERT INTO tracker_logevent ({', '.join(columns)}) SELECT {values} "  # noqa: S608  # names of our own columns
            "FROM (SELECT * FROM tracker_logevent LIMIT 100) AS few, "
            "generate_series(1, %s) AS number LIMIT %s",
            [missing // 100 + 1, missing],
        )
        cursor.execute("ANALYZE tracker_logevent")
