"""Named points at which a chaos run may kill the process; silent unless that run armed one."""

from __future__ import annotations

import os
import signal

# The chaos run sets both variables, and only for processes on servers that it started itself.
_ARMED = os.environ.get("CHAOS_POINT", "") if os.environ.get("CHAOS_SERVERS") == "own" else ""

POINTS = (
    "before_log_insert",
    "after_log_insert",
    "after_fold",
    "before_outbox_insert",
    "after_outbox_insert",
    "before_commit",
    "before_doorbell",
    "after_claim",
    "after_expand",
    "before_expand_commit",
    "after_expand_commit",
    "after_send",
)


def crash_point(name: str) -> None:
    """Die at once, as by power loss, if a chaos run armed the point `name`."""
    if _ARMED and name == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
