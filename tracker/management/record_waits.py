"""Turn the waits of a record into reports on checkpoints, and trip times into statements."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from tracker.corridors.models import Corridor
from tracker.fieldlog.kinds import NewEvent
from tracker.management.record_attempts import DAY_ONLY, FromRow, Told, noon
from tracker.management.record_files import Row, rows_of
from tracker.management.record_setup import Setting, record_id
from tracker.provenance.models import Source

WAITS = "checkpoint_waits.csv"
# What a row says of the checkpoint itself; the other kinds tell of a whole trip.
STATUS_BY_KIND = {"wait": "UNKNOWN", "closure": "CLOSED", "throughput": "RESTRICTED"}
TRIPS = frozenset({"trip", "trip_share", "count", "operation"})
KINDS = {kind: kind for kind in (*STATUS_BY_KIND, *TRIPS)}
CENSORED = {"yes": True, "no": False}
KYIV = ZoneInfo("Europe/Kyiv")


def waits_of_the_record(folder: Path, setting: Setting) -> list[Told]:
    """Return each row of the waits with what makes its events."""
    columns = (
        "wait_id", "date", "place", "places", "kind", "censored", "what", "lower_h", "upper_h",
        "vehicles", "note", "source_title", "source_url",
    )  # fmt: skip
    return [(row, partial(_events, row, setting)) for row in rows_of(folder, WAITS, columns)]


def _events(row: Row, setting: Setting) -> list[FromRow]:
    places = setting.known(row, "places")
    if row.choice("kind", KINDS) in TRIPS:
        return [_trip(row, setting, places)]
    return _reports(row, setting, places)


def _source(row: Row, setting: Setting) -> Source:
    """Return the outlet that carries the row; whose words it carries is in the words themselves."""
    name = row.required("source_title")
    party = "media"
    if "Ministry of Reintegration" in name:
        party = "ukraine"
    elif name.startswith(("ICRC", "UN", "OCHA")):
        party = "un"
    return setting.speaker(told=name, party=party)


def _says(row: Row) -> str:
    return ". ".join(part for part in (row.required("what"), row.text("note")) if part)


def _hours(row: Row, name: str) -> float | None:
    hours = row.number_of(name)
    if hours is not None and hours < 0:
        raise row.problem(f"{name} is {hours:g}, not 0 or more hours.")
    return hours


def _span(low: float | None, high: float | None) -> str:
    """Return bounds of a trip as the record has them."""
    if low is None or high is None:
        return ""
    return f"{low:g} hours" if low == high else f"{low:g} to {high:g} hours"


def _reports(row: Row, setting: Setting, places: tuple[str, ...]) -> list[FromRow]:
    """Return a report for the checkpoint on each corridor that passes it."""
    checkpoints = [each for place in places for each in setting.checkpoints.get(place, [])]
    if not checkpoints:
        raise row.problem(f"There is no checkpoint at {', '.join(places) or 'no place'}.")
    reference = row.required("wait_id")
    data = {
        "status": STATUS_BY_KIND[row.text("kind")],
        "says": _says(row),
        "wait_low_h": _hours(row, "lower_h"),
        "wait_high_h": _hours(row, "upper_h"),
        "is_censored": row.choice("censored", CENSORED),
        "vehicles": row.text("vehicles"),
        "is_public": True,
        "source_title": row.text("source_title"),
        "source_url": row.text("source_url"),
    }
    at = datetime.combine(row.required_day("date"), DAY_ONLY, KYIV)
    source = _source(row, setting)
    return [
        FromRow(
            row,
            NewEvent(
                kind="checkpoint.reported",
                client_id=record_id(setting.organisation, reference, checkpoint.corridor.slug),
                occurred_at=at,
                subjects={"checkpoint": checkpoint.pk},
                source_id=source.pk,
                data=data,
            ),
        )
        for checkpoint in checkpoints
    ]


def _corridor(row: Row, setting: Setting, places: tuple[str, ...]) -> Corridor:
    if not places:
        raise row.problem("places is empty, so the trip has no corridor.")
    starting = [each for key, each in setting.corridors.items() if key[0] == places[0]]
    if len(places) == 1 and starting:
        return starting[0]
    origin = setting.places[places[0]]
    return setting.corridor(origin=origin, destination=setting.places[places[-1]])


def _trip(row: Row, setting: Setting, places: tuple[str, ...]) -> FromRow:
    """Return what a source says of a trip: a word about the corridor that asserts no status."""
    corridor = _corridor(row, setting, places)
    hours = _span(_hours(row, "lower_h"), _hours(row, "upper_h"))
    return FromRow(
        row,
        NewEvent(
            kind="corridor.stated",
            client_id=record_id(setting.organisation, row.required("wait_id")),
            occurred_at=noon(row, corridor),
            subjects={"corridor": corridor.pk},
            source_id=_source(row, setting).pk,
            data={
                "says": ". ".join(part for part in (_says(row), hours) if part),
                "claims": "UNKNOWN",
                "source_title": row.text("source_title"),
                "source_url": row.text("source_url"),
            },
        ),
    )
