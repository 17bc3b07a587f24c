"""The day of the messages: a minute after the sample lines of the protocols were sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.gateways.senders import SENT_AT
from tracker.exercises.operations import begin_exercise


@pytest.fixture
def exercise(db: None) -> None:
    """Let field time run on from 09:31 of 1 April 2022 (UTC)."""
    begin_exercise(
        name="1 April 2022",
        starts_at=SENT_AT + timedelta(minutes=1),
        speed=1,
        machine_now=timezone.now(),
    )
