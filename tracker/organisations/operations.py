"""Make and revoke API keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from tracker.organisations.models import ApiKey, User
from tracker.organisations.queries import MARK, hash_of_key

SCOPES = ("read", "log")
_PREFIX_BYTES = 4
_SECRET_BYTES = 32


def make_key(
    *, user: User, scopes: Iterable[str], at: datetime, expires_at: datetime | None
) -> tuple[ApiKey, str]:
    """Return a new key of `user` and its text, which is stored nowhere; times are machine time.

    Raises ValueError, naming them, for scopes that do not exist.
    """
    wanted = set(scopes)
    if unknown := wanted - set(SCOPES):
        raise ValueError(", ".join(sorted(unknown)))
    prefix = secrets.token_hex(_PREFIX_BYTES)
    key = f"{MARK}_{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    row = ApiKey.objects.create(
        user=user,
        prefix=prefix,
        key_hash=hash_of_key(key),
        scopes=[scope for scope in SCOPES if scope in wanted],
        created_at=at,
        expires_at=expires_at,
    )
    return row, key


def revoke_key(*, prefix: str, at: datetime) -> bool:
    """End a key at `at` (machine time); tell whether one in force had this prefix."""
    in_force = ApiKey.objects.filter(prefix=prefix, revoked_at__isnull=True)
    return bool(in_force.update(revoked_at=at))
