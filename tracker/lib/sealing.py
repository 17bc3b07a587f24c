"""Seal text so that only the holder of the secret reads it, and find it again unread."""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_KEY_BYTES = 32


class CannotOpen(ValueError):
    """The sealed bytes were changed, belong elsewhere, or were sealed with another secret."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Two keys out of one secret: one seals, the other gives the fingerprint for look-up."""

    _sealing: bytes
    _finding: bytes

    def seal(self, text: str, *, use: str) -> bytes:
        """Return `text` encrypted by AES-256-GCM; it opens only for the same `use`."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._sealing).encrypt(nonce, text.encode(), use.encode())

    def open(self, sealed: bytes, *, use: str) -> str:
        """Return the text that was sealed for `use`.

        Raises CannotOpen when the bytes, the use or the secret is another one.
        """
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return AESGCM(self._sealing).decrypt(nonce, body, use.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("cannot be opened") from error

    def fingerprint(self, text: str, *, use: str) -> str:
        """Return 64 hex digits that are equal for equal text and use, and tell nothing else."""
        return hmac.new(self._finding, f"{use}\0{text}".encode(), sha256).hexdigest()


def seal_of(secret: str) -> Seal:
    """Return the seal of one secret; its two keys cannot be computed from each other.

    Raises ValueError for an empty secret.
    """
    if not secret:
        raise ValueError("an empty secret seals nothing")

    def key(info: bytes) -> bytes:
        # The secret is random already, so no slow stretching is needed (RFC 5869).
        return HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(secret.encode())

    return Seal(key(b"contact sealing"), key(b"contact look-up"))
