"""Pure: by when a word is expected of a convoy, from its plan and the stretch of road it is on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# A column of buses makes 25 to 35 km/h by road.
SLOW_KM_H, FAST_KM_H = 25.0, 35.0


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of the road with a rhythm of its own, or without network; km and minutes."""

    from_km: float
    until_km: float
    interval_min: int
    grace_min: int
    is_silence_zone: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a convoy is to be heard by its plan, and the legs of its road."""

    interval_min: int
    grace_min: int
    legs: tuple[Leg, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a convoy last was for sure, and which way it goes; `km` is `None` where not known."""

    km: float | None
    is_back: bool = False
    moves: bool = True


@dataclass(frozen=True, slots=True)
class Expected:
    """When a word is due, when its absence is an alarm, and the leg that says so, if any."""

    due_at: datetime
    alarm_at: datetime
    leg: Leg | None = None


def _covers(leg: Leg, heading: Heading) -> bool:
    """Tell whether the convoy is on this leg; at a border it is on the one that it enters."""
    km = heading.km
    if km is None:
        return False
    if heading.is_back:
        return leg.from_km < km <= leg.until_km
    return leg.from_km <= km < leg.until_km


def _comes_into(leg: Leg, heading: Heading, *, minutes: int) -> bool:
    """Tell whether a moving convoy may be on this leg within so many minutes."""
    if heading.km is None or not heading.moves:
        return False
    reach = FAST_KM_H * minutes / 60
    if heading.is_back:
        return leg.until_km < heading.km and heading.km - reach <= leg.until_km
    return heading.km < leg.from_km <= heading.km + reach


def _zone_minutes(zone: Leg, heading: Heading, *, minutes: int) -> int:
    """Return how long a silence zone may keep the convoy quiet: the rest of it, within it."""
    if not _covers(zone, heading):
        return zone.interval_min
    assert heading.km is not None
    ahead = heading.km - zone.from_km if heading.is_back else zone.until_km - heading.km
    rest = zone.interval_min * ahead / (zone.until_km - zone.from_km)
    return max(minutes, round(rest))


def expected_after(at: datetime, *, rhythm: Rhythm, heading: Heading) -> Expected:
    """Return when the word after one at `at` is expected.

    The leg that the convoy is on replaces interval and grace of the plan. A silence zone that it
    is in, or may have come into by then, puts the moment off: nobody can be heard in there.
    """
    here = [leg for leg in rhythm.legs if not leg.is_silence_zone and _covers(leg, heading)]
    leg = min(here, key=lambda each: each.interval_min + each.grace_min, default=None)
    minutes = leg.interval_min if leg else rhythm.interval_min
    grace = leg.grace_min if leg else rhythm.grace_min
    best = (minutes + grace, minutes, leg)
    for zone in rhythm.legs:
        enters = _covers(zone, heading) or _comes_into(zone, heading, minutes=minutes)
        if zone.is_silence_zone and enters:
            quiet = _zone_minutes(zone, heading, minutes=minutes)
            if quiet + zone.grace_min > best[0]:
                best = (quiet + zone.grace_min, quiet, zone)
    alarm, due, leg = best
    return Expected(at + timedelta(minutes=due), at + timedelta(minutes=alarm), leg)
