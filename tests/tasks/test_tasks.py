"""The tasks of Celery do what the stand-alone process does, and may come twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.alerts.scenes import subscribe
from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tests.situation.scenes import served, statuses_in_feeds
from tracker.alerts.models import Delivery
from tracker.outbox.models import Heartbeat, JobSlot, OutboxRow
from tracker.outbox.operations import forget_done
from tracker.tasks import alerts, outbox, situation

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noon", "road"),
]


def test_one_ring_expands_publishes_and_sends(cast: Cast, road: Road) -> None:
    subscribe("reader@example.net")
    situation.publish()
    log(
        new_event("corridor.closed", corridor=road.corridor.pk, at=NOON),
        organisation=cast.organisation,
    )

    outbox.drain()

    assert statuses_in_feeds() == ["CLOSED"] * 3
    assert not OutboxRow.objects.filter(done_at=None).exists()
    assert Delivery.objects.get(subscriber__isnull=False).state == "sent"


def test_publishing_twice_in_one_tick_publishes_once() -> None:
    situation.publish()
    first = served().stamp

    situation.publish()

    # The clock may have reached the next tick between the two; then there are two of them.
    ticks = served().stamp.generated_at - first.generated_at
    assert served().stamp.revision - first.revision == ticks // timedelta(seconds=10)
    assert Heartbeat.objects.filter(name="beat").exists()


def test_watching_twice_in_one_turn_looks_once() -> None:
    alerts.watch()
    alerts.watch()

    turns = JobSlot.objects.filter(job="watch")
    assert 1 <= turns.count() <= 2
    assert len(set(turns.values_list("slot_at", flat=True))) == turns.count()


def test_rows_done_long_ago_and_old_turns_are_forgotten_and_no_others(
    cast: Cast, road: Road
) -> None:
    now = timezone.now()
    log(new_event("corridor.closed", corridor=road.corridor.pk), organisation=cast.organisation)
    OutboxRow.objects.filter(consumer="alerts").update(done_at=now - timedelta(days=31))
    JobSlot.objects.create(job="watch", slot_at=now - timedelta(days=2))
    JobSlot.objects.create(job="watch", slot_at=now)

    forgotten = forget_done(now=now)

    assert forgotten == 2
    assert OutboxRow.objects.get().consumer == "situation"
    assert JobSlot.objects.get().slot_at == now
