"""Pure fold of the people kinds into the entries of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tracker.fieldlog.ordering import Entry, standing
from tracker.headcounts.models import PeopleEntry

CATEGORY_OF = {
    "people.boarded": PeopleEntry.Category.BOARDED,
    "people.counted": PeopleEntry.Category.COUNTED,
    "people.arrived": PeopleEntry.Category.ARRIVED,
    "people.left": PeopleEntry.Category.LEFT,
    "people.joined": PeopleEntry.Category.JOINED,
    "people.moved": PeopleEntry.Category.MOVED,
    "people.hospital": PeopleEntry.Category.HOSPITAL,
    "people.detained": PeopleEntry.Category.DETAINED,
    "people.separated": PeopleEntry.Category.SEPARATED,
    "people.died": PeopleEntry.Category.DIED,
    "people.turned_back": PeopleEntry.Category.TURNED_BACK,
    "people.explained": PeopleEntry.Category.EXPLAINED,
    # Who is signed for by a reception centre has left the convoy, and the ledger closes.
    "reception.handed_over": PeopleEntry.Category.HANDED_OVER,
    # People who change convoys with their vehicles: one entry, read from both sides.
    "convoy.split": PeopleEntry.Category.MOVED,
    "convoy.joined": PeopleEntry.Category.MOVED,
    "vehicle.transferred": PeopleEntry.Category.MOVED,
}


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry of the ledger with its category."""

    entry: Entry
    category: str


def fold(entries: Sequence[Entry], *, convoy_id: UUID) -> tuple[LedgerEntry, ...]:
    """Return what counts of `entries`; what came from another convoy is that one's entry."""
    return tuple(
        LedgerEntry(entry, CATEGORY_OF[entry.kind])
        for entry in standing(entries)
        if entry.kind in CATEGORY_OF and entry.convoy_id == convoy_id
    )
