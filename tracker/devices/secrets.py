"""Seal what must not be read in the database, and make the tokens of devices and channels."""

from __future__ import annotations

import secrets
from functools import lru_cache
from hashlib import sha256

from django.conf import settings

from tracker.lib.field_sealing import from_base64url, to_base64url
from tracker.lib.sealing import Seal, seal_of

_RAW, _SECRET, _NUMBER, _CONTEXT = "raw message", "device secret", "telephone", "phone context"
# Without 0, 1, I, L, O and U: read aloud and written down without a mistake.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@lru_cache(maxsize=4)
def _seal(secret: str) -> Seal:
    return seal_of(secret)


def seal() -> Seal:
    """Return the seal of this installation; its secret lies outside the database."""
    return _seal(settings.CONTACT_KEY)


def new_token() -> str:
    """Return a token for an address, 160 random bits without capitals that look alike."""
    return secrets.token_hex(20)


def new_code(prefix: str) -> str:
    """Return the name of a device in the log: a letter for its kind and eight random signs."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(8))


def token_hash(token: str) -> str:
    """Return what the database keeps of a token; tokens are long and random."""
    return sha256(token.encode()).hexdigest()


def normal_number(number: str) -> str:
    """Return a telephone number or sender's name so that one sender has one form.

    Digits with a leading plus, such as "+380501234567"; a name that is no number in capitals.
    """
    kept = "".join(sign for sign in number if sign.isdecimal())
    if len(kept) < 5 or any(sign.isalpha() for sign in number):
        return number.strip().upper()
    return "+" + kept.removeprefix("00")


def number_hash(number: str) -> str:
    """Return the fingerprint by which the device of a telephone number is found."""
    return seal().fingerprint(normal_number(number), use=_NUMBER)


def sealed_number(number: str) -> bytes:
    """Return a telephone number as the database keeps it."""
    return seal().seal(normal_number(number), use=_NUMBER)


def number_in(sealed: bytes | memoryview) -> str:
    """Return a telephone number; raises sealing.CannotOpen with another key."""
    return seal().open(bytes(sealed), use=_NUMBER)


def sealed_secret(secret: str) -> bytes:
    """Return the secret of a device or channel as the database keeps it."""
    return seal().seal(secret, use=_SECRET)


def secret_in(sealed: bytes | memoryview) -> str:
    """Return the secret of a device or channel; raises sealing.CannotOpen with another key."""
    return seal().open(bytes(sealed), use=_SECRET)


def sealed_body(body: bytes) -> bytes:
    """Return what was received as the database keeps it; any bytes."""
    return seal().seal(body.decode("latin-1"), use=_RAW)


def body_in(sealed: bytes | memoryview) -> bytes:
    """Return what was received, byte for byte; raises sealing.CannotOpen with another key."""
    return seal().open(bytes(sealed), use=_RAW).encode("latin-1")


def sealed_context(text: str) -> str:
    """Return what a phone carries about itself without being able to read it."""
    return to_base64url(seal().seal(text, use=_CONTEXT))


def context_in(sealed: str) -> str:
    """Return what a phone carried about itself; raises ValueError when it is not ours."""
    return seal().open(from_base64url(sealed), use=_CONTEXT)
