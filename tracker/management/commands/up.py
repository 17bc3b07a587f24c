"""`manage.py up`: the whole tracker with one command, until Ctrl-C."""

import contextlib
import io
import ipaddress
import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import get_commands
from django.core.management.base import BaseCommand

from config.accounts import Account, CannotStartError, may, unprivileged_account
from config.children import Children
from config.embedded import TEST_URLS
from tracker.management.embedded import AlreadyRunningError, claim, start_servers
from tracker.management.supervision import EndedError, Job, Supervisor

ALREADY_RUNNING = 3
READY_SECONDS = 90.0
# A warm stop lets a task that is under way finish.
WORKER_STOP_SECONDS = 30.0
# Where the web server itself is found when it listens on every address.
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  # only compared with
LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


class Command(BaseCommand):
    """Start servers, migrations, web, worker, beat and the stand-alone sender, and watch them."""

    help = "Run everything on this machine until Ctrl-C; PostgreSQL and Redis are brought along."
    # The database is not there yet.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare where to listen, for how long, and whether to show the demonstration."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--bind", default="127.0.0.1", metavar="ADDR")
        parser.add_argument("--for", type=float, dest="seconds", metavar="SECONDS")
        parser.add_argument("--no-demo", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Exit with 0 after a wished-for stop, 1 after a failure, 3 when already running."""
        # An inherited address would send the children to another checkout's servers.
        os.environ.pop(TEST_URLS, None)
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        local = Path(settings.LOCAL_DIR)
        try:
            with claim(local) as reaper_lock:
                sys.exit(_run(options, local=local, reaper_lock=reaper_lock))
        except AlreadyRunningError:
            sys.stderr.write("up is already running in this checkout: stop it first.\n")
            sys.exit(ALREADY_RUNNING)
        except (CannotStartError, EndedError) as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(1)


def _run(options: dict[str, Any], *, local: Path, reaper_lock: int) -> int:
    """Start everything, say so, wait, stop everything; return the exit status."""
    began = time.monotonic()
    bind, port = str(options["bind"]), int(options["port"])
    _refuse_taken_port(bind, port)
    if settings.EXTERNAL_SERVERS and not settings.REDIS_URL:
        raise CannotStartError("DATABASE_URL is set and REDIS_URL is not: set it as well.")
    children = Children(keep_open=[reaper_lock])
    # From now on the reaper alone holds it.
    os.close(reaper_lock)
    supervisor = Supervisor(
        children=children, cwd=settings.BASE_DIR, env=_environment(bind=bind, port=port)
    )
    supervisor.obey_signals()
    is_demo = not (options["no_demo"] or settings.EXTERNAL_SERVERS) and _is_loopback(bind)
    try:
        _start_all(supervisor, bind=bind, port=port, is_demo=is_demo)
        if not supervisor.is_asked_to_stop.is_set():
            _say_ready(supervisor, local=local, bind=bind, is_demo=is_demo, since=began)
        supervisor.wait_until(lambda: False, seconds=options["seconds"])
        supervisor.say("up", "stopping")
    finally:
        supervisor.stop()
        children.close()
    supervisor.say("up", "stopped")
    return 0


def _start_all(supervisor: Supervisor, *, bind: str, port: int, is_demo: bool) -> None:
    account = unprivileged_account()
    if not settings.EXTERNAL_SERVERS:
        site = start_servers(supervisor, root=settings.BASE_DIR, account=account)
        if site.data != settings.LOCAL_DIR:
            supervisor.say(
                "up", f"the data is in {site.data}, since this checkout is closed to other users"
            )
    account = _account_for_python(supervisor, account)
    commands = get_commands()
    is_prepared = supervisor.run(
        _manage("migrate", "--database", "owner", "--no-input", account=account),
        _manage("collectstatic", "--no-input", account=account),
    )
    if is_prepared and is_demo and "demo" in commands:
        is_prepared = supervisor.run(_manage("demo", account=account))
    if not is_prepared:
        return
    jobs = [_web(bind=bind, port=port, account=account), *_celery(account)]
    if "deliver" in commands:
        jobs.append(_manage("deliver", "--forever", account=account, may_finish=False))
    started = [supervisor.start(job) for job in jobs]
    waiting = [running for running in started if running.job.ready_line]
    is_ready = supervisor.wait_until(
        lambda: all(each.is_ready.is_set() for each in waiting) and _answers(bind, port),
        seconds=READY_SECONDS,
    )
    if not is_ready and not supervisor.is_asked_to_stop.is_set():
        raise EndedError(f"Not ready within {READY_SECONDS:.0f} s (the log is above): try again.")
    if is_ready and is_demo and "replay" in commands:
        supervisor.start(_manage("replay", "2022-04-01", "--speed", "60", account=account))


def _account_for_python(supervisor: Supervisor, account: Account | None) -> Account | None:
    """Return the account for the project's own programs: root only where nobody else can be."""
    if account is None:
        return None
    # Under systemd and in containers alike: what counts is whether it works.
    probe = [sys.executable, "-c", "import django, config.reaper, os; os.listdir('.local')"]
    if may(account, probe, cwd=settings.BASE_DIR):
        return account
    supervisor.say(
        "up",
        "warning: web and workers run as root, since other users may not enter this checkout "
        "or its Python",
    )
    return None


def _environment(*, bind: str, port: int) -> dict[str, str]:
    host = f"[{bind}]" if ":" in bind else bind
    names = [*LOCAL_HOSTS, host]
    if not _is_loopback(bind):
        names += [socket.gethostname(), *_own_addresses()]
    defaults = {
        "PUBLIC_BASE_URL": f"http://{'localhost' if bind in EVERY_ADDRESS else host}:{port}",
        "ALLOWED_HOSTS": ",".join(dict.fromkeys(names)),
        # A user without an entry in the passwd file has no home.
        "HOME": str(settings.LOCAL_DIR),
    }
    fixed = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
    }
    return {**defaults, **os.environ, **fixed}


