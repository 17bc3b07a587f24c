"""A row of the outbox is untouched or fully expanded, and a bad one holds up no other."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tracker.outbox.models import Heartbeat, JobSlot, OutboxRow
from tracker.outbox.operations import beat, drain, post, take_slot
from tracker.outbox.queries import oldest_waiting_s, silent_processes

SITUATION = OutboxRow.Consumer.SITUATION


class Seen:
    """A consumer that notes what it expanded, and fails on the kinds it is told to."""

    def __init__(self, *bad: str) -> None:
        self.bad = set(bad)
        self.kinds: list[str] = []

    def __call__(self, rows: Sequence[OutboxRow]) -> None:
        for row in rows:
            if row.kind in self.bad:
                raise ValueError(f"cannot expand {row.kind}")
        for row in rows:
            beat(name=row.kind, at=timezone.now())
            self.kinds.append(row.kind)


@pytest.mark.django_db
def test_every_consumer_gets_a_row_of_its_own() -> None:
    post(kind="corridor.changed", payload={"id": "1"})

    assert sorted(OutboxRow.objects.values_list("consumer", flat=True)) == ["alerts", "situation"]


@pytest.mark.django_db(transaction=True)
def test_a_post_that_is_rolled_back_leaves_no_row() -> None:
    def fact_that_fails() -> None:
        with transaction.atomic():
            post(kind="corridor.changed", payload={})
            raise RuntimeError("the fact itself failed")

    with pytest.raises(RuntimeError):
        fact_that_fails()

    assert not OutboxRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_draining_expands_each_due_row_once_in_order() -> None:
    for number in range(3):
        post(kind=f"k{number}", payload={})
    seen = Seen()

    first = drain(consumer=SITUATION, expand=seen, now=timezone.now())
    second = drain(consumer=SITUATION, expand=seen, now=timezone.now())

    assert (first, second) == (3, 0)
    assert seen.kinds == ["k0", "k1", "k2"]
    assert OutboxRow.objects.filter(consumer="alerts", done_at=None).count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_bad_row_is_postponed_with_its_error_and_the_others_are_expanded() -> None:
    for kind in ("good", "bad", "fine"):
        post(kind=kind, payload={})
    now = timezone.now()

    done = drain(consumer=SITUATION, expand=Seen("bad"), now=now)

    bad = OutboxRow.objects.get(consumer="situation", kind="bad")
    assert done == 2
    assert (bad.done_at, bad.attempts) == (None, 1)
    assert "cannot expand bad" in bad.error
    assert bad.next_at > now
    assert not Heartbeat.objects.filter(name="bad").exists()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_failed_is_expanded_once_its_time_has_come() -> None:
    post(kind="bad", payload={})
    now = timezone.now()
    drain(consumer=SITUATION, expand=Seen("bad"), now=now)

    too_soon = drain(consumer=SITUATION, expand=Seen(), now=now)
    in_time = drain(consumer=SITUATION, expand=Seen(), now=now + timedelta(seconds=1))

    assert (too_soon, in_time) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_two_drains_at_once_share_the_rows_and_repeat_none() -> None:
    for number in range(40):
        post(kind=f"k{number}", payload={})
    counts: list[int] = []
    seen = [Seen(), Seen()]

    def run(consumer: Seen) -> None:
        try:
            counts.append(drain(consumer=SITUATION, expand=consumer, now=timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(each,)) for each in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    together = sorted(seen[0].kinds + seen[1].kinds)
    assert together == sorted(f"k{number}" for number in range(40))
    assert not OutboxRow.objects.filter(consumer="situation", done_at=None).exists()


@pytest.mark.django_db
def test_a_slot_is_taken_once() -> None:
    slot = timezone.now().replace(microsecond=0)

    assert take_slot(job="publish", slot_at=slot)
    assert not take_slot(job="publish", slot_at=slot)
    assert JobSlot.objects.count() == 1


@pytest.mark.django_db
def test_a_process_that_stopped_beating_is_named() -> None:
    now = timezone.now()
    beat(name="deliver", at=now - timedelta(seconds=91))
    beat(name="beat", at=now - timedelta(seconds=10))

    assert silent_processes(now=now, limit=timedelta(seconds=90)) == ["deliver"]


@pytest.mark.django_db
def test_the_age_of_the_oldest_waiting_row_is_known() -> None:
    now = timezone.now()
    assert oldest_waiting_s(now=now) == 0

    post(kind="k", payload={})

    assert oldest_waiting_s(now=now + timedelta(seconds=30)) >= 25
