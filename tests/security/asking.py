"""Ask one address as one role and undo what that did."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.security.world import ROLES, World
from tracker.exercises.clock import field_now

API = "/api/v1/"


def _event(code: str) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "kind": "note",
        "occurred_at": field_now().isoformat(),
        "convoy": code,
        "data": {"note": "A note."},
    }


@dataclass
class Desk:
    """One browser per role, kept for all questions: setting one up costs more than a page."""

    world: World
    clients: dict[str, Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clients = {role: self.world.client(role) for role in ROLES}

    def ask(self, role: str, method: str, address: str, *, whose: str = "") -> Any:
        """Return the answer to an empty question; to the API, to a note on the owner's convoy."""
        client = self.clients[role]
        # Limits on guessing a password count every question of every cell.
        cache.clear()
        client.cookies = SimpleCookie()
        if role in self.world.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.world.sessions[role]
        headers = self.world.bearer(role) if address.startswith(API) else {}
        body, content_type = b"", "application/x-www-form-urlencoded"
        if address.startswith(API) and method == "POST":
            body, content_type = self._note(address, whose), "application/json"
        with transaction.atomic():
            answer = client.generic(method, address, body, content_type=content_type, **headers)
            transaction.set_rollback(True)
        return answer

    def _note(self, address: str, whose: str) -> bytes:
        part = self.world.parts.get(whose)
        event = _event(part.code if part else "M1")
        return json.dumps({"events": [event]} if address.endswith("/batch") else event).encode()
