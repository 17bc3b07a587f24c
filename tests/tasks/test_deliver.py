"""The stand-alone process publishes and sends without Redis or Celery, and ends when told to."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

import pytest
from celery import current_app
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.alerts.scenes import subscribe
from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tests.situation.scenes import folder, publish, statuses_in_feeds
from tests.stories.processes import running
from tests.waiting import until
from tracker.alerts.models import Delivery
from tracker.outbox.models import Heartbeat, OutboxRow
from tracker.situation import files

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("noon")]
# What a child needs so that pages find their static files without collecting them first.
CHILD = {"DEBUG": "1", "CELERY_BROKER_URL": "redis://127.0.0.1:1/0"}


@contextmanager
def delivering(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `deliver --forever` until the block ends; give the process once it has published."""
    log_file = tmp_path / "deliver.log"
    with running("manage.py", "deliver", "--forever", log=log_file, extra=CHILD) as process:
        until(
            lambda: files.pointer(folder()) or process.poll() is not None,
            within_s=30,
            what="first publication",
        )
        assert process.poll() is None, log_file.read_text()
        yield process


def close(road: Road, cast: Cast) -> None:
    """Let an operator close the corridor."""
    log(
        new_event("corridor.closed", corridor=road.corridor.pk, at=NOON),
        organisation=cast.organisation,
        by=cast.dispatcher,
    )


def seconds_until_closed() -> float:
    """Wait until the three feeds say CLOSED and return how long that took."""
    began = time.monotonic()
    wanted = ["CLOSED"] * 3
    until(lambda: statuses_in_feeds() == wanted, within_s=10, what="CLOSED in the feeds")
    return time.monotonic() - began


def test_a_closed_corridor_is_public_and_mailed_within_two_seconds(
    cast: Cast, road: Road, tmp_path: Path
) -> None:
    subscribe("reader@example.net")
    with delivering(tmp_path):
        close(road, cast)

        public_s = seconds_until_closed()
        until(
            lambda: Delivery.objects.filter(subscriber__isnull=False, state="sent").exists(),
            within_s=5,
            what="the mail",
        )

    assert public_s < 2
    assert not OutboxRow.objects.filter(done_at=None).exists()
    assert set(Heartbeat.objects.values_list("name", flat=True)) >= {"deliver", "sender"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_two_seconds_when_told_to(
    road: Road, tmp_path: Path, number: signal.Signals
) -> None:
    with delivering(tmp_path) as process:
        began = time.monotonic()
        process.send_signal(number)
        code = process.wait(timeout=10)
        took_s = time.monotonic() - began

    assert code == 0
    assert took_s < 2


def test_it_outlives_the_loss_of_every_connection(cast: Cast, road: Road, tmp_path: Path) -> None:
    with delivering(tmp_path) as process:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            (lost,) = cursor.fetchone()
        close(road, cast)

        seconds_until_closed()

        assert lost >= 2
        assert process.poll() is None


def test_with_redis_frozen_a_page_answers_and_the_public_knows_in_time(
    cast: Cast,
    road: Road,
    tmp_path: Path,
    frozen_redis: str,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(current_app.conf, "broker_url", frozen_redis)
    client.force_login(
        cast.dispatcher, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    with delivering(tmp_path):
        began = time.monotonic()
        response = client.post(
            f"/staff/corridors/{road.corridor.slug}/status/",
            {"act": "corridor.closed", "reason": "", "client_id": str(uuid4())},
        )
        request_s = time.monotonic() - began
        public_s = seconds_until_closed()

    assert response.status_code == HTTPStatus.FOUND
    assert request_s < 1
    assert public_s < 10


def test_once_does_what_is_due_and_ends(cast: Cast, road: Road, tmp_path: Path) -> None:
    publish(machine_now=timezone.now() - timedelta(hours=1))
    close(road, cast)

    with running("manage.py", "deliver", "--once", log=tmp_path / "log", extra=CHILD) as process:
        code = process.wait(timeout=30)

    assert code == 0, (tmp_path / "log").read_text()
    assert statuses_in_feeds() == ["CLOSED"] * 3
    assert not OutboxRow.objects.filter(done_at=None).exists()
