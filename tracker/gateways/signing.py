"""Prove that a service sent what came: a shared secret, or a signature with its time."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.http import HttpRequest

from tracker.devices.models import Channel
from tracker.devices.secrets import secret_in

# Standard Webhooks 1.0.0: what is older was recorded and is played again.
TOLERANCE = timedelta(minutes=5)
_SCHEMES = ("token", "bearer")


def secret_of(channel: Channel) -> str:
    """Return the secret of a channel, "" for one without; raises sealing.CannotOpen."""
    return secret_in(channel.secret_sealed) if channel.secret_sealed is not None else ""


def same(shown: str, secret: str) -> bool:
    """Tell whether two secrets are equal, in a time that tells nothing of either."""
    return bool(secret) and hmac.compare_digest(shown.encode(), secret.encode())


def shows_secret(request: HttpRequest, secret: str) -> bool:
    """Tell whether the Authorization header shows the secret."""
    scheme, _space, shown = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() in _SCHEMES and same(shown.strip(), secret)


def is_signed(request: HttpRequest, body: bytes, secret: str, *, now: datetime) -> bool:
    """Tell whether a signature of Standard Webhooks fits and was made within five minutes.

    `now` is machine time.
    """
    headers = request.headers
    stamp, message_id = headers.get("webhook-timestamp", ""), headers.get("webhook-id", "")
    if not stamp.isdecimal() or len(stamp) > 12 or not message_id:
        return False
    if abs(now - datetime.fromtimestamp(int(stamp), UTC)) > TOLERANCE:
        return False
    expected = signature(body, secret, message_id=message_id, stamp=stamp)
    shown = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(each.encode(), expected.encode()) for each in shown)


def signature(body: bytes, secret: str, *, message_id: str, stamp: str) -> str:
    """Return the signature of Standard Webhooks; of a "whsec_" secret its decoded bytes sign."""
    key = secret.encode()
    if secret.startswith("whsec_"):
        # One that is not of that form after all is its own key.
        with contextlib.suppress(binascii.Error):
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    signed = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"
