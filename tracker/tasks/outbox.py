"""Answer the doorbell: expand what waits in the outbox, publish and send."""

import secrets
import time

from celery import shared_task
from django.utils import timezone

from tracker.alerts.operations import expander
from tracker.alerts.sending import send_due
from tracker.exercises.clock import field_clock
from tracker.outbox import operations as outbox
from tracker.outbox.models import OutboxRow
from tracker.situation.consumer import want_publication
from tracker.situation.operations import publish_if_wanted

OWNERS = 2**31
# A slow mail server must not keep a worker from the next ring; the stand-alone process goes on.
SENDING_S = 20.0


@shared_task
def drain() -> None:
    """Do at once what the stand-alone process would do within a second."""
    now, until = timezone.now(), time.monotonic() + SENDING_S
    outbox.drain(consumer=OutboxRow.Consumer.SITUATION, expand=want_publication, now=now)
    publish_if_wanted(read_clock=field_clock, machine_now=now)
    expand = expander(read_clock=field_clock, now=now)
    outbox.drain(consumer=OutboxRow.Consumer.ALERTS, expand=expand, now=now)
    owner = secrets.randbelow(OWNERS)
    while time.monotonic() < until:
        if not send_due(clock=field_clock(), now=timezone.now(), owner=owner):
            return
