"""The one place where a test waits: for a fact, with a limit, never for a length of time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE_S = 0.02


def until(condition: Callable[[], T], *, within_s: float, what: str) -> T:
    """Ask again until the answer is true, and return it.

    Raises AssertionError with `what` when `within_s` seconds have passed.
    """
    limit = time.monotonic() + within_s
    while not (answer := condition()):
        assert time.monotonic() < limit, f"not within {within_s} s: {what}"
        time.sleep(PAUSE_S)
    return answer
