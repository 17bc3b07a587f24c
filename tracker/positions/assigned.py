"""Say for whom a device reported each fix, and where on the road of that convoy it lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tracker.devices.models import Device, DeviceAssignment
from tracker.lib.geo import RoadLine
from tracker.positions.models import PositionFix

Roads = Mapping[UUID, RoadLine | None]


@dataclass(frozen=True, slots=True)
class _Assigned:
    """For whom the device reported from one moment on."""

    since: datetime
    until: datetime | None
    convoy_id: UUID
    vehicle_id: UUID | None


def _assigned(device: Device) -> list[_Assigned]:
    rows = DeviceAssignment.objects.filter(device=device).order_by("-since", "-id")
    return [
        _Assigned(since, until, convoy_id, vehicle_id)
        for since, until, convoy_id, vehicle_id in rows.values_list(
            "since", "until", "convoy_id", "vehicle_id"
        )
    ]


def attribute(rows: Iterable[PositionFix], *, device: Device, roads: Roads) -> None:
    """Set on rows of a device, unsaved, for whom they are and where on the road.

    `roads` holds the line of each convoy by its key.
    """
    rows, assigned = list(rows), _assigned(device)
    for row in rows:
        row.convoy_id = row.vehicle_id = row.chainage_km = row.off_route_m = None
        for each in assigned:
            if each.since <= row.fixed_at and (each.until is None or row.fixed_at < each.until):
                row.convoy_id, row.vehicle_id = each.convoy_id, each.vehicle_id
                break
    _match(rows, roads)


def _match(rows: Iterable[PositionFix], roads: Roads) -> None:
    by_convoy: dict[UUID, list[PositionFix]] = {}
    for row in rows:
        if row.convoy_id:
            by_convoy.setdefault(row.convoy_id, []).append(row)
    for convoy_id, own in by_convoy.items():
        road = roads.get(convoy_id)
        matches = road.match([(row.lat, row.lon) for row in own]) if road else []
        for row, match in zip(own, matches, strict=False):
            if match is not None:
                row.chainage_km, row.off_route_m = match.chainage_km, match.off_m
