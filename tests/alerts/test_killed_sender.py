"""A sender may be killed at any moment: nothing is lost, and a repeat can be told by its key."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.db import connection

from tests.alerts.scenes import MACHINE_NOW, expand_all, subscribe
from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.alerts.channels.outgoing import Message
from tracker.alerts.models import Delivery
from tracker.alerts.sending import sweep

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent
READERS = 30


def run_sender(folder: Path, *, owner: int, die_at: str = "") -> int:
    """Let a process send until it is done or dies at the named point; return its exit code."""
    environment = {**os.environ, "CHAOS_SERVERS": "own", "CHAOS_POINT": die_at}
    database = str(connection.settings_dict["NAME"])
    arguments = [sys.executable, "-m", "tests.alerts.sender_process", database, str(folder)]
    process = subprocess.run(
        [*arguments, str(owner)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert process.returncode in {0, -signal.SIGKILL}, process.stderr.decode()
    return process.returncode


def mails_in(folder: Path) -> list[EmailMessage]:
    """Read every mail that lies in the folder."""
    line = b"-" * 79 + b"\n"
    return [
        message_from_bytes(part, policy=policy.default)
        for path in sorted(folder.glob("*.log"))
        for part in path.read_bytes().split(line)
        if part.strip()
    ]


@pytest.fixture
def waiting(cast: Cast, road: Road) -> None:
    """Leave one message for each of 30 readers and three people at the desk."""
    for number in range(READERS):
        subscribe(f"reader{number}@example.net")
    closed = new_event("corridor.closed", corridor=road.corridor.pk, at=NOON)
    log(closed, organisation=cast.organisation)
    expand_all()


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("point", ["after_claim", "after_send"])
def test_a_killed_sender_loses_nothing_and_repeats_at_most_one_with_the_same_key(
    tmp_path: Path, point: str
) -> None:
    deaths = [run_sender(tmp_path, owner=owner, die_at=point) for owner in (1, 2)]

    finished = run_sender(tmp_path, owner=3)

    mails = mails_in(tmp_path)
    keys = Counter(mail["X-Idempotency-Key"] for mail in mails)
    assert deaths == [-signal.SIGKILL, -signal.SIGKILL]
    assert finished == 0
    assert {mail["To"] for mail in mails} >= {f"reader{n}@example.net" for n in range(READERS)}
    assert set(keys) == {
        Message(to="", subject="", body="", key=key).short_key
        for key in Delivery.objects.values_list("key", flat=True)
    }
    # Each death repeats at most the one message that was on its way.
    assert len(mails) - len(keys) <= len(deaths)
    assert len({mail["Message-ID"] for mail in mails}) == len(keys)
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.SENT}


@pytest.mark.usefixtures("waiting")
def test_what_a_dead_sender_was_about_to_send_is_shown_as_maybe_sent(tmp_path: Path) -> None:
    run_sender(tmp_path, owner=1, die_at="after_send")
    held = Counter(Delivery.objects.exclude(owner=None).values_list("state", flat=True))

    sweep(now=MACHINE_NOW)

    unsure = Delivery.objects.get(state=Delivery.State.UNSURE)
    assert held == {"unsure": 1, "leased": 19}
    assert (unsure.owner, unsure.error) == (None, "maybe sent")
    assert Delivery.objects.filter(state=Delivery.State.PENDING).count() == READERS + 3 - 1


@pytest.mark.usefixtures("waiting")
def test_the_rows_of_a_living_sender_are_left_alone(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(77, 9)")
    Delivery.objects.filter(user=None).update(
        state=Delivery.State.LEASED, owner=9, lease_until=MACHINE_NOW.replace(hour=13)
    )

    freed = sweep(now=MACHINE_NOW)

    assert freed == 0
