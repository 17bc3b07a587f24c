"""Notice what time alone changes: a status that grew old, a convoy that fell silent."""

from celery import shared_task
from django.utils import timezone

from tracker.alerts.watching import watch as watch_the_clock
from tracker.exercises.clock import field_clock
from tracker.lib.periods import grid_moment
from tracker.outbox.operations import take_slot

EVERY_S = 15


@shared_task
def watch() -> None:
    """Look once in each turn, however many processes are asked to."""
    now = timezone.now()
    if take_slot(job="watch", slot_at=grid_moment(now, every_s=EVERY_S)):
        watch_the_clock(clock=field_clock(), now=now)
