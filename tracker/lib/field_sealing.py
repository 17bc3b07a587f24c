"""Open what a phone sealed to the public half of the field key. Pure.

Envelope: 0x01 | key id (8) | ephemeral public point, uncompressed (65) | iv (12) | AES-256-GCM
ciphertext and tag. AES key = HKDF-SHA256(ECDH on P-256, salt = ephemeral point | server point,
info = "field entry 1"); the associated data is the id of the entry as lower-case text.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tracker.lib.sealing import CannotOpen

VERSION = 1
_ID, _POINT, _IV, _TAG = 8, 65, 12, 16
_HEAD = 1 + _ID + _POINT + _IV
_BASE64URL = re.compile(rb"[A-Za-z0-9_-]*")
# Order of the group of P-256 (SEC 2, section 2.4.2).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class OtherKey(CannotOpen):
    """The envelope is whole, and was sealed to another key than this one."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half: id as hex, and the coordinates of the point as in a JWK (base64url)."""

    id: str
    x: str
    y: str


def to_base64url(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Return the bytes that base64url text stands for, padded or not; raises ValueError."""
    plain = text.encode("ascii").rstrip(b"=")
    # Python would take the signs of the other alphabet as well.
    if not _BASE64URL.fullmatch(plain):
        raise ValueError("no base64url")
    return base64.urlsafe_b64decode(plain + b"=" * (-len(plain) % 4))


class FieldKey:
    """The key pair of an installation; the private half never leaves this object."""

    def __init__(self, secret: str) -> None:
        """Derive the pair from a secret text; raises ValueError for an empty one."""
        if not secret:
            raise ValueError("an empty secret seals nothing")
        # 48 bytes, 16 more than the order has, so that the remainder favours no key.
        stretched = HKDF(SHA256(), 48, salt=None, info=b"field key").derive(secret.encode())
        scalar = int.from_bytes(stretched, "big") % (_ORDER - 1) + 1
        self._private = ec.derive_private_key(scalar, ec.SECP256R1())
        self._point = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self._id = sha256(self._point).digest()[:_ID]

    @property
    def public(self) -> PublicKey:
        """Return what a phone needs to seal."""
        x, y = self._point[1:33], self._point[33:]
        return PublicKey(self._id.hex(), to_base64url(x), to_base64url(y))

    def open(self, envelope: bytes, *, entry_id: UUID) -> bytes:
        """Return what was sealed under this id.

        Raises OtherKey for an envelope to another key, CannotOpen for one that was changed, cut,
        sealed under another id, or is none.
        """
        if len(envelope) < _HEAD + _TAG or envelope[0] != VERSION:
            raise CannotOpen("no envelope")
        if envelope[1 : 1 + _ID] != self._id:
            raise OtherKey("sealed to another key")
        point = envelope[1 + _ID : 1 + _ID + _POINT]
        nonce, body = envelope[_HEAD - _IV : _HEAD], envelope[_HEAD:]
        try:
            theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            shared = self._private.exchange(ec.ECDH(), theirs)
            key = HKDF(SHA256(), 32, salt=point + self._point, info=b"field entry 1").derive(shared)
            return AESGCM(key).decrypt(nonce, body, str(entry_id).encode())
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("cannot be opened") from error
