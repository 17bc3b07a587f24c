"""PostgreSQL and Redis from wheels: what settings, tests and `manage.py up` ask for."""

import atexit
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import quote

from config.accounts import CannotStartError, unprivileged_account
from config.children import Children
from config.embedded.places import make_site
from config.embedded.servers import make_cluster, make_roles, postgres, redis, wait_for
from config.locks import is_held, lock

TEST_URLS = "TRACKER_TEST_SERVERS"
TEST_PREFIX = "evact-"
TEST_REDIS_DATABASES = 64


@dataclass(frozen=True)
class Urls:
    """The addresses of one running pair of servers."""

    owner_database_url: str
    app_database_url: str
    redis_url: str
    celery_broker_url: str

    @classmethod
    def of(cls, sockets: Path, *, redis_database: int = 0) -> "Urls":
        """Return the addresses of the servers whose sockets lie in the folder."""
        host = quote(str(sockets), safe="")
        return cls(
            owner_database_url=f"postgresql://tracker_owner@{host}/tracker",
            app_database_url=f"postgresql://tracker_app@{host}/tracker",
            redis_url=f"unix://{sockets}/redis.sock?db={redis_database}",
            celery_broker_url=f"redis+socket://{sockets}/redis.sock?virtual_host={redis_database}",
        )


def discover(root: Path) -> Urls | None:
    """Return the addresses of this checkout's servers while `up`, or a test run, keeps them up."""
    if TEST_URLS in os.environ:
        return Urls(**json.loads(os.environ[TEST_URLS]))
    # FileNotFoundError: never started. PermissionError: another user's servers.
    with contextlib.suppress(FileNotFoundError, PermissionError):
        if is_held(root / ".local" / "up.lock"):
            return Urls(**json.loads((root / ".local" / "state.json").read_text()))
    return None


def for_tests(_root: Path) -> Urls:
    """Start throw-away servers once for a test run and its children; stop them when it ends.

    Each parallel worker gets its own Redis database; their PostgreSQL databases differ by name.
    """
    if TEST_URLS not in os.environ:
        _sweep_interrupted()
        os.environ[TEST_URLS] = json.dumps(asdict(_start_throw_away()))
    urls = Urls(**json.loads(os.environ[TEST_URLS]))
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        return urls
    number = 1 + int(worker.removeprefix("gw")) % (TEST_REDIS_DATABASES - 1)
    own = replace(
        urls,
        redis_url=urls.redis_url.replace("?db=0", f"?db={number}"),
        celery_broker_url=urls.celery_broker_url.replace("_host=0", f"_host={number}"),
    )
    os.environ[TEST_URLS] = json.dumps(asdict(own))
    return own


def _start_throw_away() -> Urls:
    account = unprivileged_account()
    home = Path(tempfile.mkdtemp(prefix=TEST_PREFIX, dir=_short_temporary_directory()))
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
        redis(site, options=("--databases", str(TEST_REDIS_DATABASES))),
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
        children.stop(process, stop_signal=signal.SIGINT, seconds=5)
    children.close()
    shutil.rmtree(home, ignore_errors=True)
    if held is not None:
        os.close(held)


def _short_temporary_directory() -> str:
    here = tempfile.gettempdir()
    return here if len(here) < 60 else "/tmp"  # noqa: S108  # a socket's path must stay short


def _sweep_interrupted() -> None:
    """Remove what a killed test run has left in the temporary directory."""
    for home in Path(_short_temporary_directory()).glob(f"{TEST_PREFIX}*"):
        with contextlib.suppress(OSError):
            held = lock(home / "lock")
            if held is not None:
                shutil.rmtree(home, ignore_errors=True)
                os.close(held)
