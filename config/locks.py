"""Hold the lock of a file: it ends with its holder, so no stale mark is ever left."""

import contextlib
import fcntl
import os
import time
from pathlib import Path


def lock(path: Path, *, seconds: float = 0.0) -> int | None:
    """Take a file's lock, waiting so long at most; return its descriptor, None if it is held."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        if time.monotonic() >= deadline:
            os.close(descriptor)
            return None
        time.sleep(0.05)


def is_held(path: Path) -> bool:
    """Answer whether another process holds the lock of a file that exists."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
