"""Check a file as a dry run, then take all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid5

from django.db import transaction
from django.db.models import Max

from tracker.convoys.models import Convoy
from tracker.corridors.models import Corridor, Place, Route, RoutePoint
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import Via
from tracker.imports.manifests import Manifest, manifest_of
from tracker.imports.models import Import
from tracker.imports.routes import Known, draw
from tracker.intake.judging import Clock
from tracker.intake.operations import record
from tracker.lib import bounded, route_files, tables
from tracker.organisations.models import Organisation, User

CHECKED, REFUSED = Import.State.CHECKED, Import.State.REFUSED
DONE = Import.State.DONE
# A page that names more than this helps nobody to mend the file.
_PROBLEMS_KEPT = 500


class NotReady(Exception):
    """The file was taken already, has errors, or is being taken by somebody else."""


def _new(
    *, kind: Import.Kind, by: User, organisation: Organisation, name: str, body: bytes, at: datetime
) -> Import:
    return Import(
        kind=kind,
        organisation=organisation,
        by=by,
        file_name=name[:200],
        size_bytes=len(body),
        sha256=sha256(body).hexdigest(),
        created_at=at,
    )


def _problem(row: int, code: str, text: str = "", *, is_question: bool = False) -> dict[str, Any]:
    return {"row": row, "code": code, "text": text, "is_question": is_question}


def _judged(found: Import, problems: Sequence[dict[str, Any]]) -> Import:
    """Store what was found; a file with anything but questions in it cannot be taken."""
    found.problems = list(problems[:_PROBLEMS_KEPT])
    is_refused = any(not problem["is_question"] for problem in problems)
    found.state = REFUSED if is_refused else CHECKED
    return _stored(found)


def _stored(found: Import) -> Import:
    Import.objects.bulk_create([found])
    return found


def check_vehicles(*, body: bytes, name: str, convoy: Convoy, by: User, at: datetime) -> Import:
    """Read a vehicle list (CSV or XLSX) for a convoy without taking it; `at` is machine time."""
    found = _new(
        kind=Import.Kind.VEHICLES,
        by=by,
        organisation=convoy.organisation,
        name=name,
        body=body,
        at=at,
    )
    found.convoy = convoy
    try:
        rows = bounded.read(tables.READER, body)
    except bounded.Unreadable as refused:
        return _judged(found, [_problem(0, refused.code)])
    codes = convoy.vehicles.values_list("code", flat=True)
    manifest: Manifest = manifest_of(rows, taken=frozenset(code.casefold() for code in codes))
    found.content = manifest.as_json()
    found.rows_total = len(manifest.rows)
    return _judged(
        found,
        [
            _problem(each.row, each.code, each.text, is_question=each.is_question)
            for each in manifest.problems
        ],
    )


def _newest(corridor: Corridor) -> Route | None:
    return corridor.routes.order_by("-version", "id").first()


def _places_on(route: Route | None) -> list[tuple[Place, float]]:
    """Return the places on a road with their km."""
    if route is None:
        return []
    points = RoutePoint.objects.filter(route=route).select_related("place")
    return [(point.place, point.km) for point in points]


def _known(place: Place, km: float | None = None) -> Known:
    assert place.lat is not None, "asked only for places that have a location"
    assert place.lon is not None, "asked only for places that have a location"
    return Known(place.name, place.lat, place.lon, km)


def check_route(*, body: bytes, name: str, corridor: Corridor, by: User, at: datetime) -> Import:
    """Read the line of a corridor's road (GPX, KML, KMZ, GeoJSON) without taking it."""
    found = _new(
        kind=Import.Kind.ROUTE,
        by=by,
        organisation=corridor.operator,
        name=name,
        body=body,
        at=at,
    )
    found.corridor = corridor
    try:
        lines = bounded.read(route_files.READER, body)
    except bounded.Unreadable as refused:
        return _judged(found, [_problem(0, refused.code)])
    ends = (corridor.origin, corridor.destination)
    if any(place.lat is None or place.lon is None for place in ends):
        return _judged(found, [_problem(0, "ends_unknown")])
    places = [
        _known(place, km)
        for place, km in _places_on(_newest(corridor))
        if place.lat is not None and place.lon is not None
    ]
    drawn = draw(lines[0], start=_known(ends[0]), end=_known(ends[1]), known=places)
    found.content = drawn.as_json()
    found.rows_total = len(lines[0])
    problems = [_problem(0, code, text) for code, text in drawn.problems]
    if len(lines) > 1:
        problems.append(_problem(0, "several_lines", str(len(lines)), is_question=True))
    problems += [
        _problem(0, "place_off", f"{place} {km}", is_question=True) for place, km in drawn.off
    ]
    return _judged(found, problems)


def _vehicle_events(found: Import, *, at: datetime, start: int) -> list[NewEvent]:
    assert found.convoy_id is not None
    return [
        NewEvent(
            kind="vehicle.added",
            client_id=uuid5(found.pk, f"row {row['row']}"),
            occurred_at=at,
            subjects={
                "convoy": found.convoy_id,
                "vehicle": uuid5(found.convoy_id, row["code"]),
            },
            data={
                "code": row["code"],
                "kind": row["kind"],
                "seats": row["seats"],
                "people_planned": row["people"],
                "place_in_column": place,
            },
            via=Via.IMPORT,
            # Whoever takes the file has seen its questions and stands by them.
            is_confirmed=True,
        )
        for place, row in enumerate(found.content["rows"], start=start)
    ]


def _take_vehicles(found: Import, *, by: User, at: datetime) -> None:
    assert found.convoy is not None
    last = found.convoy.vehicles.aggregate(last=Max("place_in_column"))["last"] or 0
    record(
        events=_vehicle_events(found, at=at, start=last + 1),
        organisation=found.organisation,
        by=by,
        clock=Clock(now=at, is_typed=True),
    )


def _take_route(found: Import) -> None:
    """Make the line the newest version of the road; the versions before it stay."""
    corridor = found.corridor
    assert corridor is not None
    Corridor.objects.select_for_update(no_key=True).get(pk=corridor.pk)
    newest = _newest(corridor)
    route = Route.objects.create(
        corridor=corridor,
        version=newest.version + 1 if newest else 1,
        name=newest.name if newest else found.file_name[:120],
        length_km=found.content["length_km"] or None,
        length_note=f"{found.file_name}, {found.sha256[:12]}",
        path=found.content["path"],
        path_note=f"{found.file_name}, {found.sha256[:12]}",
    )
    km_of = dict(found.content["places"])
    RoutePoint.objects.bulk_create(
        RoutePoint(route=route, place=place, km=km_of[place.name])
        for place, _km in _places_on(newest)
        if place.name in km_of
    )


@transaction.atomic
def take(*, found: Import, by: User, at: datetime, now: datetime) -> Import:
    """Take what was checked, all of it or nothing; `at` is field time, `now` machine time.

    Raises NotReady where it has errors or was taken already, intake's Refused where the log
    refuses a vehicle meanwhile.
    """
    locked = Import.objects.select_for_update().get(pk=found.pk)
    if locked.state != CHECKED:
        raise NotReady
    if locked.kind == Import.Kind.VEHICLES:
        _take_vehicles(locked, by=by, at=at)
    else:
        _take_route(locked)
    Import.objects.filter(pk=found.pk).update(
        state=DONE, started_at=now, finished_at=now, rows_done=locked.rows_total
    )
    return Import.objects.get(pk=found.pk)
