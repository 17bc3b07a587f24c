"""Read what strangers send in a process of its own that may fail, hang or swell without harm. Pure.

A reader is a function of bytes that returns what JSON can carry, in a module that loads no
framework. It raises ValueError with a short code for what it refuses.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any

# What the file may cost; the machine has other work (reliability first: a bomb is refused).
TOO_HARD, TOO_BIG = "too_hard", "too_big"


class Unreadable(Exception):
    """The body was refused; `code` says why: the reader's own, TOO_HARD or TOO_BIG."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes in, bytes of memory, seconds of work, seconds of waiting."""

    body: int = 5 * 1024 * 1024
    memory: int = 512 * 1024 * 1024
    work_s: int = 5
    wait_s: float = 15.0


def read(reader: str, body: bytes, *, limits: Limits | None = None) -> Any:
    """Return what `reader` ("package.module:function") makes of `body`; raises Unreadable."""
    limits = limits or Limits()
    if len(body) > limits.body:
        raise Unreadable(TOO_BIG)
    command = [sys.executable, "-P", "-m", __name__, reader, str(limits.memory), str(limits.work_s)]
    try:
        done = subprocess.run(  # noqa: S603  # this very module, with a reader named in our code
            command,
            input=body,
            capture_output=True,
            timeout=limits.wait_s,
            check=True,
            env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Unreadable(TOO_HARD) from error
    if "refused" in answer:
        raise Unreadable(answer["refused"])
    return answer["read"]


def _work(reader: str, memory: int, work_s: int) -> dict[str, Any]:
    module, _, function = reader.partition(":")
    read_it = getattr(import_module(module), function)
    # After the imports: what is loaded is ours, what follows is the stranger's.
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (work_s, work_s))
    try:
        return {"read": read_it(sys.stdin.buffer.read())}
    except (MemoryError, RecursionError):
        return {"refused": TOO_HARD}
    except ValueError as error:
        return {"refused": str(error)}


if __name__ == "__main__":
    answer = _work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(json.dumps(answer))
