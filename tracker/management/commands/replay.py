"""`manage.py replay DAY`: a day of the record as an exercise, resumable, never sent outside."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker.exercises.clock import field_now
from tracker.exercises.models import Exercise
from tracker.exercises.operations import end_exercise
from tracker.management.demo_accounts import find_crew
from tracker.management.replay_clock import run_exercise, running_exercise, stay_at_end
from tracker.management.replay_playing import Player
from tracker.management.replay_script import BadScriptError, Script, path_of_day, read_script
from tracker.management.replay_tracks import Track, Trackers, read_tracks

# Real seconds between two looks at the clock, at most: somebody may have ended the exercise.
LOOK_SECONDS = 1.0
ENDED = (
    "The script has ended; real time goes on from that evening. The log keeps the day, so to see "
    "it again from its morning, start with a new database."
)


class Command(BaseCommand):
    """Begin or resume the exercise of a day and log its script as field time reaches each line."""

    help = "Replay a day of the record as an exercise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the day, the speed, and how to go back to real time."""
        parser.add_argument("day", metavar="DAY", help="a day that record/ has a script for")
        parser.add_argument("--speed", type=int, default=60, help="field seconds in one second")
        parser.add_argument("--end", action="store_true", help="end the exercise: real time again")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Return at the end of the script, when the exercise ends, or when asked to stop."""
        if options["end"]:
            ended = end_exercise(machine_now=timezone.now())
            self.stdout.write("The exercise has ended." if ended else "No exercise runs.")
            return
        if not 1 <= options["speed"] <= 3600:
            raise CommandError("--speed is from 1 to 3600.")
        try:
            path = path_of_day(options["day"])
            self._replay(read_script(path), read_tracks(path), speed=options["speed"])
        except BadScriptError as error:
            raise CommandError(str(error)) from None

    def _replay(self, script: Script, tracks: Sequence[Track], *, speed: int) -> None:
        crew = find_crew()
        if crew is None:
            raise CommandError("There are no demonstration accounts: run manage.py demo first.")
        player = Player(script, crew=crew, say=self._say)
        trackers = Trackers(tracks, crew=crew, machine_now=timezone.now())
        exercise = run_exercise(script, speed=speed, machine_now=timezone.now())
        if exercise is None:
            raise CommandError("Another exercise runs: end it first (manage.py replay DAY --end).")
        local = field_now().astimezone(script.begins_at.tzinfo)
        self._say(f"Exercise, {script.name}, {local:%H:%M}, {speed}x")
        with _asked_to_stop() as stop:
            while not stop.wait(_pause(player, script, speed=speed)):
                if not _is_still(exercise):
                    self._say("The exercise was ended, so the replay ends.")
                    return
                now = field_now()
                player.play_until(now)
                trackers.play_until(now)
                if player.next_at() is None and now >= script.ends_at:
                    stay_at_end(script, at=now, machine_now=timezone.now())
                    self._say(ENDED)
                    return
        self._say("stopped; the next start goes on from here")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _pause(player: Player, script: Script, *, speed: int) -> float:
    """Return the real seconds until the next line is due, at most until the next look."""
    due = player.next_at() or script.ends_at
    return max(0.0, min(LOOK_SECONDS, _seconds_until(due) / speed))


def _seconds_until(at: datetime) -> float:
    return (at - field_now()).total_seconds()


def _is_still(exercise: Exercise) -> bool:
    running = running_exercise()
    return running is not None and running.pk == exercise.pk


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """Yield what is set by Ctrl-C and TERM; the line that is being logged is finished first."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
