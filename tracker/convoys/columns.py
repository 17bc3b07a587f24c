"""Pure fold of which vehicles are in a convoy, in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from tracker.convoys.models import Vehicle
from tracker.fieldlog.ordering import Entry


@dataclass(frozen=True, slots=True)
class VehicleFold:
    """One vehicle of the convoy; `event_id` is the entry that brought it here."""

    id: UUID
    code: str
    kind: str
    seats: int | None
    people_planned: int | None
    place: int
    state: str
    event_id: UUID


Column = dict[UUID, VehicleFold]


def _vehicle(vehicle_id: UUID, data: Mapping[str, Any], entry: Entry, state: str) -> VehicleFold:
    return VehicleFold(
        id=vehicle_id,
        code=data["code"],
        kind=data["kind"],
        seats=data["seats"],
        people_planned=data["people_planned"],
        place=data["place_in_column"],
        state=state,
        event_id=entry.id,
    )


def _add(column: Column, entry: Entry, _: UUID) -> None:
    assert entry.vehicle_id is not None
    # An addition that was taken back leaves a row: other entries may still name the vehicle.
    state = Vehicle.State.WITHDRAWN if entry.is_withdrawn else Vehicle.State.IN_COLUMN
    column[entry.vehicle_id] = _vehicle(entry.vehicle_id, entry.data, entry, state)


def _transfer(column: Column, entry: Entry, convoy_id: UUID) -> None:
    assert entry.vehicle_id is not None
    if entry.convoy_id == convoy_id:
        column.pop(entry.vehicle_id, None)
    else:
        column[entry.vehicle_id] = _vehicle(
            entry.vehicle_id, entry.data, entry, Vehicle.State.IN_COLUMN
        )


def _move_many(column: Column, entry: Entry, convoy_id: UUID) -> None:
    for data in entry.data["vehicles"]:
        vehicle_id = UUID(data["id"])
        if entry.convoy_id == convoy_id:
            column.pop(vehicle_id, None)
        else:
            column[vehicle_id] = _vehicle(vehicle_id, data, entry, Vehicle.State.IN_COLUMN)


def _set_state(column: Column, entry: Entry, state: str) -> None:
    vehicle = column.get(entry.vehicle_id) if entry.vehicle_id else None
    if vehicle is not None and vehicle.state != Vehicle.State.WITHDRAWN:
        column[vehicle.id] = replace(vehicle, state=state)


def _break_down(column: Column, entry: Entry, _: UUID) -> None:
    _set_state(column, entry, Vehicle.State.BROKEN_DOWN)


def _repair(column: Column, entry: Entry, _: UUID) -> None:
    _set_state(column, entry, Vehicle.State.IN_COLUMN)


# Who comes first: a vehicle is added, whatever the phones' clocks say, before it breaks down.
_EFFECTS: dict[str, Callable[[Column, Entry, UUID], None]] = {
    "vehicle.added": _add,
    "convoy.split": _move_many,
    "convoy.joined": _move_many,
    "vehicle.transferred": _transfer,
    "vehicle.broke_down": _break_down,
    "vehicle.repaired": _repair,
}

# Kinds after which the column is folded from its beginning.
CHANGES_COLUMN = frozenset({"convoy.planned", *_EFFECTS})


def _with_own_codes(column: Column) -> tuple[VehicleFold, ...]:
    """Give each vehicle a code of its own: two that met by late entries keep apart."""
    ordered = sorted(column.values(), key=lambda each: (each.place, each.code, each.id))
    taken: set[str] = set()
    result = []
    for vehicle in ordered:
        code = vehicle.code if vehicle.code not in taken else f"{vehicle.code}/{vehicle.id.hex[:3]}"
        taken.add(code)
        result.append(replace(vehicle, code=code))
    return tuple(result)


def fold_column(entries: Sequence[Entry], *, convoy_id: UUID) -> tuple[VehicleFold, ...]:
    """Fold `entries` of one convoy, in corrected event time, into its vehicles from head to tail.

    A vehicle may be added after, by the clock, what is said of it: additions are applied first.
    """
    added = [entry for entry in entries if entry.kind == "vehicle.added"]
    rest = [entry for entry in entries if entry.kind != "vehicle.added" and not entry.is_withdrawn]
    column: Column = {}
    for entry in (*added, *rest):
        effect = _EFFECTS.get(entry.kind)
        if effect is not None:
            effect(column, entry, convoy_id)
    return _with_own_codes(column)
