"""The doorbell: tell Celery that something waits, never making the caller wait for Redis."""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

TASK = "tracker.tasks.outbox.drain"
OPEN_AFTER_FAILURE_S = 30.0
# Rings closer together become one: each costs as much as storing a fact, and one drain takes all.
GAP_S = 0.1
# A frozen Redis accepts the connection and then says nothing: every wait needs its own limit.
_OPTIONS = {
    "socket_timeout": 0.3,
    "socket_connect_timeout": 0.3,
    "max_retries": 0,
    "retry_on_timeout": False,
}


class _Bell:
    """One thread per process that rings when asked; rings that come together become one."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._pid = 0
        self._thread: threading.Thread | None = None

    def ring(self) -> None:
        with self._lock:
            # After a fork the thread is gone though the object came along.
            if self._pid != os.getpid() or self._thread is None or not self._thread.is_alive():
                self._pid = os.getpid()
                self._thread = threading.Thread(target=self._run, name="outbox-bell", daemon=True)
                self._thread.start()
        self._wanted.set()

    def _run(self) -> None:
        line = _Line()
        closed_until = 0.0
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if time.monotonic() < closed_until:
                continue
            try:
                line.ring()
            except (OperationalError, RedisError, OSError):
                # The stand-alone process drains the same rows, so a missed ring costs speed, not a
                # message.
                logger.warning(
                    "doorbell: Celery did not answer; quiet for %.0f s", OPEN_AFTER_FAILURE_S
                )
                closed_until = time.monotonic() + OPEN_AFTER_FAILURE_S
            time.sleep(GAP_S)


class _Line:
    """The wire to the broker, kept open from ring to ring: to open it takes longer than to ring."""

    def __init__(self) -> None:
        self._url = ""
        self._connection: Any = None

    def ring(self) -> None:
        url = current_app.conf.broker_url
        if not url or url.startswith("memory:"):
            return
        is_kept = self._connection is not None and url == self._url
        try:
            self._send(url)
        except (OperationalError, RedisError, OSError):
            self._hang_up()
            if not is_kept:
                raise
            # The broker may only have been started anew since the last ring.
            self._send(url)

    def _send(self, url: str) -> None:
        if url != self._url:
            self._hang_up()
        if self._connection is None:
            self._url = url
            self._connection = current_app.connection_for_write(url, transport_options=_OPTIONS)
        current_app.send_task(TASK, connection=self._connection, retry=False, ignore_result=True)

    def _hang_up(self) -> None:
        line, self._connection = self._connection, None
        if line is not None:
            line.release()


_bell = _Bell()


def ring() -> None:
    """Ring Celery's doorbell soon and return at once."""
    _bell.ring()
