"""Write the corridors as GeoJSON (RFC 7946): a line each, and the named points of its route.

Nothing here moves: a point is a place on the road, never where somebody is.
"""

from __future__ import annotations

from datetime import datetime

from tracker.feeds.encoding import Json, exercise_label, in_language, json_bytes, link
from tracker.feeds.positions import Position, position, route_line
from tracker.feeds.snapshot import CorridorView, PointView, Snapshot, Stamp
from tracker.lib.periods import utc_text


def render(snapshot: Snapshot, stamp: Stamp, *, language: str = "en") -> bytes:
    """Return a FeatureCollection in UTF-8; longitude stands before latitude, in degrees.

    A corridor whose route has fewer than two known positions has a null geometry.
    Raises ValueError when a moment has no time zone.
    """
    features: list[Json] = []
    for corridor in snapshot.corridors:
        features.append(_line(corridor, snapshot, language))
        features.extend(
            _point(corridor, point, number, snapshot)
            for number, point in enumerate(corridor.points, start=1)
        )
    return json_bytes(
        {
            "type": "FeatureCollection",
            "generated_at": utc_text(stamp.generated_at),
            "valid_until": utc_text(stamp.valid_until),
            "revision": stamp.revision,
            "language": language,
            "exercise": exercise_label(snapshot.exercise),
            "credits": list(snapshot.credits),
            "features": features,
        }
    )


def _line(corridor: CorridorView, snapshot: Snapshot, language: str) -> Json:
    line = route_line(corridor)
    geometry: Json = None
    if line:
        geometry = {"type": "LineString", "coordinates": [_lon_lat(place) for place in line]}
    return {
        "type": "Feature",
        "id": f"corridor/{corridor.slug}",
        "geometry": geometry,
        "properties": {
            "feature": "corridor",
            "slug": corridor.slug,
            "name": corridor.name,
            "origin": corridor.origin,
            "destination": corridor.destination,
            "page": link(snapshot, f"/corridors/{corridor.slug}/"),
            "status": corridor.status,
            "status_word": in_language(corridor.status_words, language, corridor.status),
            "since": _moment(corridor.status_since),
            "last_word_at": _moment(corridor.last_word_at),
            "stale": corridor.stale,
            "basis": corridor.basis,
            "sentence": in_language(corridor.sentence, language),
            "length_km": corridor.length_km,
            "exercise": _exercise_name(snapshot),
        },
    }


def _point(corridor: CorridorView, point: PointView, number: int, snapshot: Snapshot) -> Json:
    place = position(point)
    return {
        "type": "Feature",
        "id": f"corridor/{corridor.slug}/point/{number}",
        "geometry": None if place is None else {"type": "Point", "coordinates": _lon_lat(place)},
        "properties": {
            "feature": "point",
            "corridor": corridor.slug,
            "name": point.name,
            "km": point.km,
            "kind": point.kind,
            "status": corridor.status,
            "exercise": _exercise_name(snapshot),
        },
    }


def _lon_lat(place: Position) -> Json:
    return [place.lon, place.lat]


def _exercise_name(snapshot: Snapshot) -> str | None:
    # Each feature carries it, because map programs split a collection and drop its other members.
    return None if snapshot.exercise is None else snapshot.exercise.name


def _moment(at: datetime | None) -> str | None:
    return None if at is None else utc_text(at)
