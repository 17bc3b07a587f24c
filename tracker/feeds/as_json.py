"""Write the situation as one JSON document, described by schema/status.schema.json."""

from __future__ import annotations

from datetime import date, datetime

from tracker.feeds.encoding import Json, exercise_label, in_language, json_bytes, link
from tracker.feeds.snapshot import (
    AgreementView,
    AttemptView,
    BaseRate,
    ClaimView,
    CorridorView,
    DayView,
    IncidentView,
    JourneyView,
    PointView,
    Snapshot,
    Stamp,
    StatementView,
    WindowView,
)
from tracker.lib.periods import utc_text
from tracker.lib.text import web_address


def render(snapshot: Snapshot, stamp: Stamp, *, language: str = "en") -> bytes:
    """Return the document in UTF-8.

    Every key is named here one by one, so a new field of a snapshot changes no public byte until
    somebody decides that it should. Raises ValueError when a moment has no time zone.
    """
    return json_bytes(
        {
            "generated_at": utc_text(stamp.generated_at),
            "valid_until": utc_text(stamp.valid_until),
            "revision": stamp.revision,
            "language": language,
            "audience": snapshot.audience,
            "exercise": exercise_label(snapshot.exercise),
            "headline": in_language(snapshot.headline, language),
            "corridors": [_corridor(c, snapshot, language) for c in snapshot.corridors],
            "incidents": [_incident(incident) for incident in snapshot.incidents],
            "journeys": [_journey(journey, language) for journey in snapshot.journeys],
            "credits": list(snapshot.credits),
        }
    )


def _corridor(corridor: CorridorView, snapshot: Snapshot, language: str) -> Json:
    return {
        "slug": corridor.slug,
        "name": corridor.name,
        "origin": corridor.origin,
        "destination": corridor.destination,
        "page": link(snapshot, f"/corridors/{corridor.slug}/"),
        "length_km": corridor.length_km,
        "length_note": corridor.length_note,
        "time_zone": corridor.time_zone,
        "status": corridor.status,
        "status_word": in_language(corridor.status_words, language, corridor.status),
        "since": _moment(corridor.status_since),
        "last_word_at": _moment(corridor.last_word_at),
        "stale": corridor.stale,
        "next_update_by": _moment(corridor.next_update_by),
        "basis": corridor.basis,
        "sentence": in_language(corridor.sentence, language),
        "statements": [_statement(statement) for statement in corridor.statements],
        "windows": [_window(window, language) for window in corridor.windows],
        "attempts": [_attempt(attempt) for attempt in corridor.attempts],
        "base_rate": _base_rate(corridor.base_rate),
        "days": [_day(day) for day in corridor.days],
        "agreement": {
            "agreed": corridor.agreed_count,
            "points": [_agreement(point) for point in corridor.agreement],
        },
        "route": [_point(point) for point in corridor.points],
    }


def _statement(statement: StatementView) -> Json:
    return {
        "id": statement.id,
        "who": statement.who,
        "who_detail": statement.who_detail,
        "party": statement.party,
        "grade": statement.grade,
        "first_hand": statement.first_hand,
        "claims": statement.claims,
        "says": statement.says,
        "said_at": utc_text(statement.said_at),
        "corrected": statement.corrected,
        "corrected_at": _moment(statement.corrected_at),
        **_source(statement),
    }


def _window(window: WindowView, language: str) -> Json:
    return {
        "id": window.id,
        "opens_at": utc_text(window.opens_at),
        "closes_at": utc_text(window.closes_at),
        "state": window.state,
        "who": window.who,
        "said_at": _moment(window.said_at),
        "moved_from": _moment(window.moved_from),
        "sentence": in_language(window.sentence, language),
    }


def _attempt(attempt: AttemptView) -> Json:
    return {
        "id": attempt.id,
        "number": attempt.number,
        "day": _iso_day(attempt.day),
        "outcome": attempt.outcome,
        "stage": attempt.stage,
        "reason": attempt.reason,
        "reason_code": attempt.reason_code,
        "buses": attempt.buses,
        "private_cars": attempt.private_cars,
        "people_planned": attempt.people_planned,
        "people_arrived": attempt.people_arrived,
        "agreed": attempt.agreed,
        **_source(attempt),
    }


def _base_rate(rate: BaseRate | None) -> Json:
    if rate is None:
        return None
    return {
        "n": rate.n,
        "arrived": rate.arrived,
        "partly": rate.partly,
        "not_through": rate.not_through,
    }


def _day(day: DayView) -> Json:
    return {"day": _iso_day(day.day), "status": day.status}


def _agreement(point: AgreementView) -> Json:
    return {"key": point.key, "label": point.label, "state": point.state, "note": point.note}


def _point(point: PointView) -> Json:
    return {
        "name": point.name,
        "km": point.km,
        "lat": point.lat,
        "lon": point.lon,
        "kind": point.kind,
    }


def _incident(incident: IncidentView) -> Json:
    return {
        "id": incident.id,
        "day": _iso_day(incident.day),
        "place": incident.place,
        "alleged": incident.alleged,
        "verification": incident.verification,
        "corridors": list(incident.corridor_slugs),
        "claims": [_claim(claim) for claim in incident.claims],
    }


def _claim(claim: ClaimView) -> Json:
    return {
        "who": claim.who,
        "party": claim.party,
        "stance": claim.stance,
        "says": claim.says,
        "said_on": None if claim.said_on is None else _iso_day(claim.said_on),
        "injured": claim.injured,
        "killed": claim.killed,
        **_source(claim),
    }


def _journey(journey: JourneyView, language: str) -> Json:
    return {
        "headline": in_language(journey.headline, language),
        "corridor": journey.corridor_slug,
        "day": _iso_day(journey.day),
    }


def _source(view: StatementView | AttemptView | ClaimView) -> dict[str, Json]:
    return {"source_title": view.source_title, "source_url": web_address(view.source_url) or None}


def _moment(at: datetime | None) -> str | None:
    return None if at is None else utc_text(at)


def _iso_day(day: date) -> str:
    return day.isoformat()
