"""Make a PostgreSQL cluster, describe both servers as commands, wait until they answer."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from config.accounts import CannotStartError, hand_over, identity, private_directory
from config.embedded.places import OR_BRING_YOUR_OWN, Site, copy_postgres

START_SECONDS = 60.0


@dataclass(frozen=True)
class Program:
    """A server as its command line, the signal that ends it and the test that it answers."""

    name: str
    argv: tuple[str, ...]
    stop_signal: signal.Signals
    answers: Callable[[], bool]


def make_cluster(site: Site) -> Path:
    """Create the PostgreSQL cluster unless it is there; an interrupted try leaves none."""
    cluster = site.data / "pg18"
    if cluster.exists():
        return cluster
    unfinished = site.data / "pg18.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=site.data) as scratch:
        initdb = _initdb_for_caller(site, Path(scratch))
        hand_over(Path(scratch), site.account)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        command = [initdb, "-D", unfinished, "-U", "postgres", "-A", "trust", "--no-sync", *locale]
        result = subprocess.run(
            [str(part) for part in command],
            # initdb copies the time zone and locale of its environment into the cluster.
            env={"TZ": "UTC", "LC_ALL": "C", "PATH": os.defpath},
            cwd=site.data,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            **identity(site.account),
        )
    if result.returncode:
        raise CannotStartError(
            f"{result.stderr}PostgreSQL cannot make its cluster in {site.data} (its own words are "
            f"above): free some space, {OR_BRING_YOUR_OWN}"
        )
    unfinished.rename(cluster)
    return cluster


def _initdb_for_caller(site: Site, scratch: Path) -> Path:
    """Return initdb, or a copy that does not insist on the user's entry in the passwd file.

    initdb and the server that it runs look up their own user's name, though they are told another
    one, and give up where a container runs with a bare number. The copies ask for the first entry.
    """
    with contextlib.suppress(KeyError):
        pwd.getpwuid(site.account.uid if site.account else os.geteuid())
        return site.postgres_bin / "initdb"
    copies = copy_postgres(site.postgres_bin, scratch / "programs") / "bin"
    for name in ("initdb", "postgres"):
        program = (copies / name).read_bytes()
        (copies / name).write_bytes(program.replace(b"\0getpwuid\0", b"\0getpwent\0"))
    return copies / "initdb"


def postgres(site: Site, *, options: Sequence[str] = ()) -> Program:
    """Describe the PostgreSQL server; containers have little shared memory, so it uses files."""
    settings = (
        "listen_addresses=",
        "unix_socket_permissions=0700",
        "dynamic_shared_memory_type=mmap",
        "max_parallel_workers_per_gather=0",
        "max_parallel_maintenance_workers=0",
        "max_connections=60",
        "jit=off",
        "timezone=UTC",
        "log_timezone=UTC",
        "log_line_prefix=",
        "log_checkpoints=off",
        *options,
    )
    flags = tuple(part for setting in settings for part in ("-c", setting))
    argv = (site.postgres_bin / "postgres", "-D", site.data / "pg18", "-k", site.sockets)
    command = (*(str(part) for part in argv), *flags)
    return Program("postgres", command, signal.SIGINT, lambda: _postgres_answers(site))


def redis(site: Site, *, options: Sequence[str] = ()) -> Program:
    """Describe the Redis server: no port, append-only file, and nothing ever evicted."""
    data = private_directory(
        site.data / site.redis_server.name.removesuffix("-server"), site.account
    )
    path = site.sockets / "redis.sock"
    argv = (str(site.redis_server), "--unixsocket", str(path), "--unixsocketperm", "700")
    files = ("--dir", str(data), "--appendonly", "yes", "--save", "")
    rest = ("--port", "0", "--maxmemory-policy", "noeviction", "--loglevel", "warning")
    command = (*argv, *files, *rest, *options)
    return Program("redis", command, signal.SIGTERM, lambda: _redis_answers(path))


def _postgres_answers(site: Site) -> bool:
    with contextlib.suppress(OSError, psycopg.OperationalError):
        # The server keeps its state there, so nobody need knock while it is starting.
        if "ready" not in (site.data / "pg18" / "postmaster.pid").read_text():
            return False
        with psycopg.connect(site.superuser_url) as connection:
            connection.execute("SELECT 1")
        return True
    return False


def _redis_answers(path: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False


def wait_for(program: Program, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers; say so when it ends or takes over a minute."""
    deadline = time.monotonic() + START_SECONDS
    while not program.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise CannotStartError(
                f"{program.name} did not start (its own words are above): "
                f"free memory and disk space, {OR_BRING_YOUR_OWN}"
            )
        time.sleep(0.05)


def make_roles(site: Site) -> None:
    """Create the owner for migrations, the app's role with fewer rights, and the database."""
    with psycopg.connect(site.superuser_url, autocommit=True) as connection:
        known = {str(row[0]) for row in connection.execute("SELECT rolname FROM pg_roles")}
        if "tracker_owner" not in known:
            connection.execute("CREATE ROLE tracker_owner LOGIN CREATEDB")
        if "tracker_app" not in known:
            connection.execute("CREATE ROLE tracker_app LOGIN")
        # So that a test, connected as owner, can take the app's role and see what it may not do.
        connection.execute("GRANT tracker_app TO tracker_owner")
        # Transactional tests empty tables, which the log's triggers refuse: the owner lifts them.
        connection.execute("GRANT SET ON PARAMETER session_replication_role TO tracker_owner")
        databases = connection.execute("SELECT datname FROM pg_database").fetchall()
        if ("tracker",) not in databases:
            connection.execute("CREATE DATABASE tracker OWNER tracker_owner")
