"""Read the positions of a route's named points, and leave out what is no place on Earth."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.feeds.snapshot import CorridorView, PointView

# About one metre; more digits would only pretend (RFC 7946, section 11.2).
_DECIMALS = 5


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees north and east, WGS 84."""

    lat: float
    lon: float


def position(point: PointView) -> Position | None:
    """Return where the point lies, or None when that is not known or not possible."""
    if point.lat is None or point.lon is None:
        return None
    # Written so that "not a number" fails both comparisons.
    if not (-90 <= point.lat <= 90 and -180 <= point.lon <= 180):
        return None
    return Position(lat=round(point.lat, _DECIMALS), lon=round(point.lon, _DECIMALS))


def route_line(corridor: CorridorView) -> tuple[Position, ...]:
    """Return the line through the known points in their order; empty when it would be no line."""
    line: list[Position] = []
    for point in corridor.points:
        place = position(point)
        if place is not None and place not in line[-1:]:
            line.append(place)
    return tuple(line) if len(line) > 1 else ()
