"""Set up what a record speaks of: places, sources, corridors, the surveyed route, checkpoints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.utils.text import slugify

from tracker.checkpoints.models import Checkpoint
from tracker.checkpoints.operations import add_checkpoint
from tracker.corridors.models import Corridor, Place
from tracker.corridors.setup import add_corridor, add_place, add_route
from tracker.management.record_files import BadRecordError, BadRowError, Problem, Row, rows_of
from tracker.organisations.models import Organisation
from tracker.provenance.models import Party, Source
from tracker.provenance.operations import name_source

PLACES = "places.csv"
ROUTES = "route_mariupol_zaporizhzhia.json"
# The record's own word where a source names no place.
NOT_STATED = "not stated"
MAIN_CORRIDOR = ("Mariupol", "Zaporizhzhia")
# "Convoys move by day only" (SOURCES.md, 7); the hours are those of the forecast's default.
DAYLIGHT = (time(6, 0), time(20, 0))
PUBLIC_CORRIDORS = frozenset(
    {
        MAIN_CORRIDOR,
        *((origin, "Zaporizhzhia") for origin in ("Berdiansk", "Melitopol", "Enerhodar")),
    }
)
TIME_ZONES = {
    "UA": "Europe/Kyiv",
    "SY": "Asia/Damascus",
    "SD": "Africa/Khartoum",
    "AZ": "Asia/Baku",
    "PS": "Asia/Gaza",
}
PARTIES = {
    "ukraine": Party.PARTY_A,
    "russia": Party.PARTY_B,
    "icrc": Party.HUMANITARIAN,
    "un": Party.HUMANITARIAN,
    "ngo": Party.HUMANITARIAN,
    "company": Party.COMPANY,
    "media": Party.MEDIA,
    "field": Party.FIELD,
    "other": Party.OTHER,
}
# How reports of the time introduced each side; the same words for both parties to the conflict.
ATTRIBUTIONS = {
    "ukraine": {
        "en": "According to Ukrainian information",
        "uk": "За українською інформацією",
        "ru": "По украинской информации",
        "fr": "Selon des informations ukrainiennes",
        "ar": "وفقاً لمعلومات أوكرانية",
    },
    "russia": {
        "en": "According to Russian information",
        "uk": "За російською інформацією",
        "ru": "По российской информации",
        "fr": "Selon des informations russes",
        "ar": "وفقاً لمعلومات روسية",
    },
    "icrc": {
        "en": "According to the ICRC",
        "uk": "За інформацією МКЧХ",
        "ru": "По информации МККК",
        "fr": "Selon le CICR",
        "ar": "وفقاً للجنة الدولية للصليب الأحمر",
    },
}


def record_id(organisation: Organisation, *parts: str) -> UUID:
    """Return the id of a thing of the record in the log of an organisation, always the same."""
    return uuid5(organisation.pk, "/".join(("record", *parts)))


@dataclass
class Setting:
    """The set-up that facts of the record are about, made as they ask for it."""

    organisation: Organisation
    places: dict[str, Place] = field(default_factory=dict)
    corridors: dict[tuple[str, str], Corridor] = field(default_factory=dict)
    # The names on each corridor's road, to find the one that an incident belongs to.
    on_road: dict[str, set[str]] = field(default_factory=dict)
    checkpoints: dict[str, list[Checkpoint]] = field(default_factory=dict)

    def place(self, *, names: tuple[str, ...], told: str, country: str) -> Place:
        """Return the first place listed, else one by the words of the source ("not stated")."""
        if names:
            return self.places[names[0]]
        return add_place(
            name=(told or NOT_STATED)[:120],
            country=country,
            admin="",
            names={},
            lat=None,
            lon=None,
            geonameid=None,
        )

    def corridor(self, *, origin: Place, destination: Place) -> Corridor:
        """Return the corridor between two places, in this direction."""
        key = (origin.name, destination.name)
        if key not in self.corridors:
            is_ukrainian = origin.country == "UA"
            self.corridors[key] = add_corridor(
                slug=slugify("-".join(key))[:80].strip("-"),
                operator=self.organisation,
                origin=origin,
                destination=destination,
                time_zone=TIME_ZONES.get(origin.country, "UTC"),
                is_public=key in PUBLIC_CORRIDORS and is_ukrainian,
                moves=DAYLIGHT if is_ukrainian else None,
            )
        return self.corridors[key]

    def speaker(self, *, told: str, party: str) -> Source:
        """Return the source for a speaker told as "name (office)", of a party of the record."""
        name, _, office = told.partition(" (")
        return name_source(
            name=name[:200],
            detail=office.removesuffix(")")[:200],
            party=PARTIES[party],
            attribution=ATTRIBUTIONS.get(party, {}),
            organisation=None,
        )

    def known(self, row: Row, column: str) -> tuple[str, ...]:
        """Return the places that a cell lists; refuses one that places.csv does not have."""
        names = row.listed(column)
        for name in names:
            if name not in self.places:
                raise row.problem(f"{column} names “{name}”, which is not in {PLACES}.")
        return names


def set_up(folder: Path, *, organisation: Organisation) -> Setting:
    """Make the places, the public corridors and the surveyed roads with their checkpoints."""
    setting = Setting(organisation)
    setting.places = _places(folder)
    _roads(folder, setting)
    for origin, destination in sorted(PUBLIC_CORRIDORS):
        if origin in setting.places and destination in setting.places:
            setting.corridor(origin=setting.places[origin], destination=setting.places[destination])
    return setting


def _places(folder: Path) -> dict[str, Place]:
    columns = ("name_en", "name_uk", "name_ru", "lat", "lon", "geonameid", "country", "admin")
    places = {}
    problems = []
    for row in rows_of(folder, PLACES, columns):
        try:
            places[row.required("name_en")] = _place(row)
        except BadRowError as error:
            problems.append(error.problem)
    if problems:
        raise BadRecordError(problems)
    return places


def _place(row: Row) -> Place:
    names = {
        language: row.text(f"name_{language}")
        for language in ("uk", "ru", "fr", "ar")
        if f"name_{language}" in row.cells
    }
    return add_place(
        name=row.required("name_en"),
        country=row.required("country"),
        admin=row.text("admin"),
        names={language: word for language, word in names.items() if word},
        lat=_degrees(row, "lat", 90),
        lon=_degrees(row, "lon", 180),
        geonameid=row.count("geonameid"),
    )


def _degrees(row: Row, name: str, limit: int) -> float | None:
    value = row.number_of(name)
    if value is not None and not -limit <= value <= limit:
        raise row.problem(f"{name} is {value:g}, not between -{limit} and {limit} degrees.")
    return value


@dataclass(frozen=True, slots=True)
class _WayPoint:
    name: str
    role: str
    km: float


def _roads(folder: Path, setting: Setting) -> None:
    """Make the roads of the route file, and the part from Berdiansk as the road of its corridor."""
    try:
        told = json.loads((folder / ROUTES).read_text(encoding="utf-8"))
        roads = [(road, _with_km(road)) for road in told["routes"]]
    except FileNotFoundError:
        raise BadRecordError([Problem(ROUTES, 1, f"There is no such file in {folder}.")]) from None
    except (ValueError, KeyError, TypeError) as error:
        what = f"Not a file of routes: {type(error).__name__} {error}."
        raise BadRecordError([Problem(ROUTES, 1, what)]) from None
    # The last version is the one in use, and that is the one the file lists first.
    for version, (road, points) in enumerate(reversed(roads), start=1):
        _road(setting, road, points, version=version)
    road, points = roads[0]
    starts = [index for index, point in enumerate(points) if point.name == "Berdiansk"]
    for start in starts:
        _road(setting, road, _from(points, start), version=1)


def _from(points: list[_WayPoint], start: int) -> list[_WayPoint]:
    first = points[start].km
    return [
        _WayPoint(point.name, "origin" if point.km == first else point.role, point.km - first)
        for point in points[start:]
    ]


def _with_km(road: dict[str, Any]) -> list[_WayPoint]:
    """Return the way points with km by road: reported where reported, between them by distance.

    Towns between two reported ones lie where the straight distances put them in proportion.
    """
    points = road["waypoints"]
    straight = [float(point["great_circle_km_from_start"]) for point in points]
    known = _reported_km(road, points)
    placed = []
    for index, point in enumerate(points):
        before = max(at for at in known if at <= index)
        after = min(at for at in known if at >= index)
        share = (straight[index] - straight[before]) / ((straight[after] - straight[before]) or 1)
        km = known[before] + share * (known[after] - known[before])
        placed.append(_WayPoint(point["name"], point["role"], round(km, 1)))
    return placed


def _reported_km(road: dict[str, Any], points: list[dict[str, Any]]) -> dict[int, float]:
    """Return the km from the start that a source names, by the index of the way point."""
    reported = road["road_km_reported"]
    index_of = {point["name"]: index for index, point in enumerate(points)}
    known = {0: 0.0, len(points) - 1: float(reported["total"])}
    for leg, length in reported.items():
        start, _, end = leg.partition("-")
        if index_of.get(start) == 0 and end in index_of:
            known[index_of[end]] = float(length)
    return known


def _road(setting: Setting, road: dict[str, Any], points: list[_WayPoint], *, version: int) -> None:
    unknown = [point.name for point in points if point.name not in setting.places]
    if unknown:
        what = f"Way points missing in {PLACES}: {', '.join(unknown)}."
        raise BadRecordError([Problem(ROUTES, 1, what)])
    corridor = setting.corridor(
        origin=setting.places[points[0].name], destination=setting.places[points[-1].name]
    )
    add_route(
        corridor=corridor,
        version=version,
        name=" - ".join(point.name for point in points)[:120],
        length_km=round(points[-1].km, 1),
        length_note=str(road["road_km_reported"].get("source", ""))[:300],
        points=[(setting.places[point.name], round(point.km, 1)) for point in points],
    )
    names = setting.on_road.setdefault(corridor.slug, set())
    names |= {point.name for point in points}
    _checkpoints(setting, corridor, points)


def _is_checkpoint(point: _WayPoint) -> bool:
    return any(word in point.role for word in ("checkpoint", "contact line"))


def _checkpoints(setting: Setting, corridor: Corridor, points: Iterable[_WayPoint]) -> None:
    controlled = [point for point in points if _is_checkpoint(point)]
    for number, point in enumerate(controlled, start=1):
        kind = Checkpoint.Kind.GATE if "gate" in point.role else Checkpoint.Kind.ORDINARY
        checkpoint = add_checkpoint(
            corridor=corridor,
            code=f"CP{number}",
            name=point.name,
            place=setting.places[point.name],
            km=round(point.km, 1),
            kind=kind,
        )
        setting.checkpoints.setdefault(point.name, []).append(checkpoint)
