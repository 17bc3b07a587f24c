"""A field clock that stands at noon of 1 April 2022, and a Redis of our own that can be frozen."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from config.embedded.places import make_site
from config.embedded.servers import redis, wait_for
from tests.factories import NOON
from tracker.exercises.models import Exercise


@pytest.fixture
def noon(db: None) -> Exercise:
    """Let field time be noon from now on, at the pace of real time."""
    return Exercise.objects.create(name="Noon", starts_at=NOON, begun_at=timezone.now(), speed=1)


@pytest.fixture
def frozen_redis() -> Iterator[str]:
    """Start a Redis of our own, freeze it, and give the address that Celery would use."""
    home = Path(tempfile.mkdtemp(prefix="evacr-", dir="/tmp"))
    program = redis(make_site(data=home, sockets=home, account=None))
    process = subprocess.Popen(program.argv, cwd=home, stdout=subprocess.DEVNULL)
    try:
        wait_for(program, process)
        process.send_signal(signal.SIGSTOP)
        yield f"redis+socket://{home}/redis.sock?virtual_host=0"
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(home, ignore_errors=True)
