"""Start child processes none of which outlives its parent, not even after kill -9."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from config import reaper
from config.accounts import Account, identity

# The child notes its own process id and then becomes the program, so there is no moment in which
# it runs unnoted. Standard input is the pipe, since some shells take one-digit descriptors only.
NOTE_AND_BECOME = 'echo "$$ $0" >&0; exec "$@" </dev/null'


class Children:
    """The children of this process, watched by a reaper that ends them if this one dies."""

    def __init__(self, *, keep_open: Sequence[int] = ()) -> None:
        """Start the reaper; descriptors in `keep_open` (a lock) stay open until it has finished."""
        reading, self._pipe = os.pipe()
        self._reaper = subprocess.Popen(
            [sys.executable, "-I", "-S", reaper.__file__],
            stdin=reading,
            pass_fds=tuple(keep_open),
            start_new_session=True,
        )
        os.close(reading)

    def spawn(
        self,
        *,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: Path,
        output: int | IO[bytes],
        account: Account | None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, output and errors in one stream."""
        return subprocess.Popen(
            ["/bin/sh", "-c", NOTE_AND_BECOME, str(int(stop_signal)), *argv],
            env=dict(env),
            cwd=cwd,
            stdin=self._pipe,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **identity(account),
        )

    def ask(self, process: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
        """Ask a child to end by itself."""
        if process.poll() is None:
            process.send_signal(stop_signal)

    def end(self, process: subprocess.Popen[bytes], *, seconds: float) -> None:
        """Wait so many seconds for a child that was asked, then end it and all it has started."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
        self.kill(process)
        process.wait()
        os.write(self._pipe, f"{process.pid} 0\n".encode())

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a child and all it has started at once."""
        reaper.signal_group(process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Let the reaper end whatever is left, and wait for it."""
        os.close(self._pipe)
        self._reaper.wait()