def _own_addresses() -> list[str]:
    with contextlib.suppress(OSError):
        return [str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None)]
    return []


def _manage(name: str, *arguments: str, account: Account | None, may_finish: bool = True) -> Job:
    argv = (sys.executable, str(settings.BASE_DIR / "manage.py"), name, *arguments)
    return Job(name=name.removeprefix("collect"), argv=argv, account=account, may_finish=may_finish)


def _web(*, bind: str, port: int, account: Account | None) -> Job:
    options = (
        f"--interface wsgi --host {bind} --port {port} --workers 1 --blocking-threads 4 --no-ws"
    )
    argv = (sys.executable, "-m", "granian", *options.split(), "config.wsgi:application")
    return Job(name="web", argv=argv, account=account)


def _celery(account: Account | None) -> tuple[Job, Job]:
    # Celery warns of root and of a user without a name; both are said in one line above.
    warnings = [f"-Wignore::Warning:celery.{part}" for part in ("apps.worker", "platforms")]
    celery = (sys.executable, *warnings, "-m", "celery", "--quiet", "-A", "config.celery")
    quiet = ("--without-gossip", "--without-mingle", "--loglevel", "INFO")
    worker = Job(
        name="worker",
        argv=(*celery, "worker", "--pool", "prefork", "--concurrency", "2", *quiet),
        account=account,
        stop_seconds=WORKER_STOP_SECONDS,
        ready_line=r" ready\.$",
    )
    beat = Job(
        name="beat",
        argv=(*celery, "beat", "--loglevel", "INFO", "--pidfile="),
        account=account,
        ready_line=r"beat: Starting",
    )
    return worker, beat


def _is_loopback(bind: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(bind).is_loopback
    return bind == "localhost"


def _refuse_taken_port(bind: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            raise CannotStartError(
                f"Cannot listen on {bind} port {port} ({error.strerror}): "
                f"choose another, as in `make up PORT={port + 123}`."
            ) from error


def _answers(bind: str, port: int) -> bool:
    host = EVERY_ADDRESS.get(bind, f"[{bind}]" if ":" in bind else bind)
    request = urllib.request.Request(f"http://{host}:{port}/healthz", headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=2):  # noqa: S310  # fixed scheme
            return True
    except urllib.error.HTTPError:
        # Any answer shows that the web server is there; what it says is for the pages.
        return True
    except OSError:
        return False


def _say_ready(
    supervisor: Supervisor, *, local: Path, bind: str, is_demo: bool, since: float
) -> None:
    lines = [
        "-" * 72,
        f"Ready after {time.monotonic() - since:.0f} s: {supervisor.env['PUBLIC_BASE_URL']}/",
    ]
    lines += _demo_lines(local / "demo.json") if is_demo else _bare_lines(bind)
    lines += ["Stop: Ctrl-C", "-" * 72]
    for line in lines:
        supervisor.say("up", line)


def _bare_lines(bind: str) -> list[str]:
    why = "" if _is_loopback(bind) else " (demonstration accounts are made on loopback only)"
    return [f"No demonstration{why}. First account: .venv/bin/python manage.py createsuperuser"]


def _demo_lines(path: Path) -> list[str]:
    """Return what the demonstration's own account of itself says."""
    try:
        told = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    accounts = [
        f"  {each['username']:<12} {each['password']:<24} {each.get('role', '')}".rstrip()
        for each in told.get("accounts", [])
    ]
    title = ["Accounts (name, password, role), also in .local/demo.json:"] if accounts else []
    return [*title, *accounts, *told.get("lines", [])]
