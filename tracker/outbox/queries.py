"""Questions about the outbox and the processes that drain it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tracker.outbox.models import Heartbeat, OutboxRow


def oldest_waiting_s(*, now: datetime) -> float:
    """Return the age in seconds of the oldest row that is due and not expanded, else 0."""
    oldest = (
        OutboxRow.objects.filter(done_at__isnull=True, next_at__lte=now)
        .order_by("created_at", "id")
        .values_list("created_at", flat=True)
        .first()
    )
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def silent_processes(*, now: datetime, limit: timedelta) -> list[str]:
    """Return the names of processes whose last sign of life is older than `limit`."""
    return list(
        Heartbeat.objects.filter(at__lt=now - limit).order_by("name").values_list("name", flat=True)
    )


def unheard_of(names: Iterable[str]) -> list[str]:
    """Return those of these processes that have never given a sign of life."""
    heard = set(Heartbeat.objects.filter(name__in=names).values_list("name", flat=True))
    return sorted(set(names) - heard)
