"""What the frame of every page needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from tracker.exercises.clock import FieldClock, field_clock
from tracker.organisations.models import User
from tracker.organisations.permissions import May, may_of


@dataclass(frozen=True, slots=True)
class ExerciseBanner:
    """The watermark of an exercise: its day, field time and speed."""

    name: str
    now: datetime
    speed: int

    @property
    def label(self) -> str:
        """Return "1 April 2022, 14:10, 60x"; the template puts the word for exercise before it."""
        local = timezone.localtime(self.now, ZoneInfo(settings.FIELD_TIME_ZONE))
        return f"{self.name}, {local:%H:%M}, {self.speed}x"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return field time, the exercise watermark, and who this person is and may do."""
    clock: FieldClock = field_clock()
    banner = ExerciseBanner(clock.name, clock.now, clock.speed) if clock.is_exercise else None
    user = getattr(request, "user", None)
    may: May = may_of(user)
    return {
        "now": clock.now,
        "field_now": clock.now,
        "field_zone": settings.FIELD_TIME_ZONE,
        "exercise_zone": settings.FIELD_TIME_ZONE,
        "role_name": user.get_role_display() if isinstance(user, User) else "",
        "exercise_banner": banner,
        "may": may,
        "languages_complete": settings.LANGUAGES_COMPLETE,
    }
