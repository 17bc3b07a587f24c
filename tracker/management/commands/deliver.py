"""Drain the outbox for feeds and alerts, publish on the tick and send: without Redis or Celery."""

from __future__ import annotations

import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker.management import delivering

STOPPING = (signal.SIGTERM, signal.SIGINT)
LOOK_EVERY_S = 1.0
# What is on its way when the process is told to stop may finish within this time.
GRACE_S = 1.6


class Command(BaseCommand):
    """Deliver once, or until told to stop."""

    help = "Drain the outbox: publish the public pages and feeds, write alerts and send them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add how long to go on."""
        how_long = parser.add_mutually_exclusive_group(required=True)
        how_long.add_argument("--forever", action="store_true", help="go on until told to stop")
        how_long.add_argument("--once", action="store_true", help="do what is due, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until a signal, or once."""
        if options["once"]:
            _deliver_once()
        else:
            _deliver_forever()


def _deliver_once() -> None:
    delivering.work_once()
    owner = delivering.new_owner()
    while delivering.send_once(owner=owner):
        continue


def _deliver_forever() -> None:
    stop, rung = threading.Event(), threading.Event()
    loops = [
        # Daemons, so that a mail server that hangs cannot keep the process alive; the message it
        # was given then stands as "may have been sent".
        threading.Thread(target=loop, args=(stop, rung), name=loop.__name__, daemon=True)
        for loop in (delivering.work_until, delivering.send_until)
    ]
    for loop in loops:
        loop.start()
    with _told_to_stop() as is_told:
        while all(loop.is_alive() for loop in loops):
            if is_told(LOOK_EVERY_S):
                _end(loops, stop, rung)
                return
    raise CommandError("A loop of this process died; see the log. Whoever started it starts anew.")


@contextmanager
def _told_to_stop() -> Iterator[Callable[[float], bool]]:
    """Give a function that waits some seconds for a signal to stop and tells whether it came.

    A signal only wakes the wait. A handler that set an event could run while the thread below it
    holds the lock of that very event.
    """
    waker, woken = socket.socketpair()
    with waker, woken:
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno())
        for number in STOPPING:
            signal.signal(number, lambda _number, _frame: None)
        yield lambda seconds: bool(select.select([woken], [], [], seconds)[0])
        signal.set_wakeup_fd(-1)


def _end(loops: list[threading.Thread], stop: threading.Event, rung: threading.Event) -> None:
    stop.set()
    rung.set()
    until = time.monotonic() + GRACE_S
    for loop in loops:
        loop.join(max(0.0, until - time.monotonic()))
