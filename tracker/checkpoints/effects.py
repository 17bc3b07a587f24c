"""Pure fold of the reports on one checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tracker.fieldlog.ordering import Entry, standing

NO_STATUS = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class CheckpointFold:
    """What the log says of one checkpoint: its status since when, the newest word, every report."""

    status: str = NO_STATUS
    since: datetime | None = None
    event_id: UUID | None = None
    last_word_at: datetime | None = None
    reports: tuple[Entry, ...] = ()


def fold(entries: Sequence[Entry]) -> CheckpointFold:
    """Fold `entries`, already in corrected event time.

    `event_id` is the newest report that asserts the status, `since` the first of its unbroken run.
    """
    result = CheckpointFold()
    for entry in standing(entries):
        status = str(entry.data.get("status", NO_STATUS))
        result = replace(result, last_word_at=entry.at, reports=(*result.reports, entry))
        if status == NO_STATUS:
            continue
        since = result.since if status == result.status else entry.at
        result = replace(result, status=status, since=since, event_id=entry.id)
    return result
