"""Pure order of the log by corrected event time; any order of arrival gives the same result."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
from msgspec.structs import replace

CORRECTION = "correction"


class LoggedFact(Protocol):
    """What the order needs to know of a stored event."""

    id: UUID
    kind: str
    ordered_at: datetime
    occurred_at: datetime
    received_at: datetime
    time_disputed: bool
    device_id: str
    device_seq: int | None
    via: str
    by_id: int | None
    source_id: UUID | None
    corrects_id: UUID | None
    reason: str
    data: dict[str, Any]
    corridor_id: UUID | None
    window_id: UUID | None
    checkpoint_id: UUID | None
    attempt_id: UUID | None
    convoy_id: UUID | None
    other_convoy_id: UUID | None
    vehicle_id: UUID | None
    incident_id: UUID | None
    constructed: bool


class Entry(msgspec.Struct, frozen=True):
    """One event as a fold reads it: corrected in time (`at`) and in `data`."""

    id: UUID
    kind: str
    at: datetime
    received_at: datetime
    data: dict[str, Any]
    reason: str
    by_id: int | None
    source_id: UUID | None
    corridor_id: UUID | None
    window_id: UUID | None
    checkpoint_id: UUID | None
    attempt_id: UUID | None
    convoy_id: UUID | None
    other_convoy_id: UUID | None
    vehicle_id: UUID | None
    incident_id: UUID | None
    device_key: tuple[str, int]
    via: str = ""
    is_corrected: bool = False
    is_withdrawn: bool = False
    constructed: bool = False


def entry_of(fact: LoggedFact) -> Entry:
    """Return a stored event as a fold reads it, with nothing corrected."""
    return Entry(
        id=fact.id,
        kind=fact.kind,
        at=fact.ordered_at,
        received_at=fact.received_at,
        data=dict(fact.data),
        reason=fact.reason,
        by_id=fact.by_id,
        source_id=fact.source_id,
        corridor_id=fact.corridor_id,
        window_id=fact.window_id,
        checkpoint_id=fact.checkpoint_id,
        attempt_id=fact.attempt_id,
        convoy_id=fact.convoy_id,
        other_convoy_id=fact.other_convoy_id,
        vehicle_id=fact.vehicle_id,
        incident_id=fact.incident_id,
        device_key=(fact.device_id, -1 if fact.device_seq is None else fact.device_seq),
        via=fact.via,
        constructed=fact.constructed,
    )


def sort_key(entry: Entry) -> tuple[datetime, tuple[str, int], UUID]:
    """Return what entries are ordered by: corrected time, then the device's own order."""
    return (entry.at, entry.device_key, entry.id)


def _corrected(entry: Entry, correction: Entry) -> Entry:
    """Return `entry` as `correction` leaves it: other data, another time, or withdrawn."""
    changed = correction.data
    at = datetime.fromisoformat(changed["occurred_at"]) if changed.get("occurred_at") else entry.at
    return replace(
        entry,
        at=at,
        data={**entry.data, **(changed.get("data") or {})},
        is_corrected=True,
        is_withdrawn=bool(changed.get("withdraw", False)),
    )


def effective(facts: Iterable[LoggedFact]) -> tuple[Entry, ...]:
    """Return the entries that count, in corrected event time, with every correction applied.

    Duplicates (same id) count once. Withdrawn entries stay in the result, marked, so that a page
    can show them; folds skip them by `standing`. An entry whose time is disputed counts only once
    a correction has given it another time; a correction whose own time is disputed corrects
    nothing, for it would outrank every later one.
    """
    by_id = {fact.id: fact for fact in facts}
    corrections: dict[UUID, list[Entry]] = {}
    for fact in by_id.values():
        if fact.kind == CORRECTION and fact.corrects_id is not None and not fact.time_disputed:
            corrections.setdefault(fact.corrects_id, []).append(entry_of(fact))
    entries: list[Entry] = []
    for fact in by_id.values():
        if fact.kind == CORRECTION:
            continue
        entry = entry_of(fact)
        own = sorted(corrections.get(fact.id, []), key=sort_key)
        for correction in own:
            entry = _corrected(entry, correction)
        retimed = any(correction.data.get("occurred_at") for correction in own)
        if retimed or not fact.time_disputed:
            entries.append(entry)
    return tuple(sorted(entries, key=sort_key))


def standing(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries that have not been withdrawn."""
    return tuple(entry for entry in entries if not entry.is_withdrawn)
