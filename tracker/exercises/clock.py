"""The field clock: the one place in the house that reads what time it is in the field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.transaction import get_connection
from django.utils import timezone

from tracker.exercises.models import Exercise
from tracker.lib.statements import columns_of, instances_of, run

# By hand: asked with every request and every fact that comes in.
_RUNNING = (
    f"SELECT {columns_of(Exercise)} FROM {Exercise._meta.db_table} "  # noqa: S608  # our own names
    "WHERE ended_at IS NULL ORDER BY id LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class FieldClock:
    """Field time and, in an exercise, its name and speed (field seconds per machine second)."""

    now: datetime
    name: str = ""
    speed: int = 1

    @property
    def is_exercise(self) -> bool:
        """Tell whether the time shown is not the real time."""
        return bool(self.name)


def field_clock() -> FieldClock:
    """Return field time with the exercise that shifts it, if one runs."""
    machine_now = timezone.now()
    running = run(get_connection(), _RUNNING)
    if not running:
        return FieldClock(now=machine_now)
    (exercise,) = instances_of(running[0], get_connection(), Exercise)
    return FieldClock(
        now=exercise.starts_at + (machine_now - exercise.begun_at) * exercise.speed,
        name=exercise.name,
        speed=exercise.speed,
    )


def field_now() -> datetime:
    """Return field time; doors read it once and hand it down as `at=`."""
    return field_clock().now
