"""The kind of log event by which people are handed over to a reception centre."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from tracker.convoys.kinds import convoy_of, crowding_findings, vehicle_findings
from tracker.convoys.models import Vehicle
from tracker.fieldlog.kinds import Data, Finding, Kind, NewEvent
from tracker.headcounts.kinds import range_findings
from tracker.reception.models import ReceptionCentre

# The column is a 32-bit integer; no centre takes in more people than a city holds.
Count = Annotated[int, Meta(ge=0, le=10_000_000)]
Name = Annotated[str, Meta(min_length=1, max_length=120)]


class HandedOver(Data, frozen=True, kw_only=True):
    """People whom a centre took over and signed for: exact, a range, or not counted.

    The receiver signs by name and function; without a vehicle it is said of the whole convoy.
    `place` is the name that the centre had then.
    """

    centre: UUID
    receiver_name: Name
    receiver_role: Annotated[str, Meta(max_length=120)] = ""
    people: Count | None = None
    people_low: Count | None = None
    people_high: Count | None = None
    place: Annotated[str, Meta(max_length=120)] = ""
    note: Annotated[str, Meta(max_length=4000)] = ""


def _centre_findings(event: NewEvent, data: HandedOver) -> list[Finding]:
    """Find a centre that the convoy's organisation does not run, or one that takes nobody in."""
    convoy = convoy_of(event)
    own = ReceptionCentre.objects.filter(pk=data.centre)
    if convoy is not None:
        own = own.filter(organisation_id=convoy.organisation_id)
    centre = own.first()
    if centre is None:
        return [Finding("subject_unknown", "centre", {"subject": "centre"})]
    if centre.is_closed:
        return [Finding("centre_closed", "centre", {"name": centre.name}, is_question=True)]
    return []


def _check(event: NewEvent, data: HandedOver) -> list[Finding]:
    vehicle: Vehicle | None = event.standing.get("vehicle")
    people = data.people if data.people is not None else data.people_high
    return [
        *_centre_findings(event, data),
        *vehicle_findings(event),
        *range_findings(data.people_low, data.people_high),
        *crowding_findings(people=people, seats=vehicle.seats if vehicle else None, where="people"),
    ]


KINDS = (
    Kind(
        "reception.handed_over",
        "convoy",
        HandedOver,
        allows=("corridor", "checkpoint", "vehicle"),
        check=_check,
    ),
)
