"""Kinds of log event about the people of a convoy."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from tracker.convoys.kinds import (
    SLIP_FACTOR,
    checkpoint_findings,
    convoy_of,
    crowding_findings,
    vehicle_findings,
)
from tracker.convoys.models import Convoy, Vehicle
from tracker.fieldlog.kinds import Data, Finding, Kind, NewEvent

# The column is a 32-bit integer; no convoy carries more people than a city holds.
Count = Annotated[int, Meta(ge=0, le=10_000_000)]


class People(Data, frozen=True, kw_only=True):
    """A number of people, exact, a range, or `None` where it was not reported; never zero then."""

    people: Count | None = None
    people_low: Count | None = None
    people_high: Count | None = None
    place: Annotated[str, Meta(max_length=120)] = ""
    note: Annotated[str, Meta(max_length=4000)] = ""


class PeopleMoved(People, frozen=True, kw_only=True):
    """People who changed from the event's vehicle to `to_vehicle` of the same convoy."""

    to_vehicle: UUID


def _range_findings(data: People) -> list[Finding]:
    low, high = data.people_low, data.people_high
    if (low is None) != (high is None):
        return [Finding("range_half", "people_low" if low is None else "people_high")]
    if low is not None and high is not None and low > high:
        return [Finding("range_reversed", "people_low")]
    return []


def _in_vehicle(vehicle: Vehicle | None, data: People) -> list[Finding]:
    people = data.people if data.people is not None else data.people_high
    seats = vehicle.seats if vehicle else None
    return crowding_findings(people=people, seats=seats, where="people")


def _in_all_vehicles(convoy: Convoy | None, data: People) -> list[Finding]:
    """Find a slip in a number for the whole convoy; crowded buses are no question then."""
    seats = list(convoy.vehicles.values_list("seats", flat=True)) if convoy else []
    known = [each for each in seats if each is not None]
    if not known or len(known) < len(seats) or data.people is None:
        return []
    if data.people <= SLIP_FACTOR * sum(known):
        return []
    return [Finding("slip_people_convoy", "people", {"people": data.people, "seats": sum(known)})]


def _check(event: NewEvent, data: People) -> list[Finding]:
    findings = checkpoint_findings(event) + vehicle_findings(event) + _range_findings(data)
    if event.subjects.get("vehicle"):
        return findings + _in_vehicle(event.standing.get("vehicle"), data)
    return findings + _in_all_vehicles(convoy_of(event), data)


def _check_move(event: NewEvent, data: PeopleMoved) -> list[Finding]:
    findings = vehicle_findings(event) + _range_findings(data)
    if event.subjects.get("vehicle") == data.to_vehicle:
        return [*findings, Finding("same_vehicle", "to_vehicle")]
    own = Vehicle.objects.filter(convoy_id=event.subjects["convoy"])
    to_vehicle = own.filter(pk=data.to_vehicle).first()
    if to_vehicle is None:
        return [*findings, Finding("vehicle_elsewhere", "to_vehicle")]
    return findings + _in_vehicle(to_vehicle, data)


_WHERE = ("corridor", "checkpoint", "vehicle")

KINDS = (
    *(
        Kind(f"people.{name}", "convoy", People, allows=_WHERE, check=_check)
        for name in (
            "boarded",
            "counted",
            "left",
            "joined",
            "hospital",
            "detained",
            "separated",
            "died",
            "arrived",
        )
    ),
    Kind(
        "people.moved",
        "convoy",
        PeopleMoved,
        needs=("vehicle",),
        allows=("corridor", "checkpoint"),
        check=_check_move,
    ),
)
