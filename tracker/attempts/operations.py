"""Write what the folds of attempts and agreement say into their rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from tracker.attempts.effects import AttemptFold, fold, fold_agreement
from tracker.attempts.models import AgreementPosition, Attempt, ReasonCode
from tracker.fieldlog.ordering import Entry
from tracker.fieldlog.projection import replace_rows


def _attempt_row(attempt_id: UUID, result: AttemptFold) -> Attempt:
    plan, end = result.plan.data, result.end_data
    assert result.plan.corridor_id is not None
    return Attempt(
        id=attempt_id,
        corridor_id=result.plan.corridor_id,
        day=date.fromisoformat(plan["day"]),
        status=result.status,
        stage=result.stage,
        reason=end.get("reason", ""),
        reason_code=end.get("reason_code", ReasonCode.NONE_STATED),
        reason_party=end.get("party", ""),
        agreed=plan["agreed"],
        announced_by=plan["announced_by"],
        buses=result.newest("buses", None),
        private_cars=result.newest("private_cars", None),
        people_planned=plan["people_planned"],
        people_arrived=end.get("people_arrived"),
        counted_by=result.newest("counted_by", ""),
        started_at=result.started_at,
        ended_at=result.ended_at,
        is_public=result.is_public,
        note=result.newest("note", ""),
        source_title=result.newest("source_title", ""),
        source_url=result.newest("source_url", ""),
        record_ref=plan["record_ref"],
        event_id=result.plan.id,
    )


def project(*, subject_id: UUID, entries: Sequence[Entry]) -> None:
    """Fold `entries` of one attempt and bring its row into line."""
    result = fold(entries)
    rows = [_attempt_row(subject_id, result)] if result else []
    replace_rows(model=Attempt, scope={"id": subject_id}, rows=rows)


def _position_row(corridor_id: UUID, entry: Entry) -> AgreementPosition:
    data = entry.data
    return AgreementPosition(
        event_id=entry.id,
        corridor_id=corridor_id,
        item=data["item"],
        party=data["party"],
        position=data["position"],
        note=data["note"],
        source_id=entry.source_id,
        at=entry.at,
        is_public=data["is_public"],
    )


def project_agreement(*, subject_id: UUID, entries: Sequence[Entry]) -> None:
    """Fold what the parties say of the points of one corridor and bring its rows into line."""
    rows = [_position_row(subject_id, entry) for entry in fold_agreement(entries)]
    replace_rows(model=AgreementPosition, scope={"corridor_id": subject_id}, rows=rows)
