"""Append to the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.db.transaction import get_connection
from psycopg.types.json import Jsonb

from tracker.fieldlog.models import LogEvent
from tracker.lib.statements import run
from tracker.organisations.models import Organisation


class NewRow(msgspec.Struct, kw_only=True):
    """A row of the log before it is stored; a model instance of as many columns costs 20 x more.

    `data` holds what JSON knows and nothing else, so that a fold reads the same before and after.
    """

    id: UUID
    organisation_id: UUID
    client_id: UUID
    body_hash: str
    kind: str
    occurred_at: datetime
    recorded_at: datetime | None
    received_at: datetime
    ordered_at: datetime
    time_disputed: bool
    device_id: str
    device_seq: int | None
    via: str
    by_id: int | None
    source_id: UUID | None
    corrects_id: UUID | None
    reason: str
    data: dict[str, Any]
    constructed: bool
    corridor_id: UUID | None = None
    window_id: UUID | None = None
    checkpoint_id: UUID | None = None
    attempt_id: UUID | None = None
    convoy_id: UUID | None = None
    other_convoy_id: UUID | None = None
    vehicle_id: UUID | None = None
    incident_id: UUID | None = None


_TYPES = {
    "body_hash": "text",
    "kind": "text",
    "occurred_at": "timestamptz",
    "recorded_at": "timestamptz",
    "received_at": "timestamptz",
    "ordered_at": "timestamptz",
    "time_disputed": "boolean",
    "device_id": "text",
    "device_seq": "bigint",
    "via": "text",
    "by_id": "bigint",
    "reason": "text",
    "data": "jsonb",
    "constructed": "boolean",
}
_NAMES = NewRow.__struct_fields__
_COLUMNS = ", ".join(_NAMES)
_ARRAYS = ", ".join(f"%b::{_TYPES.get(name, 'uuid')}[]" for name in _NAMES)
_VALUES = ", ".join(f"%b::{_TYPES.get(name, 'uuid')}" for name in _NAMES)

# By hand: the ORM cannot both ignore conflicts and say which rows were new.
_INSERT = f"INSERT INTO {LogEvent._meta.db_table} ({_COLUMNS})"
_NEW = "ON CONFLICT DO NOTHING RETURNING id"
_APPEND_MANY = f"{_INSERT} SELECT * FROM unnest({_ARRAYS}) {_NEW}"  # noqa: S608  # names from above
_APPEND_ONE = f"{_INSERT} VALUES ({_VALUES}) {_NEW}"


def event_id(*, organisation: Organisation, client_id: UUID) -> UUID:
    """Return the id that the log gives to an event of this sender; a repeat gets the same one."""
    return uuid5(organisation.pk, str(client_id))


def _values(rows: Sequence[NewRow], name: str) -> list[Any]:
    if name == "data":
        return [Jsonb(row.data, dumps=msgspec.json.encode) for row in rows]
    return [getattr(row, name) for row in rows]


def append(*, rows: Sequence[NewRow]) -> set[UUID]:
    """Insert `rows` and return the ids that were new; one that stands already is left as it is.

    One statement for the whole batch, one binary array a column: Django's cursor would write each
    value into the text of the statement, which takes longer than to store it.
    """
    if not rows:
        return set()
    columns = [_values(rows, name) for name in _NAMES]
    if len(rows) == 1:
        found = run(get_connection(), _APPEND_ONE, *(column[0] for column in columns))
    else:
        found = run(get_connection(), _APPEND_MANY, *columns)
    return {row[0] for row in found}
