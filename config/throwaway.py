"""Throw-away PostgreSQL and Redis for one test run: started by the settings, gone with it."""

import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from config.accounts import CannotStartError, unprivileged_account
from config.children import Children
from config.embedded import TEST_URLS, Urls
from config.embedded.places import make_site
from config.embedded.servers import make_cluster, make_roles, postgres, redis, wait_for
from config.locks import lock

PREFIX = "evact-"
REDIS_DATABASES = 64


def for_tests() -> Urls:
    """Start throw-away servers once for a test run and its children; stop them when it ends.

    Each parallel worker gets its own Redis database; their PostgreSQL databases differ by name.
    """
    if TEST_URLS not in os.environ:
        _sweep_interrupted()
        os.environ[TEST_URLS] = _start_throw_away().as_text()
    urls = Urls.from_text(os.environ[TEST_URLS])
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        return urls
    number = 1 + int(worker.removeprefix("gw")) % (REDIS_DATABASES - 1)
    own = replace(
        urls,
        redis_url=urls.redis_url.replace("?db=0", f"?db={number}"),
        celery_broker_url=urls.celery_broker_url.replace("_host=0", f"_host={number}"),
    )
    os.environ[TEST_URLS] = own.as_text()
    return own


def _start_throw_away() -> Urls:
    account = unprivileged_account()
    home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_short_temporary_directory()))
    held = lock(home / "lock")
    children = Children()
    # Registered before anything starts, so that an interrupted start leaves nothing either.
    started: list[subprocess.Popen[bytes]] = []
    atexit.register(_stop_throw_away, home, children, started, held, os.getpid())
    site = make_site(data=home, sockets=home, account=account)
    make_cluster(site)
    for program in (
        # Nothing here must survive a power cut.
        postgres(site, options=("fsync=off", "synchronous_commit=off", "full_page_writes=off")),
        redis(site, options=("--databases", str(REDIS_DATABASES))),
    ):
        log = home / f"{program.name}.log"
        with log.open("wb") as output:
            process = children.spawn(
                argv=program.argv,
                env={"TZ": "UTC", "LC_ALL": "C"},
                cwd=home,
                output=output,
                account=account,
                stop_signal=program.stop_signal,
            )
        started.append(process)
        try:
            wait_for(program, process)
        except CannotStartError:
            sys.stderr.write(log.read_text())
            raise
    make_roles(site)
    return Urls.of(home)


def _stop_throw_away(
    home: Path,
    children: Children,
    started: list[subprocess.Popen[bytes]],
    held: int | None,
    starter: int,
) -> None:
    if os.getpid() != starter:
        return
    for process in reversed(started):
        children.ask(process, signal.SIGINT)
        children.end(process, seconds=5)
    children.close()
    shutil.rmtree(home, ignore_errors=True)
    if held is not None:
        os.close(held)


def _short_temporary_directory() -> str:
    here = tempfile.gettempdir()
    return here if len(here) < 60 else "/tmp"  # noqa: S108  # a socket's path must stay short


def _sweep_interrupted() -> None:
    """Remove what a killed test run has left in the temporary directory."""
    for home in Path(_short_temporary_directory()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            held = lock(home / "lock")
            if held is not None:
                shutil.rmtree(home, ignore_errors=True)
                os.close(held)
