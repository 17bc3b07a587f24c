"""Generated tracks of one device along a road: honest ones, and the ways of false ones."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from tracker.lib.geo import EARTH_M, RoadLine
from tracker.positions.plausible import Seen

START = datetime(2022, 4, 1, 6, 0, tzinfo=UTC)
DEGREE_M = EARTH_M * math.pi / 180
LAT = 47.0
# A road of some 190 km that winds a little, as [longitude, latitude].
PATH = [[35.0 + step * 0.005, LAT + 0.004 * math.sin(step / 7)] for step in range(501)]
KM = 190.0
LINE = RoadLine([(lon, lat) for lon, lat in PATH], anchors=[], length_km=KM)

LENGTH_M = sum(
    math.hypot((b[0] - a[0]) * math.cos(math.radians(LAT)), b[1] - a[1]) * DEGREE_M
    for a, b in pairwise(PATH)
)

Track = list[Seen]


def spot(metres: float) -> tuple[float, float]:
    """Return latitude and longitude so many metres along the road, by its vertices."""
    left = metres
    for (lon, lat), (to_lon, to_lat) in pairwise(PATH):
        east = (to_lon - lon) * DEGREE_M * math.cos(math.radians(LAT))
        leg = math.hypot(east, (to_lat - lat) * DEGREE_M)
        if left <= leg:
            share = left / leg
            return lat + share * (to_lat - lat), lon + share * (to_lon - lon)
        left -= leg
    return PATH[-1][1], PATH[-1][0]


def aside(place: tuple[float, float], *, east: float = 0, north: float = 0) -> tuple[float, float]:
    """Return a place so many metres from another."""
    lat, lon = place
    return lat + north / DEGREE_M, lon + east / (DEGREE_M * math.cos(math.radians(lat)))


def fix(second: float, place: tuple[float, float], *, accuracy_m: float | None = 8) -> Seen:
    """Return a fix so many seconds after the start."""
    (match,) = LINE.match([place])
    off_m = match.off_m if match else None
    return Seen(
        at=START.timestamp() + second,
        lat=round(place[0], 7),
        lon=round(place[1], 7),
        accuracy_m=accuracy_m,
        off_m=off_m,
        is_on_road=off_m is not None and off_m <= LINE.leave_m,
    )


def noisy(rng: random.Random, place: tuple[float, float], metres: float) -> tuple[float, float]:
    return aside(place, east=rng.gauss(0, metres), north=rng.gauss(0, metres))


def drive(
    rng: random.Random,
    *,
    fixes: int = 60,
    every: float = 30,
    second: float = 0,
    metres: float = 5_000,
    km_h: float = 30,
    noise: float = 6,
) -> Track:
    """Return an honest drive along the road, with the pace of a bus in traffic."""
    track = []
    for _number in range(fixes):
        track.append(fix(second, noisy(rng, spot(metres), noise)))
        second += every + rng.uniform(-2, 2)
        metres += min(max(0.0, rng.gauss(km_h, km_h / 4)), 120) / 3.6 * every
    return track


def metres_at(track: Track) -> float:
    """Return about how far along the road a track has come."""
    (match,) = LINE.match([track[-1].place])
    assert match is not None
    return match.chainage_km / KM * LENGTH_M


def seconds_at(track: Track) -> float:
    return track[-1].at - START.timestamp()


# --- honest -------------------------------------------------------------------------------------


def plain(rng: random.Random) -> Track:
    return drive(rng, every=rng.choice([5, 10, 30, 60, 120]), noise=rng.uniform(2, 25))


def through_a_tunnel(rng: random.Random) -> Track:
    before = drive(rng, fixes=30)
    dark = rng.uniform(180, 5_400)
    gone = dark * rng.uniform(15, 60) / 3.6
    after = drive(
        rng, fixes=30, second=seconds_at(before) + dark, metres=metres_at(before) + gone, noise=30
    )
    return before + after


def in_a_queue(rng: random.Random) -> Track:
    """Creep for an hour and a half by some metres at a time, as at a checkpoint or a ferry."""
    before = drive(rng, fixes=20)
    track, metres, second = list(before), metres_at(before), seconds_at(before)
    for _number in range(180):
        second += 30
        metres += rng.choice([0, 0, 0, 0, 8, 15])
        track.append(fix(second, noisy(rng, spot(metres), rng.choice([3, 10]))))
    return track + drive(rng, fixes=20, second=second + 30, metres=metres)


def parked(rng: random.Random) -> Track:
    """Stand still with the same digits again and again, as chips that hold their place do."""
    before = drive(rng, fixes=20)
    place, second = before[-1].place, seconds_at(before)
    held = [fix(second + 30 * n, place) for n in range(1, 60)]
    return before + held + drive(rng, fixes=20, second=second + 1_800, metres=metres_at(before))


def on_a_detour(rng: random.Random) -> Track:
    """Leave the road by a track across the fields and come back: odd to a person, not false."""
    before = drive(rng, fixes=25)
    track, second, metres = list(before), seconds_at(before), metres_at(before)
    for number in range(40):
        second += 30
        metres += max(60.0, rng.gauss(220, 50))
        north = 2_500 * math.sin(math.pi * number / 40)
        track.append(fix(second, noisy(rng, aside(spot(metres), north=north), 6)))
    return track + drive(rng, fixes=20, second=second + 30, metres=metres + 200)


def with_coarse_fixes(rng: random.Random) -> Track:
    """Mix in places by radio cell, which are hundreds of metres out and say so."""
    track = drive(rng, fixes=60)
    for index in range(10, 55, 9):
        at = track[index].at - START.timestamp()
        place = noisy(rng, track[index].place, 350)
        track[index] = fix(at, place, accuracy_m=900)
    return track


def fast_on_a_free_road(rng: random.Random) -> Track:
    return drive(rng, every=rng.choice([1, 5, 30]), km_h=95, noise=4)


HONEST: list[Callable[[random.Random], Track]] = [
    plain,
    through_a_tunnel,
    in_a_queue,
    parked,
    on_a_detour,
    with_coarse_fixes,
    fast_on_a_free_road,
]

# --- false --------------------------------------------------------------------------------------


def in_circles(rng: random.Random) -> Track:
    """Begin to circle, as positions do around some transmitters."""
    before = drive(rng, fixes=20)
    centre, second = before[-1].place, seconds_at(before)
    radius, turn = rng.uniform(120, 2_000), rng.uniform(120, 600)
    track = list(before)
    while second < seconds_at(before) + 2.2 * turn:
        second += rng.choice([5, 10, 15])
        angle = 2 * math.pi * second / turn
        place = aside(centre, east=radius * math.cos(angle), north=radius * math.sin(angle))
        track.append(fix(second, noisy(rng, place, radius * 0.01)))
    return track


def with_a_jump(rng: random.Random) -> Track:
    """Jump to a far place, such as an airport, and stay there."""
    before = drive(rng, fixes=25)
    angle, far = rng.uniform(0, 2 * math.pi), rng.uniform(25_000, 900_000)
    place = aside(before[-1].place, east=far * math.cos(angle), north=far * math.sin(angle) / 5)
    second = seconds_at(before)
    return before + [fix(second + 30 * n, noisy(rng, place, 4)) for n in range(1, 200)]


def with_a_frozen_clock(rng: random.Random) -> Track:
    """Go on moving while the clock stands still, or ticks a second at a time."""
    before = drive(rng, fixes=25)
    tick = rng.choice([0, 0, 1])
    second, metres = seconds_at(before), metres_at(before)
    after = [fix(second + tick * n, spot(metres + 260 * n)) for n in range(1, 30)]
    return before + sorted(after, key=lambda each: (each.at, each.lat, each.lon))


def with_an_old_track(rng: random.Random) -> Track:
    """Send the morning's track again, hours later, under new times."""
    before = drive(rng, fixes=60)
    later = rng.uniform(3 * 3600, 8 * 3600)
    again = [fix(each.at - START.timestamp() + later, each.place) for each in before[10:]]
    return before + again


