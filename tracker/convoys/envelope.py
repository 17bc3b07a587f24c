"""Pure: where a silent convoy can be by now, in km of its road and as a line for a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import Any

from tracker.convoys.rhythm import FAST_KM_H, SLOW_KM_H

EARTH_KM = 6371.0088
Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reach:
    """Between which km a convoy can be: any checkpoint may hold it, so it may not have moved.

    `near_km` is how far it came at the lower speed, if nothing held it; km from the start.
    """

    low_km: float
    high_km: float
    near_km: float
    is_back: bool = False


def reach_of(
    *, km: float, since: datetime, at: datetime, length_km: float | None, is_back: bool = False
) -> Reach:
    """Return where a convoy can be at `at` that was at `km` at `since`, by speed and road."""
    hours = max(0.0, (at - since).total_seconds() / 3600)
    if is_back:
        return Reach(
            low_km=max(0.0, km - FAST_KM_H * hours),
            high_km=km,
            near_km=max(0.0, km - SLOW_KM_H * hours),
            is_back=True,
        )
    end = max(km, length_km) if length_km else float("inf")
    return Reach(km, min(end, km + FAST_KM_H * hours), min(end, km + SLOW_KM_H * hours))


def _leg_km(a: Position, b: Position) -> float:
    """Return the great-circle distance in km of two (longitude, latitude) in degrees."""
    phi, other_phi = radians(a[1]), radians(b[1])
    part = (
        sin((other_phi - phi) / 2) ** 2
        + cos(phi) * cos(other_phi) * sin(radians(b[0] - a[0]) / 2) ** 2
    )
    return 2 * EARTH_KM * asin(min(1.0, sqrt(part)))


def _between(a: Position, b: Position, share: float) -> Position:
    return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))


def line_between(
    path: Sequence[Position], *, from_km: float, until_km: float, length_km: float | None
) -> list[Position]:
    """Return the part of a road's line between two km by road, at least two points long.

    `path` is (longitude, latitude) in degrees from the start; km run along it in proportion, so
    that its end is `length_km`. An empty or single-point path gives no line.
    """
    if len(path) < 2:
        return []
    legs = [_leg_km(a, b) for a, b in pairwise(path)]
    scale = (length_km or sum(legs)) / (sum(legs) or 1.0)
    line: list[Position] = []
    start = 0.0
    for (a, b), leg in zip(pairwise(path), legs, strict=True):
        end = start + leg * scale
        if end > start and end >= from_km and start <= until_km:
            low = max(from_km, start)
            high = min(until_km, end)
            if not line:
                line.append(_between(a, b, (low - start) / (end - start)))
            line.append(_between(a, b, (high - start) / (end - start)))
        start = end
    return line


def as_feature(
    reach: Reach, *, path: Sequence[Position], length_km: float | None, properties: dict[str, Any]
) -> dict[str, Any]:
    """Return the reach as a GeoJSON feature (RFC 7946) on the line of the road.

    For staff alone: it says where a convoy is. Without a line of the road the geometry is null.
    """
    line = line_between(path, from_km=reach.low_km, until_km=reach.high_km, length_km=length_km)
    geometry = {"type": "LineString", "coordinates": [list(point) for point in line]}
    return {
        "type": "Feature",
        "geometry": geometry if line else None,
        "properties": {
            **properties,
            "from_km": round(reach.low_km, 1),
            "until_km": round(reach.high_km, 1),
        },
    }
