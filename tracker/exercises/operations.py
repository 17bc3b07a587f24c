"""Begin and end an exercise."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tracker.exercises.models import Exercise


@transaction.atomic
def begin_exercise(
    *, name: str, starts_at: datetime, speed: int, machine_now: datetime
) -> Exercise:
    """Begin an exercise and end the one that runs; `speed` is field seconds per machine second."""
    Exercise.objects.filter(ended_at__isnull=True).update(ended_at=machine_now)
    return Exercise.objects.create(
        name=name, starts_at=starts_at, begun_at=machine_now, speed=speed
    )


def end_exercise(*, machine_now: datetime) -> int:
    """End the exercise that runs and return how many ended (0 or 1)."""
    return Exercise.objects.filter(ended_at__isnull=True).update(ended_at=machine_now)
