"""PostgreSQL and Redis from wheels: their addresses, and how a checkout finds its own."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from config.locks import is_held

TEST_URLS = "TRACKER_TEST_SERVERS"


@dataclass(frozen=True)
class Urls:
    """The addresses of one running pair of servers."""

    owner_database_url: str
    app_database_url: str
    redis_url: str
    celery_broker_url: str

    @classmethod
    def of(cls, sockets: Path) -> "Urls":
        """Return the addresses of the servers whose sockets lie in the folder."""
        host = quote(str(sockets), safe="")
        return cls(
            owner_database_url=f"postgresql://tracker_owner@{host}/tracker",
            app_database_url=f"postgresql://tracker_app@{host}/tracker",
            redis_url=f"unix://{sockets}/redis.sock?db=0",
            celery_broker_url=f"redis+socket://{sockets}/redis.sock?virtual_host=0",
        )

    def as_text(self) -> str:
        """Return the addresses as they are kept in a file or in the environment."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "Urls":
        """Read the addresses again."""
        return cls(**json.loads(text))


def discover(root: Path) -> Urls | None:
    """Return the addresses of this checkout's servers while `up`, or a test run, keeps them up."""
    if TEST_URLS in os.environ:
        return Urls.from_text(os.environ[TEST_URLS])
    # FileNotFoundError: never started. PermissionError: another user's servers.
    with contextlib.suppress(FileNotFoundError, PermissionError):
        if is_held(root / ".local" / "up.lock"):
            return Urls.from_text((root / ".local" / "state.json").read_text())
    return None
