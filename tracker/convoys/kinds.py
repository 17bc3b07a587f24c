"""Kinds of log event about convoys and their vehicles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy, Vehicle
from tracker.corridors.models import Corridor, Route
from tracker.fieldlog.kinds import Data, Finding, Kind, NewEvent
from tracker.fieldlog.models import LogEvent

Text = Annotated[str, Meta(max_length=4000)]
Code = Annotated[str, Meta(min_length=1, max_length=12, pattern=r"^[\w-]+$")]
VehicleCode = Annotated[str, Meta(min_length=1, max_length=16)]
# The column is a 32-bit integer; no convoy carries more people than a city holds.
Count = Annotated[int, Meta(ge=0, le=10_000_000)]
Seats = Annotated[int, Meta(ge=1, le=500)]
Minutes = Annotated[int, Meta(ge=5, le=1440)]
Km = Annotated[float, Meta(ge=0, le=100_000)]
VehicleKind = Literal["BUS", "CAR", "AMBULANCE", "TRUCK"]
Part = Literal["head", "tail", "whole"]

# Beyond this many people a seat the number is a slip of the finger; below it, people do stand.
SLIP_FACTOR = 3


class Planned(Data, frozen=True, kw_only=True):
    """A convoy as planned; `route` and numbers are `None` where nobody named them."""

    code: Code
    route: UUID | None = None
    people_planned: Count | None = None
    planned_departure_at: datetime | None = None
    contact_interval_min: Minutes = 30
    grace_min: Annotated[int, Meta(ge=0, le=1440)] = 15


class VehicleAdded(Data, frozen=True, kw_only=True):
    """A vehicle by its code; `place_in_column` counts from the head, 1 first."""

    code: VehicleCode
    kind: VehicleKind = "BUS"
    seats: Seats | None = None
    people_planned: Count | None = None
    place_in_column: Annotated[int, Meta(ge=1, le=10_000)] = 1


class VehicleTransferred(VehicleAdded, frozen=True, kw_only=True):
    """A vehicle as it comes into another convoy; the same fields as when it was added."""

    note: Text = ""
    people: Count | None = None


class VehicleSnapshot(VehicleAdded, frozen=True, kw_only=True):
    """One of several vehicles that change the convoy together."""

    id: UUID


class Split(Data, frozen=True, kw_only=True):
    """Vehicles leave the convoy as a convoy of their own (`other_convoy`).

    The rest says how things stood then, so that the new convoy needs no entry of the old one;
    `people` are those in these vehicles, `None` where nobody counted them apart.
    """

    code: Code
    vehicles: tuple[VehicleSnapshot, ...] = ()
    people: Count | None = None
    note: Text = ""
    route: UUID | None = None
    state: Literal["ASSEMBLING", "MOVING", "HELD", "TURNED_BACK"] = "MOVING"
    departed_at: datetime | None = None
    at_km: Km | None = None
    contact_interval_min: Minutes = 30
    grace_min: Annotated[int, Meta(ge=0, le=1440)] = 15


class Joined(Data, frozen=True, kw_only=True):
    """The convoy joins another one (`other_convoy`) with its vehicles and `people`."""

    vehicles: tuple[VehicleSnapshot, ...] = ()
    people: Count | None = None
    note: Text = ""


class Moved(Data, frozen=True, kw_only=True):
    """The head, the tail or the whole column did something; the log's reason field says why.

    `assumed`: the server worked out at which checkpoint, as the person on the road named none.
    """

    part: Part = "whole"
    note: Text = ""
    assumed: bool | UnsetType = UNSET


class Diverted(Moved, frozen=True, kw_only=True):
    """The convoy takes another road, by `by_way_of`."""

    by_way_of: Annotated[str, Meta(max_length=300)] = ""


class Contact(Data, frozen=True, kw_only=True):
    """A word from the convoy; `vehicles_seen` is `None` where nobody counted them."""

    vehicles_seen: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    note: Text = ""


class Emergency(Data, frozen=True, kw_only=True):
    """Help is needed; `people` are those who need it, `None` where not said."""

    people: Count | None = None
    note: Text = ""


class Note(Data, frozen=True, kw_only=True):
    """A remark that changes no state."""

    note: Annotated[str, Meta(min_length=1, max_length=4000)]


class Broken(Data, frozen=True, kw_only=True):
    """A vehicle can go no further."""

    note: Text = ""


class VehicleReported(Data, frozen=True, kw_only=True):
    """What one vehicle says of itself; it moves no state of its convoy."""

    does: Literal["MOVING", "STOPPED", "AT_CHECKPOINT", "LET_THROUGH", "ARRIVED"]
    note: Text = ""


def convoy_of(event: NewEvent) -> Convoy | None:
    """Return the convoy of an event; `None` where the same submission creates it."""
    convoy: Convoy | None = event.standing.get("convoy")
    return convoy


def checkpoint_findings(event: NewEvent) -> list[Finding]:
    """Find a checkpoint that is not on the convoy's corridor."""
    convoy = convoy_of(event)
    checkpoint: Checkpoint | None = event.standing.get("checkpoint")
    if convoy is None or checkpoint is None or checkpoint.corridor_id == convoy.corridor_id:
        return []
    return [Finding("checkpoint_elsewhere", "checkpoint")]


