"""The numbers of this installation that decide what the public is told, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from tracker.corridors.queries import validity_of
from tracker.corridors.status import Validity
from tracker.exercises.clock import FieldClock
from tracker.lib.periods import grid_moment

# An exercise runs many times faster than the day it replays, so its pages renew more often.
EXERCISE_TICK_S = 10


@dataclass(frozen=True, slots=True)
class Terms:
    """What a public snapshot is built by; `convoy_delay` is in field time."""

    base_url: str
    time_zone: str
    validity: Validity
    convoy_delay: timedelta


def public_terms() -> Terms:
    """Return the terms of this installation."""
    return Terms(
        base_url=settings.PUBLIC_BASE_URL,
        time_zone=settings.FIELD_TIME_ZONE,
        validity=validity_of(
            passable_h=settings.OPEN_STATUS_HOURS, barred_h=settings.CLOSED_STATUS_HOURS
        ),
        convoy_delay=timedelta(hours=max(1, settings.PUBLIC_CONVOY_DELAY_HOURS)),
    )


def tick_of(*, clock: FieldClock, machine_now: datetime) -> datetime:
    """Return the newest tick at `machine_now`.

    Ticks lie on a fixed grid, so when one falls tells nothing about what happened.
    """
    tick_s = settings.PUBLISH_TICK_SECONDS
    if clock.is_exercise:
        tick_s = min(tick_s, EXERCISE_TICK_S)
    return grid_moment(machine_now, every_s=tick_s)
