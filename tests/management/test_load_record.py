"""Importing a record: whole or not at all, repeatable, with every problem in words."""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.cast import Cast
from tracker.attempts.models import Attempt, AttemptStatus
from tracker.attempts.queries import base_rate_until
from tracker.checkpoints.models import Checkpoint, CheckpointReport
from tracker.corridors.models import Corridor, Place
from tracker.corridors.queries import route_in_use
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent
from tracker.incidents.models import Claim, Incident
from tracker.intake.folding import rebuild

RECORD = settings.BASE_DIR / "record"


def load(folder: Path, *arguments: str) -> str:
    """Run the command and return what it prints."""
    printed = StringIO()
    call_command("load_record", str(folder), *arguments, "--organisation=Corridor Operator", stdout=printed)
    return printed.getvalue()


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Return a copy of the record that a test may spoil."""
    return Path(shutil.copytree(RECORD, tmp_path / "record"))


def spoil(record: Path, file: str, old: str, new: str) -> None:
    text = (record / file).read_text(encoding="utf-8")
    assert old in text
    (record / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_whole_record_is_loaded_with_the_outcomes_that_its_description_counts(cast: Cast) -> None:
    load(RECORD)

    ukraine = Attempt.objects.filter(record_ref__startswith="A")
    rate = base_rate_until(
        at=field_now(), corridors=Corridor.objects.filter(attempts__in=ukraine).distinct()
    )
    assert ukraine.count() == 60
    assert (rate.n, rate.succeeded, rate.partly, rate.failed, rate.cancelled) == (55, 14, 18, 16, 7)
    assert Attempt.objects.filter(record_ref__startswith="O").count() == 17
    assert (Incident.objects.count(), Claim.objects.count()) == (15, 46)
