"""The servers by themselves: any user, few rights, nothing evicted, nothing left."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from config.accounts import Account, CannotStartError, private_directory, unprivileged_account
from config.children import Children
from config.embedded import Urls
from config.embedded.places import Site, make_site
from config.embedded.servers import Program, make_cluster, make_roles, postgres, redis, wait_for
from tests.embedded.runs import left_alive
from tests.house.tree import ROOT

NAMELESS = Account(uid=54321, gid=54321)


@contextmanager
def started(site: Site, *programs: Program) -> Iterator[None]:
    children = Children()
    running = []
    try:
        for program in programs:
            process = children.spawn(
                argv=program.argv,
                env={"TZ": "UTC"},
                cwd=site.data,
                output=subprocess.DEVNULL,
                account=site.account,
                stop_signal=program.stop_signal,
            )
            running.append(process)
            wait_for(program, process)
        yield
    finally:
        for process in reversed(running):
            children.ask(process, signal.SIGINT)
            children.end(process, seconds=20)
        children.close()


@contextmanager
def empty_site(account: Account | None) -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="evac-site-") as home:
        yield make_site(data=Path(home), sockets=Path(home), account=account)


@pytest.fixture(scope="module")
def urls() -> Iterator[Urls]:
    with empty_site(unprivileged_account()) as site:
        make_cluster(site)
        with started(site, postgres(site), redis(site)):
            make_roles(site)
            yield Urls.of(site.sockets)


def test_a_user_without_a_name_can_make_and_run_a_cluster() -> None:
    # Only root may become somebody without an entry in the passwd file; others try as themselves.
    account = NAMELESS if os.geteuid() == 0 else None

    with empty_site(account) as site:
        make_cluster(site)
        with started(site, postgres(site)), psycopg.connect(site.superuser_url) as connection:
            row = connection.execute("SHOW timezone").fetchone()

    assert row == ("UTC",)


def test_the_app_does_not_own_the_database(urls: Urls) -> None:
    with psycopg.connect(urls.app_database_url) as connection:
        row = connection.execute(
            "SELECT current_user, has_schema_privilege('public', 'CREATE')"
        ).fetchone()

    assert row == ("tracker_app", False)


def test_roles_are_made_once_and_found_again(urls: Urls) -> None:
    with psycopg.connect(urls.owner_database_url) as connection:
        row = connection.execute(
            "SELECT current_user, rolcreatedb, rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()

    assert row == ("tracker_owner", True, False)


def test_both_servers_take_no_network_connection(urls: Urls) -> None:
    home = urls.redis_url.removeprefix("unix://").partition("/redis.sock")[0]

    listening = [
        connection
        for process in psutil.process_iter(["cmdline"])
        if any(home in part for part in process.info["cmdline"] or [])
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]

    assert listening == []


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(CannotStartError, match="remove it"):
        private_directory(folder, None)


def test_a_link_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(CannotStartError, match="remove it"):
        private_directory(link, None)


PARENT = """
import subprocess, sys, os
from pathlib import Path
from config.children import Children
children = Children()
script = "trap '' TERM; sleep 600 & echo started; wait"
child = children.spawn(argv=["/bin/sh", "-c", script], env={"PATH": os.defpath}, cwd=Path("/"),
                       output=subprocess.PIPE, account=None)
child.stdout.readline()
print("ready", flush=True)
sys.stdin.read()
"""


def test_children_that_ignore_a_polite_request_do_not_outlive_a_killed_parent() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    parent.stdout.readline()
    processes = psutil.Process(parent.pid).children(recursive=True)

    parent.kill()
    parent.communicate()

    assert len(processes) == 3
    assert left_alive(processes) == []