def _was_in(convoy: Convoy, vehicle_id: UUID) -> bool:
    """Tell whether the log ever had the vehicle in the convoy: a phone may report late."""
    return LogEvent.objects.filter(vehicle_id=vehicle_id, convoy_id=convoy.pk).exists()


def vehicle_findings(event: NewEvent) -> list[Finding]:
    """Find a vehicle that is not and never was in the convoy."""
    convoy = convoy_of(event)
    vehicle: Vehicle | None = event.standing.get("vehicle")
    if convoy is None or vehicle is None:
        return []
    if vehicle.convoy_id == convoy.pk or _was_in(convoy, vehicle.pk):
        return []
    return [Finding("vehicle_elsewhere", "vehicle")]


def crowding_findings(*, people: int | None, seats: int | None, where: str) -> list[Finding]:
    """Find more people than seats: a question first, a slip beyond three on each seat."""
    if people is None or seats is None or people <= seats:
        return []
    values = {"people": people, "seats": seats}
    if people > SLIP_FACTOR * seats:
        return [Finding("slip_people", where, values)]
    return [Finding("ask_people", where, values, is_question=True)]


def _code_findings(code: str, *, operator_id: UUID, but: UUID) -> list[Finding]:
    same = Convoy.objects.filter(organisation_id=operator_id, code__iexact=code).exclude(pk=but)
    return [Finding("code_taken", "code", {"code": code})] if same.exists() else []


def _check_plan(event: NewEvent, data: Planned) -> list[Finding]:
    corridor: Corridor | None = event.standing.get("corridor")
    if corridor is None:
        return []
    findings = _code_findings(
        data.code, operator_id=corridor.operator_id, but=event.subjects["convoy"]
    )
    if data.route and not Route.objects.filter(pk=data.route, corridor=corridor).exists():
        findings.append(Finding("route_elsewhere", "route"))
    if data.planned_departure_at and data.planned_departure_at.tzinfo is None:
        findings.append(Finding("time_without_zone", "planned_departure_at"))
    return findings


def _check_vehicle(event: NewEvent, data: VehicleAdded) -> list[Finding]:
    same = Vehicle.objects.filter(convoy_id=event.subjects["convoy"], code__iexact=data.code)
    if same.exclude(pk=event.subjects["vehicle"]).exists():
        return [Finding("code_taken", "code", {"code": data.code})]
    return crowding_findings(people=data.people_planned, seats=data.seats, where="people_planned")


def _check_transfer(event: NewEvent, data: VehicleTransferred) -> list[Finding]:
    findings = vehicle_findings(event)
    same = Vehicle.objects.filter(
        convoy_id=event.subjects["other_convoy"], code__iexact=data.code
    ).exclude(pk=event.subjects["vehicle"])
    if same.exists():
        findings.append(Finding("code_taken", "code", {"code": data.code}))
    return findings


def _all_in(convoy: Convoy | None, vehicles: Iterable[VehicleSnapshot], *, late: bool) -> bool:
    """Tell whether a convoy has these vehicles; `late`: had them, when the entry is corrected.

    What has left it must at least be its organisation's, and a convoy that the same submission
    creates can have no vehicle yet that stands: one of anybody else would change hands by the fold.
    """
    wanted = {vehicle.id for vehicle in vehicles}
    rows = Vehicle.objects.filter(pk__in=wanted)
    if convoy is None:
        return not rows.exists()
    own = rows.filter(convoy__organisation=convoy.organisation_id)
    return (own if late else own.filter(convoy=convoy)).count() == len(wanted)


