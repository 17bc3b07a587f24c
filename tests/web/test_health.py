"""`/healthz` says whether what people rely on still runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import PASSWORD, Cast
from tracker.outbox.models import Heartbeat, OutboxRow
from tracker.outbox.operations import beat


@pytest.fixture
def alive(db: None) -> None:
    """Let every process give a sign of life."""
    for name in ("deliver", "sender", "beat"):
        beat(name=name, at=timezone.now())


def test_it_is_well_without_any_key(alive: None) -> None:
    answer = Client().get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ["deliver", "sender", "beat"])
def test_a_process_silent_for_ninety_seconds_makes_it_fail(alive: None, name: str) -> None:
    beat(name=name, at=timezone.now() - timedelta(seconds=91))

    answer = Client().get("/healthz")

    assert (answer.status_code, answer.json()) == (503, {"status": "failing"})


def test_a_process_that_was_never_heard_of_makes_it_fail(db: None) -> None:
    answer = Client().get("/healthz")

    assert answer.status_code == 503


def test_a_fact_that_waits_for_more_than_a_minute_makes_it_fail(alive: None) -> None:
    row = OutboxRow.objects.create(consumer="alerts", kind="corridor.changed")
    minute_ago = timezone.now() - timedelta(seconds=61)
    OutboxRow.objects.filter(pk=row.pk).update(created_at=minute_ago, next_at=minute_ago)

    failing = Client().get("/healthz").status_code
    OutboxRow.objects.filter(pk=row.pk).update(done_at=timezone.now())
    well = Client().get("/healthz").status_code

    assert (failing, well) == (503, 200)


def test_it_writes_for_real_but_at_most_once_in_ten_seconds(alive: None) -> None:
    def writes() -> int:
        with CaptureQueriesContext(connection) as queries:
            Client().get("/healthz")
        rows_before = [q["sql"] for q in queries if q["sql"].startswith("INSERT")]
        return len(rows_before)

    first, second = writes(), writes()
    Heartbeat.objects.filter(name="healthz").update(at=timezone.now() - timedelta(seconds=11))
    Client().get("/healthz")

    assert (first, second) == (1, 0)
    assert Heartbeat.objects.get(name="healthz").at > timezone.now() - timedelta(seconds=10)


def test_a_database_that_only_reads_makes_it_fail(alive: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")

    answer = Client().get("/healthz")

    assert (answer.status_code, answer.json()) == (503, {"status": "failing"})


def test_what_is_wrong_is_told_to_people_of_the_house_alone(alive: None, cast: Cast) -> None:
    beat(name="sender", at=timezone.now() - timedelta(minutes=5))

    def told(person: str) -> dict[str, object]:
        client = Client()
        assert client.login(username=person, password=PASSWORD)
        answer: dict[str, object] = client.get("/healthz").json()
        return answer

    assert "sender" in str(told("viewer")["findings"])
    assert told("partner") == {"status": "failing"}


def test_only_reading_it_is_allowed(alive: None) -> None:
    assert Client().post("/healthz").status_code == 405
