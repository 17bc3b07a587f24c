"""What the frame of every page needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tracker.exercises.clock import FieldClock, field_clock
from tracker.organisations.permissions import May, may_of


@dataclass(frozen=True, slots=True)
class ExerciseBanner:
    """The watermark of an exercise: "Exercise, 1 April 2022, 14:10, 60x"."""

    name: str
    now: datetime
    speed: int


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the field clock, the exercise watermark and what this person may do."""
    clock: FieldClock = field_clock()
    banner = ExerciseBanner(clock.name, clock.now, clock.speed) if clock.is_exercise else None
    may: May = may_of(request.user) if hasattr(request, "user") else May()
    return {
        "now": clock.now,
        "exercise_banner": banner,
        "may": may,
        "languages_complete": settings.LANGUAGES_COMPLETE,
    }
