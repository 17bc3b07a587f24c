"""Questions about people and their keys."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from django.db.models import QuerySet

from tracker.organisations.models import ApiKey, Organisation, User

MARK = "evt"
# Compared with when no key has the prefix, so that an unknown prefix takes as long as a known one.
_NO_HASH = "0" * 64


def hash_of_key(key: str) -> str:
    """Return what is stored of a key: SHA-256 is enough, since a key is random and long."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def key_in_force(key: str, *, at: datetime) -> ApiKey | None:
    """Return the key that this text is, with its user; `None` unless it is in force at `at`.

    A key that was revoked or has expired, or whose user is no longer active, is in force no more.
    `at` is machine time.
    """
    mark, _, rest = key.partition("_")
    prefix = rest.partition("_")[0]
    found = (
        ApiKey.objects.filter(prefix=prefix, revoked_at__isnull=True)
        .select_related("user__organisation")
        .first()
        if mark == MARK and prefix.isalnum() and prefix.isascii()
        else None
    )
    is_same = hmac.compare_digest(found.key_hash if found else _NO_HASH, hash_of_key(key))
    if found is None or not is_same or not found.user.is_active:
        return None
    return None if found.expires_at is not None and found.expires_at <= at else found


def people_of(organisation: Organisation) -> QuerySet[User]:
    """Return the people of an organisation whose accounts are active, by name."""
    return User.objects.filter(organisation=organisation, is_active=True).order_by("username", "id")
