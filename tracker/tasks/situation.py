"""Publish on the tick, and what facts asked for while nobody answered the bell."""

from celery import shared_task
from django.utils import timezone

from tracker.exercises.clock import field_clock
from tracker.outbox.operations import beat
from tracker.situation.operations import publish_if_wanted, publish_on_tick


@shared_task
def publish() -> None:
    """Publish if a fact asked for it or a tick has come; harmless when two run at once."""
    now = timezone.now()
    publish_if_wanted(read_clock=field_clock, machine_now=now)
    publish_on_tick(clock=field_clock(), machine_now=now)
    beat(name="beat", at=now)
