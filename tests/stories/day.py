"""What the stories share: a world under an exercise clock, and what its outlets show."""

from __future__ import annotations

import email
import json
from dataclasses import dataclass
from datetime import datetime
from email import policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.waiting import until
from tracker.exercises.operations import begin_exercise
from tracker.organisations.models import User

KYIV = ZoneInfo("Europe/Kyiv")
# A worker on a busy machine may take a while to start; what follows from a fact must not.
START_S = 60.0
SOON_S = 10.0

FEEDS = ("/feeds/status.json", "/feeds/corridors.geojson", "/feeds/status.atom")


def on_the_day(hour: int, minute: int) -> datetime:
    """Return a moment of 1 April 2022 in Kyiv."""
    return datetime(2022, 4, 1, hour, minute, tzinfo=KYIV)


def it_is(hour: int, minute: int) -> None:
    """Let field time stand at this moment of the day and go on from there in real time."""
    begin_exercise(
        name="1 April 2022",
        starts_at=on_the_day(hour, minute),
        speed=1,
        machine_now=timezone.now(),
    )


def signed_in(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


@dataclass(frozen=True)
class Outside:
    """What anybody outside can see, read by clients of their own."""

    client: Client

    def is_published(self) -> bool:
        """Tell whether anything has been published yet."""
        return (Path(settings.PUBLISHED_DIR) / "public" / "current" / "index.html").exists()

    def page(self, path: str = "/") -> str:
        """Return a public page, "" while nothing is published."""
        answer = self.client.get(path)
        return answer.content.decode() if answer.status_code == 200 else ""

    def statuses(self, slug: str) -> dict[str, str]:
        """Return the status of a corridor as each of the three feeds gives it."""
        status = json.loads(self.page("/feeds/status.json") or '{"corridors": []}')
        places = json.loads(self.page("/feeds/corridors.geojson") or '{"features": []}')
        atom = feedparser.parse(self.page("/feeds/status.atom"))
        return {
            "json": next((c["status"] for c in status["corridors"] if c["slug"] == slug), ""),
            "geojson": next(
                (
                    feature["properties"]["status"]
                    for feature in places["features"]
                    if feature["properties"].get("slug") == slug
                    and "status" in feature["properties"]
                ),
                "",
            ),
            "atom": " ".join(entry.title for entry in atom.entries),
        }

    def wait_for(self, words: str, path: str = "/") -> str:
        """Wait until a public page says something, and return the page."""
        until(lambda: words in self.page(path), within_s=SOON_S, what=f"{path} says “{words}”")
        return self.page(path)


def mails() -> list[Any]:
    """Return every mail that was written to a file, oldest first."""
    found: list[Any] = []
    for path in sorted(Path(settings.EMAIL_FILE_PATH).glob("*")):
        # Django's file backend parts the messages of one connection by a line of dashes.
        found += [
            email.message_from_bytes(raw, policy=policy.default)
            for raw in path.read_bytes().split(b"\n" + b"-" * 79 + b"\n")
            if raw.strip()
        ]
    return found


def mails_to(address: str, words: str) -> list[Any]:
    """Return the mails to an address whose subject or text holds `words`."""
    return [
        mail
        for mail in mails()
        if mail["To"] == address and (words in mail["Subject"] or words in mail.get_content())
    ]


def public_bytes() -> dict[str, bytes]:
    """Return every byte that is published, but for the documents' own time and revision."""
    folder = Path(settings.PUBLISHED_DIR)
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
