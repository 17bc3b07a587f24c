"""Make and revoke keys for the API."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from tracker.organisations.models import ApiKey, User
from tracker.organisations.queries import MARK, hash_of_key

READ, LOG = "read", "log"
SCOPES = (READ, LOG)
_PREFIX_BYTES = 6
_SECRET_BYTES = 32


def make_key(
    *, user: User, scopes: Collection[str], at: datetime, expires_at: datetime | None
) -> tuple[ApiKey, str]:
    """Make a key of `user` and return its row and the key, which is stored nowhere.

    Times are machine time. Raises ValueError for a scope that does not exist, or for none.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise ValueError(", ".join(unknown) or "none named")
    prefix = secrets.token_hex(_PREFIX_BYTES)
    key = f"{MARK}_{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    row = ApiKey.objects.create(
        user=user,
        prefix=prefix,
        key_hash=hash_of_key(key),
        scopes=[scope for scope in SCOPES if scope in scopes],
        created_at=at,
        expires_at=expires_at,
    )
    return row, key


def revoke_key(*, prefix: str, at: datetime) -> bool:
    """End a key at `at` (machine time); tell whether one in force had this prefix."""
    in_force = ApiKey.objects.filter(prefix=prefix, revoked_at__isnull=True)
    return bool(in_force.update(revoked_at=at))
