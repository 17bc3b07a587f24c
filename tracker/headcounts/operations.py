"""Write what the fold of the people kinds says into the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from tracker.fieldlog.ordering import Entry
from tracker.fieldlog.projection import put_rows, replace_rows
from tracker.headcounts.effects import LedgerEntry, fold
from tracker.headcounts.models import PeopleEntry


def _row(convoy_id: UUID, item: LedgerEntry) -> PeopleEntry:
    entry, data = item.entry, item.entry.data
    to_vehicle = data.get("to_vehicle")
    return PeopleEntry(
        event_id=entry.id,
        convoy_id=convoy_id,
        vehicle_id=entry.vehicle_id,
        to_vehicle_id=UUID(to_vehicle) if to_vehicle else None,
        checkpoint_id=entry.checkpoint_id,
        place=data.get("place", ""),
        category=item.category,
        people=data.get("people"),
        people_low=data.get("people_low"),
        people_high=data.get("people_high"),
        method=data.get("method", ""),
        is_follower=data.get("is_follower", False),
        groups=data.get("groups", {}),
        # The entries by which convoys part and join list vehicles of the column instead.
        vehicles=data.get("vehicles") if entry.kind.startswith("people.") else None,
        at=entry.at,
        is_corrected=entry.is_corrected,
    )


def project(*, subject_id: UUID, entries: Sequence[Entry]) -> None:
    """Fold `entries` of one convoy and bring its ledger into line."""
    replace_rows(
        model=PeopleEntry,
        scope={"convoy_id": subject_id},
        rows=[_row(subject_id, item) for item in fold(entries, convoy_id=subject_id)],
    )


def extend(*, entries_of: Mapping[UUID, Sequence[Entry]]) -> set[UUID]:
    """Add what new entries say to the ledgers of their convoys: each is one line, or none."""
    put_rows(
        rows=[
            _row(convoy_id, item)
            for convoy_id, entries in entries_of.items()
            for item in fold(entries, convoy_id=convoy_id)
        ]
    )
    return set(entries_of)
