"""Write what the fold of an incident says into its rows."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tracker.fieldlog.ordering import Entry
from tracker.fieldlog.projection import replace_rows
from tracker.incidents.effects import IncidentFold, fold
from tracker.incidents.models import Claim, Incident


def _incident_row(incident_id: UUID, result: IncidentFold) -> Incident:
    report, data = result.report, result.report.data
    return Incident(
        id=incident_id,
        kind=data["kind"],
        severity=data["severity"],
        alleged=data["alleged"],
        place_id=UUID(data["place"]) if data["place"] else None,
        place_text=data["place_text"],
        at=report.at,
        is_day_only=data["is_day_only"],
        verification=result.verification,
        verification_note=result.verdict.data["note"] if result.verdict else "",
        corridor_id=report.corridor_id,
        convoy_id=report.convoy_id,
        checkpoint_id=report.checkpoint_id,
        is_public=data["is_public"] and not result.is_withdrawn,
        source_title=data["source_title"],
        source_url=data["source_url"],
        record_ref=data["record_ref"],
        event_id=report.id,
    )


def _claim_row(incident_id: UUID, entry: Entry) -> Claim:
    data = entry.data
    assert entry.source_id is not None
    return Claim(
        event_id=entry.id,
        incident_id=incident_id,
        source_id=entry.source_id,
        stance=data["stance"],
        says=data["says"],
        said_at=None if data["is_undated"] else entry.at,
        injured=data["injured"],
        killed=data["killed"],
        is_public=data["is_public"],
        source_title=data["source_title"],
        source_url=data["source_url"],
        record_ref=data["record_ref"],
    )


def project(*, subject_id: UUID, entries: Sequence[Entry]) -> None:
    """Fold `entries` of one incident and bring its rows into line."""
    result = fold(entries)
    claims = [_claim_row(subject_id, entry) for entry in result.claims] if result else []
    # Claims point at the incident, whose row goes and comes under one key: checked at commit.
    rows = [_incident_row(subject_id, result)] if result else []
    replace_rows(model=Incident, scope={"id": subject_id}, rows=rows)
    replace_rows(model=Claim, scope={"incident_id": subject_id}, rows=claims)
