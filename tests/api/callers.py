"""Callers of the API in tests: a key per person and scope."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from tracker.organisations.models import User
from tracker.organisations.operations import SCOPES, make_key

API = "/api/v1"


@dataclass(frozen=True)
class Caller:
    """Somebody with a key; every answer is checked to be JSON of the right kind."""

    key: str
    client: Client

    def _headers(self) -> dict[str, str]:
        return {"HTTP_AUTHORIZATION": f"Bearer {self.key}"} if self.key else {}

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(f"{API}/{path}", query, **self._headers())

    def post(self, path: str, body: Any) -> Any:
        return self.post_bytes(path, json.dumps(body).encode())

    def post_bytes(self, path: str, body: bytes, content_type: str = "application/json") -> Any:
        return self.client.generic(
            "POST", f"{API}/{path}", body, content_type=content_type, **self._headers()
        )


def caller_for(user: User, *scopes: str) -> Caller:
    """Return a caller with a new key of `user`; of all scopes if none is named."""
    _, key = make_key(user=user, scopes=scopes or SCOPES, at=datetime.now(tz=UTC), expires_at=None)
    return Caller(key, Client())


def event(kind: str, *, at: datetime, sent_id: UUID | None = None, **more: Any) -> dict[str, Any]:
    """Return one event as a device sends it."""
    return {
        "id": str(sent_id or uuid4()),
        "kind": kind,
        "occurred_at": at.isoformat(),
        **more,
    }