def _check_split(event: NewEvent, data: Split) -> list[Finding]:
    convoy, late = convoy_of(event), event.corrects_id is not None
    findings = []
    if convoy is not None:
        findings = _code_findings(
            data.code, operator_id=convoy.organisation_id, but=event.subjects["other_convoy"]
        )
    if not data.vehicles:
        findings.append(Finding("vehicle_list_empty", "vehicles"))
    elif not _all_in(convoy, data.vehicles, late=late):
        findings.append(Finding("vehicle_elsewhere", "vehicles"))
    return findings


def _check_join(event: NewEvent, data: Joined) -> list[Finding]:
    if event.subjects["convoy"] == event.subjects["other_convoy"]:
        return [Finding("same_convoy", "other_convoy")]
    late = event.corrects_id is not None
    if not _all_in(convoy_of(event), data.vehicles, late=late):
        return [Finding("vehicle_elsewhere", "vehicles")]
    return []


def _check_undo(entry: LogEvent) -> list[Finding]:
    """Find a vehicle that has moved on since this entry put it where it is.

    Taken back from under a later move, it would stand in two convoys at once.
    """
    vehicles = [UUID(each["id"]) for each in entry.data.get("vehicles", ())]
    if entry.vehicle_id:
        vehicles.append(entry.vehicle_id)
    here = Vehicle.objects.filter(pk__in=vehicles, event=entry.pk).count()
    return [] if here == len(vehicles) else [Finding("vehicle_moved_on", "corrects")]


def _check_place(event: NewEvent, _: Any) -> list[Finding]:
    return checkpoint_findings(event) + vehicle_findings(event)


_WHERE = ("corridor", "checkpoint", "vehicle", "attempt")


def _moves(name: str, *, data: type[Data] = Moved, is_good_news: bool = False) -> Kind:
    return Kind(name, "convoy", data, allows=_WHERE, check=_check_place, is_good_news=is_good_news)


KINDS = (
    Kind(
        "convoy.planned",
        "convoy",
        Planned,
        creates="convoy",
        needs=("corridor",),
        allows=("attempt",),
        check=_check_plan,
    ),
    Kind(
        "vehicle.added",
        "convoy",
        VehicleAdded,
        creates="vehicle",
        check=_check_vehicle,
        check_undo=_check_undo,
    ),
    Kind("vehicle.broke_down", "convoy", Broken, needs=("vehicle",), check=_check_place),
    Kind("vehicle.repaired", "convoy", Broken, needs=("vehicle",), check=_check_place),
    Kind(
        "vehicle.reported",
        "convoy",
        VehicleReported,
        needs=("vehicle",),
        allows=("checkpoint",),
        check=_check_place,
    ),
    Kind(
        "vehicle.transferred",
        "convoy",
        VehicleTransferred,
        needs=("vehicle", "other_convoy"),
        check=_check_transfer,
        check_undo=_check_undo,
    ),
    Kind(
        "convoy.split",
        "convoy",
        Split,
        creates="other_convoy",
        needs=("corridor",),
        allows=("checkpoint", "attempt"),
        check=_check_split,
        check_undo=_check_undo,
    ),
    Kind(
        "convoy.joined",
        "convoy",
        Joined,
        needs=("other_convoy",),
        check=_check_join,
        check_undo=_check_undo,
    ),
    _moves("convoy.departed"),
    Kind(
        "convoy.arrived_at",
        "convoy",
        Moved,
        needs=("checkpoint",),
        allows=_WHERE,
        check=_check_place,
    ),
    _moves("convoy.held"),
    _moves("convoy.cleared"),
    _moves("convoy.sent_back"),
    _moves("convoy.turned_back"),
    _moves("convoy.diverted", data=Diverted),
    _moves("convoy.took_cover"),
    _moves("convoy.night_stop"),
    _moves("convoy.arrived", is_good_news=True),
    _moves("contact.made", data=Contact),
    _moves("contact.lost", data=Contact),
    _moves("medical.emergency", data=Emergency),
    _moves("sos", data=Emergency),
    _moves("note", data=Note),
)
