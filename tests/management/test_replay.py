"""The replay of 1 April 2022: once each line, in its time, by the people of the demonstration."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from tracker.alerts.models import Delivery
from tracker.attempts.models import Attempt, AttemptStatus
from tracker.attempts.queries import agreement_of, positions_of
from tracker.convoys.models import Convoy, ConvoyState
from tracker.corridors.models import Corridor
from tracker.corridors.queries import corridor_verdict, validity_of
from tracker.exercises.clock import field_clock
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.queries import balance_of
from tracker.incidents.models import Incident
from tracker.incidents.queries import incidents_newest_first, voices
from tracker.management.demo_accounts import find_crew
from tracker.management.replay_clock import pause_exercise, run_exercise
from tracker.management.replay_playing import Player, last_played_at
from tracker.management.replay_script import Script, path_of_day, read_script


@pytest.fixture
def script() -> Script:
    return read_script(path_of_day("2022-04-01"))


@pytest.fixture
def told() -> list[str]:
    """Return what the player says."""
    return []


@pytest.fixture
def player(db: None, settings: object, tmp_path: Path, script: Script, told: list[str]) -> Player:
    """Return a player on a made demonstration."""
    settings.LOCAL_DIR = tmp_path
    call_command("demo", stdout=StringIO())
    crew = find_crew()
    assert crew is not None
    return Player(script, crew=crew, say=told.append)


def at(script: Script, hours: int, minutes: int) -> datetime:
    return script.begins_at.replace(hour=hours, minute=minutes)


def test_every_line_of_the_day_is_accepted(player: Player, script: Script, told: list[str]) -> None:
    player.play_until(script.ends_at)
    assert [line for line in told if "refused" in line] == []
