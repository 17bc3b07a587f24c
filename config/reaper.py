"""End a dead parent's children: run as a script with the standard library alone.

The children note themselves on standard input as `process-id stop-signal` (0: it has ended).
When the parent is gone, however it went, the pipe closes and every child left is ended.
"""

import contextlib
import os
import signal
import sys
import time

PATIENCE_SECONDS = 4.0


def signal_group(group: int, number: int) -> bool:
    """Signal a process group (0 only asks); answer whether there was one."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def read_notes() -> dict[int, int]:
    """Collect the children that have not ended until the pipe closes."""
    noted: dict[int, int] = {}
    for line in sys.stdin:
        pid, number = (int(part) for part in line.split())
        if number:
            noted[pid] = number
        else:
            noted.pop(pid, None)
    return noted


def reap() -> None:
    """Wait for the parent to go, then end its children: ask, wait, insist."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    noted = read_notes()
    for pid, stop_signal in noted.items():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, stop_signal)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while noted and time.monotonic() < deadline:
        time.sleep(0.05)
        noted = {pid: number for pid, number in noted.items() if signal_group(pid, 0)}
    for pid in noted:
        signal_group(pid, signal.SIGKILL)


if __name__ == "__main__":
    reap()
