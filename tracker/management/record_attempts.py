"""Turn the attempts of a record into events: what was announced, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tracker.corridors.models import Corridor
from tracker.fieldlog.kinds import NewEvent
from tracker.management.record_files import Row, rows_of
from tracker.management.record_setup import PUBLIC_CORRIDORS, Setting, record_id

ATTEMPTS = "evacuation_attempts.csv"
OTHERS = "other_corridors.csv"
# Only the day is known. Noon is that day in every zone that a reader may be in.
DAY_ONLY = time(12)

OUTCOMES = {
    "completed": "SUCCEEDED",
    "partial": "PARTLY_SUCCEEDED",
    "failed": "FAILED",
    "not_started": "CANCELLED",
    "unknown": "UNKNOWN",
}
STAGES = {
    "": "NONE",
    **{
        word: word.upper()
        for word in ("announced", "agreed", "staged", "departed", "held", "turned_back", "arrived")
    },
}
AGREED = {"yes": "YES", "contested": "CONTESTED", "no": "NO", "unknown": "UNKNOWN"}
REASONS = {
    word: word.upper()
    for word in (
        "shelling",
        "checkpoint_denied",
        "checkpoint_closed",
        "no_agreement",
        "no_confirmation",
        "security",
        "mined_road",
        "weather_road",
        "vehicles_seized",
        "night_halt",
        "diverted",
        "late_vehicles",
        "none_stated",
    )
}
COUNTRIES = {"Syria": "SY", "Sudan": "SD", "Nagorno-Karabakh": "AZ", "Gaza": "PS"}


@dataclass(frozen=True, slots=True)
class FromRow:
    """An event of the record with the row that it comes from."""

    row: Row
    event: NewEvent


# A row of a file with what makes its events, which raises BadRowError.
Told = tuple[Row, Callable[[], list[FromRow]]]


def noon(row: Row, corridor: Corridor) -> datetime:
    """Return the moment that stands for the row's day, in the zone of the corridor."""
    return datetime.combine(row.required_day("date"), DAY_ONLY, ZoneInfo(corridor.time_zone))


def attempts_of_the_record(folder: Path, setting: Setting) -> list[Told]:
    """Return each row of the attempts with what makes its events."""
    columns = (
        "attempt_id", "date", "corridor_from", "corridor_to", "from_places", "to_places",
        "announced_by", "agreed_by_both", "outcome", "stage_reached", "reason", "reason_code",
        "buses", "private_cars", "people_planned", "people_arrived", "counted_by", "source_title",
        "source_url", "note",
    )  # fmt: skip
    return [(row, partial(_attempt, row, setting)) for row in rows_of(folder, ATTEMPTS, columns)]


def attempts_elsewhere(folder: Path, setting: Setting) -> list[Told]:
    """Return each row of the corridors of other wars with what makes its events."""
    columns = (
        "corridor_id", "date", "country", "corridor_from", "corridor_to", "from_places",
        "to_places", "operator", "outcome", "reason", "buses", "people", "hours_open",
        "source_title", "source_url", "note",
    )  # fmt: skip
    return [(row, partial(_elsewhere, row, setting)) for row in rows_of(folder, OTHERS, columns)]


def _corridor(row: Row, setting: Setting, *, country: str) -> Corridor:
    """Return the corridor of a row: from its first place to Zaporizhzhia, else to its first end."""
    starts, ends = setting.known(row, "from_places"), setting.known(row, "to_places")
    # Where no source names the end, the record's own count takes the road that leads out of there.
    is_open = bool(starts) and not ends and (starts[0], "Zaporizhzhia") in PUBLIC_CORRIDORS
    if "Zaporizhzhia" in ends or is_open:
        ends = ("Zaporizhzhia",)
    told = row.text("corridor_from")
    return setting.corridor(
        origin=setting.place(
            names=starts, told="all corridors" if told == "all" else told, country=country
        ),
        destination=setting.place(names=ends, told=row.text("corridor_to"), country=country),
    )


def _attempt(row: Row, setting: Setting) -> list[FromRow]:
    corridor = _corridor(row, setting, country="UA")
    planned = {
        "stage": "NONE" if not row.text("stage_reached") else "ANNOUNCED",
        "agreed": row.choice("agreed_by_both", AGREED),
        "announced_by": row.text("announced_by"),
        "buses": row.count("buses"),
        "private_cars": row.count("private_cars"),
        "people_planned": row.count("people_planned"),
        "counted_by": row.text("counted_by"),
        "note": row.text("note"),
    }
    ended = {
        "stage": row.choice("stage_reached", STAGES),
        "reason": row.text("reason"),
        "reason_code": row.choice("reason_code", REASONS),
        "people_arrived": row.count("people_arrived"),
    }
    return _events(row, setting, corridor, planned, ended, reference=row.required("attempt_id"))


def _elsewhere(row: Row, setting: Setting) -> list[FromRow]:
    corridor = _corridor(row, setting, country=row.choice("country", COUNTRIES))
    hours = row.text("hours_open")
    notes = [row.text("note"), f"Open {hours}" if hours else ""]
    planned = {
        "announced_by": row.text("operator"),
        "buses": row.count("buses"),
        "note": "; ".join(note for note in notes if note),
    }
    # How far a failed one came is not told; who came out has arrived somewhere.
    came_out = row.text("outcome") in {"completed", "partial"}
    ended = {
        "stage": "ARRIVED" if came_out else None,
        "reason": row.text("reason"),
        "people_arrived": row.count("people"),
    }
    return _events(row, setting, corridor, planned, ended, reference=row.required("corridor_id"))


def _events(
    row: Row,
    setting: Setting,
    corridor: Corridor,
    planned: dict[str, Any],
    ended: dict[str, Any],
    *,
    reference: str,
) -> list[FromRow]:
    attempt_id = record_id(setting.organisation, reference)
    source = {"source_title": row.text("source_title"), "source_url": row.text("source_url")}
    day = row.required_day("date").isoformat()
    facts = {
        "attempt.planned": {
            **planned, **source, "day": day, "is_public": True, "record_ref": reference,
        },
        "attempt.ended": {
            **ended, "outcome": row.choice("outcome", OUTCOMES), "is_day_only": True,
        },
    }  # fmt: skip
    subjects: dict[str, UUID] = {"attempt": attempt_id, "corridor": corridor.pk}
    return [
        FromRow(
            row,
            NewEvent(
                kind=kind,
                client_id=record_id(setting.organisation, reference, kind),
                occurred_at=noon(row, corridor),
                subjects=subjects,
                data=data,
            ),
        )
        for kind, data in facts.items()
    ]
