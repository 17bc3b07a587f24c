"""Serve the phone page without a server, with the answers that a test puts into its mouth."""

from __future__ import annotations

import json
import mimetypes
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.chromium import POLICY

# Loopback counts as secure; nothing listens there, every request is answered here.
ORIGIN = "http://localhost:9"
POINTS = [
    {"id": "0000000a-0000-4000-8000-000000000001", "name": "Tokmak", "km": 191.7},
    {"id": "0000000a-0000-4000-8000-000000000002", "name": "Vasylivka", "km": 233.3},
    {"id": "0000000a-0000-4000-8000-000000000003", "name": "Kamianske", "km": 247.3},
]
HELD = {
    "id": "0000000b-0000-4000-8000-000000000001",
    "code": "M1",
    "title": "Mariupol – Zaporizhzhia",
    "state": "Held",
    "since": "2022-04-01T11:00:00Z",
    "status": "HELD",
    "at": POINTS[1]["id"],
    "next": POINTS[2]["id"],
    "due": "2022-04-01T14:10:00Z",
    "checkpoints": POINTS,
    "vehicles": [{"id": "0000000c-0000-4000-8000-000000000001", "code": "B1"}],
    "context": "opaque",
    "is_own": True,
}
REFUSED = {
    "id": "0000000d-0000-4000-8000-000000000001",
    "problems": ["More than 42 buses can carry."],
    "readable": {
        "kind": "people.counted",
        "at": "2022-04-01T14:05:00Z",
        "n": 3,
        "people": 23000,
        "note": "",
        "part": "whole",
        "title": "Counted on board",
        "asks": True,
    },
}


def _public_key() -> dict[str, str]:
    """Return the public half of a key that nobody holds, as the page carries it."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    parts = [urlsafe_b64encode(each.to_bytes(32, "big")) for each in (numbers.x, numbers.y)]
    x, y = [part.decode().rstrip("=") for part in parts]
    return {"id": "01" * 8, "x": x, "y": y}


@dataclass
class Answers:
    """What the server says to /f/start; what was sent is received, or nobody is signed in."""

    start: dict[str, Any] | None = None
    sent: list[dict[str, Any]] = field(default_factory=list)

    def to(self, path: str, body: str | None) -> tuple[int, dict[str, Any]]:
        """Return status and content for a request."""
        if self.start is None:
            return 401, {"problem": "sign_in", "sign_in": "/accounts/login/?next=/f/"}
        if path == "/f/start":
            return 200, self.start
        content = json.loads(body or "{}")
        self.sent.append(content)
        results = [{"id": each["id"], "outcome": "received"} for each in content.get("entries", [])]
        return 200, {"results": results}


def started(*, refused: bool = False) -> dict[str, Any]:
    """Return the answer to a monitor whose convoy is held at Vasylivka."""
    return {
        "phone": "P-7",
        "now": "2022-04-01T14:00:00Z",
        "csrf": "token",
        "context": "opaque",
        "convoys": [HELD],
        "refused": [REFUSED] if refused else [],
    }


def open_phone(context: BrowserContext, answers: Answers, *, language: str = "en") -> Page:
    """Open the phone page in a new tab and wait for its buttons."""
    with translation.override(language):
        shell = render_to_string("phone/shell.html", {"key": _public_key(), "zone": "Europe/Kyiv"})

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/f/":
            headers = {"Content-Security-Policy": POLICY}
            route.fulfill(body=shell, content_type="text/html; charset=utf-8", headers=headers)
        elif path.startswith("/static/"):
            found = str(finders.find(path.removeprefix("/static/")))
            kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
            route.fulfill(path=found, content_type=kind)
        elif path in {"/f/sw.js", "/f/app.webmanifest"}:
            route.fulfill(status=404, body="")
        else:
            status, content = answers.to(path, route.request.post_data)
            body = json.dumps(content)
            route.fulfill(status=status, body=body, content_type="application/json")

    context.route("**/*", answer)
    page = context.new_page()
    page.goto(f"{ORIGIN}/f/")
    # Until the server has answered: the buttons depend on what it knows.
    known = "[data-place] .code" if answers.start else "[data-chip] a"
    expect(page.locator(known)).to_be_visible()
    return page
