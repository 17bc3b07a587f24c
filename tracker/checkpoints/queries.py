"""Questions about checkpoints; every answer holds at `at` and knows nothing later."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from tracker.checkpoints.models import Checkpoint, CheckpointReport
from tracker.corridors.models import Corridor
from tracker.corridors.queries import corridors_for, corridors_run_by
from tracker.organisations.models import User


def checkpoints_in_order(corridor: Corridor) -> QuerySet[Checkpoint]:
    """Return the checkpoints of a corridor by km, with their place and state."""
    return (
        Checkpoint.objects.filter(corridor=corridor)
        .select_related("place", "state")
        .order_by("km", "id")
    )


def reports_newest_first(*, checkpoint: Checkpoint, at: datetime) -> QuerySet[CheckpointReport]:
    """Return what was reported of a checkpoint until `at`, newest first."""
    return (
        CheckpointReport.objects.filter(checkpoint=checkpoint, at__lte=at)
        .select_related("source", "event__by")
        .order_by("-at", "event_id")
    )


def waits_newest_first(*, corridor: Corridor, at: datetime) -> QuerySet[CheckpointReport]:
    """Return the reports of a corridor's checkpoints that name a wait, newest first."""
    return (
        CheckpointReport.objects.filter(checkpoint__corridor=corridor, at__lte=at)
        .exclude(wait_low_h=None, wait_high_h=None)
        .select_related("checkpoint", "source")
        .order_by("-at", "event_id")
    )


def sources_of_run(*, checkpoint: Checkpoint, since: datetime, at: datetime) -> int:
    """Return how many different voices have spoken of a checkpoint between two times.

    A person who relays two sources counts as two voices, a voice that repeats itself as one.
    """
    reports = CheckpointReport.objects.filter(checkpoint=checkpoint, at__gte=since, at__lte=at)
    return len(set(reports.values_list("source_id", "event__by_id")))


def _on(corridors: QuerySet[Corridor]) -> QuerySet[Checkpoint]:
    return (
        Checkpoint.objects.filter(corridor__in=corridors.values("pk"))
        .select_related("corridor", "state")
        .order_by("corridor__slug", "km", "id")
    )


def checkpoints_run_by(user: User) -> QuerySet[Checkpoint]:
    """Return the checkpoints on the corridors that the organisation of `user` runs."""
    return _on(corridors_run_by(user))


def checkpoints_for(user: User) -> QuerySet[Checkpoint]:
    """Return the checkpoints on the corridors that `user` may know of.

    Their state rests on our own log: it is for people of the corridor's operator alone.
    """
    return _on(corridors_for(user))
