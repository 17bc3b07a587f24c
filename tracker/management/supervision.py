"""Run several programs as one: one prefixed log, and all of them end when one does."""

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config.accounts import Account
from config.children import Children

NAME_WIDTH = 9
POLL_SECONDS = 0.1


class EndedError(Exception):
    """A program has ended, or did not get ready, though the others need it: one sentence."""


@dataclass(frozen=True)
class Job:
    """One program: its command, who runs it, how it is asked to end and what it may do."""

    name: str
    argv: tuple[str, ...]
    account: Account | None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    # What its log says once it works; None: nothing to wait for.
    ready_line: str | None = None
    # A program that may end with status 0 while the others go on.
    may_finish: bool = False
    # Used by the other jobs, so it ends after them and is never cut off.
    is_server: bool = False


@dataclass
class Running:
    """A job with its process and the thread that reads its output."""

    job: Job
    process: subprocess.Popen[bytes]
    is_ready: threading.Event = field(default_factory=threading.Event)
    reader: threading.Thread | None = None


class Supervisor:
    """Start jobs, pass on what they say, notice the first that ends, and end the rest in order."""

    def __init__(self, *, children: Children, cwd: Path, env: Mapping[str, str]) -> None:
        self.children = children
        self.cwd = cwd
        self.env = dict(env)
        self.is_asked_to_stop = threading.Event()
        self._running: list[Running] = []
        self._speaking = threading.Lock()

    def obey_signals(self) -> None:
        """Take Ctrl-C, TERM and the terminal's end as the wish to stop; a second one as haste."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        # Under nohup the terminal's end is no wish to stop.
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.is_asked_to_stop.is_set():
            for running in self._running:
                if not running.job.is_server:
                    self.children.kill(running.process)
        self.is_asked_to_stop.set()

    def say(self, name: str, line: str) -> None:
        """Print one line behind its speaker's name; a reader who has left ends the run."""
        try:
            with self._speaking:
                sys.stdout.write(f"{name:<{NAME_WIDTH}}| {line}\n")
                sys.stdout.flush()
        except (BrokenPipeError, ValueError):
            self.is_asked_to_stop.set()

    def start(self, job: Job) -> Running:
        """Start a job and pass on its output line by line."""
        process = self.children.spawn(
            argv=job.argv,
            env=self.env,
            cwd=self.cwd,
            output=subprocess.PIPE,
            account=job.account,
            stop_signal=job.stop_signal,
        )
        running = Running(job, process)
        running.reader = threading.Thread(target=self._pass_on, args=(running,), daemon=True)
        running.reader.start()
        self._running.append(running)
        return running

    def _pass_on(self, running: Running) -> None:
        pattern = re.compile(running.job.ready_line) if running.job.ready_line else None
        assert running.process.stdout is not None
        for raw in running.process.stdout:
            line = raw.decode(errors="replace").rstrip()
            self.say(running.job.name, line)
            if pattern and pattern.search(line):
                running.is_ready.set()

    def run(self, *jobs: Job) -> bool:
        """Run jobs that may finish, side by side, to their end; False when a stop is asked for.

        Raises EndedError if one fails.
        """
        started = [self.start(job) for job in jobs]
        if not self.wait_until(lambda: all(each.process.poll() == 0 for each in started)):
            return False
        for each in started:
            self.children.end(each.process, seconds=0)
            self._forget(each)
        return True

    def wait_until(self, condition: Callable[[], bool], *, seconds: float | None = None) -> bool:
        """Wait for a condition; False when time is over or a stop is asked for.

        Raises EndedError when a job that must go on ends meanwhile.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        while not condition():
            if self.is_asked_to_stop.is_set():
                return False
            for running in self._running:
                code = running.process.poll()
                if code is not None and not (running.job.may_finish and code == 0):
                    raise EndedError(_how_it_ended(running))
            if deadline is not None and time.monotonic() > deadline:
                return False
            self.is_asked_to_stop.wait(POLL_SECONDS)
        return True

    def _forget(self, running: Running) -> None:
        """Take leave of a job that has ended, once all it said is printed."""
        if running.reader:
            running.reader.join(timeout=5)
        self._running.remove(running)

    def stop(self) -> None:
        """End all jobs: everything that uses the servers first, then the servers, newest first."""
        others = [each for each in self._running if not each.job.is_server]
        for running in reversed(others):
            self.children.ask(running.process, running.job.stop_signal)
        for running in reversed(others):
            self.children.end(running.process, seconds=running.job.stop_seconds)
            self._forget(running)
        for running in reversed([*self._running]):
            self.children.ask(running.process, running.job.stop_signal)
            self.children.end(running.process, seconds=running.job.stop_seconds)
            self._forget(running)


def _how_it_ended(running: Running) -> str:
    code = running.process.returncode
    how = f"was killed by signal {-code}" if code and code < 0 else f"ended with status {code}"
    return f"{running.job.name} {how}, so everything is stopped (its own words are above)."
