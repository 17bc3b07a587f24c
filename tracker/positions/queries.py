"""Questions about where vehicles are by what their devices report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from tracker.convoys.models import Convoy, Vehicle
from tracker.devices.models import Device, DeviceAssignment
from tracker.positions.models import PositionFix, VehicleTrack

OFF_ROUTE, SEPARATED, ODD = "off_route", "separated", "odd"
PROBLEMS = (OFF_ROUTE, SEPARATED, ODD)
# Lead and tail are told from places of about the same time.
SAME_TIME = timedelta(minutes=30)


def tracks_of(convoys: Iterable[Convoy]) -> dict[UUID, list[VehicleTrack]]:
    """Return the tracks of each convoy's vehicles from head to tail, by its key, in one query."""
    found: dict[UUID, list[VehicleTrack]] = {convoy.pk: [] for convoy in convoys}
    rows = (
        VehicleTrack.objects.filter(vehicle__convoy__in=list(found))
        .exclude(vehicle__state=Vehicle.State.WITHDRAWN)
        .select_related("vehicle", "fix__device")
        .order_by("vehicle__place_in_column", "vehicle__code", "vehicle_id")
    )
    for track in rows:
        found[track.vehicle.convoy_id].append(track)
    return found


def since_of(track: VehicleTrack, problem: str) -> datetime | None:
    """Return since when a vehicle has one of PROBLEMS, `None` if it has not."""
    return {
        OFF_ROUTE: track.off_route_since,
        SEPARATED: track.separated_since,
        ODD: track.flagged_since,
    }[problem]


@dataclass(frozen=True, slots=True)
class Span:
    """Lead and tail of a column as its trackers have it; `at` is the older of the two places."""

    vehicles: int
    lead_km: float | None
    tail_km: float | None
    at: datetime


def span_of(tracks: Sequence[VehicleTrack]) -> Span | None:
    """Return lead and tail by the trackers, `None` where no place is known.

    Who has left the road or the column is no part of it, nor is a place much older than the newest.
    """
    placed = [(track, track.fix) for track in tracks if track.fix is not None]
    if not placed:
        return None
    newest = max(fix.fixed_at for _track, fix in placed)
    now = [(track, fix) for track, fix in placed if newest - fix.fixed_at <= SAME_TIME]
    column = [
        (fix.chainage_km, fix.fixed_at)
        for track, fix in now
        if fix.chainage_km is not None
        and track.off_route_since is None
        and track.separated_since is None
    ]
    if not column:
        return Span(len(now), None, None, newest)
    lead, tail = max(column), min(column)
    return Span(len(now), lead[0], tail[0], min(lead[1], tail[1]))


def devices_for(convoy: Convoy, *, at: datetime) -> list[DeviceAssignment]:
    """Return which devices report for a convoy at `at`, those used first before the others."""
    return list(
        DeviceAssignment.objects.filter(convoy=convoy, since__lte=at)
        .filter(Q(until__isnull=True) | Q(until__gt=at))
        .select_related("device", "vehicle")
        .order_by("vehicle__place_in_column", "vehicle__code", "priority", "id")
    )


def fixes_of(vehicle: Vehicle) -> QuerySet[PositionFix]:
    """Return every fix of a vehicle by whichever device, newest first."""
    return (
        PositionFix.objects.filter(vehicle=vehicle)
        .select_related("device")
        .order_by("-fixed_at", "-id")
    )


def heard_since(convoy: Convoy, *, after: datetime, until: datetime) -> list[PositionFix]:
    """Return the newest trusted fix between two moments of each device aboard, newest first.

    A vehicle counts for the convoy that it is in now, a device of a whole convoy for that one.
    """
    aboard = Q(vehicle__convoy=convoy) | Q(vehicle__isnull=True, convoy=convoy)
    newest = (
        PositionFix.objects.filter(aboard, flags=[], fixed_at__gt=after, fixed_at__lte=until)
        .select_related("device", "vehicle")
        .order_by("device_id", "-fixed_at", "-id")
        .distinct("device_id")
    )
    return sorted(newest, key=lambda fix: (fix.fixed_at, fix.pk), reverse=True)


def newest_fixes(device_ids: Iterable[UUID]) -> dict[UUID, PositionFix]:
    """Return the newest fix of each device, flagged or not, by its key."""
    newest = (
        PositionFix.objects.filter(device=OuterRef("pk"))
        .order_by("-fixed_at", "-id")
        .values("pk")[:1]
    )
    devices = Device.objects.filter(pk__in=set(device_ids))
    keys = devices.annotate(newest=Subquery(newest)).values_list("newest", flat=True)
    fixes = PositionFix.objects.filter(pk__in=[key for key in keys if key])
    return {fix.device_id: fix for fix in fixes}
