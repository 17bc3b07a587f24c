"""A convoy on a road whose line is known, with trackers aboard, and fixes along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.cast import Cast
from tests.convoys.journeys import Column, planned
from tests.factories import Road
from tests.positions.tracks import KM, LENGTH_M, PATH, START, Track, aside, moment, spot
from tracker.convoys.models import Vehicle
from tracker.corridors.models import Route, RoutePoint
from tracker.devices.models import Device
from tracker.devices.operations import add_device, assign_device
from tracker.positions.fixes import FixResult, NewFix
from tracker.positions.models import VehicleTrack
from tracker.positions.operations import add_fixes

# When trackers were handed out; every fix of these tests lies later.
BEFORE = START - timedelta(days=8)
METRES_PER_KM = LENGTH_M / KM


@dataclass
class Trackers:
    """A column of buses with one tracker each."""

    cast: Cast
    column: Column
    devices: list[Device]

    def bus(self, number: int) -> Vehicle:
        return self.column.bus(number)

    def track(self, number: int) -> VehicleTrack:
        return VehicleTrack.objects.select_related("fix__device").get(vehicle=self.bus(number))

    def report(self, number: int, *fixes: NewFix, at: datetime | None = None) -> list[FixResult]:
        """Let the tracker of a bus report; received when its last fix was, if not said."""
        received = at or max(fix.fixed_at for fix in fixes)
        return add_fixes(device=self.devices[number - 1], fixes=fixes, raw=None, at=received)


def draw_the_road(road: Road) -> None:
    """Give the route the line of the test road; its two ends lie elsewhere and are taken off."""
    RoutePoint.objects.filter(route=road.route).delete()
    Route.objects.filter(pk=road.route.pk).update(path=PATH, length_km=KM)


def tracker(cast: Cast, label: str, *, kind: Device.Kind = Device.Kind.TRACKER) -> Device:
    device, _token = add_device(
        kind=kind, organisation=cast.organisation, by=cast.dispatcher, at=BEFORE, label=label
    )
    return device


def with_trackers(cast: Cast, road: Road, *, buses: int = 3, code: str = "M1") -> Trackers:
    """Plan a convoy of some buses on the drawn road, with a tracker in each: T1, T2 and so on."""
    draw_the_road(road)
    column = planned(cast, road, buses=buses, code=code)
    devices = [tracker(cast, f"T{number}") for number in range(1, buses + 1)]
    for number, device in enumerate(devices, start=1):
        assign_device(
            device=device,
            convoy=column.row,
            vehicle=column.bus(number),
            at=BEFORE,
            by=cast.dispatcher,
        )
    return Trackers(cast, column, devices)


def at_km(km: float, minute: float, *, north_m: float = 0, **more: object) -> NewFix:
    """Return a fix at a km of the road, minutes after the start, so many metres beside it."""
    lat, lon = aside(spot(km * METRES_PER_KM), north=north_m)
    fields = {"accuracy_m": 8.0, **more}
    return NewFix(fixed_at=START + timedelta(minutes=minute), lat=lat, lon=lon, **fields)  # type: ignore[arg-type]  # fields by name


def as_fixes(track: Track) -> Sequence[NewFix]:
    """Return a generated track as a device sends it."""
    return [
        NewFix(fixed_at=moment(seen), lat=seen.lat, lon=seen.lon, accuracy_m=seen.accuracy_m)
        for seen in track
    ]
