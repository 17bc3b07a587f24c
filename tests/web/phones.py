"""A phone with the field log, made of the standard cryptography alone: it seals, starts, sends."""

from __future__ import annotations

import base64
import json
import os
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tracker.organisations.models import User


def base64url(raw: bytes) -> str:
    """Return base64url as the phone writes it, without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    """Return the bytes of base64url text."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sealed_to(key: dict[str, str], plain: bytes, *, entry_id: str) -> bytes:
    """Seal bytes to a public key as the contract of the phone page says."""
    point = b"\x04" + unbase64url(key["x"]) + unbase64url(key["y"])
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    own = ec.generate_private_key(ec.SECP256R1())
    own_point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = own.exchange(ec.ECDH(), theirs)
    secret = HKDF(SHA256(), 32, salt=own_point + point, info=b"field entry 1").derive(shared)
    iv = os.urandom(12)
    sealed = AESGCM(secret).encrypt(iv, plain, entry_id.encode())
    return b"\x01" + bytes.fromhex(key["id"]) + own_point + iv + sealed


@dataclass
class Phone:
    """A phone in somebody's hand; its clock may be `wrong` and nothing of it is ours."""

    browser: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    wrong: timedelta = timedelta(0)
    started: dict[str, Any] = field(default_factory=dict)
    count: int = 0

    @property
    def now(self) -> datetime:
        """Return what the clock of the phone says."""
        return timezone.now() + self.wrong

    def key(self) -> dict[str, str]:
        """Return the public key that stands in the shell."""
        page = self.browser.get(reverse("phone")).content.decode()
        found = re.search(r'data-key="(\w+) ([\w-]+) ([\w-]+)"', page)
        assert found is not None
        return dict(zip(("id", "x", "y"), found.groups(), strict=True))

    def sign_in(self, user: User) -> Phone:
        """Sign in and ask what the server has to tell."""
        self.browser.force_login(user)
        self.start()
        return self

    def start(self) -> Any:
        """Ask what the server has to tell."""
        answer = self.browser.get(reverse("phone_start"))
        if answer.status_code == 200:
            self.started = answer.json()
        return answer

    def entry(
        self, kind: str, *, ago: timedelta = timedelta(0), entry_id: str = "", **said: Any
    ) -> dict[str, Any]:
        """Return a sealed entry, tapped so long `ago`; `age_ms` is that of its envelope."""
        self.count += 1
        age_ms = said.pop("age_ms", None)
        plain = {
            "v": 1,
            "kind": kind,
            "at": (self.now - ago).isoformat().replace("+00:00", "Z"),
            "n": self.count,
            "phone": self.started.get("phone"),
            "context": self.started.get("context"),
            **said,
        }
        return self.seal(json.dumps(plain).encode(), entry_id=entry_id, age_ms=age_ms)

    def seal(self, plain: bytes, *, entry_id: str = "", age_ms: Any = None) -> dict[str, Any]:
        """Return any bytes as an entry."""
        entry_id = entry_id or str(uuid4())
        sealed = sealed_to(self.key(), plain, entry_id=entry_id)
        return {
            "id": entry_id,
            "seq": self.count,
            "sealed": base64url(sealed),
            "age_ms": age_ms,
        }

    def clock_line(self, *, ago: timedelta = timedelta(0), **said: Any) -> str:
        """Return the line of an export made so long `ago`, which says what the clock showed."""
        at = (self.now - ago).isoformat().replace("+00:00", "Z")
        line_id = str(uuid4())
        plain = json.dumps({"v": 1, "now": at, "shift": 0, "ages": {}, **said}).encode()
        return f"NOW1.{line_id}.{base64url(sealed_to(self.key(), plain, entry_id=line_id))}"

    def post(self, name: str, body: Any, **headers: str) -> Any:
        """Post JSON with the token of this phone."""
        return self.browser.post(
            reverse(name),
            json.dumps(body),
            content_type="application/json",
            headers={"X-CSRFToken": self.started.get("csrf", ""), **headers},
        )

    def send(self, *entries: Any) -> Any:
        """Send entries and return the answer."""
        return self.post("phone_send", {"now": self.now.isoformat(), "entries": list(entries)})

    def results(self, *entries: Any) -> list[dict[str, Any]]:
        """Send entries and return what became of each."""
        found: list[dict[str, Any]] = self.send(*entries).json()["results"]
        return found
