"""What the tests of alerts need: a clock, subscribers, and the consumer run once."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from tests.factories import NOON
from tracker.alerts import contacts
from tracker.alerts.models import Alert, Delivery, Subscriber, Subscription
from tracker.alerts.operations import expander
from tracker.corridors.models import Corridor
from tracker.exercises.clock import FieldClock
from tracker.outbox.models import OutboxRow
from tracker.outbox.operations import drain

MACHINE_NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FAR_FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


def clock(at: datetime = NOON, *, exercise: str = "") -> FieldClock:
    """Return field time, of an exercise when it is named."""
    return FieldClock(now=at, name=exercise, speed=60 if exercise else 1)


def expand_all(
    *, at: datetime = NOON, exercise: str = "", now: datetime = MACHINE_NOW
) -> list[Alert]:
    """Let the consumer expand every waiting row, and return the alerts that it wrote."""
    before = set(Alert.objects.values_list("pk", flat=True))
    expand = expander(read_clock=lambda: clock(at, exercise=exercise), now=now)
    # The rows' own due time is the database's, so they are asked for as of much later.
    drain(consumer=OutboxRow.Consumer.ALERTS, expand=expand, now=FAR_FUTURE)
    assert not OutboxRow.objects.filter(consumer="alerts", done_at=None).exists()
    return list(Alert.objects.exclude(pk__in=before).order_by("subject", "revision"))


def subscribe(
    address: str, *, corridor: Corridor | None = None, language: str = "en"
) -> Subscriber:
    """Return somebody outside who has confirmed a subscription."""
    stop = secrets.token_urlsafe(32)
    subscriber, _ = Subscriber.objects.get_or_create(
        contact_hash=contacts.contact_hash(address),
        defaults={
            "contact_sealed": contacts.sealed_contact(address),
            "language": language,
            "stop_token_hash": contacts.token_hash(stop),
            "stop_token_sealed": contacts.sealed_stop_token(stop),
            "created_at": MACHINE_NOW,
        },
    )
    Subscription.objects.create(
        subscriber=subscriber,
        corridor=corridor,
        confirm_token_hash=contacts.token_hash(secrets.token_urlsafe(32)),
        created_at=MACHINE_NOW,
        confirmed_at=MACHINE_NOW,
    )
    return subscriber


def deliveries_to_subscribers() -> list[Delivery]:
    """Return what is on its way to people outside, oldest first."""
    return list(Delivery.objects.filter(subscriber__isnull=False).order_by("id"))
