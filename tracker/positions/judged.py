"""Judge the fixes of one device by each other: which are odd, whenever they came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tracker.devices.models import Device
from tracker.positions.assigned import Roads
from tracker.positions.models import PositionFix
from tracker.positions.plausible import OWN_FLAGS, WINDOW_S, Seen, judge, moves

_WINDOW = timedelta(seconds=WINDOW_S)


def rejudge(
    *, device: Device, since: datetime, new: Iterable[PositionFix], roads: Roads
) -> list[PositionFix]:
    """Set the flags of new rows and of what stands around and after `since`; return the changed.

    Nothing is saved; what the database holds already has a key.
    """
    judged_from = since - _WINDOW
    trusted_at = (
        PositionFix.objects.filter(device=device, flags=[], fixed_at__lt=judged_from)
        .order_by("-fixed_at")
        .values_list("fixed_at", flat=True)
        .first()
    )
    standing = PositionFix.objects.filter(device=device)
    if trusted_at is not None:
        standing = standing.filter(fixed_at__gte=trusted_at - _WINDOW)
    every = sorted([*standing.defer("raw"), *new], key=in_time)
    return _judge(device, every, trusted_at=trusted_at, roads=roads) if every else []


def in_time(row: PositionFix) -> tuple[datetime, float, float]:
    """Return what fixes of a device are ordered by."""
    return row.fixed_at, row.lat, row.lon


def _seen(row: PositionFix, roads: Roads) -> Seen:
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
    device: Device, every: list[PositionFix], *, trusted_at: datetime | None, roads: Roads
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
