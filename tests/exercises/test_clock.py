"""An exercise shifts and scales field time alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from tracker.exercises.clock import field_clock, field_now
from tracker.exercises.models import Exercise
from tracker.exercises.operations import begin_exercise, end_exercise

TODAY = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
FRIDAY = datetime(2022, 4, 1, 3, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_without_an_exercise_field_time_is_the_real_time() -> None:
    with time_machine.travel(TODAY, tick=False):
        assert field_now() == TODAY
        assert not field_clock().is_exercise


def test_in_an_exercise_field_time_starts_at_its_day_and_runs_at_its_speed() -> None:
    begin_exercise(name="1 April 2022", starts_at=FRIDAY, speed=60, machine_now=TODAY)

    with time_machine.travel(TODAY + timedelta(minutes=5), tick=False):
        assert field_now() == FRIDAY + timedelta(hours=5)
        assert timezone.now() == TODAY + timedelta(minutes=5)


def test_a_new_exercise_ends_the_one_that_ran() -> None:
    begin_exercise(name="first", starts_at=FRIDAY, speed=1, machine_now=TODAY)

    begin_exercise(name="second", starts_at=FRIDAY, speed=1, machine_now=TODAY)

    assert [row.name for row in Exercise.objects.filter(ended_at=None)] == ["second"]


def test_the_database_refuses_two_exercises_at_once() -> None:
    begin_exercise(name="first", starts_at=FRIDAY, speed=1, machine_now=TODAY)

    with pytest.raises(IntegrityError):
        Exercise.objects.create(name="second", starts_at=FRIDAY, begun_at=TODAY, speed=1)


def test_after_the_exercise_the_real_time_is_back() -> None:
    begin_exercise(name="first", starts_at=FRIDAY, speed=60, machine_now=TODAY)

    end_exercise(machine_now=TODAY)

    with time_machine.travel(TODAY, tick=False):
        assert field_now() == TODAY
