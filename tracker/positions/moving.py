"""Move a device to another vehicle, or off it: where both are follows in the same moment."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from tracker.convoys.models import Convoy, Vehicle
from tracker.devices.models import Device, DeviceAssignment
from tracker.devices.operations import assign_device, end_assignment
from tracker.organisations.models import User
from tracker.positions.assigned import attribute
from tracker.positions.judged import rejudge
from tracker.positions.matching import roads_of
from tracker.positions.models import PositionFix
from tracker.positions.operations import keep_flags
from tracker.positions.tracks import convoys_of, follow


@transaction.atomic
def move_device(
    *,
    device: Device,
    convoy: Convoy,
    vehicle: Vehicle | None,
    at: datetime,
    by: User | None,
    priority: int = 1,
) -> DeviceAssignment:
    """Let a device report for a convoy, or one vehicle of it, from `at` on (field time).

    What it has reported since `at` is of the new vehicle, and both vehicles are followed anew.
    """
    before = _reported_for(device)
    assignment = assign_device(
        device=device, convoy=convoy, vehicle=vehicle, at=at, by=by, priority=priority
    )
    _follow_anew(device, since=at, before=before)
    return assignment


@transaction.atomic
def release_device(*, device: Device, at: datetime) -> None:
    """End what a device reports for at `at` (field time), and follow its vehicle anew."""
    before = _reported_for(device)
    end_assignment(device=device, at=at)
    _follow_anew(device, since=at, before=before)


def _reported_for(device: Device) -> set[UUID]:
    """Return the vehicle that the device reports for now; held, so that no fix comes between."""
    Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    return _vehicle_now(device)


def _vehicle_now(device: Device) -> set[UUID]:
    now = DeviceAssignment.objects.filter(device=device, until=None, vehicle__isnull=False)
    return set(Vehicle.objects.filter(pk__in=now.values("vehicle")).values_list("pk", flat=True))


def _follow_anew(device: Device, *, since: datetime, before: set[UUID]) -> None:
    moved = before | _vehicle_now(device)
    rows = list(PositionFix.objects.filter(device=device, fixed_at__gte=since).order_by("fixed_at"))
    moved |= {row.vehicle_id for row in rows if row.vehicle_id}
    convoys = {convoy.pk: convoy for convoy in convoys_of(device.pk)}
    convoys |= Convoy.objects.filter(vehicles__in=moved).in_bulk()
    roads = roads_of(convoys.values())
    if rows:
        attribute(rows, device=device, roads=roads)
        fields = ["convoy", "vehicle", "chainage_km", "off_route_m"]
        PositionFix.objects.bulk_update(rows, fields)
        # Whether a jump is odd depends on whose road the device is on.
        changed = rejudge(device=device, since=since, new=(), roads=roads)
        keep_flags(changed=changed)
        moved |= {row.vehicle_id for row in (*rows, *changed) if row.vehicle_id}
    follow(vehicle_ids=_with_places(moved), roads=roads)


def _with_places(vehicle_ids: set[UUID]) -> list[UUID]:
    """Return those that have or had a place: one that never reported gets no empty track."""
    told = Exists(PositionFix.objects.filter(vehicle=OuterRef("pk")))
    vehicles = Vehicle.objects.filter(pk__in=vehicle_ids).filter(told | Q(track__isnull=False))
    return list(vehicles.values_list("pk", flat=True))
