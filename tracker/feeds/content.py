"""Tell whether two snapshots say the same, whenever they were taken."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import UTC, date, datetime

from tracker.feeds.snapshot import Snapshot
from tracker.lib.periods import require_aware


def content_hash(snapshot: Snapshot) -> str:
    """Return the SHA-256, in hex, of everything the audience may read.

    The running field time of an exercise is left out: it moves by itself and tells nothing new.
    Raises ValueError when a moment has no time zone.
    """
    content = dataclasses.asdict(snapshot)
    if snapshot.exercise is not None:
        content["exercise"].pop("field_time")
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_written)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _written(value: object) -> str:
    if isinstance(value, datetime):
        # One moment in two zones is the same content.
        return require_aware(value).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a snapshot holds no {type(value).__name__}")
