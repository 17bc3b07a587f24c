"""Questions about people and their keys."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from django.db.models import QuerySet
from django.db.transaction import get_connection

from tracker.lib.statements import columns_of, instances_of, run
from tracker.organisations.models import ApiKey, Organisation, User

MARK = "evt"
# Compared with when no key has the prefix, so that an unknown prefix takes as long as a known one.
_NO_HASH = "0" * 64

# By hand: asked with each call of the API.
_KEY = (
    f"SELECT {columns_of(ApiKey, table='k')}, {columns_of(User, table='u')}, "  # noqa: S608  # our own names
    f"{columns_of(Organisation, table='o')} FROM {ApiKey._meta.db_table} k "
    f"JOIN {User._meta.db_table} u ON u.id = k.user_id "
    f"LEFT JOIN {Organisation._meta.db_table} o ON o.id = u.organisation_id "
    "WHERE k.prefix = %b AND k.revoked_at IS NULL"
)


def hash_of_key(key: str) -> str:
    """Return what is stored of a key: SHA-256 is enough, since a key is random and long."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _key_of(prefix: str) -> ApiKey | None:
    """Return the key of this prefix with its user and their organisation, unless revoked."""
    key: ApiKey | None = None
    for row in run(get_connection(), _KEY, prefix):
        key, user, organisation = instances_of(row, get_connection(), ApiKey, User, Organisation)
        user.organisation = organisation if organisation.pk else None
        key.user = user
    return key


def key_in_force(key: str, *, at: datetime) -> ApiKey | None:
    """Return the key that this text is, with its user; `None` unless it is in force at `at`.

    A key that was revoked or has expired, or whose user is no longer active, is in force no more.
    `at` is machine time.
    """
    mark, _, rest = key.partition("_")
    prefix = rest.partition("_")[0]
    is_sound = mark == MARK and prefix.isalnum() and prefix.isascii()
    found = _key_of(prefix) if is_sound else None
    is_same = hmac.compare_digest(found.key_hash if found else _NO_HASH, hash_of_key(key))
    if found is None or not is_same or not found.user.is_active:
        return None
    return None if found.expires_at is not None and found.expires_at <= at else found


def people_of(organisation: Organisation) -> QuerySet[User]:
    """Return the people of an organisation whose accounts are active, by name."""
    return User.objects.filter(organisation=organisation, is_active=True).order_by("username", "id")