def drifting_away(rng: random.Random) -> Track:
    """Be drawn off the road in a straight line to an airport, and stay there."""
    before = drive(rng, fixes=25)
    second, start = seconds_at(before), before[-1].place
    angle = rng.choice([1, -1]) * rng.uniform(0.5, 2.6)
    pace, every = rng.uniform(40, 110) / 3.6, rng.choice([15, 30, 60])
    away, track = rng.uniform(15_000, 40_000), list(before)
    gone = 0.0
    while gone < away:
        second, gone = second + every, gone + pace * every
        place = aside(start, east=gone * math.cos(angle), north=gone * math.sin(angle))
        track.append(fix(second, place))
    last = track[-1].place
    return track + [fix(second + 30 * n, noisy(rng, last, 3)) for n in range(1, 30)]


FALSE: list[Callable[[random.Random], Track]] = [
    in_circles,
    with_a_jump,
    with_a_frozen_clock,
    with_an_old_track,
    drifting_away,
]


def earlier_in(track: Track) -> dict[tuple[float, float], list[float]]:
    """Return at which times the device was at each place."""
    found: dict[tuple[float, float], list[float]] = {}
    for each in track:
        found.setdefault(each.place, []).append(each.at)
    return {place: sorted(times) for place, times in found.items()}


def moment(seen: Seen) -> datetime:
    return START + timedelta(seconds=seen.at - START.timestamp())
