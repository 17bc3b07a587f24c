"""Append to the log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID, uuid5

from django.db import connection

from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Organisation

_COLUMNS: tuple[tuple[str, str], ...] = (
    ("id", "uuid"),
    ("organisation_id", "uuid"),
    ("client_id", "uuid"),
    ("body_hash", "text"),
    ("kind", "text"),
    ("occurred_at", "timestamptz"),
    ("recorded_at", "timestamptz"),
    ("received_at", "timestamptz"),
    ("ordered_at", "timestamptz"),
    ("time_disputed", "boolean"),
    ("device_id", "text"),
    ("device_seq", "bigint"),
    ("via", "text"),
    ("by_id", "bigint"),
    ("source_id", "uuid"),
    ("corrects_id", "uuid"),
    ("reason", "text"),
    ("data", "jsonb"),
    ("constructed", "boolean"),
    ("corridor_id", "uuid"),
    ("window_id", "uuid"),
    ("checkpoint_id", "uuid"),
    ("attempt_id", "uuid"),
    ("convoy_id", "uuid"),
    ("other_convoy_id", "uuid"),
    ("vehicle_id", "uuid"),
    ("incident_id", "uuid"),
)


def event_id(*, organisation: Organisation, client_id: UUID) -> UUID:
    """Return the id that the log gives to an event of this sender; a repeat gets the same one."""
    return uuid5(organisation.pk, str(client_id))


def append(*, events: Sequence[LogEvent]) -> set[UUID]:
    """Insert `events` and return the ids that were new; one that stands already is left as it is.

    One statement for the whole batch: rows as arrays, so that its size does not change the text.
    """
    if not events:
        return set()
    table = connection.ops.quote_name(LogEvent._meta.db_table)
    names = ", ".join(name for name, _ in _COLUMNS)
    arrays = ", ".join(f"%s::{kind}[]" for _, kind in _COLUMNS)
    values = [
        [json.dumps(event.data) if name == "data" else getattr(event, name) for event in events]
        for name, _ in _COLUMNS
    ]
    # By hand: the ORM cannot both ignore conflicts and say which rows were new.
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {names} FROM unnest({arrays}) AS new ({names}) "  # noqa: S608  # names from the list above
        "ON CONFLICT DO NOTHING RETURNING id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {row[0] for row in cursor.fetchall()}
