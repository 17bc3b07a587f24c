"""Start the project's own processes on the database and Redis of a running test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

STOP_SECONDS = 15.0


def environment() -> dict[str, str]:
    """Return an environment in which a child sees the rows, files and secrets of this test."""
    database = connection.settings_dict
    host = quote(str(database["HOST"]), safe="")
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{database['USER']}@{host}/{database['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "CONTACT_KEY": settings.CONTACT_KEY,
        "FIELD_KEY": settings.FIELD_KEY,
        "PUBLISHED_DIR": str(settings.PUBLISHED_DIR),
        "MAIL_DIR": str(settings.EMAIL_FILE_PATH),
        "PUBLIC_BASE_URL": settings.PUBLIC_BASE_URL,
        # Pages find their static files without anybody having collected them.
        "DEBUG": "1",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def running(
    *arguments: str, log: Path, extra: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python program of the project until the block ends; its words go to `log`."""
    command: Sequence[str] = (sys.executable, *arguments)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**environment(), **(extra or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=STOP_SECONDS)


@contextmanager
def celery_worker(*, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a real Celery worker."""
    arguments = (
        *("-m", "celery", "--quiet", "-A", "config.celery", "worker", "--pool", "prefork"),
        *("--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
    )
    with running(*arguments, log=log) as process:
        yield process


@contextmanager
def deliver(*, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the stand-alone process that needs neither Redis nor Celery."""
    with running("manage.py", "deliver", "--forever", log=log) as process:
        yield process
