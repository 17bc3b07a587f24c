"""Turn a judged event into its row of the log."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

import msgspec

from tracker.fieldlog.kinds import NewEvent, Unit
from tracker.fieldlog.operations import NewRow
from tracker.intake.judging import Clock, Judged
from tracker.intake.registry import KINDS
from tracker.intake.subjects import subjects_of


class Item(msgspec.Struct, frozen=True):
    """One event of a submission, judged, with its id in the log and the hash of its body."""

    id: UUID
    judged: Judged
    hash: str


class Frame(msgspec.Struct, frozen=True):
    """What all rows of a submission share: whose they are, who sends them, and by which clock."""

    organisation_id: UUID
    by_id: int | None
    clock: Clock


# Never change how it writes: the hash of a body that was stored years ago must come out the same.
_canonical = json.JSONEncoder(sort_keys=True, default=str, separators=(",", ":")).encode
_quoted = json.encoder.encode_basestring_ascii


def body_hash(event: NewEvent) -> str:
    """Return the hash of what the sender said, as sent.

    Not of the shape that its kind gives it: a field that a later version adds must not turn the
    repeat of an old entry into a conflict.
    """
    # Sorted by name, as the encoder writes an object; an object of the whole costs it thrice this.
    subjects = ",".join(f'"{name}":"{key}"' for name, key in sorted(event.subjects.items()))
    body = (
        f'{{"corrects":"{event.corrects_id or ""}",'
        f'"data":{_canonical(event.data) if event.data else "{}"},'
        f'"kind":{_quoted(event.kind)},"occurred_at":"{event.occurred_at.isoformat()}",'
        f'"reason":{_quoted(event.reason)},"source":"{event.source_id or ""}",'
        f'"subjects":{{{subjects}}}}}'
    )
    return hashlib.sha256(body.encode()).hexdigest()


def row_of(item: Item, frame: Frame) -> NewRow:
    """Return the row of an event in which nothing was found wrong."""
    judged, event = item.judged, item.judged.event
    assert judged.ordered_at is not None, "an event without a zone is refused before this"
    # A correction belongs to the subjects of what it corrects, so that their folds find it.
    subjects = event.subjects if judged.target is None else subjects_of(judged.target)
    return NewRow(
        id=item.id,
        organisation_id=frame.organisation_id,
        client_id=event.client_id,
        body_hash=item.hash,
        kind=event.kind,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        received_at=frame.clock.now,
        ordered_at=judged.ordered_at,
        time_disputed=judged.time_disputed,
        device_id=event.device_id,
        device_seq=event.device_seq,
        via=event.via,
        by_id=frame.by_id,
        source_id=event.source_id,
        corrects_id=event.corrects_id,
        reason=event.reason,
        data=judged.data,
        constructed=event.constructed,
        **{f"{name}_id": subject_id for name, subject_id in subjects.items()},
    )


def units_of(row: NewRow, judged: Judged) -> set[tuple[Unit, UUID]]:
    """Return the subjects whose state an event changes."""
    about = judged.target or row
    kind = KINDS.get(about.kind)
    subject_id = getattr(about, f"{kind.unit}_id") if kind and kind.unit else None
    if kind is None or kind.unit is None or subject_id is None:
        return set()
    if kind.unit == "convoy" and about.other_convoy_id:
        return {("convoy", subject_id), ("convoy", about.other_convoy_id)}
    return {(kind.unit, subject_id)}
