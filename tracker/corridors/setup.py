"""Set up places, corridors and routes; one that stands already is left as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from django.db import transaction

from tracker.corridors.models import ContactLeg, Corridor, Place, Route, RoutePoint
from tracker.lib.text import tidy_lines
from tracker.organisations.models import Organisation


def add_place(
    *,
    name: str,
    country: str,
    admin: str,
    names: dict[str, str],
    lat: float | None,
    lon: float | None,
    geonameid: int | None,
) -> Place:
    """Return the place of this name in this country; coordinates in degrees, of the settlement."""
    place, _ = Place.objects.get_or_create(
        name=name,
        country=country,
        defaults={"admin": admin, "names": names, "lat": lat, "lon": lon, "geonameid": geonameid},
    )
    return place


def add_corridor(
    *,
    slug: str,
    operator: Organisation,
    origin: Place,
    destination: Place,
    time_zone: str,
    is_public: bool,
    moves: tuple[time, time] | None = None,
) -> Corridor:
    """Return the corridor of this slug; `moves` are the local hours in which convoys drive."""
    corridor, _ = Corridor.objects.get_or_create(
        slug=slug,
        defaults={
            "operator": operator,
            "origin": origin,
            "destination": destination,
            "time_zone": time_zone,
            "is_public": is_public,
            "moves_from": moves[0] if moves else None,
            "moves_until": moves[1] if moves else None,
        },
    )
    return corridor


def add_leg(
    *,
    corridor: Corridor,
    from_km: float,
    until_km: float,
    interval_min: int,
    grace_min: int,
    is_silence_zone: bool,
    why: str,
) -> ContactLeg:
    """Give a stretch of the road a rhythm of contact of its own, in minutes; km from the start.

    Whoever calls this folds the convoys on the road anew: what they are due rests on it.
    """
    return ContactLeg.objects.create(
        corridor=corridor,
        from_km=from_km,
        until_km=until_km,
        interval_min=interval_min,
        grace_min=grace_min,
        is_silence_zone=is_silence_zone,
        why=tidy_lines(why),
    )


def remove_leg(*, leg: ContactLeg) -> None:
    """Let the plan of each convoy hold again on this stretch; fold them anew as for `add_leg`."""
    ContactLeg.objects.filter(pk=leg.pk).delete()


@transaction.atomic
def add_route(
    *,
    corridor: Corridor,
    version: int,
    name: str,
    length_km: float | None,
    length_note: str,
    points: Sequence[tuple[Place, float]],
) -> Route:
    """Return this version of a corridor's route; `points` are places with their km by road."""
    route, is_new = Route.objects.get_or_create(
        corridor=corridor,
        version=version,
        defaults={"name": name, "length_km": length_km, "length_note": length_note},
    )
    if is_new:
        RoutePoint.objects.bulk_create(
            RoutePoint(route=route, place=place, km=km) for place, km in points
        )
    return route
