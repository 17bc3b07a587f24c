"""Follow vehicles along the road: off it, apart from the column, and by which device. Pure.

Everything here follows from which fixes there are, never from the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

# A device further down the order speaks for a vehicle only while the better one has been silent
# for longer than this.
FALLBACK_AFTER = timedelta(minutes=10)
# Off the road: so many fixes in a row, or fixes over so long.
OFF_FIXES, OFF_FOR = 3, timedelta(minutes=5)
# Apart from the column: further from its middle than the first, until nearer than the second, in
# so many steps of time in a row.
APART_KM, TOGETHER_KM, APART_STEPS = 10.0, 5.0, 2
STEP = timedelta(minutes=5)
# A place older than this is not where the vehicle is, and no part of the column's middle.
PLACE_HOLDS = timedelta(minutes=15)
COLUMN_LEAST = 3
# Column and vehicle are compared over this long before the newest fix of the convoy.
LOOKED_BACK = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Candidate:
    """The newest trusted fix of one device of a vehicle; lower `priority` is better."""

    fix_id: int
    at: datetime
    priority: int
    device_id: UUID


def chosen(candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the fix that says where the vehicle is: the newest of the best device not silent.

    A late fix never moves the vehicle back along one device. When a better device speaks again the
    fix shown may be older than that of the stand-in before, by less than FALLBACK_AFTER.
    """
    if not candidates:
        return None
    newest = max(each.at for each in candidates)
    speaking = [each for each in candidates if newest - each.at <= FALLBACK_AFTER]
    best = min(each.priority for each in speaking)
    return max(
        (each for each in speaking if each.priority == best), key=lambda e: (e.at, str(e.device_id))
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """How far beside the road a fix was; `is_excused` in the towns at its ends."""

    at: datetime
    off_m: float
    is_excused: bool = False


def off_road_since(fixes: Iterable[Beside], *, leave_m: float, back_m: float) -> datetime | None:
    """Return since when a vehicle is off the road, by its fixes in order of time; `None` if not."""
    since: datetime | None = None
    run: list[datetime] = []
    for fix in fixes:
        if fix.is_excused or fix.off_m < back_m:
            since, run = None, []
        elif fix.off_m <= leave_m:
            run = []
        elif since is None:
            run.append(fix.at)
            if len(run) >= OFF_FIXES or run[-1] - run[0] >= OFF_FOR:
                since = run[0]
    return since


@dataclass(slots=True)
class _Vehicle:
    """One vehicle as the steps go by."""

    km: float | None = None
    seen_at: datetime | None = None
    since: datetime | None = None
    run: list[datetime] = field(default_factory=list)

    def step(self, at: datetime, middle: float) -> None:
        """Compare with the middle of the column at the end of one step."""
        assert self.km is not None
        gap = abs(self.km - middle)
        if gap < TOGETHER_KM:
            self.since, self.run = None, []
        elif gap <= APART_KM:
            self.run = []
        elif self.since is None:
            self.run.append(at)
            if len(self.run) >= APART_STEPS:
                self.since = self.run[0]


def apart_since(
    places: Mapping[datetime, Mapping[UUID, float]],
) -> dict[UUID, datetime | None]:
    """Return since when each vehicle is apart from its column, `None` for one that is with it.

    `places` are the km along the road by the beginning of each STEP and by vehicle; a vehicle that
    says nothing stays where it was for PLACE_HOLDS and then is left out of account.
    """
    vehicles: dict[UUID, _Vehicle] = {}
    for at in sorted(places):
        for key, km in places[at].items():
            vehicle = vehicles.setdefault(key, _Vehicle())
            vehicle.km, vehicle.seen_at = km, at
        present = [
            each for each in vehicles.values() if each.seen_at and at - each.seen_at < PLACE_HOLDS
        ]
        if len(present) < COLUMN_LEAST:
            continue
        middle = median(each.km for each in present if each.km is not None)
        for vehicle in present:
            vehicle.step(at, middle)
    return {key: vehicle.since for key, vehicle in vehicles.items()}


def odd_since(times: Sequence[datetime]) -> datetime | None:
    """Return since when nothing but odd positions has come, by their times since the last good one.

    A single odd fix is no news: it takes as many, or as long, as to be off the road.
    """
    if not times:
        return None
    first, last = min(times), max(times)
    return first if len(times) >= OFF_FIXES or last - first >= OFF_FOR else None
