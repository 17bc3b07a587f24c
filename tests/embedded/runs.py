"""Real runs of `manage.py up` in copies of this checkout, and what is left of them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from config.embedded import Urls
from config.embedded.places import mark_of
from tests.house.tree import ROOT

COPIED = ("config", "tracker", "templates", "record")
WAIT_SECONDS = 60
# What would lead a child to the servers of the test run, or to somebody else's.
FOREIGN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "TRACKER_TEST_SERVERS",
)


@contextmanager
def copied_checkout() -> Iterator[Path]:
    """Copy the project to a folder that other users may enter, and remove all traces afterwards."""
    home = Path(tempfile.mkdtemp(prefix="evac-copy-"))
    home.chmod(0o755)
    try:
        for name in COPIED:
            if (ROOT / name).is_dir():
                no_caches = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, home / name, ignore=no_caches)
        shutil.copy2(ROOT / "manage.py", home)
        yield home
    finally:
        for folder in (
            home,
            Path("/var/tmp", mark_of(home)),
            Path(tempfile.gettempdir(), mark_of(home)),
        ):
            shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(**more: str) -> dict[str, str]:
    """Return this environment without the addresses of other servers."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**kept, **more}


def manage(checkout: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the copy to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=checkout,
        env=clean_environment(**env),
        capture_output=True,
        check=False,
        text=True,
        timeout=WAIT_SECONDS,
    )


@dataclass
class Run:
    """One `up` under test."""

    process: subprocess.Popen[str]
    checkout: Path
    address: str
    log: str = ""

    def wait_until_it_says(self, words: str) -> None:
        """Read its log up to a line with the words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.log += line
            if words in line:
                return
        raise AssertionError(f"up never said {words!r}:\n{self.log}")

    @property
    def urls(self) -> Urls:
        """Return the addresses that this run has told its checkout."""
        return Urls.from_text((self.checkout / ".local" / "state.json").read_text())

    def tree(self) -> list[psutil.Process]:
        """Return every process of the run but `up` itself."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def find(self, word: str) -> psutil.Process:
        """Return the first process of the run with a word in its command line."""
        return next(each for each in self.tree() if any(word in part for part in each.cmdline()))

    def wait_for_end(self) -> int:
        """Read the rest of its log and return its exit status."""
        rest, _ = self.process.communicate(timeout=WAIT_SECONDS)
        self.log += rest
        return self.process.returncode


@contextmanager
def running_up(checkout: Path, *, until: str = "Stop: Ctrl-C") -> Iterator[Run]:
    """Start `up` in a copy, wait until it is ready (or says other words), and end it afterwards."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--no-demo", "--port", str(port)],
        cwd=checkout,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    run = Run(process, checkout, f"http://127.0.0.1:{port}/")
    try:
        run.wait_until_it_says(until)
        yield run
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=WAIT_SECONDS)


def left_alive(processes: list[psutil.Process]) -> list[str]:
    """Wait for processes to end; name those that do not."""
    _, alive = psutil.wait_procs(processes, timeout=15)
    return [" ".join(each.cmdline()) for each in alive if each.status() != psutil.STATUS_ZOMBIE]
