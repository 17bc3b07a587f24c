"""The line of the road that a convoy follows: imported where there is one, else by its places."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from tracker.convoys.models import Convoy
from tracker.corridors.models import Route, RoutePoint
from tracker.lib.geo import RoadLine

_Path = tuple[tuple[float, float], ...]
_Anchors = tuple[tuple[float, float, float], ...]


@lru_cache(maxsize=32)
def _line(path: _Path, anchors: _Anchors, length_km: float | None) -> RoadLine:
    return RoadLine(path, anchors=anchors, length_km=length_km)


def line_of(route: Route, points: Iterable[RoutePoint]) -> RoadLine | None:
    """Return the line of a route, `None` where too little is known to draw one.

    Without an imported line it runs straight from place to place: such a line is coarse, and says
    so. `points` are in order of km with their places loaded.
    """
    anchors: _Anchors = tuple(
        (each.place.lon, each.place.lat, each.km)
        for each in points
        if each.place.lon is not None and each.place.lat is not None
    )
    path: _Path = tuple((lon, lat) for lon, lat, *_height in route.path)
    path = path or tuple((lon, lat) for lon, lat, _km in anchors)
    if len(set(path)) < 2:
        return None
    return _line(path, anchors, route.length_km)


def roads_of(convoys: Iterable[Convoy]) -> dict[UUID, RoadLine | None]:
    """Return the line of each convoy's road by the convoy's key, with two queries for all."""
    listed = list(convoys)
    corridors = {convoy.corridor_id for convoy in listed}
    routes = list(Route.objects.filter(corridor_id__in=corridors).order_by("version", "id"))
    newest = {route.corridor_id: route for route in routes}
    own = {route.pk: route for route in routes}
    points: dict[UUID, list[RoutePoint]] = {}
    found = RoutePoint.objects.filter(route__in=routes).select_related("place")
    for point in found.order_by("km", "id"):
        points.setdefault(point.route_id, []).append(point)
    lines: dict[UUID, RoadLine | None] = {}
    for convoy in listed:
        route = own.get(convoy.route_id) if convoy.route_id else None
        route = route or newest.get(convoy.corridor_id)
        lines[convoy.pk] = line_of(route, points.get(route.pk, ())) if route else None
    return lines
