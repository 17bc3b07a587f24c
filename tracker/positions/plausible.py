"""Judge whether the positions of one device can be true; pure, the same in any order of arrival.

Each flag follows from what was reported of earlier moments and of half an hour around, never from
when it came. A flagged fix is kept and shown and moves nothing. What can not be told from one
track, such as a slow noisy pull off the road, is off the road: a person looks at that, too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from math import atan2, cos, degrees, hypot, radians

from tracker.lib.geo import DEGREE_M, distance_m, on_plane

# What the detector may add; MOCK and others come from the sender.
SPEED, JUMP, CIRCLE, FROZEN, REPLAY, DRIFT, AFTER = (
    "SPEED",
    "JUMP",
    "CIRCLE",
    "FROZEN_CLOCK",
    "REPLAY",
    "DRIFT",
    "AFTER_ODD",
)
OWN_FLAGS = frozenset({SPEED, JUMP, CIRCLE, FROZEN, REPLAY, DRIFT, AFTER})

FASTEST_M_S = 130 / 3.6
# Nothing on a road covers ground at this pace: the position jumped.
JUMP_M_S = 300 / 3.6
# Walls and cloud throw a fix aside by so much beyond what it says of itself.
SLACK_M, ACCURACY_M, ACCURACY_CAP_M = 150, 50, 1_000
# No rule looks further around a fix, so that nothing older is judged anew. Seconds.
WINDOW_S = 30 * 60
# After odd positions, one that follows from them counts only back on the road or near the last
# trusted place.
NEAR_M = 3_000
WRONG_AFTER = 3
CIRCLE_WINDOWS = (10, 14, 20, 28, 40, 56, 80, 112, 160)
CIRCLE_TURN, CIRCLE_MISS, CIRCLE_TO_AND_FRO = 400, 0.08, 1.2
CIRCLE_MIN_M, CIRCLE_MAX_M, CIRCLE_ONE_WAY = 50, 10_000, 0.35
SAME_MOMENT_M = 200
REPLAY_RUN, REPLAY_STEP_M, REPLAY_AGE_S = 5, 50, 600
DRIFT_WINDOWS, DRIFT_MIN_S, DRIFT_GROWTH_M = (8, 16, 32), 180, 1_000
DRIFT_MISS_M, DRIFT_UNEVEN = 2.0, 0.01


@dataclass(frozen=True, slots=True)
class Seen:
    """One reported location: seconds since 1970, degrees, metres; `off_m` beside the road."""

    at: float
    lat: float
    lon: float
    accuracy_m: float | None = None
    off_m: float | None = None
    is_on_road: bool = False
    sender_flags: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[float, float]:
        """Return latitude and longitude."""
        return self.lat, self.lon


Earlier = Mapping[tuple[float, float], Sequence[float]]


def apart_m(one: Seen, other: Seen) -> float:
    """Return the distance between two fixes in metres."""
    return distance_m(one.lat, one.lon, other.lat, other.lon)


def _blur_m(fix: Seen) -> float:
    accuracy = ACCURACY_M if fix.accuracy_m is None else fix.accuracy_m
    return min(max(accuracy, 0.0), ACCURACY_CAP_M)


def _haste(one: Seen, later: Seen) -> float:
    """Return the least pace in m/s that leads from one to the other, 0 within their blur."""
    metres = apart_m(one, later) - _blur_m(one) - _blur_m(later) - SLACK_M
    if metres <= 0:
        return 0.0
    seconds = later.at - one.at
    return metres / seconds if seconds > 0 else float("inf")


def _frozen(fixes: Sequence[Seen]) -> set[int]:
    """Return the fixes of moments at which the device says to have been in several places."""
    found: set[int] = set()
    for _at, group in groupby(range(len(fixes)), key=lambda index: fixes[index].at):
        same = list(group)
        first = fixes[same[0]]
        far = max(apart_m(first, fixes[i]) - _blur_m(first) - _blur_m(fixes[i]) for i in same)
        if len(same) >= 3 or far > SAME_MOMENT_M:
            found.update(same)
    return found


def _turned(spots: Sequence[tuple[float, float]], east: float, north: float) -> float:
    """Return by how many degrees one turned around a centre, 0 where it went to and fro."""
    bearings = [degrees(atan2(y - north, x - east)) for x, y in spots]
    steps = [(b - a + 180) % 360 - 180 for a, b in pairwise(bearings)]
    turned = abs(sum(steps))
    return turned if sum(abs(step) for step in steps) <= CIRCLE_TO_AND_FRO * turned else 0.0


def _is_circle(window: Sequence[Seen]) -> bool:
    """Tell whether a run of fixes goes round one circle by more than a turn (fit after Kasa)."""
    lats = [fix.lat for fix in window]
    if (max(lats) - min(lats)) * DEGREE_M < CIRCLE_MIN_M:
        return False
    spots = on_plane([fix.place for fix in window], centre=window[0].place)
    n = len(spots)
    mx, my = sum(x for x, _ in spots) / n, sum(y for _, y in spots) / n
    moved = [(x - mx, y - my) for x, y in spots]
    xx, yy = sum(x * x for x, _ in moved), sum(y * y for _, y in moved)
    xy = sum(x * y for x, y in moved)
    det = xx * yy - xy * xy
    if det <= 1e-6 * (xx + yy) ** 2:
        return False
    zx = sum(x * (x * x + y * y) for x, y in moved) / 2
    zy = sum(y * (x * x + y * y) for x, y in moved) / 2
    east, north = (zx * yy - zy * xy) / det, (zy * xx - zx * xy) / det
    reaches = [hypot(x - east, y - north) for x, y in moved]
    radius = sum(reaches) / n
    if not CIRCLE_MIN_M <= radius <= CIRCLE_MAX_M:
        return False
    if max(abs(reach - radius) for reach in reaches) > CIRCLE_MISS * radius:
        return False
    return _turned(moved, east, north) >= CIRCLE_TURN


def _turns(fixes: Sequence[Seen]) -> list[float]:
    """Return by how many degrees the way turns at each fix but the first and the last."""
    headings = [
        atan2(b.lat - a.lat, (b.lon - a.lon) * cos(radians(a.lat))) for a, b in pairwise(fixes)
    ]
    return [(degrees(b - a) + 180) % 360 - 180 for a, b in pairwise(headings)]


def _circling(fixes: Sequence[Seen]) -> set[int]:
    found: set[int] = set()
    turns = _turns(fixes)
    # In all since the first fix: one way, and to and fro.
    turned = [0.0, *accumulate(turns, initial=0.0)]
    swung = [0.0, *accumulate(map(abs, turns), initial=0.0)]
    for size in CIRCLE_WINDOWS:
        for end in range(size, len(fixes) + 1):
            start, last = end - size, end - 1
            # Cheap to ask first: a track of days is judged when a late fix comes.
            one_way = abs(turned[last - 1] - turned[start + 1])
            if one_way < max(
                CIRCLE_TURN / 2, CIRCLE_ONE_WAY * (swung[last - 1] - swung[start + 1])
            ):
                continue
            window = fixes[start:end]
            if window[-1].at - window[0].at <= WINDOW_S and _is_circle(window):
                found.update(range(start, end))
    return found


def _is_drift(window: Sequence[Seen]) -> bool:
    """Tell whether a run leaves the road as no driver does: dead straight at one even pace."""
    first, last = window[0].off_m, window[-1].off_m
    if first is None or last is None or last - first < DRIFT_GROWTH_M:
        return False
    offs = [fix.off_m for fix in window if fix.off_m is not None]
    if any(b <= a for a, b in pairwise(offs)):
        return False
    spots = on_plane([fix.place for fix in window], centre=window[0].place)
    (x0, y0), (x1, y1) = spots[0], spots[-1]
    chord = hypot(x1 - x0, y1 - y0)
    miss = max(abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / chord for x, y in spots)
    seconds = [b.at - a.at for a, b in pairwise(window)]
    if miss > DRIFT_MISS_M or min(seconds) <= 0:
        return False
    paces = [
        hypot(b[0] - a[0], b[1] - a[1]) / passed
        for (a, b), passed in zip(pairwise(spots), seconds, strict=True)
    ]
    return max(paces) - min(paces) <= DRIFT_UNEVEN * max(paces)


def _drifting(fixes: Sequence[Seen]) -> set[int]:
    found: set[int] = set()
    for size in DRIFT_WINDOWS:
        for end in range(size, len(fixes) + 1):
            window = fixes[end - size : end]
            if DRIFT_MIN_S <= window[-1].at - window[0].at <= WINDOW_S and _is_drift(window):
                found.update(range(end - size, end))
    return found


def moves(fixes: Sequence[Seen]) -> list[bool]:
    """Tell of each fix whether it is well away from the one before it."""
    return [False, *(apart_m(a, b) >= REPLAY_STEP_M for a, b in pairwise(fixes))][: len(fixes)]


def _repeats(window: Sequence[Seen], earlier: Earlier) -> bool:
    """Tell whether the device was at these places before, to the last digit and in this order."""
    shown_at = float("-inf")
    for fix in window:
        times = earlier.get(fix.place, ())
        index = bisect_left(times, shown_at)
        if index == len(times) or times[index] > fix.at - REPLAY_AGE_S:
            return False
        shown_at = times[index]
    return True


def _replayed(fixes: Sequence[Seen], earlier: Earlier) -> set[int]:
    found: set[int] = set()
    moving = moves(fixes)
    for end in range(REPLAY_RUN, len(fixes) + 1):
        start = end - REPLAY_RUN
        window = fixes[start:end]
        if not all(moving[start:end]) or window[-1].at - window[0].at > WINDOW_S:
            continue
        if _repeats(window, earlier):
            found.update(range(start, end))
    return found


def _around(fixes: Sequence[Seen], earlier: Earlier) -> list[tuple[str, ...]]:
    """Return the flags that follow from a fix and what stands around it."""
    by_flag = (
        (FROZEN, _frozen(fixes)),
        (CIRCLE, _circling(fixes)),
        (DRIFT, _drifting(fixes)),
        (REPLAY, _replayed(fixes, earlier)),
    )
    return [
        (*fix.sender_flags, *(flag for flag, where in by_flag if index in where))
        for index, fix in enumerate(fixes)
    ]


@dataclass(slots=True)
class _Chain:
    """What the judgement of the next fix rests on: the last trusted one, and odd ones since."""

    trusted: Seen | None = None
    odd: Seen | None = None
    # How many odd fixes in a row agree with each other on the road.
    agreeing: int = 0

    def flags_of(self, fix: Seen) -> tuple[str, ...]:
        """Return the flag that follows from the last trusted fix and the odd one right before."""
        if self.trusted is None:
            return ()
        pace = _haste(self.trusted, fix)
        if pace > FASTEST_M_S:
            return () if self._was_wrong(fix) else (JUMP if pace > JUMP_M_S else SPEED,)
        if not self._follows_odd(fix) or fix.is_on_road:
            return ()
        return () if apart_m(self.trusted, fix) <= NEAR_M else (AFTER,)

    def take(self, fix: Seen, *, is_odd: bool) -> None:
        """Go on to the next fix."""
        if not is_odd:
            self.trusted, self.odd, self.agreeing = fix, None, 0
            return
        agrees = fix.is_on_road and self._follows_odd(fix)
        self.agreeing = self.agreeing + 1 if agrees else int(fix.is_on_road)
        self.odd = fix

    def _follows_odd(self, fix: Seen) -> bool:
        if self.odd is None or fix.at - self.odd.at > WINDOW_S:
            return False
        return _haste(self.odd, fix) <= FASTEST_M_S

    def _was_wrong(self, fix: Seen) -> bool:
        """Tell whether it was the trusted fix that lied: alone off the road, all since on it.

        So does the first fix of a phone that wakes up where it was switched off.
        """
        lies = self.trusted is not None and not self.trusted.is_on_road
        return lies and self.agreeing >= WRONG_AFTER and fix.is_on_road and self._follows_odd(fix)


def judge(
    fixes: Sequence[Seen], *, start: int = 0, earlier: Earlier | None = None
) -> list[tuple[str, ...]]:
    """Return the flags of each fix of one device, in order of time from a trusted one at `start`.

    What stands before `start` is only looked at, not judged. `earlier` holds the times at which
    the device reported a place before, in order.
    """
    flags = _around(fixes, earlier or {})
    chain = _Chain()
    for index in range(start, len(fixes)):
        flags[index] = flags[index] or chain.flags_of(fixes[index])
        chain.take(fixes[index], is_odd=bool(flags[index]))
    return flags
