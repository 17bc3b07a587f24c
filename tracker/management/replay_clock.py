"""The clock of a replay: it goes on where it was left, and stands almost still between runs."""

from __future__ import annotations

from datetime import datetime

from tracker.exercises.models import Exercise
from tracker.exercises.operations import begin_exercise
from tracker.management.replay_playing import last_played_at
from tracker.management.replay_script import Script


def running_exercise() -> Exercise | None:
    """Return the exercise that runs."""
    return Exercise.objects.filter(ended_at__isnull=True).first()


def pause_exercise(script: Script, *, machine_now: datetime) -> Exercise | None:
    """Put the clock to where the replay was left, at the speed of real time.

    While nothing runs, machine time goes on: an exercise at 60x that was left for a night would be
    weeks ahead. One that somebody else began stays as it is: `None` then.
    """
    return _begin(script, speed=1, machine_now=machine_now)


def run_exercise(script: Script, *, speed: int, machine_now: datetime) -> Exercise | None:
    """Let the clock run from where the replay was left; `None` if another exercise runs."""
    return _begin(script, speed=speed, machine_now=machine_now)


def _begin(script: Script, *, speed: int, machine_now: datetime) -> Exercise | None:
    running = running_exercise()
    if running is not None and running.name != script.name:
        return None
    return begin_exercise(
        name=script.name, starts_at=last_played_at(script), speed=speed, machine_now=machine_now
    )


def stay_at_end(script: Script, *, at: datetime, machine_now: datetime) -> None:
    """Let real time go on from `at`, the evening on which the script ends."""
    begin_exercise(name=script.name, starts_at=at, speed=1, machine_now=machine_now)
