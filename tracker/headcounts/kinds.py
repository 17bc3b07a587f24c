"""Kinds of log event about the people of a convoy."""

from __future__ import annotations

from typing import Annotated, Literal
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
from tracker.fieldlog.models import Via
from tracker.headcounts.small_cells import NEEDS

# The column is a 32-bit integer; no convoy carries more people than a city holds.
Count = Annotated[int, Meta(ge=0, le=10_000_000)]
Method = Literal["", "HEADCOUNT", "MANIFEST", "ESTIMATE", "REPORTED"]
# Women and girls, men and boys, people whose sex was not noted, by age in years; then needs, which
# cut across the rest.
Group = Literal[
    "f_0_4",
    "f_5_11",
    "f_12_17",
    "f_18_59",
    "f_60",
    "m_0_4",
    "m_5_11",
    "m_12_17",
    "m_18_59",
    "m_60",
    "u_0_4",
    "u_5_11",
    "u_12_17",
    "u_18_59",
    "u_60",
    "unknown",
    "disability",
    "unaccompanied",
    "medical",
]
# The ways on which only somebody signed in by name can say a thing. A program with a key is not
# among them: a gap that it closed would have been explained by nobody.
_BY_NAME = frozenset({"", Via.PHONE, Via.PAPER})


class Number(Data, frozen=True, kw_only=True):
    """A number of people, exact, a range, or `None` where it was not reported; never zero then."""

    people: Count | None = None
    people_low: Count | None = None
    people_high: Count | None = None
    place: Annotated[str, Meta(max_length=120)] = ""
    note: Annotated[str, Meta(max_length=4000)] = ""


class People(Number, frozen=True, kw_only=True):
    """People by number, and how it was found; `groups` are parts of it, an absent one is not zero.

    With `is_follower` they follow in private cars, `vehicles` of them, and are in no count of the
    convoy.
    """

    method: Method = ""
    is_follower: bool = False
    groups: dict[Group, Count] = {}
    vehicles: Count | None = None


class PeopleMoved(Number, frozen=True, kw_only=True):
    """People who changed from the event's vehicle to `to_vehicle` of the same convoy."""

    to_vehicle: UUID
    method: Method = ""


class Explained(Number, frozen=True, kw_only=True):
    """Where people went who were missing at a count; `note` says it in words.

    It holds until a later count lacks another number.
    """


def range_findings(low: int | None, high: int | None) -> list[Finding]:
    """Find half a range, or one whose ends stand the wrong way round."""
    if (low is None) != (high is None):
        return [Finding("range_half", "people_low" if low is None else "people_high")]
    if low is not None and high is not None and low > high:
        return [Finding("range_reversed", "people_low")]
    return []


def _in_vehicle(vehicle: Vehicle | None, data: Number) -> list[Finding]:
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


def _group_findings(data: People) -> list[Finding]:
    """Ask about parts that are more than the whole: the whole may be what is wrong."""
    total = data.people if data.people_high is None else data.people_high
    if total is None:
        return []
    parts = sum(number for name, number in data.groups.items() if name not in NEEDS)
    most = max([parts, *(data.groups[name] for name in data.groups if name in NEEDS)], default=0)
    if most <= total:
        return []
    values = {"people": total, "groups": most}
    return [Finding("groups_above_total", "groups", values, is_question=True)]


def _follower_findings(event: NewEvent, data: People) -> list[Finding]:
    if data.is_follower and event.subjects.get("vehicle"):
        return [Finding("follower_in_vehicle", "is_follower")]
    if data.vehicles is not None and not data.is_follower:
        return [Finding("cars_without_followers", "vehicles")]
    return []


def _check(event: NewEvent, data: People) -> list[Finding]:
    findings = (
        checkpoint_findings(event)
        + vehicle_findings(event)
        + range_findings(data.people_low, data.people_high)
    )
    findings += _group_findings(data) + _follower_findings(event, data)
    if data.is_follower:
        return findings
    if event.subjects.get("vehicle"):
        return findings + _in_vehicle(event.standing.get("vehicle"), data)
    return findings + _in_all_vehicles(convoy_of(event), data)


def _way_of_explained(event: NewEvent) -> list[Finding]:
    return [] if event.via in _BY_NAME else [Finding("explained_by_machine", "people")]


def _check_explained(event: NewEvent, data: Explained) -> list[Finding]:
    findings = (
        checkpoint_findings(event)
        + vehicle_findings(event)
        + range_findings(data.people_low, data.people_high)
    )
    if data.people is None and data.people_low is None:
        findings.append(Finding("explained_without_number", "people"))
    if not data.note.strip():
        findings.append(Finding("explained_without_words", "note"))
    return findings


def _check_move(event: NewEvent, data: PeopleMoved) -> list[Finding]:
    findings = vehicle_findings(event) + range_findings(data.people_low, data.people_high)
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
            "turned_back",
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
    Kind(
        "people.explained",
        "convoy",
        Explained,
        allows=_WHERE,
        check=_check_explained,
        check_way=_way_of_explained,
    ),
)
