"""Write what the log says of hand-overs, and set centres up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from tracker.corridors.models import Place
from tracker.fieldlog.ordering import Entry, standing
from tracker.fieldlog.projection import put_rows, replace_rows
from tracker.organisations.models import Organisation
from tracker.reception.models import HandOver, ReceptionCentre

HANDED_OVER = "reception.handed_over"


def _row(convoy_id: UUID, entry: Entry) -> HandOver:
    data = entry.data
    return HandOver(
        event_id=entry.id,
        convoy_id=convoy_id,
        vehicle_id=entry.vehicle_id,
        centre_id=UUID(data["centre"]),
        people=data["people"],
        people_low=data["people_low"],
        people_high=data["people_high"],
        receiver_name=data["receiver_name"],
        receiver_role=data["receiver_role"],
        at=entry.at,
    )


def project(*, subject_id: UUID, entries: Sequence[Entry]) -> None:
    """Bring the hand-overs of one convoy into line with `entries`."""
    replace_rows(
        model=HandOver,
        scope={"convoy_id": subject_id},
        rows=[_row(subject_id, entry) for entry in standing(entries) if entry.kind == HANDED_OVER],
    )


def extend(*, entries_of: Mapping[UUID, Sequence[Entry]]) -> set[UUID]:
    """Add the hand-overs that new entries report to those of their convoys."""
    put_rows(
        rows=[
            _row(convoy_id, entry)
            for convoy_id, entries in entries_of.items()
            for entry in standing(entries)
            if entry.kind == HANDED_OVER
        ]
    )
    return set(entries_of)


def open_centre(
    *, organisation: Organisation, name: str, place: Place, capacity: int | None
) -> ReceptionCentre:
    """Set up a reception centre, or change the one of this name; it takes people in from now on.

    `capacity` in people, `None` where nobody said.
    """
    centre, _ = ReceptionCentre.objects.update_or_create(
        organisation=organisation,
        name=name,
        defaults={"place": place, "capacity": capacity, "is_closed": False},
    )
    return centre


def close_centre(*, centre: ReceptionCentre) -> None:
    """Note that a centre takes nobody in at present; what it took in stays."""
    ReceptionCentre.objects.filter(pk=centre.pk).update(is_closed=True)
