"""Set up checkpoints, and write what the fold of one says into its rows."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tracker.checkpoints.effects import fold
from tracker.checkpoints.models import Checkpoint, CheckpointReport, CheckpointState
from tracker.corridors.models import Corridor, Place
from tracker.fieldlog.ordering import Entry
from tracker.fieldlog.projection import replace_rows


def _report_row(checkpoint_id: UUID, entry: Entry) -> CheckpointReport:
    data = entry.data
    return CheckpointReport(
        event_id=entry.id,
        checkpoint_id=checkpoint_id,
        source_id=entry.source_id,
        status=data["status"],
        at=entry.at,
        wait_low_h=data.get("wait_low_h"),
        wait_high_h=data.get("wait_high_h"),
        is_censored=data.get("is_censored", False),
        vehicles=data.get("vehicles", ""),
        says=data.get("says", ""),
        source_title=data.get("source_title", ""),
        source_url=data.get("source_url", ""),
        is_public=data.get("is_public", False),
    )


def project(*, subject_id: UUID, entries: Sequence[Entry]) -> None:
    """Fold `entries` of one checkpoint and bring its rows into line."""
    result = fold(entries)
    scope = {"checkpoint_id": subject_id}
    state = CheckpointState(
        checkpoint_id=subject_id,
        status=result.status,
        since=result.since,
        last_word_at=result.last_word_at,
        event_id=result.event_id,
    )
    replace_rows(model=CheckpointState, scope=scope, rows=[state] if entries else [])
    replace_rows(
        model=CheckpointReport,
        scope=scope,
        rows=[_report_row(subject_id, entry) for entry in result.reports],
    )


def add_checkpoint(
    *, corridor: Corridor, code: str, name: str, place: Place | None, km: float, kind: str
) -> Checkpoint:
    """Return the checkpoint of this code on a corridor, at `km` by road; set-up, not a fact."""
    checkpoint, _ = Checkpoint.objects.get_or_create(
        corridor=corridor,
        code=code,
        defaults={"name": name, "place": place, "km": km, "kind": kind},
    )
    return checkpoint
