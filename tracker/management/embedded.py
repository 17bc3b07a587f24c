"""Claim a checkout for one run of `up`, and start its PostgreSQL and Redis as supervised jobs."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from config.accounts import Account, CannotStartError, hand_over
from config.embedded import Urls
from config.embedded.places import Site, site_of
from config.embedded.servers import make_cluster, make_roles, postgres, redis, wait_for
from config.locks import lock
from tracker.management.supervision import Job, Supervisor

# `manage.py` in a second terminal takes the lock for a moment to see whether it is held.
LOCK_SECONDS = 1.0
# A run that was killed needs up to five seconds until its reaper has ended the last server.
PREVIOUS_RUN_SECONDS = 15.0
SERVER_STOP_SECONDS = 30.0


class AlreadyRunningError(Exception):
    """Another `up` holds this checkout."""


@contextlib.contextmanager
def claim(local: Path) -> Iterator[int]:
    """Hold the checkout; yield a lock for the reaper to keep until nothing is left of the run."""
    local.mkdir(exist_ok=True)
    held = lock(local / "up.lock", seconds=LOCK_SECONDS)
    if held is None:
        raise AlreadyRunningError
    previous = lock(local / "reaper.lock", seconds=PREVIOUS_RUN_SECONDS)
    if previous is None:
        raise CannotStartError("The processes of an earlier run do not end: try again in a moment.")
    (local / "state.json").unlink(missing_ok=True)
    try:
        yield previous
    finally:
        (local / "state.json").unlink(missing_ok=True)
        os.close(held)


def start_servers(supervisor: Supervisor, *, root: Path, account: Account | None) -> Site:
    """Start both servers, make the roles, and tell the checkout's other processes where they are.

    Raises CannotStartError with the remedy.
    """
    site = site_of(root, account)
    if not (site.data / "pg18").exists():
        supervisor.say("up", f"making the database in {site.data} (first start only)")
    make_cluster(site)
    programs = (postgres(site), redis(site))
    started = [
        supervisor.start(
            Job(
                name=program.name,
                argv=program.argv,
                account=account,
                stop_signal=program.stop_signal,
                stop_seconds=SERVER_STOP_SECONDS,
                is_server=True,
            )
        )
        for program in programs
    ]
    for program, running in zip(programs, started, strict=True):
        wait_for(program, running.process)
    make_roles(site)
    _write_state(root / ".local", Urls.of(site.sockets), account)
    return site


def _write_state(local: Path, urls: Urls, account: Account | None) -> None:
    descriptor = os.open(local / "state.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(urls.as_text())
    if account and local.stat().st_uid == account.uid:
        hand_over(local, account)
