"""What every channel takes, and how it says that it failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one recipient; `key` is the same for every repeat of the same delivery."""

    to: str
    subject: str
    body: str
    key: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def short_key(self) -> str:
        """Return the key in 40 hex digits: short enough that no header line is ever folded."""
        return sha256(self.key.encode()).hexdigest()[:40]


class DeliveryError(Exception):
    """A send that did not succeed; its text never holds the recipient.

    `permanent`: trying again cannot help. `maybe_sent`: the other side may have taken it.
    `is_down`: the channel itself fails, so the next message would fail as well.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        maybe_sent: bool = False,
        is_down: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.maybe_sent = maybe_sent
        self.is_down = is_down


class Outlet(Protocol):
    """An open way out; raises DeliveryError."""

    def send(self, message: Message) -> None: ...

    def close(self) -> None: ...
