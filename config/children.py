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

    def stop(
        self, process: subprocess.Popen[bytes], *, stop_signal: signal.Signals, seconds: float
    ) -> None:
        """End a child and what it started: ask, wait so many seconds, then insist."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            if process.poll() is None:
                process.send_signal(stop_signal)
                process.wait(timeout=seconds)
        reaper.signal_group(process.pid, signal.SIGKILL)
        process.wait()
        os.write(self._pipe, f"{process.pid} 0\n".encode())

    def close(self) -> None:
        """Let the reaper end whatever is left, and wait for it."""
        os.close(self._pipe)
        self._reaper.wait()
