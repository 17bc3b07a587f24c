"""Take in position fixes; they move the vehicle on the map and never a status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import isfinite
from uuid import UUID

from django.db import transaction

from tracker.devices.models import Device, RawMessage
from tracker.positions.assigned import Roads, attribute
from tracker.positions.fixes import MOCK, FixResult, NewFix, Outcome
from tracker.positions.judged import in_time, rejudge
from tracker.positions.matching import roads_of
from tracker.positions.models import PositionFix
from tracker.positions.tracks import convoys_of, follow

# Clocks run ahead by minutes; what lies further ahead is no time of a fix.
AHEAD = timedelta(minutes=5)
# A phone may be dark for a week and still tell where it was.
LATE = timedelta(days=7)
# A recorded track has up to 20,000 points.
_BATCH = 2_000

_Key = tuple[datetime, float, float]


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


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _rows(
    device: Device,
    fixes: Sequence[NewFix],
    *,
    raw: RawMessage | None,
    at: datetime,
    roads: Roads,
) -> list[PositionFix]:
    """Return fixes as rows: for whom, and where on the road of that convoy."""
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
        rows.append(row)
    attribute(rows, device=device, roads=roads)
    return rows


def _store(device: Device, rows: list[PositionFix], *, roads: Roads) -> set[UUID]:
    """Store new rows, judge what stands around and after them, and return the vehicles moved."""
    rows.sort(key=in_time)
    changed = rejudge(device=device, since=rows[0].fixed_at, new=rows, roads=roads)
    PositionFix.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)
    keep_flags(changed=changed)
    return {row.vehicle_id for row in (*rows, *changed) if row.vehicle_id}


def keep_flags(*, changed: Iterable[PositionFix]) -> None:
    """Save the flags of rows that the database holds already."""
    stored = [row for row in changed if row.pk]
    PositionFix.objects.bulk_update(stored, ["flags"], batch_size=_BATCH)
