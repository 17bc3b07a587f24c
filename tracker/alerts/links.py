"""Addresses that mails carry.

Written out here, not reversed: a page that cannot be imported must not hold up a message.
"""

from __future__ import annotations

from django.conf import settings


def _absolute(path: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}{path}"


def confirm_url(token: str) -> str:
    """Return the page whose button confirms a subscription."""
    return _absolute(f"/subscribe/confirm/{token}/")


def stop_url(token: str) -> str:
    """Return the page whose button ends all messages; mail programs post to it by themselves."""
    return _absolute(f"/stop/{token}/")


def corridor_url(slug: str) -> str:
    """Return the public page of a corridor."""
    return _absolute(f"/corridors/{slug}/")


def alerts_url() -> str:
    """Return the list of alerts, for staff."""
    return _absolute("/alerts/")
