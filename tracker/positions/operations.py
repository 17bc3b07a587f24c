"""Take in position fixes; they move the vehicle on the map and never a status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from uuid import UUID

from django.db import transaction

from tracker.devices.models import Device, DeviceAssignment, RawMessage
from tracker.lib.geo import RoadLine
from tracker.positions.fixes import MOCK, FixResult, NewFix, Outcome
from tracker.positions.matching import roads_of
from tracker.positions.models import PositionFix
from tracker.positions.plausible import OWN_FLAGS, WINDOW_S, Seen, judge, moves
from tracker.positions.tracks import convoys_of, follow

# Clocks run ahead by minutes; what lies further ahead is no time of a fix.
AHEAD = timedelta(minutes=5)
# A phone may be dark for a week and still tell where it was.
LATE = timedelta(days=7)
_WINDOW = timedelta(seconds=WINDOW_S)
# A recorded track has up to 20,000 points.
_BATCH = 2_000

_Key = tuple[datetime, float, float]
_Roads = Mapping[UUID, RoadLine | None]


@transaction.atomic
def add_fixes(
    *, device: Device, fixes: Sequence[NewFix], raw: RawMessage | None, at: datetime
) -> list[FixResult]:
    """Store what a device reported and return, in the same order, what became of each fix.

    `at` is field time at receipt. A quarantined fix is not stored: it is in `raw`, which the door
    settles. Repeats are harmless. However many fixes come, the number of queries is the same.
    """
    Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    results = dry_run(device=device, fixes=fixes, at=at)
    fresh = [
        fix for fix, result in zip(fixes, results, strict=True) if result.outcome == Outcome.STORED
    ]
    if fresh:
        roads = roads_of(convoys_of(device.pk))
        rows = _rows(device, fresh, raw=raw, at=at, roads=roads)
        moved = _store(device, rows, roads=roads)
        follow(vehicle_ids=moved, roads=roads)
    return results


def dry_run(*, device: Device | None, fixes: Sequence[NewFix], at: datetime) -> list[FixResult]:
    """Return what would become of each fix, with nothing stored; no device has reported nothing."""
    known = _known(device, fixes) if device else set()
    results = []
    for fix in fixes:
        reason = _refusal(fix, at=at)
        key = (fix.fixed_at, fix.lat, fix.lon)
        if reason:
            results.append(FixResult(Outcome.QUARANTINED, reason))
        elif key in known:
            results.append(FixResult(Outcome.DUPLICATE))
        else:
            known.add(key)
            results.append(FixResult(Outcome.STORED))
    return results


def _refusal(fix: NewFix, *, at: datetime) -> str:
    """Return why a fix cannot be a place and time on earth, "" where it can."""
    if not (isfinite(fix.lat) and isfinite(fix.lon)):
        return "impossible"
    if abs(fix.lat) > 90 or abs(fix.lon) > 180:
        return "impossible"
    if abs(fix.lat) < 1e-3 and abs(fix.lon) < 1e-3:
        return "null_island"
    if fix.fixed_at > at + AHEAD:
        return "in_future"
    return "too_old" if fix.fixed_at < at - LATE else ""


def _known(device: Device, fixes: Iterable[NewFix]) -> set[_Key]:
    """Return which of these the device has reported before; read under its lock."""
    stored = PositionFix.objects.filter(
        device=device, fixed_at__in={fix.fixed_at.astimezone(UTC) for fix in fixes}
    )
    return set(stored.values_list("fixed_at", "lat", "lon"))


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


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _rows(
    device: Device,
    fixes: Sequence[NewFix],
    *,
    raw: RawMessage | None,
    at: datetime,
    roads: _Roads,
) -> list[PositionFix]:
    """Return fixes as rows: for whom, and where on the road of that convoy."""
    assigned = _assigned(device)
    rows = []
    for fix in fixes:
        flags = [MOCK, *fix.flags] if fix.is_mock else list(fix.flags)
        row = PositionFix(
            device=device,
            raw=raw,
            gateway=(fix.gateway or (raw.gateway if raw else ""))[:16],
            fixed_at=fix.fixed_at,
            received_at=at,
            lat=fix.lat,
            lon=fix.lon,
            accuracy_m=_number(fix.accuracy_m),
            altitude_m=_number(fix.altitude_m),
            speed_m_s=_number(fix.speed_m_s),
            course_deg=_number(fix.course_deg),
            battery_pct=_number(fix.battery_pct),
            flags=list(dict.fromkeys(flags)),
        )
        for each in assigned:
            if each.since <= fix.fixed_at and (each.until is None or fix.fixed_at < each.until):
                row.convoy_id, row.vehicle_id = each.convoy_id, each.vehicle_id
                break
        rows.append(row)
    _match(rows, roads)
    return rows


def _match(rows: Iterable[PositionFix], roads: _Roads) -> None:
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


def _in_time(row: PositionFix) -> _Key:
    return row.fixed_at, row.lat, row.lon


def _store(device: Device, rows: list[PositionFix], *, roads: _Roads) -> set[UUID]:
    """Store new rows, judge what stands around and after them, and return the vehicles moved."""
    rows.sort(key=_in_time)
    judged_from = rows[0].fixed_at - _WINDOW
    trusted_at = (
        PositionFix.objects.filter(device=device, flags=[], fixed_at__lt=judged_from)
        .order_by("-fixed_at")
        .values_list("fixed_at", flat=True)
        .first()
    )
    standing = PositionFix.objects.filter(device=device)
    if trusted_at is not None:
        standing = standing.filter(fixed_at__gte=trusted_at - _WINDOW)
    every = sorted([*standing.defer("raw"), *rows], key=_in_time)
    changed = _judge(device, every, trusted_at=trusted_at, roads=roads)
    PositionFix.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)
    PositionFix.objects.bulk_update(
        [row for row in changed if row.pk], ["flags"], batch_size=_BATCH
    )
    return {row.vehicle_id for row in (*rows, *changed) if row.vehicle_id}


def _seen(row: PositionFix, roads: _Roads) -> Seen:
    road = roads.get(row.convoy_id) if row.convoy_id else None
    off_m = row.off_route_m
    return Seen(
        at=row.fixed_at.timestamp(),
        lat=row.lat,
        lon=row.lon,
        accuracy_m=row.accuracy_m,
        off_m=off_m,
        is_on_road=road is not None and off_m is not None and off_m <= road.leave_m,
        sender_flags=tuple(flag for flag in row.flags if flag not in OWN_FLAGS),
    )


def _judge(
    device: Device, every: list[PositionFix], *, trusted_at: datetime | None, roads: _Roads
) -> list[PositionFix]:
    """Set the flags of rows in order of time, and return those whose flags have changed.

    What stands before the trusted fix keeps its flags: nothing that came now can bear on it.
    """
    seen = [_seen(row, roads) for row in every]
    start = 0
    if trusted_at is not None:
        start = next(
            index
            for index, row in enumerate(every)
            if row.fixed_at >= trusted_at and not row.flags and row.pk
        )
    earlier = _earlier(device, every, seen)
    changed = []
    for row, flags in list(zip(every, judge(seen, start=start, earlier=earlier), strict=True))[
        start:
    ]:
        if row.flags != list(flags):
            row.flags = list(flags)
            changed.append(row)
    return changed


def _earlier(
    device: Device, every: Sequence[PositionFix], seen: Sequence[Seen]
) -> dict[tuple[float, float], list[float]]:
    """Return when the device was, to the last digit, where it now says to be on the move."""
    moving = [each for each, is_moving in zip(seen, moves(seen), strict=True) if is_moving]
    found: dict[tuple[float, float], set[float]] = {}
    stored = PositionFix.objects.filter(
        device=device,
        lat__in={each.lat for each in moving},
        lon__in={each.lon for each in moving},
        fixed_at__lt=every[0].fixed_at,
    )
    for lat, lon, at in stored.values_list("lat", "lon", "fixed_at"):
        found.setdefault((lat, lon), set()).add(at.timestamp())
    for each in seen:
        found.setdefault(each.place, set()).add(each.at)
    return {place: sorted(times) for place, times in found.items()}
