"""The work of the stand-alone process: feeds and alerts with neither Redis nor Celery.

Publishing and sending run apart, so that a mail server that hangs holds up no page.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from tracker.alerts.operations import expander
from tracker.alerts.sending import send_due
from tracker.alerts.watching import watch
from tracker.exercises.clock import field_clock
from tracker.lib.periods import grid_moment
from tracker.outbox import operations as outbox
from tracker.outbox.models import OutboxRow
from tracker.situation.consumer import want_publication
from tracker.situation.operations import publish_if_wanted, publish_on_tick

logger = logging.getLogger(__name__)

# How long a round waits for a fact before it looks at the clock again.
WAIT_S = 1.0
# How soon a wait notices that the process was told to stop.
LOOK_UP_S = 0.2
BEAT_EVERY_S = 10
WATCH_EVERY_S = 15
TIDY_EVERY_S = 3600
PAUSE_FIRST_S, PAUSE_CAP_S = 0.25, 5.0
_NO_DATABASE = (OperationalError, InterfaceError, psycopg.OperationalError)


def expand_for_the_public() -> None:
    """Expand rows for the situation and publish what they changed."""
    now = timezone.now()
    outbox.drain(consumer=OutboxRow.Consumer.SITUATION, expand=want_publication, now=now)
    publish_if_wanted(read_clock=field_clock, machine_now=now)


def expand_for_alerts() -> None:
    """Expand rows into alerts and the messages that follow from them."""
    now = timezone.now()
    expand = expander(read_clock=field_clock, now=now)
    outbox.drain(consumer=OutboxRow.Consumer.ALERTS, expand=expand, now=now)


def publish_the_tick() -> None:
    """Publish when the tick has come."""
    publish_on_tick(clock=field_clock(), machine_now=timezone.now())


def watch_the_clock() -> None:
    """Tell what time alone has changed, once in each turn over all processes."""
    now = timezone.now()
    if outbox.take_slot(job="watch", slot_at=grid_moment(now, every_s=WATCH_EVERY_S)):
        watch(clock=field_clock(), now=now)


def tidy_up() -> None:
    """Forget what was expanded long ago, once an hour."""
    now = timezone.now()
    if outbox.take_slot(job="tidy", slot_at=grid_moment(now, every_s=TIDY_EVERY_S)):
        outbox.forget_done(now=now)


# What the public reads comes first.
STEPS: tuple[Callable[[], None], ...] = (
    expand_for_the_public,
    expand_for_alerts,
    publish_the_tick,
    watch_the_clock,
    tidy_up,
)


def work_once() -> None:
    """Do every step; one that fails holds up no other. Raises when the database is gone."""
    for step in STEPS:
        try:
            step()
        except _NO_DATABASE:
            raise
        except Exception:
            logger.exception("deliver: %s failed; it is tried again", step.__name__)


def send_once(*, owner: int) -> int:
    """Send one group of due messages and return how many were dealt with."""
    return send_due(clock=field_clock(), now=timezone.now(), owner=owner)


def new_owner() -> int:
    """Return a number that this sender alone uses."""
    return secrets.randbelow(2**31)


@contextmanager
def _listening() -> Iterator[psycopg.Connection[object]]:
    """Open a connection of its own that hears of every posted fact at its commit."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as listener:
        listener.execute(f"LISTEN {outbox.CHANNEL}")
        yield listener


def work_until(stop: threading.Event, rung: threading.Event) -> None:
    """Work at each fact and at least every second until `stop`; set `rung` for the sender.

    Outlives a restart of the database.
    """
    pulse, pause_s = Pulse("deliver"), PAUSE_FIRST_S
    while not stop.is_set():
        try:
            with _listening() as listener:
                while not stop.is_set():
                    work_once()
                    rung.set()
                    pulse.beat()
                    pause_s = PAUSE_FIRST_S
                    _wait_for_a_fact(listener, stop)
        except _NO_DATABASE as error:
            logger.warning("deliver: no database (%s); trying again", type(error).__name__)
            connection.close()
            stop.wait(pause_s)
            pause_s = min(PAUSE_CAP_S, pause_s * 2)
    connection.close()


def _wait_for_a_fact(listener: psycopg.Connection[object], stop: threading.Event) -> None:
    """Wait until a fact is posted, a second has passed or `stop` is set."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until and not stop.is_set():
        # What came together is done together: one round serves every fact before it.
        if list(listener.notifies(timeout=LOOK_UP_S, stop_after=1)):
            return


def send_until(stop: threading.Event, rung: threading.Event) -> None:
    """Send what is due until `stop`; look again when `rung` is set, and every second."""
    pulse, owner = Pulse("sender"), new_owner()
    while not stop.is_set():
        dealt_with = 0
        try:
            dealt_with = send_once(owner=owner)
            pulse.beat()
        except _NO_DATABASE:
            connection.close()
            stop.wait(PAUSE_FIRST_S)
        except Exception:
            logger.exception("deliver: sending failed; it is tried again")
        if not dealt_with:
            rung.wait(WAIT_S)
            rung.clear()
    connection.close()


class Pulse:
    """The sign of life of one loop, written every few seconds and not every round."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._next = 0.0

    def beat(self) -> None:
        """Note that the loop is alive, if it is time to."""
        if time.monotonic() >= self._next:
            outbox.beat(name=self.name, at=timezone.now())
            self._next = time.monotonic() + BEAT_EVERY_S
