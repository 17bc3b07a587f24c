"""Turn the incidents of a record and every statement about them into events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tracker.corridors.models import Corridor
from tracker.fieldlog.kinds import NewEvent
from tracker.management.record_attempts import DAY_ONLY, FromRow, Told
from tracker.management.record_files import Row, rows_of
from tracker.management.record_setup import MAIN_CORRIDOR, PARTIES, Setting, record_id

INCIDENTS = "incidents.csv"
STATEMENTS = "incident_statements.csv"
STANCES = {word: word.upper() for word in ("claims", "denies", "neither", "corrects")}
KYIV = ZoneInfo("Europe/Kyiv")

# The record has no kind of its own: the first word found in what is alleged decides.
KIND_BY_WORD = (
    ("mined", "MINE"),
    ("air strike", "AIR_STRIKE"),
    ("aircraft", "AIR_STRIKE"),
    ("held by police", "DETENTION"),
    ("seized", "SEIZURE"),
    ("looted", "SEIZURE"),
    ("taken from", "SEIZURE"),
    ("fired at", "SHOOTING"),
    ("shell", "SHELLING"),
    ("rockets", "SHELLING"),
    ("delay", "OBSTRUCTION"),
    ("dispersed", "OBSTRUCTION"),
)


def incidents_of_the_record(folder: Path, setting: Setting) -> list[Told]:
    """Return each row of the incidents, then each of the statements, with what makes its events."""
    columns = (
        "incident_id", "date", "place", "places", "what_happened_or_is_alleged",
        "other_positions", "verification", "source_title", "source_url", "note",
    )  # fmt: skip
    said = (
        "statement_id", "incident_id", "speaker", "party", "stance", "at_date", "injured",
        "killed", "source_title", "source_url", "paraphrase",
    )  # fmt: skip
    incidents = rows_of(folder, INCIDENTS, columns)
    statements = rows_of(folder, STATEMENTS, said)
    denied = {row.text("incident_id") for row in statements if row.text("stance") == "denies"}
    by_id = {row.text("incident_id"): row for row in incidents}
    told: list[Told] = [
        (row, partial(_incident, row, setting, is_denied=key in denied))
        for key, row in by_id.items()
    ]
    told += [(row, partial(_claim, row, setting, by_id)) for row in statements]
    return told


def _day_of_statement(row: Row, incidents: dict[str, Row]) -> date:
    """Return the day of a statement; where it has none, the day of its incident."""
    if row.required("incident_id") not in incidents:
        raise row.problem(f"incident_id {row.text('incident_id')} is not in {INCIDENTS}.")
    return row.day("at_date") or incidents[row.text("incident_id")].required_day("date")


def _at(day: date) -> datetime:
    return datetime.combine(day, DAY_ONLY, KYIV)


def _kind(alleged: str) -> str:
    text = alleged.lower()
    return next((kind for word, kind in KIND_BY_WORD if word in text), "OTHER")


def _corridor(row: Row, setting: Setting, places: Iterable[str]) -> Corridor | None:
    """Return the corridor on whose road the incident lies, the main one before the others."""
    main = setting.corridors.get(MAIN_CORRIDOR)
    if main is not None and "-".join(MAIN_CORRIDOR) in row.text("place"):
        return main
    named = set(places)
    own = [main] if main is not None else []
    for corridor in (*own, *setting.corridors.values()):
        ends = {corridor.origin.name, corridor.destination.name}
        if corridor.is_public and named & (ends | setting.on_road.get(corridor.slug, set())):
            return corridor
    return None


def _verdict(row: Row, *, is_denied: bool) -> dict[str, Any]:
    """Return how far the record says it was checked; its words stand beside the code."""
    words = row.text("verification")
    code = "UNVERIFIED"
    if words.startswith("confirmed by"):
        code = "CORROBORATED"
    elif is_denied:
        code = "DISPUTED"
    notes = [words, row.text("other_positions"), row.text("note")]
    return {"verification": code, "note": "\n".join(note for note in notes if note)}


def _incident(row: Row, setting: Setting, *, is_denied: bool) -> list[FromRow]:
    reference = row.required("incident_id")
    places = setting.known(row, "places")
    corridor = _corridor(row, setting, places)
    alleged = row.required("what_happened_or_is_alleged")
    reported = {
        "alleged": alleged,
        "kind": _kind(alleged),
        "place": str(setting.places[places[0]].pk) if places else None,
        "place_text": row.text("place"),
        "is_day_only": True,
        "is_public": True,
        "source_title": row.text("source_title"),
        "source_url": row.text("source_url"),
        "record_ref": reference,
    }
    subjects = {"incident": record_id(setting.organisation, reference)}
    facts = {"incident.reported": reported, "incident.verified": _verdict(row, is_denied=is_denied)}
    return [
        FromRow(
            row,
            NewEvent(
                kind=kind,
                client_id=record_id(setting.organisation, reference, kind),
                occurred_at=_at(row.required_day("date")),
                subjects={**subjects, "corridor": corridor.pk} if corridor else subjects,
                data=data,
            ),
        )
        for kind, data in facts.items()
    ]


def _claim(row: Row, setting: Setting, incidents: dict[str, Row]) -> list[FromRow]:
    reference = row.required("statement_id")
    row.choice("party", PARTIES)
    source = setting.speaker(told=row.required("speaker"), party=row.text("party"))
    event = NewEvent(
        kind="incident.claimed",
        client_id=record_id(setting.organisation, reference),
        occurred_at=_at(_day_of_statement(row, incidents)),
        subjects={"incident": record_id(setting.organisation, row.text("incident_id"))},
        source_id=source.pk,
        data={
            "stance": row.choice("stance", STANCES),
            "says": row.required("paraphrase"),
            "injured": row.count("injured"),
            "killed": row.count("killed"),
            "is_undated": row.day("at_date") is None,
            "is_public": True,
            "source_title": row.text("source_title"),
            "source_url": row.text("source_url"),
            "record_ref": reference,
        },
    )
    return [FromRow(row, event)]
