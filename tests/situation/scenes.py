"""What the tests of the situation do again and again: publish, read what is served, pick a feed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from django.conf import settings
from django.utils import timezone

from tests.factories import NOON
from tracker.exercises.clock import FieldClock
from tracker.outbox.models import OutboxRow
from tracker.outbox.operations import drain
from tracker.situation import files
from tracker.situation.consumer import want_publication
from tracker.situation.operations import publish_if_wanted, publish_now

# Machine time of these tests, on the grid of the tick.
MACHINE_NOW = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)
CORRIDOR = "/corridors/mariupol-zaporizhzhia/"
_ATOM = "{http://www.w3.org/2005/Atom}"


def folder() -> Path:
    return Path(settings.PUBLISHED_DIR) / "public"


def field(at: datetime = NOON) -> FieldClock:
    return FieldClock(now=at)


def publish(*, at: datetime = NOON, machine_now: datetime = MACHINE_NOW) -> int | None:
    return publish_now(clock=field(at), machine_now=machine_now)


def drain_situation() -> int:
    """Expand what waits for the public, as of a moment after every row of the test."""
    now = timezone.now() + timedelta(seconds=1)
    return drain(consumer=OutboxRow.Consumer.SITUATION, expand=want_publication, now=now)


def drain_and_publish(*, at: datetime = NOON, machine_now: datetime = MACHINE_NOW) -> int | None:
    drain_situation()
    return publish_if_wanted(read_clock=lambda: field(at), machine_now=machine_now)


def served() -> files.Published:
    return files.read(folder())


def page(path: str) -> str:
    return served().documents[path].body.decode()


def status_json() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(page("/feeds/status.json"))
    return document


def statuses_in_feeds() -> list[str]:
    """Return the status of the first corridor as each of the three feeds tells it."""
    geojson = json.loads(page("/feeds/corridors.geojson"))
    atom = ET.fromstring(page("/feeds/status.atom"))
    categories = atom.iter(f"{_ATOM}category")
    return [
        status_json()["corridors"][0]["status"],
        geojson["features"][0]["properties"]["status"],
        next(
            each.get("term", "") for each in categories if each.get("scheme", "").endswith("status")
        ),
    ]


def bytes_on_disk() -> dict[str, bytes]:
    """Return every published byte by its name, and where the pointer points."""
    found = {
        str(path.relative_to(folder())): path.read_bytes()
        for path in sorted(folder().rglob("*"))
        if path.is_file()
    }
    return {**found, "current": files.pointer(folder()).encode()}
