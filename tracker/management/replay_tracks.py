"""The trackers of a replay: where they were by the script's timetable, marked as constructed."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import atan2, cos, degrees, radians, sin
from pathlib import Path
from typing import Any

from tracker.convoys.models import Convoy, Vehicle
from tracker.convoys.queries import route_of
from tracker.corridors.models import RoutePoint
from tracker.devices.models import Device, DeviceAssignment
from tracker.devices.operations import add_device, assign_device
from tracker.lib.geo import DEGREE_M
from tracker.management.replay_playing import Crew
from tracker.management.replay_script import BadScriptError, ScriptClock
from tracker.positions.fixes import NewFix
from tracker.positions.operations import add_fixes

# As devices say it themselves, on each page that names one.
MARK = "constructed for the exercise"
# A receiver is never twice at the same spot to the last digit; so far does it stray.
STRAY_M = 12.0
ACCURACY_M = 15.0


@dataclass(frozen=True, slots=True)
class Track:
    """One tracker: in which vehicle, how often, and at which km of the road when.

    In a pair of `quiet` times it has no network; what it saw then comes at the end of it.
    """

    label: str
    convoy: str
    vehicle: str
    every: timedelta
    timetable: tuple[tuple[datetime, float], ...]
    quiet: tuple[tuple[datetime, datetime], ...]

    def km_at(self, at: datetime) -> float:
        """Return where it is by its timetable; km from the start by road."""
        times = [time for time, _km in self.timetable]
        index = min(max(bisect_right(times, at), 1), len(times) - 1)
        (before, from_km), (after, until_km) = self.timetable[index - 1], self.timetable[index]
        share = (at - before) / (after - before)
        return from_km + min(max(share, 0.0), 1.0) * (until_km - from_km)

    def told_by(self, until: datetime) -> list[datetime]:
        """Return of which moments it has told by `until`; what it saw while quiet comes late."""
        return [at for at in self._moments() if self._heard_at(at) <= until]

    def _moments(self) -> Iterator[datetime]:
        at = self.timetable[0][0]
        while at <= self.timetable[-1][0]:
            yield at
            at += self.every

    def _heard_at(self, moment: datetime) -> datetime:
        return next((end for begin, end in self.quiet if begin <= moment < end), moment)


def read_tracks(path: Path) -> tuple[Track, ...]:
    """Return the trackers in the script of a day, none where it has none; raises BadScriptError."""
    told = json.loads(path.read_text(encoding="utf-8"))
    clock = ScriptClock.of(told)
    try:
        return tuple(_track(each, clock) for each in told.get("trackers", []))
    except (ValueError, KeyError, TypeError) as error:
        raise BadScriptError(f"{path} has no trackers: {type(error).__name__} {error}.") from None


def _track(told: Mapping[str, Any], clock: ScriptClock) -> Track:
    return Track(
        label=f"{told['label']} ({MARK})",
        convoy=told["convoy"],
        vehicle=told["vehicle"],
        every=timedelta(minutes=told["every_min"]),
        timetable=tuple((clock.at(time), float(km)) for time, km in told["timetable"]),
        quiet=tuple((clock.at(begin), clock.at(end)) for begin, end in told.get("quiet", [])),
    )


@dataclass(frozen=True, slots=True)
class Spot:
    """A place whose km by road is known; degrees."""

    km: float
    lat: float
    lon: float


def fixes_of(track: Track, road: Sequence[Spot], *, until: datetime) -> list[NewFix]:
    """Return what a tracker has told by `until`, going straight from place to place of the road."""
    return [_fix(track, road, at, number) for number, at in enumerate(track.told_by(until))]


def _fix(track: Track, road: Sequence[Spot], at: datetime, number: int) -> NewFix:
    here = _spot(road, track.km_at(at))
    ahead = track.km_at(at + timedelta(minutes=1)) - track.km_at(at)
    there = _spot(road, here.km + 1)
    east = (there.lon - here.lon) * cos(radians(here.lat))
    # Always the same strays, so that to play again is to say the same.
    north_m, east_m = STRAY_M * sin(number * 2.4), STRAY_M * cos(number * 1.7)
    return NewFix(
        fixed_at=at,
        lat=round(here.lat + north_m / DEGREE_M, 6),
        lon=round(here.lon + east_m / (DEGREE_M * cos(radians(here.lat))), 6),
        accuracy_m=ACCURACY_M,
        speed_m_s=round(ahead * 1000 / 60, 1),
        course_deg=round(degrees(atan2(east, there.lat - here.lat)) % 360, 1) if ahead else None,
        battery_pct=max(20.0, 98.0 - 0.4 * number),
        gateway="exercise",
    )


def _spot(road: Sequence[Spot], km: float) -> Spot:
    index = min(max(bisect_right([spot.km for spot in road], km), 1), len(road) - 1)
    before, after = road[index - 1], road[index]
    share = min(max((km - before.km) / (after.km - before.km), 0.0), 1.0)
    return Spot(
        km,
        before.lat + share * (after.lat - before.lat),
        before.lon + share * (after.lon - before.lon),
    )


def _road_of(convoy: Convoy) -> list[Spot]:
    points = RoutePoint.objects.filter(route=route_of(convoy)).select_related("place")
    return [
        Spot(point.km, point.place.lat, point.place.lon)
        for point in points.order_by("km", "id")
        if point.place.lat is not None and point.place.lon is not None
    ]


class Trackers:
    """Plays the trackers of a script as field time goes on; to play a moment again is harmless."""

    def __init__(self, tracks: Sequence[Track], *, crew: Crew, machine_now: datetime) -> None:
        self._tracks = tracks
        self._crew = crew
        self._machine_now = machine_now
        self._told: dict[str, int] = {}

    def play_until(self, at: datetime) -> int:
        """Take in every position that is due at field time `at`; return how many."""
        return sum(self._play(track, at) for track in self._tracks)

    def _play(self, track: Track, at: datetime) -> int:
        done, due = self._told.get(track.label, 0), len(track.told_by(at))
        vehicle = self._vehicle(track) if due > done else None
        if vehicle is None:
            return 0
        fixes = fixes_of(track, _road_of(vehicle.convoy), until=at)
        add_fixes(device=self._device(track, vehicle), fixes=fixes[done:], raw=None, at=at)
        self._told[track.label] = due
        return due - done

    def _vehicle(self, track: Track) -> Vehicle | None:
        own = Vehicle.objects.filter(convoy__organisation=self._crew.organisation)
        named = own.filter(convoy__code=track.convoy, code=track.vehicle)
        return named.select_related("convoy").order_by("id").first()

    def _device(self, track: Track, vehicle: Vehicle) -> Device:
        """Return the tracker; it is registered and put into its vehicle the first time."""
        coordinator = self._crew.people["coordinator"]
        own = Device.objects.filter(organisation=self._crew.organisation, label=track.label)
        device = own.order_by("created_at", "id").first()
        if device is None:
            device, _token = add_device(
                kind=Device.Kind.TRACKER,
                organisation=self._crew.organisation,
                by=coordinator,
                at=self._machine_now,
                label=track.label,
            )
        if not DeviceAssignment.objects.filter(device=device).exists():
            assign_device(
                device=device,
                convoy=vehicle.convoy,
                vehicle=vehicle,
                at=track.timetable[0][0],
                by=coordinator,
            )
        return device
